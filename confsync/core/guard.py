"""The delete guard: what a run must not do without being told to."""

from __future__ import annotations

from collections.abc import Sequence

from confsync.errors import GuardStop
from confsync.model import Action, Effect, Side, Tree


def guard(
    effects: Sequence[Effect],
    synced: Tree,
    local: Tree,
    remote: Tree,
    *,
    max_deletes: str = "20%",
    allow_deletes: int | None = None,
) -> None:
    """Raise GuardStop, with the listing, when a plan would delete more than anybody may have meant.

    max_deletes: a share of the synced pages ("20%") or a number; five are always allowed. allow_deletes: the number
    that the user has confirmed for this run.
    """
    deletes = [effect for effect in effects if effect.action is Action.DELETE and isinstance(effect.key, str)]
    if not deletes or (allow_deletes is not None and len(deletes) <= allow_deletes):
        return
    items = tuple(f"{effect.side}: {effect.path or effect.title}" for effect in deletes)
    way_out = f"look at the list; to go on: --allow-deletes {len(deletes)}"
    for side, tree in ((Side.REMOTE, local), (Side.LOCAL, remote)):
        gone = [effect for effect in deletes if effect.side is side]
        if gone and not tree.pages and synced.pages:
            raise GuardStop(f"every page is gone {_where(side)}", remedy=way_out, items=items)
        if any(effect.key == synced.root for effect in gone):
            raise GuardStop(f"the root page is gone {_where(side)}", remedy=way_out, items=items)
    limit = allowed(max_deletes, len(synced.pages))
    if len(deletes) > limit:
        raise GuardStop(f"{len(deletes)} pages would be deleted, {limit} are allowed", remedy=way_out, items=items)


def allowed(max_deletes: str, pages: int) -> int:
    """Give how many deletions pass without a question: at least five."""
    share = max_deletes.removesuffix("%")
    number = pages * int(share) // 100 if max_deletes.endswith("%") else int(share)
    return max(5, number)


def _where(effect_side: Side) -> str:
    """Name the side whose absence caused an effect: a remote deletion comes from what is missing locally."""
    return "in the folder" if effect_side is Side.REMOTE else "in Confluence"
