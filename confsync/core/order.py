"""The order of siblings: which `order` the site's sequence speaks for, and the fewest moves to another one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from confsync.model import Key

Ranks = Mapping[Key, int | None]


def remote_ranks(sequence: Sequence[Key], local: Ranks, agreed: Ranks) -> dict[Key, int]:
    """Give the ranks that the children of one page have on the site, for those whose files name one.

    A sequence that fits the files' ranks has these; one that fits the agreed ranks has those. Any other was made on
    the site: the agreed ranks are dealt out anew along it, so that no file gets a number that nobody chose.
    """
    named = [key for key in sequence if local.get(key) is not None]
    if fits(named, local):
        return {key: rank for key in named if (rank := local[key]) is not None}
    known = [key for key in named if agreed.get(key) is not None]
    ranks = [rank for key in known if (rank := agreed[key]) is not None]
    return dict(zip(known, ranks if fits(known, agreed) else sorted(ranks), strict=True))


def fits(sequence: Sequence[Key], ranks: Ranks) -> bool:
    """Tell whether no page stands after one of a higher rank."""
    values = [ranks[key] or 0 for key in sequence]
    return all(one <= other for one, other in pairwise(values))


def wanted(sequence: Sequence[Key], ranks: Ranks) -> list[Key]:
    """Give the children that have a rank in the order they shall have; equal ranks stay as they are."""
    return sorted((key for key in sequence if ranks.get(key) is not None), key=lambda key: ranks[key] or 0)


def movers(sequence: Sequence[Key], ranks: Ranks) -> list[Key]:
    """Give the fewest children that must move, in the order in which each can be put after the one before it.

    Those that stay are a longest run of the sequence that is in order already.
    """
    order = wanted(sequence, ranks)
    place = {key: number for number, key in enumerate(order)}
    ends: list[int] = []  # for each length, the lowest place that a run of this length can end with
    last: list[Key] = []
    before: dict[Key, Key | None] = {}
    for key in (key for key in sequence if key in place):
        at = bisect_right(ends, place[key])
        before[key] = last[at - 1] if at else None
        ends[at:at + 1], last[at:at + 1] = [place[key]], [key]
    stays: set[Key] = set()
    one = last[-1] if last else None
    while one is not None:
        stays.add(one)
        one = before[one]
    return [key for key in order if key not in stays]
