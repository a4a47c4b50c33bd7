"""Texts into the folder: files written anew, brought up to date and merged."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from confsync.core.bodies import Outcome, reconcile
from confsync.errors import FileChanged, LocalError
from confsync.local import Document, read_document
from confsync.local.document import canonical, digest
from confsync.model import FOLDER, TEXTS, Action, Effect, Page, Pair, Policy, Problem, Row, TitleFrom, replace
from confsync.remote import RemotePage
from confsync.state.journal import Backup, Waiting
from converters import NotationError, StorageError
from converters.markdown.front_matter import FrontMatterError, set_fields

from .effect import keep_file, perform, set_listed, set_row, with_facets
from .observe import remote_page
from .round import Round
from .settle import write_beside
from .texts import bodies, fill_head, halves, misread, new_file, read_file, row_facts

_HEAD: Final = frozenset({"title", "labels", "rank", "settings"})


def pull_texts(round_: Round, effects: Iterable[Effect]) -> None:
    """Write the files of pages that are new or changed on the site; many bodies come in a stream."""
    world, seen = round_.world, round_.seen
    waiting: dict[str, Effect] = {}
    for effect in effects:
        if not isinstance(effect.key, str) or effect.key not in seen.listing.pages:
            _own_head(round_, effect)
            continue
        key = effect.key
        if round_.target.pages[key].kind not in TEXTS:
            _folder(round_, effect)
        elif effect.action is Action.UPDATE and "body" not in effect.facets:
            _guarded(round_, effect, seen.listing.pages[key], None)
        else:
            waiting[key] = effect
    if not waiting:
        return
    world.reporter.stage("writing files", len(waiting))
    posts = any(seen.listing.pages[key].kind == "blogpost" for key in waiting)
    for remote, storage in bodies(world, waiting, len(seen.listing.pages), posts=posts):
        known = seen.listing.pages[remote.id]
        if remote.version != known.version:
            round_.run.dirty.add(remote.id)
            set_listed(world, seen, remote)
        _guarded(round_, waiting[remote.id], remote, storage)
        _tell_of_raw(round_, remote, storage)
        world.reporter.step(waiting[remote.id].new_path)


def _guarded(round_: Round, effect: Effect, remote: RemotePage, storage: str | None) -> None:
    """Write one file; a page that cannot be converted is held back with its place, the others go on."""
    try:
        if effect.action is Action.CREATE:
            _create(round_, effect, remote, storage or "")
        else:
            _update(round_, effect, remote, storage)
    except NotationError as error:  # of the file, which the site's text was to be merged into
        path = round_.paths[remote.id]
        round_.run.hold(effect, misread(path, read_file(round_.world, path)[1], error))
    except FrontMatterError as error:
        _hold_head(round_, effect, error)
    except ValueError as error:
        place, line = effect.new_path or effect.path, getattr(error, "line", 0)
        message = f"held back: {getattr(error, 'message', error)}"
        round_.run.hold(effect, Problem(place, message, "look at the page's storage format", line))
    except FileChanged:
        round_.run.dirty.add(remote.id)  # the next round merges what was written meanwhile
    except LocalError as error:
        round_.run.hold(effect, Problem(error.place, error.message, error.remedy))


def _hold_head(round_: Round, effect: Effect, error: FrontMatterError) -> None:
    place = effect.new_path or effect.path
    round_.run.hold(effect, Problem(place, f"held back: {error.message}", "mend the front matter", error.line))


def _tell_of_raw(round_: Round, remote: RemotePage, storage: str) -> None:
    """Name a page that is no storage format at all: its file has it whole, in one raw block."""
    text = round_.world.state.text(row.pair.markdown) if (row := round_.seen.rows.get(remote.id)) else None
    if text is None or not text.startswith("```xml"):
        return
    from converters.storage.reader import parse

    try:
        parse(storage)
    except StorageError as error:
        place, path = f"{error.line}:{error.column}", round_.paths[remote.id]
        round_.world.reporter.note(f"{path}: kept as it is, in one block: not well-formed at {place}, {error.message}")


def _own_head(round_: Round, effect: Effect) -> None:
    """Change title or labels of a file that has no page on the site yet: nothing is agreed by that."""
    world, path = round_.world, effect.new_path or effect.path
    if effect.action is not Action.UPDATE or path.endswith("/") or not world.folder.exists(path):
        return
    text = world.folder.read(path)
    page = round_.target.pages[effect.key]  # type: ignore[index]  # an effect on a file is a page's
    facts = {"kind": "head", "path": path}
    try:
        new = fill_head(text, page, None, effect.facets)
    except FrontMatterError as error:
        _hold_head(round_, effect, error)
        return

    def act(op: str) -> None:
        keep_file(world, round_.run, path, text)
        world.folder.write(path, new, text)

    with suppress(FileChanged):  # by somebody who has just saved it: the next round sees that
        perform(world, round_.run, effect, facts, act, lambda _: None)


def _folder(round_: Round, effect: Effect) -> None:
    """A folder is a directory without a page file: all there is to write is what was agreed of it."""
    seen, key = round_.seen, str(effect.key)
    remote, row = seen.listing.pages[key], seen.rows.get(key)
    if effect.action is not Action.CREATE:
        if row is not None:
            agreed = with_facets(row, title=remote.title, labels=frozenset(remote.labels))
            set_row(round_.world, seen, agreed)
        return
    page = replace(round_.target.pages[key], parent=remote.parent, title=remote.title, body=FOLDER)
    row = Row(key, page, Pair(remote.version, FOLDER, FOLDER), round_.paths[key], TitleFrom.NAME)
    perform(
        round_.world, round_.run, effect, {"kind": "folder"}, lambda op: None,
        lambda _: set_row(round_.world, seen, row),
    )  # fmt: skip


def _create(round_: Round, effect: Effect, remote: RemotePage, storage: str) -> None:
    world, key, path = round_.world, remote.id, round_.paths[remote.id]
    if world.folder.exists(path):
        remedy = "move it elsewhere, or give it the page's id"
        round_.run.problem(Problem(path, f"is in the way of the page {remote.title!r}", remedy))
        return
    body = canonical(reconcile(None, None, storage, round_.site_at(key)).text)
    page_id = key if world.mirror.identity == "front_matter" else None
    text = new_file(round_.target.pages[key], page_id, body)
    row = _row(round_, remote, storage, body, path, TitleFrom.FRONT_MATTER)

    def act(op: str) -> None:
        world.folder.write_new(path, text)

    def commit(_: None) -> None:
        set_row(world, round_.seen, row)
        world.state.add_backup(Backup(round_.run.name, "made", path, ""))

    facts = {"kind": "write", "path": path, "digest": digest(text), "row": row_facts(row)}
    perform(world, round_.run, effect, facts, act, commit)


def _row(
    round_: Round, remote: RemotePage, storage: str, agreed: str, path: str, title_from: TitleFrom
) -> Row:
    """Give what is agreed after a file was written: all facets as the site has them."""
    state = round_.world.state
    pair = Pair(remote.version, state.keep_text(storage), state.keep_text(agreed))
    page = replace(remote_page(remote, None), body=pair.storage)
    return Row(remote.id, page, pair, path, title_from)


def _update(round_: Round, effect: Effect, remote: RemotePage, storage: str | None) -> None:
    """Bring a file up to date; where the same words changed on both sides, the policy decides."""
    world, key, path = round_.world, remote.id, round_.paths[remote.id]
    file, document = read_file(world, path)
    if file.problem or round_.changed_since(key, document):
        round_.run.dirty.add(key)
        return
    row, body, waiting = round_.seen.rows.get(key), document.text, None
    target = round_.target.pages[key]
    if storage is not None:
        outcome = reconcile(halves(world, row), document.text, storage, round_.site_at(key))
        body, waiting = _decided(round_, remote, path, document, outcome, has_base=row is not None)
        row = _agreed(round_, remote, row, storage, canonical(outcome.agreed), path, file.title_from, effect)
    elif row is None:
        return
    theirs = round_.seen.remote.pages.get(key)
    if theirs is None:
        round_.run.dirty.add(key)  # brought back a moment ago: the next round sees it
        return
    row = with_facets(row, **{name: getattr(theirs, name) for name in effect.facets & _HEAD})
    text = _compose(document, body, target, effect)
    before = document.head + document.body  # what was read, not what is there by now
    facts = {"kind": "write", "path": path, "digest": digest(text), "row": row_facts(row),
             "waiting": _plain(waiting)}  # fmt: skip
    final = row

    def act(op: str) -> None:
        if text != before:
            keep_file(world, round_.run, path, before)
            world.folder.write(path, text, before)

    def commit(_: None) -> None:
        set_row(world, round_.seen, final)
        if waiting is not None:
            world.state.set_waiting(waiting)

    if text == before and waiting is None:
        # Nothing to write: what the site changed has no words in Markdown, or the file says it already.
        with world.state.transaction():
            commit(None)
        return
    perform(world, round_.run, effect, facts, act, commit)


def _agreed(
    round_: Round, remote: RemotePage, row: Row | None, storage: str, agreed: str, path: str, title_from: str,
    effect: Effect,
) -> Row:  # fmt: skip
    """The body is agreed as the site has it; other facets keep what was agreed of them."""
    new = _row(round_, remote, storage, agreed, path, TitleFrom(title_from))
    if row is None:
        return new
    return replace(new, page=replace(row.page, body=new.page.body))


def _compose(document: Document, body: str, target: Page, effect: Effect) -> str:
    """Put a file together; a body that would be taken for a title gets one in the front matter before it.

    Raises ValueError when the file would not say what is agreed by it: the next run would take that for an edit.
    """
    text = fill_head(document.with_body(body), target, None, effect.facets)
    if read_document(effect.path, text)[1].text != canonical(body):
        titled = set_fields(fill_head(document.head + "x", target, None, effect.facets), {"title": target.title})
        text = document._replace(head=read_document(effect.path, titled)[1].head).with_body(body)
    _, again = read_document(effect.path, text)
    file, _ = read_document(effect.path, again.head + "x\n")  # the body has its own problems
    said = {"title": file.title, "labels": frozenset(file.labels), "rank": file.order, "settings": file.settings}
    wrong = [name for name in said.keys() & effect.facets if said[name] != getattr(target, name)]
    if file.problem or wrong:
        what = file.problem.message if file.problem else f"its {wrong[0]} cannot be written into the front matter"
        raise FrontMatterError(what, file.problem.line if file.problem else 1, 1)
    if again.text != canonical(body):
        raise ValueError("its text would be taken for front matter or a title")
    return text


def _decided(
    round_: Round, remote: RemotePage, path: str, document: Document, outcome: Outcome, *, has_base: bool
) -> tuple[str, Waiting | None]:
    """Give the file's new body, and the conflict that waits when the policy is to ask."""
    world, policy = round_.world, round_.run.policy
    if not outcome.conflicts:
        return outcome.text, None
    if policy is Policy.LOCAL:
        return document.text, None
    if policy is Policy.REMOTE:
        return outcome.agreed, None  # the file as it was goes into the trash before it is written
    if policy is Policy.BOTH:
        beside = write_beside(world, path, remote.version, document.head + document.body)
        world.state.add_backup(Backup(round_.run.name, "made", beside, ""))
        return outcome.agreed, None
    keep, base = world.state.keep_text, ""
    if has_base and (agreed := halves(world, round_.seen.rows.get(remote.id))):
        base = agreed.markdown
    reason = "the same words were changed on both sides" if has_base else "nobody knows what was last agreed"
    waiting = Waiting(
        remote.id, path, remote.version, keep(base), keep(document.text), keep(canonical(outcome.agreed)), reason
    )
    return outcome.text, waiting


def _plain(waiting: Waiting | None) -> list[object] | None:
    if waiting is None:
        return None
    one = waiting
    return [one.id, one.path, one.version, one.base, one.local, one.remote, one.reason]
