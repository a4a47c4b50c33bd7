"""The versions of a page: which there are, what one of them says, and one of them made current again."""

from __future__ import annotations

from collections.abc import Callable

from confsync.errors import GuardStop, NotFound, UsageError
from confsync.local.document import canonical
from confsync.model import Row
from confsync.remote import NewVersion, PageVersion
from confsync.report import RunResult

from .review import look
from .sites import at, site_of
from .world import World


def row_at(world: World, path: str) -> Row:
    """Find the page whose file this is. Raises UsageError."""
    for row in world.state.rows().values():
        if row.path == path and not path.endswith("/"):
            return row
    remedy = "confsync status names the files; a file that was never synced has no versions"
    raise UsageError("is no page that was ever synced", place=path, remedy=remedy)


def versions(world: World, path: str) -> tuple[PageVersion, ...]:
    """List the versions of a page on the site, the newest first. Raises UsageError, NotFound."""
    return tuple(world.api.versions(row_at(world, path).id))


def text_of(world: World, path: str, number: int, *, storage: bool) -> str:
    """Give one version as Markdown, as it would stand in the file, or as storage format. Raises UsageError."""
    row = row_at(world, path)
    try:
        body = world.api.body_of_version(row.id, number)
    except NotFound as error:
        raise UsageError(f"has no version {number}", place=path, remedy=f"confsync log {path} lists them") from error
    if storage:
        return body
    import converters

    seen = look(world, remote=False)
    site = at(site_of(world, seen, seen.local.paths), seen, row.id, path)
    return canonical(converters.to_markdown(body, site))


def restore(world: World, path: str, number: int, sync: Callable[[str], RunResult]) -> RunResult:
    """Make a version current again, as a new one, and bring the file up to date.

    Nothing that is only in the file is lost: a file that was edited, or waits for a decision, is refused with
    GuardStop. sync: runs the engine on this file.
    """
    row = row_at(world, path)
    seen = look(world, remote=False)
    page = seen.local.tree.pages.get(row.id)
    if page is None or row.id in seen.local.tree.unknown or page.body != row.page.body:
        remedy = "confsync sync, or resolve what waits; then restore"
        raise GuardStop("was edited, or waits for a decision: nothing is restored over that", place=path, remedy=remedy)
    now, body = world.api.page(row.id, body=True)
    if number == now.version:
        raise UsageError(f"version {number} is the current one", place=path)
    storage = text_of(world, path, number, storage=True)
    if storage != body:
        message = f"Restored version {number}"
        world.api.update(row.id, NewVersion(now.version + 1, now.title, storage, now.kind, message))
    return sync(row.id)
