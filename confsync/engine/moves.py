"""Files moved to where the target has them, and files put into the trash."""

from __future__ import annotations

import re

from confsync.local.tree import attachment_path
from confsync.model import Effect, Problem, replace
from confsync.model.paths import directory, files_dir
from confsync.state.journal import Backup, Intent

from .effect import perform, set_row
from .round import Round
from .sites import all_followed, follow_moves, note_moves
from .texts import read_file


def move_files(round_: Round, effects: list[Effect]) -> None:
    """Move files to where the target has them; a ring of names goes through a name in between."""
    world, seen = round_.world, round_.seen
    before = dict(seen.local.paths)
    note_moves(world, before)
    left = [effect for effect in effects if effect.path and effect.new_path]
    while left:
        sources = {effect.path for effect in left}
        free = [e for e in left if e.new_path not in sources - {e.path} or not world.folder.exists(e.new_path)]
        for effect in free or left[:1]:
            if effect.path.endswith("/"):
                _moved(round_, effect)
            elif free:
                _move(round_, effect)
            else:
                left.append(replace(effect, path=_aside(round_, effect)))
            left.remove(effect)
    follow_moves(world, round_.run, seen, before, dict(seen.local.paths), write=True)
    all_followed(world)


def _move(round_: Round, effect: Effect) -> None:
    world = round_.world
    for source, target in _pairs(effect):
        if world.folder.exists(source) and world.folder.exists(target) and not _same(round_, source, target):
            round_.run.problem(Problem(target, f"is in the way of {source}", "move it elsewhere"))
            return

    def act(op: str) -> None:
        for source, target in _pairs(effect):
            if world.folder.exists(source):
                world.folder.move(source, target)

    facts = {"kind": "move-file", "path": effect.path, "new_path": effect.new_path}
    perform(world, round_.run, effect, facts, act, lambda _: _moved(round_, effect))


def _moved(round_: Round, effect: Effect) -> None:
    world, seen, key = round_.world, round_.seen, effect.key
    seen.local.paths[key] = effect.new_path  # type: ignore[index]  # an effect that moves is a page's
    page_id = round_.id_of(key)  # type: ignore[arg-type]  # the page that a draft has become keeps track of its file
    row = seen.rows.get(page_id) if page_id is not None else None
    if row is not None:
        page, remote = row.page, seen.listing.pages.get(row.id)
        if remote is not None:
            page = replace(page, parent=remote.parent)
        set_row(world, seen, replace(row, page=page, path=effect.new_path))
        world.state.add_backup(Backup(round_.run.name, "moved", effect.path, effect.new_path))
    else:
        _follow_intents(round_, effect)
    if aside := re.search(r"\.confsync-([^/]+)\.moving\.md$", effect.path):
        world.state.end(f"aside-{aside[1]}")


def _follow_intents(round_: Round, effect: Effect) -> None:
    """A draft whose making nobody has answered may be a page by now: that will look for the file where it is."""
    for intent in round_.world.state.intents():
        if intent.facts.get("kind") == "create" and intent.facts.get("path") == effect.path:
            round_.world.state.begin(intent._replace(facts={**intent.facts, "path": effect.new_path}))


def _pairs(effect: Effect) -> tuple[tuple[str, str], tuple[str, str]]:
    """Give what moves where: the page's file, and the folder of its attachments."""
    return (effect.path, effect.new_path), (files_dir(effect.path), files_dir(effect.new_path))


def _same(round_: Round, source: str, target: str) -> bool:
    """Tell whether two names are one file: a change of case is no obstacle."""
    return round_.world.folder.at(source).samefile(round_.world.folder.at(target))


def _aside(round_: Round, effect: Effect) -> str:
    """Move a file out of the way of another one; the intent stays until it has found its place."""
    world = round_.world
    name = world.ids()
    between = f"{directory(effect.path) + '/' if directory(effect.path) else ''}.confsync-{name}.moving.md"
    facts = {"kind": "aside", "path": effect.path, "between": between, "new_path": effect.new_path}
    world.state.begin(Intent(f"aside-{name}", round_.run.name, facts))
    for source, target in ((effect.path, between), (files_dir(effect.path), files_dir(between))):
        if world.folder.exists(source):
            world.folder.move(source, target)
    return between


def delete_file(round_: Round, effect: Effect) -> None:
    """Put a page's file and its attachments into the trash, unless the file was edited in the meantime."""
    world, seen, key = round_.world, round_.seen, str(effect.key)
    path = effect.path
    if not path.endswith("/"):
        _, document = read_file(world, path)
        if round_.changed_since(key, document):
            round_.run.dirty.add(key)
            return
    names = seen.scan.files.get(files_dir(path), {})

    def act(op: str) -> None:
        for one in [path, *(attachment_path(path, name) for name in names)]:
            if not one.endswith("/") and world.folder.exists(one):
                kept = world.folder.trash(one, round_.run.name)
                world.state.add_backup(Backup(round_.run.name, "file", one, kept))
        if path.endswith("/"):
            world.folder.prune(path.rstrip("/"))

    def commit(_: None) -> None:
        world.state.drop_row(key)
        for known in (seen.rows, seen.local.paths, seen.local.files):
            known.pop(key, None)

    perform(world, round_.run, effect, {"kind": "trash", "path": path}, act, commit)
