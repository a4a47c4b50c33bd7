"""Absence is a claim that needs proof: a page leaves the folder only when the site itself says that it is gone."""

from __future__ import annotations

from collections.abc import Sequence

from confsync.errors import AccessError, GuardStop, NotFound
from confsync.model import Action, Effect, Problem, Side

from .observe import Observation
from .world import Run, World

GONE = ("trashed", "deleted", "archived")


def prove_absent(world: World, run: Run, seen: Observation, effects: Sequence[Effect]) -> list[Effect]:
    """Keep of the local deletions those whose page is trashed or archived; the others are unknown.

    A page that cannot be found at all may be hidden from this user: its file stays until somebody says how many such
    deletions are meant. Raises GuardStop when there are several.
    """
    kept: list[Effect] = []
    vanished: list[Effect] = []
    for effect in effects:
        if effect.side is not Side.LOCAL or effect.action is not Action.DELETE or not isinstance(effect.key, str):
            kept.append(effect)
            continue
        status = "trashed" if effect.path.endswith("/") else _status(world, effect.key)
        if status in GONE or _outside(world, seen, effect.key):
            kept.append(effect)
        elif status == "missing":
            vanished.append(effect)
        else:
            message = f"its page is not listed any more, but {status}"
            run.problem(Problem(effect.path, message, "look at it in Confluence"))
    allowed = run.options.allow_deletes
    if allowed is not None and len(vanished) <= allowed:
        return [effect for effect in effects if effect in kept or effect in vanished]
    for effect in vanished:
        remedy = "ask for the right to view it; if it is gone for good: --allow-deletes 1, or delete the file"
        message = "its page cannot be found: deleted for good, or hidden from this user"
        run.problem(Problem(effect.path, message, remedy))
    if len(vanished) > 1:
        raise GuardStop(
            f"{len(vanished)} pages cannot be found: deleted for good, or hidden from this user",
            remedy=f"check the rights; to go on: --allow-deletes {len(vanished)}",
            items=tuple(effect.path for effect in vanished),
        )
    return kept


def _status(world: World, page: str) -> str:
    try:
        return world.api.page(page, status="any")[0].status
    except NotFound:
        return "missing"
    except AccessError:
        return "forbidden"


def _outside(world: World, seen: Observation, page: str) -> bool:
    """Tell whether a page that is there lies outside the mirror's root by now."""
    if world.mirror.root is None:
        return False
    try:
        return seen.listing.root not in world.api.page(page)[0].ancestors
    except (NotFound, AccessError):
        return False
