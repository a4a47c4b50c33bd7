"""Conflicts that wait, how they are settled, and how the last run is taken back."""

from __future__ import annotations

from confsync.errors import UsageError
from confsync.local import read_document
from confsync.report import OpenConflict, RemoteVersion, ResolveResult, UndoResult
from confsync.state.journal import Backup, Waiting

from .observe import Observation
from .world import World

ACCEPT = ("local", "remote", "merged", "both")


def open_conflicts(world: World, seen: Observation | None = None) -> tuple[OpenConflict, ...]:
    """List the conflicts that wait; one whose file has no markers any more was settled by hand."""
    result = []
    for waiting in world.state.waiting():
        path = seen.local.paths.get(waiting.id, waiting.path) if seen else waiting.path
        if not world.folder.exists(path) or read_document(path, world.folder.read(path))[0].problem is None:
            if world.folder.exists(path) or seen:
                world.state.drop_waiting(waiting.id)
            continue
        result.append(OpenConflict(path, waiting.id, waiting.version, waiting.reason))
    return tuple(result)


def resolve(world: World, path: str, accept: str) -> ResolveResult:
    """Settle one conflict; the loser is kept in the trash, or beside the file."""
    if accept not in ACCEPT:
        raise UsageError(f"{accept!r} is no way to settle", place=path, remedy=f"one of {', '.join(ACCEPT)}")
    waiting = _waiting(world, path)
    if waiting is None:
        if accept == "merged" and _readable(world, path):
            return ResolveResult(path, accept, already=True)  # a look at the mended file was enough
        raise UsageError("no conflict waits here", place=path, remedy="confsync conflicts lists them")
    file, document = read_document(waiting.path, world.folder.read(waiting.path))
    if accept == "merged":
        if file.problem is not None:
            raise UsageError(
                file.problem.message, place=f"{waiting.path}:{file.problem.line}", remedy="remove the markers first"
            )
        world.state.drop_waiting(waiting.id)
        return ResolveResult(waiting.path, accept)
    run = f"{world.clock():%Y%m%d-%H%M%S}-{world.ids()[:6]}"
    local, remote = world.state.text(waiting.local) or "", world.state.text(waiting.remote) or ""
    kept = _keep_loser(world, run, waiting, accept, document.head, local, remote)
    winner = local if accept == "local" else remote
    with world.state.transaction():
        world.state.start_run(run, "resolve", world.clock().timestamp())
        marked = world.folder.keep(waiting.path, run)
        world.state.add_backup(Backup(run, "file", waiting.path, marked))
    world.folder.write(waiting.path, document.with_body(winner), document.head + document.body)
    with world.state.transaction():
        world.state.drop_waiting(waiting.id)
        world.state.finish_run(run, world.clock().timestamp())
    return ResolveResult(waiting.path, accept, kept)


def _waiting(world: World, path: str) -> Waiting | None:
    """Find the conflict of a file, named by its path or its page's id; the file may have moved since."""
    there = path.endswith(".md") and world.folder.exists(path)
    page_id = read_document(path, world.folder.read(path))[0].id if there else path
    for one in world.state.waiting():
        row = world.state.row(one.id)
        here = path if there and page_id == one.id else row.path if row and world.folder.exists(row.path) else one.path
        if path in (one.path, one.id, here):
            return one._replace(path=here)
    return None


def _readable(world: World, path: str) -> bool:
    """Tell whether a page's file is there and has no markers, nor anything else that holds it back."""
    known = path in {row.path for row in world.state.rows().values()}
    if not path.endswith(".md") or not world.folder.exists(path):
        return False
    file, _ = read_document(path, world.folder.read(path))
    return file.problem is None and bool(file.id or known)


def _keep_loser(
    world: World, run: str, waiting: Waiting, accept: str, head: str, local: str, remote: str
) -> tuple[str, ...]:
    if accept == "both":
        return (write_beside(world, waiting.path, waiting.version, head + local),)
    loser = remote if accept == "local" else local
    name = f"{waiting.path.removesuffix('.md')}.{'remote' if accept == 'local' else 'local'}.md"
    return (f".confsync/trash/{world.folder.keep_text(name, loser, run)}",)


def write_beside(world: World, path: str, version: int, text: str) -> str:
    """Keep the loser of a conflict beside its page and give the file's path; one that is there already stays."""
    stem, number = path.removesuffix(".md"), version
    while world.folder.exists(beside := f"{stem}.conflict-{number}.md") and world.folder.read(beside) != text:
        number += 1
    if not world.folder.exists(beside):
        world.folder.write_new(beside, text)
    return beside


def undo(world: World) -> UndoResult:
    """Put back what the last run overwrote, moved or deleted in the folder."""
    run = world.state.last_run()
    if run is None:
        raise UsageError("there is nothing to undo", remedy="no run has changed anything yet")
    restored: list[str] = []
    offers: list[RemoteVersion] = []
    again = f"{world.clock():%Y%m%d-%H%M%S}-undo"
    for backup in reversed(world.state.backups(run)):
        if backup.kind == "remote":
            offers.append(RemoteVersion(backup.kept, backup.title, backup.version))
        elif backup.kind == "moved" and world.folder.exists(backup.kept) and not world.folder.exists(backup.path):
            world.folder.move(backup.kept, backup.path)
            restored.append(backup.path)
        elif backup.kind == "made" and world.folder.exists(backup.path):
            world.folder.trash(backup.path, again)
            restored.append(backup.path)
        elif backup.kind == "file":
            if world.folder.exists(backup.path):
                world.folder.keep(backup.path, again)
            world.folder.put_back(backup.kept, backup.path)
            restored.append(backup.path)
    world.state.drop_backups(run)
    return UndoResult(run, tuple(dict.fromkeys(reversed(restored))), tuple(reversed(offers)))
