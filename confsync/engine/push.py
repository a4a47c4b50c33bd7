"""Effects on the site: pages created, written, moved, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from confsync.core.bodies import outgoing, reconcile
from confsync.core.facets import both_apply
from confsync.errors import NotFound
from confsync.local import Document
from confsync.local.document import canonical
from confsync.model import Action, Effect, PageId, Pair, Problem, Row, replace
from confsync.remote import NewVersion, RemotePage
from confsync.report import PageReceipt
from confsync.state.journal import Backup
from converters import NotationError

from .create import create_page
from .drafts import may_write
from .effect import drop_listed, perform, set_listed, set_row, with_facets
from .ordering import order
from .round import Round, lacks_parent, marked, raise_problem
from .settings import write_settings
from .texts import halves, misread, read_file


def push(round_: Round, effect: Effect) -> None:
    """Do one effect on the site."""
    _PUSH[effect.action](round_, effect)


def update(round_: Round, effect: Effect) -> None:
    """Write title, text and labels of a page, on top of the version just fetched."""
    world, seen = round_.world, round_.seen
    key = str(effect.key)
    row = seen.rows.get(key)
    listed = seen.listing.pages[key]
    remote, storage = world.api.page(key, body=True)
    if remote.version != listed.version or row is None:
        round_.run.dirty.add(key)
        return
    new, markdown = storage, row.pair.markdown
    document = None
    if "body" in effect.facets:
        _, document = read_file(world, effect.path)
        if round_.changed_since(key, document):
            return
        ready = _edited(round_, effect, row, storage, document)
        if ready is None:
            return
        new, markdown = ready, world.state.keep_text(document.text)
    if new == storage and effect.title == remote.title:
        if document is not None:
            pair = Pair(remote.version, world.state.keep_text(storage), markdown)
            set_row(world, seen, replace(with_facets(row, body=pair.storage), pair=pair))
        stored = remote
    elif not may_write(round_, effect, remote, storage):
        return
    else:
        stored = _put(round_, effect, row, remote, storage, new, markdown)
        if document is not None:
            _receipt(round_, effect, row, stored, storage, new, document.text)
    if "labels" in effect.facets:
        _labels(round_, effect, listed, stored, alone=stored is remote)
    named = round_.target.pages[key].settings
    if "settings" in effect.facets or (stored is not remote and any(name == "state" for name, _ in named)):
        # A save takes the page's state away: it is set again with the text it belongs to.
        alone = stored is remote and "labels" not in effect.facets
        write_settings(round_, effect, seen.listing.pages[key], alone=alone)


def _edited(round_: Round, effect: Effect, row: Row, storage: str, document: Document) -> str | None:
    """Apply the local edit to the storage just fetched; None when the page is held back."""
    base = halves(round_.world, row)
    if base is None:
        raise_problem(round_, effect, "what was agreed is not known any more", "confsync sync finds it out anew")
        round_.world.state.drop_row(row.id)
        return None
    site = round_.site_at(row.id)
    if reconcile(base, base.markdown, storage, site).agreed != base.markdown:
        # The body has changed without a version: what a comment or a rename elsewhere does. Merge first.
        pair = replace(row.pair, version=0)
        set_row(round_.world, round_.seen, replace(row, pair=pair))
        round_.run.dirty.add(row.id)
        return None
    try:
        new, broken = outgoing(storage, base.markdown, document.text, site)
    except NotationError as error:
        round_.run.hold(effect, misread(effect.path, document, error))
        return None
    if broken is not None:
        line = document.body_line + max(broken.line, 1) - 1
        message = f"held back: {broken.message} ({broken.law})"
        round_.run.problem(Problem(effect.path, message, "simplify the edit", line, 1))
        return None
    return new if _comments_allow(round_, effect, storage, new) else None


def _comments_allow(round_: Round, effect: Effect, storage: str, new: str) -> bool:
    """Do about inline comments whose text goes what `comments` says; "keep" leaves it to the receipt."""
    policy = round_.world.config.sync.comments
    if policy == "keep":
        return True
    import converters

    lost = converters.comments_lost(storage, new)
    if not lost:
        return True
    message = f"{len(lost)} inline comment{'s' * (len(lost) != 1)} would lose the text they stand on"
    if policy == "warn":
        round_.world.reporter.note(f"{effect.path}: {message}")
        return True
    round_.run.hold(effect, Problem(effect.path, message, "keep their words, or resolve the comments in Confluence"))
    return False


def _put(
    round_: Round, effect: Effect, row: Row, remote: RemotePage, storage: str, new: str, markdown: str
) -> RemotePage:
    world, options = round_.world, round_.run.options
    kept = world.state.keep_text(storage)
    local = round_.seen.local.tree.pages.get(row.id)
    # What the file says is agreed, not what was sent: the file may still have to take the site's title.
    title = effect.title if round_.passing(effect) or local is None else local.title
    # A new title says nothing about a text that has changed on the site: the file has yet to get it.
    whole = "body" in effect.facets or kept == row.pair.storage
    facts = {"kind": "update", "id": row.id, "version": remote.version + 1, "markdown": markdown, "storage": kept,
             "agreed_title": title, "whole": whole}  # fmt: skip
    ops: list[str] = []

    def act(op: str) -> tuple[RemotePage, str | None]:
        ops.append(op)
        message = marked(options.message, op)
        return world.api.update(
            row.id, NewVersion(remote.version + 1, effect.title, new, remote.kind, message, options.minor)
        )

    def commit(answer: tuple[RemotePage, str | None]) -> None:
        nonlocal whole
        stored, body = answer
        before = round_.seen.rows[row.id]
        # A save takes the page's state away.
        left = tuple(one for one in before.page.settings if one[0] != "state")
        agreed = with_facets(before, title=title, settings=left)
        if new != storage and body == storage:
            # The site has taken the version and not the text, as for a page that was in the trash: write it again.
            whole = False
            round_.run.dirty.add(row.id)
        if whole:
            digest_ = world.state.keep_text(body if body is not None else new)
            agreed = replace(with_facets(agreed, body=digest_), pair=Pair(stored.version, digest_, markdown))
        set_row(world, round_.seen, agreed)
        set_listed(world, round_.seen, stored)
        world.state.add_backup(Backup(round_.run.name, "remote", effect.path, row.id, remote.title, remote.version))

    stored, _ = perform(world, round_.run, effect, facts, act, commit)
    if whole:
        facts = {**_settings_of(row), "path": effect.path, "markdown_sha": markdown, "op": ops[-1]}
        _mark(round_, row.id, stored, facts)
    return round_.seen.listing.pages[row.id]


def _settings_of(row: Row) -> dict[str, Any]:
    return {"settings": dict(row.page.settings)} if row.page.settings else {}


def _mark(round_: Round, page_id: PageId, stored: RemotePage, facts: Mapping[str, Any]) -> None:
    """Write the content property, the shared base for other machines. A hint: when it fails, nothing is lost."""
    value = {"version": stored.version, **facts}
    try:
        round_.world.api.set_property(page_id, value, stored.mark_version)
    except Exception as error:  # noqa: BLE001, RUF100  (a hint must not fail a push that is done)
        if not getattr(error, "status", None):
            raise
        return
    set_listed(round_.world, round_.seen, replace(stored, mark=value, mark_version=stored.mark_version + 1))


def _labels(round_: Round, effect: Effect, listed: RemotePage, stored: RemotePage, *, alone: bool) -> None:
    """Add and remove labels one by one: sent with the text they would replace what a colleague has added.

    listed: what the decision was made on; stored: as it is now. A label that is only there now is somebody else's.
    """
    world, seen = round_.world, round_.seen
    page_id, known, there = listed.id, frozenset(listed.labels), frozenset(stored.labels)
    wanted = both_apply(known, round_.target.pages[page_id].labels, there)

    def act(op: str) -> None:
        if wanted - there:
            world.api.add_labels(page_id, sorted(wanted - there))
        for name in sorted(there - wanted):
            world.api.remove_label(page_id, name)

    def commit(_: None) -> None:
        local = seen.local.tree.pages[page_id]
        set_row(world, seen, with_facets(seen.rows[page_id], labels=local.labels))
        set_listed(world, seen, replace(seen.listing.pages[page_id], labels=tuple(sorted(wanted))))

    only = replace(effect, facets=frozenset({"labels"}), reason="labels changed in the folder")
    perform(world, round_.run, only, {"kind": "labels"}, act, commit, told=alone)


def _receipt(
    round_: Round, effect: Effect, row: Row, stored: RemotePage, storage: str, new: str, markdown: str
) -> None:
    import converters

    base = round_.world.state.text(row.pair.markdown) or ""
    found = converters.receipt(storage, new, base, canonical(markdown))
    round_.run.receipts[row.id] = PageReceipt(
        effect.path, row.id, stored.title, stored.version,
        found.blocks, found.bytes_changed, found.bytes_total, found.comments_kept,
        found.comments_lost,
    )  # fmt: skip


def move(round_: Round, effect: Effect) -> None:
    """Hang a page under another parent."""
    world, seen = round_.world, round_.seen
    key = str(effect.key)
    parent = round_.target.pages[key].parent
    if lacks_parent(round_, effect, parent):
        return
    target = round_.id_of(parent)
    root = seen.listing.root
    if target is None and root is None:
        raise_problem(round_, effect, "cannot be moved to the top of a space without a home page", "move it by hand")
        return

    def act(op: str) -> RemotePage:
        world.api.move(key, "append" if target else "after", target or str(root))
        return world.api.page(key)[0]

    def commit(remote: RemotePage) -> None:
        local = seen.local.tree.pages.get(key)
        if key in seen.rows:
            agreed = round_.id_of(local.parent) if local else target
            set_row(world, seen, with_facets(seen.rows[key], parent=agreed, rank=None))
        set_listed(world, seen, remote)
        round_.run.reordered.add(target)

    perform(world, round_.run, effect, {"kind": "move"}, act, commit)


def delete(round_: Round, effect: Effect) -> None:
    """Put a page into the site's trash, unless somebody has edited it in the meantime."""
    world, seen = round_.world, round_.seen
    key = str(effect.key)
    try:
        found: tuple[RemotePage, str] | None = world.api.page(key, body=True)
    except NotFound:
        found = None
    remote = found[0] if found else None
    if remote is not None and remote.version != seen.listing.pages[key].version:
        round_.run.dirty.add(key)
        return
    if world.config.sync.on_delete == "keep" or (found and not may_write(round_, effect, *found)):
        return
    children = (page.id for page in seen.listing.pages.values() if page.parent == key)
    below = [child for child in children if child not in round_.target.pages]
    if below:
        # The site would lift what is left below to the page above.
        problem = Problem(effect.path or effect.title, "a page under it is not deleted", "see the problem of that page")
        round_.run.hold(effect, problem) if round_.run.held.intersection(below) else round_.run.wait(problem)
        return

    def act(op: str) -> None:
        if remote is not None:
            (world.api.archive if world.config.sync.on_delete == "archive" else world.api.trash)(key)

    def commit(_: None) -> None:
        if remote is not None:
            world.state.add_backup(Backup(round_.run.name, "remote", effect.path, key, remote.title, remote.version))
        world.state.drop_row(key)
        seen.rows.pop(key, None)
        drop_listed(world, seen, key)
        # The site hangs the children of a deleted page under its parent.
        round_.run.dirty.update(page.id for page in seen.listing.pages.values() if key in page.ancestors)

    perform(world, round_.run, effect, {"kind": "delete"}, act, commit)


_PUSH: Mapping[Action, Callable[[Round, Effect], None]] = {
    Action.CREATE: create_page,
    Action.UPDATE: update,
    Action.MOVE: move,
    Action.ORDER: order,
    Action.DELETE: delete,
}
