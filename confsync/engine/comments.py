"""Comments beside their page, as `page.comments.md`: what was written there is sent, and what has changed is written.

A comment makes no version of its page. So search is asked which are new; that one was deleted or resolved it does not
tell, and pages with comments are read anew by a run that lists everything (`--full`), and when their file is answered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

import converters
from confsync.core.comment_file import CommentFileError, Edit, Note, edits, render
from confsync.errors import AccessError, FileChanged, LocalError, ReadOnly, RemoteError
from confsync.model import TEXTS, Action, Direction, Effect, Problem, Side
from confsync.remote.comments import RemoteComment, list_comments

from .observe import Observation
from .sites import at, site_of
from .world import Run, World, chosen

_FILES: Final = "comments"  # page -> its file, of all pages that have one
_SEEN: Final = "comments seen"  # comment -> version
_WHEN: Final = "comments when"  # when search was asked


class Sheet(NamedTuple):
    """A page's comments file that was edited: what was written into it."""

    page: str
    path: str
    base: str
    text: str
    edits: Sequence[Edit]


def comments_path(path: str) -> str:
    """Give the file of a page's comments."""
    return path.removesuffix(".md") + ".comments.md"


def edited(world: World, run: Run) -> Iterator[tuple[Sheet, list[Effect]]]:
    """Give the files that were edited, with what is to be sent; one that holds anything else is held back as it is."""
    for page, path in json.loads(world.state.meta(_FILES, "{}")).items():
        base = world.state.meta(f"{_FILES} {page}")
        try:
            text = world.folder.read(path) if world.folder.exists(path) else base
            found = edits(base, text) if text != base else []
        except CommentFileError as error:
            run.problem(Problem(path, error.message, error.remedy, error.line, 1))
            continue
        except LocalError as error:
            run.problem(Problem(path, error.message, error.remedy))
            continue
        effects = [Effect(Side.REMOTE, Action.UPDATE, page, _reason(one), path, path, path) for one in found]
        if found and chosen(effects, run.options.paths):
            yield Sheet(page, path, base, text, found), effects


def _reason(edit: Edit) -> str:
    if edit.text:
        return f"answer to a comment: {edit.text.splitlines()[0][:60]}"
    return "comment resolved" if edit.resolved else "comment opened again"


def sync_comments(
    world: World, run: Run, seen: Observation, direction: Direction, sheets: Sequence[tuple[Sheet, list[Effect]]]
) -> None:
    """Send what was written, and write the files of pages whose comments have changed."""
    held = {one.place for one in run.problems.values()}
    files: dict[str, str] = json.loads(world.state.meta(_FILES, "{}"))
    unsent = {page for page, path in files.items() if path in held}
    for sheet, effects in sheets:
        if direction is Direction.PULL or not _send(world, run, seen, sheet, effects):
            unsent.add(sheet.page)
    wanted = {sheet.page for sheet, _ in sheets} - unsent
    known: dict[str, int] = json.loads(world.state.meta(_SEEN, "{}"))
    if direction is not Direction.PUSH:
        before, now = world.state.meta(_WHEN), world.clock()
        since = datetime.fromisoformat(before) if before and not run.options.full else None
        found = list_comments(world.api, world.mirror.space, {} if run.options.full else known, since)
        wanted |= found.keys() | (files.keys() if run.options.full else set[str]())
        known |= {one: number for page, some in found.items() if page not in seen.rows for one, number in some.items()}
        if not found.keys() & unsent:  # what is passed over now is asked for again, however late that is
            world.state.set_meta(_WHEN, now.isoformat())
    sent = {sheet.page: sheet.text for sheet, _ in sheets}
    _forget(world, run, seen, files)
    for page in sorted(wanted - unsent):
        row = seen.rows.get(page)
        if row is None or row.page.kind not in TEXTS or page not in seen.listing.pages:
            continue
        try:
            known |= _write(world, run, seen, page, files, sent.get(page))
        except (RemoteError, AccessError, LocalError, ValueError) as error:
            run.problem(Problem(comments_path(row.path), f"its comments were not read: {error}", "run it again"))
            world.state.set_meta(_WHEN, "")
    world.state.set_meta(_SEEN, json.dumps(known))
    world.state.set_meta(_FILES, json.dumps(files))


def _send(world: World, run: Run, seen: Observation, sheet: Sheet, effects: Sequence[Effect]) -> bool:
    """Send the edits of one file and tell whether all are sent; where one is refused, the rest stays in the file."""
    left = list(zip(sheet.edits, effects, strict=True))
    try:
        there = world.api.comments(sheet.page)
        while left:
            edit, effect = left[0]
            world.hook("before", effect)
            _send_one(world, seen, sheet, edit, there)
            world.hook("after", effect)
            run.done.append(effect)
            left.pop(0)
    except ReadOnly:
        raise
    except (RemoteError, AccessError, ValueError) as error:
        message, remedy = getattr(error, "message", "") or str(error), getattr(error, "remedy", "")
        run.problem(Problem(sheet.path, message, remedy, left[0][0].line, 1))
        with suppress(RemoteError, AccessError, LocalError, ValueError):  # else the file stays: nothing is sent twice
            notes = _notes(world, seen, sheet.page, world.api.comments(sheet.page))
            name = _page_path(seen, sheet.page).rpartition("/")[2]
            waiting = render(name, notes, [one for one, _ in left])
            _put(world, sheet.page, sheet.path, render(name, notes), waiting, sheet.text)
        return False
    return True


def _send_one(world: World, seen: Observation, sheet: Sheet, edit: Edit, there: Sequence[RemoteComment]) -> None:
    """Send one edit. An answer that is there already, though the file did not know it, was sent by a run that died."""
    thread = next((one for one in there if one.id == edit.thread), None)
    if thread is None:
        raise ValueError("the comment is gone")
    if not edit.text:
        if thread.resolved is not edit.resolved:
            world.api.set_resolved(edit.thread, edit.resolved)
        return
    site = at(site_of(world, seen, seen.local.paths), seen, sheet.page, _page_path(seen, sheet.page))
    body = converters.to_storage(edit.text, site)
    new = (one for one in there if one.parent == edit.thread and f"<!-- comment {one.id} -->" not in sheet.base)
    if not any(converters.to_markdown(one.body, site).strip() == edit.text.strip() for one in new):
        world.api.answer(sheet.page, thread, body)


def _page_path(seen: Observation, page: str) -> str:
    return seen.local.paths.get(page) or seen.rows[page].path


def _notes(world: World, seen: Observation, page: str, found: Sequence[RemoteComment]) -> list[Note]:
    site = at(site_of(world, seen, seen.local.paths), seen, page, _page_path(seen, page))
    return [
        Note(one.id, one.parent, one.author, one.when, converters.to_markdown(one.body, site), one.quote, one.resolved)
        for one in found
    ]


def _forget(world: World, run: Run, seen: Observation, files: dict[str, str]) -> None:
    """Put the files of pages that are gone into the trash."""
    for page in files.keys() - seen.rows.keys():
        path = files.pop(page)
        if world.folder.exists(path):
            world.folder.trash(path, run.name)
        world.state.set_meta(f"{_FILES} {page}", "")


def _write(
    world: World, run: Run, seen: Observation, page: str, files: dict[str, str], sent: str | None
) -> dict[str, int]:
    """Write the comments of a page into its file, which goes with the last of them; give their versions.

    sent: what the file held when its edits were sent. Raises FileChanged when it was edited since: that waits.
    """
    found = world.api.comments(page)
    path = comments_path(_page_path(seen, page))
    text = render(_page_path(seen, page).rpartition("/")[2], _notes(world, seen, page, found))
    former = files.get(page, path)
    if former != path and world.folder.exists(former):
        world.folder.trash(former, run.name)
    there = world.folder.read(path) if world.folder.exists(path) else ""
    if there and not text:
        world.folder.trash(path, run.name)
    elif there != text:
        base = world.state.meta(f"{_FILES} {page}")
        if there and base and there not in (base, sent):
            raise FileChanged("was edited meanwhile", place=path)
        if there and not base:
            kept = world.folder.keep(path, run.name)
            world.reporter.note(f"{path} is written anew; what was in it is in .confsync/trash/{kept}")
        _put(world, page, path, text, text, there)
        action = Action.UPDATE if there else Action.CREATE
        run.done.append(Effect(Side.LOCAL, action, page, "comments on the site", path, path, path))
    world.state.set_meta(f"{_FILES} {page}", text)
    files[page] = path
    if not text:
        del files[page]
    return {one.id: one.version for one in found}


def _put(world: World, page: str, path: str, base: str, text: str, was: str) -> None:
    if was:
        world.folder.write(path, text, was)
    else:
        world.folder.write_new(path, text)
    world.state.set_meta(f"{_FILES} {page}", base)
