"""Answer a `status` from memory: while neither the folder nor the state has changed, its result has not either."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

import confsync
from confsync.local.sight import GRAIN_NS, Sight, Stat, see, see_outside
from confsync.model.tree import Problem
from confsync.report import Change, OpenConflict, StatusResult

from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confsync.local import Scan

_NAME: Final = "status"


def recall(world: World) -> StatusResult | None:
    """Give the last result while it still holds, None when it has to be found out anew.

    It holds for the same state (its generation is raised by whatever changes what was agreed, listed or waits) and
    the same folder, as far as names, sizes, times and inodes tell.
    """
    stored = world.state.meta(_NAME)
    if not stored:
        return None
    key, outside, folder, found = json.loads(stored)
    if key != _key(world, world.state.meta("generation")):
        return None
    root = world.folder.root
    if folder != _mark(see(root), see_outside(root, outside)):
        return None
    local, remote, conflicts, problems, pages = found
    return StatusResult(
        tuple(Change(*one) for one in local),
        tuple(Change(*one) for one in remote),
        tuple(OpenConflict(*one) for one in conflicts),
        tuple(Problem(*one) for one in problems),
        listing_age(world),
        pages,
    )


def remember(world: World, generation: str, scan: Scan, result: StatusResult) -> None:
    """Keep a result. generation: the state's before anything was read of it.

    Nothing is kept while a file is so young that a change in the same tick of the file system's clock would not show.
    """
    times = [scan.sight.newest, *(stat[1] for stat in scan.linked.values() if stat is not None)]
    if max(times) >= scan.sight.when - GRAIN_NS:
        return
    one = result
    found = [one.local, one.remote, one.conflicts, one.problems, one.pages]
    stored = [_key(world, generation), list(scan.linked), _mark(scan.sight, scan.linked), found]
    world.state.set_meta(_NAME, json.dumps(stored, ensure_ascii=False))


def listing_age(world: World) -> float | None:
    """Give the age of the last full listing in seconds, None when there was none."""
    listed = world.state.meta("listed")
    return (world.clock() - datetime.fromisoformat(listed)).total_seconds() if listed else None


def _key(world: World, generation: str) -> str:
    """Everything but the folder that a result depends on: the state, the mirror's settings, and how it was judged."""
    return repr((generation, confsync.__version__, tuple(world.mirror)))


def _mark(sight: Sight, outside: dict[str, Stat | None]) -> str:
    return f"{sight.mark} {sorted(outside.items())!r}"
