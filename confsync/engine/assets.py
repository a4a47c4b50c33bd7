"""Attachments, both ways. The SHA-256 in the attachment's comment tells equal bytes without a download."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256

from confsync.errors import FileChanged, LocalError, NotFound, VersionClash
from confsync.local.tree import attachment_path
from confsync.model import Action, AssetKey, AssetRow, Effect, Policy, Problem, Side, replace
from confsync.remote import RemoteAsset
from confsync.state.journal import Backup

from .effect import perform, set_listed
from .round import Round


def sync_asset(round_: Round, effect: Effect) -> None:
    """Do one effect on an attachment."""
    assert isinstance(effect.key, AssetKey)  # noqa: S101  (the caller has sorted them)
    remove = effect.action is Action.DELETE
    if effect.side is Side.REMOTE:
        (_trash_remote if remove else _upload)(round_, effect, effect.key)
    else:
        (_trash_local if remove else _download)(round_, effect, effect.key)


def _file(round_: Round, key: AssetKey, page_path: str) -> str:
    """Give the path of an attachment's file: in its page's folder, or elsewhere if the page links to it there."""
    elsewhere = round_.seen.local.outside.get(key.page, {}).get(key.name)
    return elsewhere or attachment_path(page_path, round_.seen.file_name(key))


def _upload(round_: Round, effect: Effect, key: AssetKey) -> None:
    world, seen = round_.world, round_.seen
    page = round_.id_of(key.page)
    if page is None:
        round_.run.wait(Problem(effect.path, f"{key.name}: its page could not be made", "see the page's problem"))
        return
    path = _file(round_, key, effect.path)
    file = world.folder.at(path)
    digest = world.folder.digest(path)
    if not digest:
        raise FileChanged("is gone", place=path, remedy="run it again")
    there = seen.asset(AssetKey(page, key.name))
    media = mimetypes.guess_type(key.name)[0] or "application/octet-stream"
    facts = {"kind": "upload", "page": page, "name": key.name, "sha256": digest}

    def act(op: str) -> RemoteAsset:
        known = seen.asset_rows.get((page, key.name))
        if there is not None and there.sha256 != digest and (known is None or known.version != there.version):
            # Somebody else's bytes: they stay in the attachment's history, but nobody would look for them there.
            kept = world.folder.keep_from(path, world.api.download(there), round_.run.name)
            world.reporter.note(f"{key.name} was changed on both sides: theirs is kept in .confsync/trash/{kept}")
        return world.api.attach(page, there.id if there else None, key.name, file, digest, media)

    def commit(asset: RemoteAsset) -> None:
        _agree(round_, page, asset, digest)

    perform(world, round_.run, effect, facts, act, commit)


def _agree(round_: Round, page: str, asset: RemoteAsset, digest: str) -> None:
    world, seen = round_.world, round_.seen
    row = AssetRow(page, asset.name, asset.id, asset.version, digest)
    world.state.set_asset(row)
    seen.asset_rows[page, asset.name] = row
    listed = seen.listing.pages.get(page)
    if listed is not None:
        others = tuple(one for one in listed.assets if one.id != asset.id)
        set_listed(world, seen, replace(listed, assets=(*others, asset)))


def _trash_remote(round_: Round, effect: Effect, key: AssetKey) -> None:
    world, seen = round_.world, round_.seen
    asset = seen.asset(key)
    page = str(key.page)

    def act(op: str) -> None:
        now = next((one for one in world.api.assets(page) if asset and one.id == asset.id), None)
        if now is None or asset is None:
            return
        if now.version != asset.version:
            raise VersionClash(f"{key.name} has a newer version", place=effect.path)
        # Not every site has a trash for attachments, and what was uploaded there may never have been here.
        kept = world.folder.keep_from(_file(round_, key, effect.path), world.api.download(now), round_.run.name)
        world.reporter.note(f"{key.name} is kept in .confsync/trash/{kept}")
        with suppress(NotFound):
            world.api.trash(asset.id)

    def commit(_: None) -> None:
        world.state.drop_asset(page, key.name)
        seen.asset_rows.pop((page, key.name), None)
        listed = seen.listing.pages[page]
        others = tuple(one for one in listed.assets if one.name != key.name)
        set_listed(world, seen, replace(listed, assets=others))

    perform(world, round_.run, effect, {"kind": "delete"}, act, commit)


def _download(round_: Round, effect: Effect, key: AssetKey) -> None:
    world, seen = round_.world, round_.seen
    asset = seen.asset(key)
    page_path = round_.paths.get(key.page, effect.new_path)
    if asset is None or not (page_path.endswith("/") or world.folder.exists(page_path)):
        return
    path = _file(round_, key, page_path)
    folder, _, name = path.rpartition("/")
    known = seen.scan.outside.get(path) or seen.scan.files.get(folder, {}).get(name, "")
    was = known if effect.path == effect.new_path else world.folder.digest(path)
    row = seen.asset_rows.get((str(key.page), key.name))
    agreed, total = row.sha256 if row else "", sha256()

    def chunks() -> Iterator[bytes]:
        for chunk in world.api.download(asset):
            total.update(chunk)
            yield chunk

    def act(op: str) -> None:
        if world.folder.digest(path) != was:
            raise FileChanged("was changed while it was being worked on", place=path, remedy="run it again")
        received = world.folder.receive(path, chunks())
        if total.hexdigest() == was:
            received.unlink()  # the same bytes, or a download that a former run had not written down
            return
        if was and was != agreed and round_.run.policy in (Policy.ASK, Policy.BOTH):
            beside = world.folder.copy_beside(path, asset.version)
            world.state.add_backup(Backup(round_.run.name, "made", beside, ""))
            world.reporter.note(f"{path} was changed on both sides: yours is kept as {beside}")
        if was:
            kept = world.folder.keep(path, round_.run.name)
            world.state.add_backup(Backup(round_.run.name, "file", path, kept))
        else:
            world.state.add_backup(Backup(round_.run.name, "made", path, ""))
        world.folder.put(received, path, was)

    def commit(_: None) -> None:
        _agree(round_, str(key.page), asset, total.hexdigest())

    facts = {"kind": "download", "page": str(key.page), "name": key.name}
    try:
        perform(world, round_.run, effect, facts, act, commit)
    except FileChanged:
        raise
    except LocalError as error:
        round_.run.hold(effect, Problem(path, error.message, error.remedy))


def _trash_local(round_: Round, effect: Effect, key: AssetKey) -> None:
    world = round_.world
    path = _file(round_, key, effect.path)

    def act(op: str) -> None:
        if world.folder.exists(path):
            kept = world.folder.trash(path, round_.run.name)
            world.state.add_backup(Backup(round_.run.name, "file", path, kept))

    def commit(_: None) -> None:
        world.state.drop_asset(str(key.page), key.name)
        round_.seen.asset_rows.pop((str(key.page), key.name), None)

    perform(world, round_.run, effect, {"kind": "trash", "path": path}, act, commit)
