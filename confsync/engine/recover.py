"""After a run that did not end in order: find out, effect by effect, what happened. Nothing is done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from confsync.errors import NotFound
from confsync.local.document import digest
from confsync.model import Page, Pair, Row, TitleFrom, replace
from confsync.remote import Api, RemotePage
from confsync.state.journal import Intent, Waiting

from .sites import note_followed
from .texts import row_of
from .world import World


def recover(world: World) -> list[str]:
    """Look where each intent says, take what has happened as agreed, and drop the intent. Gives a line for each."""
    told = []
    for intent in world.state.intents():
        found = _RECOVER.get(str(intent.facts.get("kind")), _nothing)(world, intent)
        with world.state.transaction():
            if found is not None:
                found()
            world.state.end(intent.op)
        what = f"{intent.facts.get('kind')} of {intent.facts.get('path') or intent.facts.get('key')}"
        told.append(f"{what}: {'had been done' if found else 'looked at again'}")
    _sweep(world)
    return told


Commit = Callable[[], None]


def _nothing(world: World, intent: Intent) -> Commit | None:
    """The state itself tells: an observation sees whether it is as intended."""
    return None


def _created(world: World, intent: Intent) -> Commit | None:
    """A page with our mark, made by nobody else: its id is what the lost answer would have said."""
    facts = intent.facts
    found = world.api.by_title(world.mirror.space, str(facts["title"]), _kind(facts))
    if found is None:
        return None
    remote, storage = found
    if (remote.mark or {}).get("op") != intent.op and not _as_sent(world.api, remote, facts):
        return None

    def commit() -> None:
        body = world.state.keep_text(storage)
        # Those that did not get there any more are sent again: they are not agreed.
        labels = frozenset(str(name) for name in facts["labels"]) & frozenset(remote.labels)
        page = Page(facts["parent"], str(facts["agreed_title"]), None, labels, body, str(facts["page_kind"]))
        pair = Pair(remote.version, body, str(facts["markdown"]))
        world.state.set_row(Row(remote.id, page, pair, str(facts["path"]), TitleFrom(facts["title_from"])))
        world.state.set_listing([(remote.id, remote.to_facts())])

    return commit


def _kind(facts: Mapping[str, Any]) -> str:
    return "blogpost" if facts["page_kind"] == "blogpost" else "page"


def _as_sent(api: Api, remote: RemotePage, facts: Mapping[str, Any]) -> bool:
    """Without a mark: the first version, under the same parent, made by this user, and not written before by us."""
    first = remote.mark is None and remote.version == 1 and remote.parent == facts["parent"]
    return first and remote.author == api.me()


def _updated(world: World, intent: Intent) -> Commit | None:
    """The version we would have written, with our mark in its message."""
    page_id, version = str(intent.facts["id"]), int(intent.facts["version"])
    try:
        remote, storage = world.api.page(page_id, body=True)
    except NotFound:
        return None
    if remote.version < version:
        return None
    if remote.version > version:
        remote_then, storage = world.api.version(page_id, version)
        if intent.op not in remote_then.message:
            return None
    elif intent.op not in remote.message:
        return None

    def commit() -> None:
        row = world.state.row(page_id)
        if row is None:
            return
        row = replace(row, page=replace(row.page, title=str(intent.facts["agreed_title"])))
        if intent.facts.get("whole", True):
            body = world.state.keep_text(storage)
            pair = Pair(version, body, str(intent.facts["markdown"]))
            row = replace(row, page=replace(row.page, body=body), pair=pair)
        world.state.set_row(row)
        world.state.set_listing([(page_id, remote.to_facts())])

    return commit


def _written(world: World, intent: Intent) -> Commit | None:
    """The file has the content that was to be written."""
    facts = intent.facts
    path = str(facts["path"])
    if not world.folder.exists(path) or digest(world.folder.read(path)) != facts["digest"]:
        return None

    def commit() -> None:
        world.state.set_row(row_of(dict(facts["row"])))
        if facts.get("waiting"):
            world.state.set_waiting(Waiting(*facts["waiting"]))

    return commit


def _relinked(world: World, intent: Intent) -> Commit | None:
    """The file has its links as they were to be."""
    facts = intent.facts
    path, key = str(facts["path"]), str(facts["key"])
    if not world.folder.exists(path) or digest(world.folder.read(path)) != facts["digest"]:
        return None

    def commit() -> None:
        row = world.state.row(key)
        if row is not None and facts["agreed"]:
            world.state.set_row(replace(row, pair=replace(row.pair, markdown=str(facts["agreed"]))))
        note_followed(world, key)

    return commit


def _moved(world: World, intent: Intent) -> Commit | None:
    """A page's file and its attachments move one after the other: the second half may be left behind."""
    from confsync.model.paths import files_dir

    path, new_path = str(intent.facts["path"]), str(intent.facts["new_path"])
    source, target = files_dir(path), files_dir(new_path)
    if world.folder.exists(path) or not world.folder.exists(new_path):
        return None
    if world.folder.exists(source) and not world.folder.exists(target):
        world.folder.move(source, target)

    def commit() -> None:
        for row in world.state.rows().values():
            if row.path == path:
                world.state.set_row(replace(row, path=new_path))

    return commit


def _aside(world: World, intent: Intent) -> Commit | None:
    """A file that was put aside for a moment goes back to its place, or where it was going, or beside it."""
    from confsync.model.paths import files_dir

    between, path = str(intent.facts["between"]), str(intent.facts["path"])
    if not world.folder.exists(between):
        return None
    places = (path, str(intent.facts.get("new_path", path)), f"{path.removesuffix('.md')}-{world.ids()}.md")
    path = next(place for place in places if not world.folder.exists(place))
    for source, target in ((between, path), (files_dir(between), files_dir(path))):
        if world.folder.exists(source):
            world.folder.move(source, target)
    return None


def _sweep(world: World) -> None:
    """Remove what half-written files have left, after a run that did not end in order; they never had a name."""
    if world.state.meta("unclean"):
        for file in world.folder.root.rglob(".confsync-*.tmp"):
            file.unlink(missing_ok=True)


_RECOVER: Mapping[str, Callable[[World, Intent], Commit | None]] = {
    "create": _created,
    "update": _updated,
    "write": _written,
    "links": _relinked,
    "move-file": _moved,
    "aside": _aside,
}
