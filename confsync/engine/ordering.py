"""The order of siblings on the site: a page is put into its place, and after moves the order is read again."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.core.order import wanted
from confsync.model import Effect, PageId, replace
from confsync.remote import RemotePage
from confsync.remote.scan import Listing

from .effect import perform, set_row, with_facets
from .observe import Observation
from .round import Round
from .world import Run, World


def order(round_: Round, effect: Effect) -> None:
    """Put a page behind the sibling that it shall follow, or before the first one that it shall precede."""
    world, seen, key = round_.world, round_.seen, str(effect.key)
    parent = round_.target.pages[key].parent
    children = seen.sequences.get(parent, [])
    ranks = {one: page.rank for one in children if (page := round_.target.pages.get(one)) and page.parent == parent}
    line = wanted(children, ranks)
    at = line.index(key)
    position, anchor = ("after", line[at - 1]) if at else ("before", line[1])
    round_.run.reordered.add(parent)
    with world.state.transaction():
        # Until all are in their places the site's order is nobody's: half of it must not be taken for a new one.
        for one in line:
            row = seen.rows.get(str(one))
            if row is not None and row.page.rank is not None:
                set_row(world, seen, with_facets(row, rank=None))

    def act(op: str) -> None:
        world.api.move(key, position, str(anchor))

    def commit(_: None) -> None:
        children.remove(key)
        children.insert(children.index(anchor) + (position == "after"), key)

    perform(world, round_.run, effect, {"kind": "order"}, act, commit)


def read_order(world: World, run: Run, seen: Observation) -> None:
    """After moves: read the order of the children again, all of a parent's at once.

    The site's numbers of one moment do not go with those of another, so a parent's children get numbers of their own
    until the next full listing.
    """
    for parent in run.reordered:
        children = seen.sequences.get(parent, [])
        if not any(page.rank is not None for key in children if (page := seen.raw.pages.get(key))):
            continue  # no file names an order: nobody asks
        now = world.api.children(parent) if isinstance(parent, str) else [str(key) for key in children]
        numbered = dict(_numbered(seen.listing, now))
        seen.listing.pages.update(numbered)
        world.state.set_listing((key, page.to_facts()) for key, page in numbered.items())
    run.reordered.clear()


def _numbered(listing: Listing, children: list[PageId]) -> Iterator[tuple[PageId, RemotePage]]:
    for number, key in enumerate(children):
        page = listing.pages.get(key)
        if page is not None and page.position != number:
            yield key, replace(page, position=number)
