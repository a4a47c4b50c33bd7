"""The page tree beside a page: the way to it is open, everything else is one link away."""

from __future__ import annotations

from dataclasses import dataclass

from confsync.sandbox import links
from confsync.sandbox.store import Row, Store, tree


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the tree."""

    id: int
    title: str
    url: str
    kind: str
    current: bool
    open: bool
    has_children: bool
    children: tuple[Item, ...]


def outline(store: Store, space: Row, current: Row | None, base: str) -> list[Item]:
    """Return the tree of a space, opened along the way to the current page."""
    above = [] if current is None else [row["id"] for row in tree.ancestors(store, current)]
    way = {*above, current["id"] if current else None, space["homepage_id"]}
    tops = [row for kind in tree.IN_TREE for row in tree.roots(store, space["id"], kind)]
    return [_item(store, space, row, current, way, base) for row in tops]


def below(store: Store, space: Row, row: Row, base: str) -> list[Item]:
    """Return what stands right below a page, all closed."""
    return [_item(store, space, one, None, set(), base) for one in tree.children(store, row["id"])
            if one["type"] in tree.IN_TREE]  # fmt: skip


def _item(store: Store, space: Row, row: Row, current: Row | None, way: set[int | None], base: str) -> Item:
    below = tree.children(store, row["id"]) if row["id"] in way else []
    leaf = not below and not tree.children(store, row["id"])
    return Item(
        id=row["id"],
        title=row["title"],
        url=base + links.page(space["key"], row, space["homepage_id"] == row["id"]),
        kind=row["type"],
        current=current is not None and current["id"] == row["id"],
        open=row["id"] in way,
        has_children=not leaf,
        children=tuple(_item(store, space, one, current, way, base) for one in below if one["type"] in tree.IN_TREE),
    )
