"""How every effect is done: intent, act, then pair and intent in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from confsync.errors import AccessError, FileChanged, LocalError, NotFound, Refused, TitleTaken, VersionClash
from confsync.model import Effect, PageId, Row, replace
from confsync.remote import RemotePage, in_order, inside
from confsync.state.journal import Backup, Intent

from .observe import Observation
from .world import Run, World

Result = TypeVar("Result")

# After these it is certain that nothing happened; after anything else it is not, and the intent stays.
CERTAIN = (AccessError, LocalError, NotFound, Refused, TitleTaken, VersionClash, ValueError)


def perform(
    world: World,
    run: Run,
    effect: Effect,
    facts: dict[str, Any],
    act: Callable[[str], Result],
    commit: Callable[[Result], None],
    *,
    told: bool = True,
) -> Result:
    """Do one effect. act gets the mark it leaves; commit writes what is agreed by it.

    The intent is never replayed: when the answer is lost, `facts` say where to look. told=False: a further step of an
    effect that is told already.
    """
    op = world.ids()
    world.state.begin(Intent(op, run.name, {"key": str(effect.key), **facts}))
    world.hook("before", effect)
    try:
        result = act(op)
    except CERTAIN:
        world.state.end(op)
        raise
    world.hook("after", effect)
    with world.state.transaction():
        commit(result)
        world.state.end(op)
    if told:
        run.done.append(effect)
    return result


def keep_file(world: World, run: Run, path: str, was: str) -> None:
    """Copy a file into the trash before it is overwritten, for `undo`. Raises FileChanged when it is not as it was."""
    if world.folder.read(path) != was:
        raise FileChanged("was changed while it was being worked on", place=path, remedy="run it again")
    kept = world.folder.keep(path, run.name)
    world.state.add_backup(Backup(run.name, "file", path, kept))


def set_listed(world: World, observation: Observation, page: RemotePage) -> None:
    """Take what the site has just answered into the listing."""
    seen = inside(page, observation.listing.root) if world.mirror.root is not None else page
    if seen is not None:
        seen = in_order(seen, observation.listing.pages.get(page.id))
        observation.listing.pages[page.id] = seen
        world.state.set_listing([(page.id, seen.to_facts())])


def drop_listed(world: World, observation: Observation, page: PageId) -> None:
    """Take a page that is gone off the listing."""
    observation.listing.pages.pop(page, None)
    world.state.drop_listed(page)


def set_row(world: World, observation: Observation, row: Row) -> None:
    """Write what is agreed of a page."""
    world.state.set_row(row)
    observation.rows[row.id] = row


def with_facets(row: Row, **facets: Any) -> Row:
    """Give a row with other facets agreed."""
    return replace(row, page=replace(row.page, **facets))
