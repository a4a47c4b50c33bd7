"""The children of each page in the site's order, and the ranks of which that order speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confsync.core.order import remote_ranks
from confsync.model import Key, Page, PageId, Row
from confsync.remote.records import RemotePage
from confsync.remote.scan import Listing


def sequences(listing: Listing) -> dict[Key | None, list[Key]]:
    """Give the children of each page in the site's order."""
    found: dict[Key | None, list[RemotePage]] = {}
    for page in listing.pages.values():
        found.setdefault(page.parent, []).append(page)
    return {parent: [page.id for page in sorted(children, key=_place)] for parent, children in found.items()}


def _place(page: RemotePage) -> tuple[bool, int, int, str]:
    number = int(page.id) if page.id.isdecimal() else 0
    return (page.position is None, page.position or 0, number, page.id)


def site_ranks(
    pages: Mapping[Key, Page], rows: Mapping[PageId, Row], children_of: Mapping[Key | None, Sequence[Key]]
) -> dict[Key, int]:
    """Give the ranks of which the site's order speaks, for the pages whose files name one.

    pages: the local ones. A rank that was agreed under another parent says nothing here.
    """
    local = {key: page.rank for key, page in pages.items() if page.rank is not None}
    found: dict[Key, int] = {}
    for parent, children in children_of.items():
        if any(key in local for key in children):
            agreed: dict[Key, int | None] = {
                key: row.page.rank
                for key in children
                if isinstance(key, str) and (row := rows.get(key)) and row.page.parent == parent
            }
            found |= remote_ranks(children, {key: local.get(key) for key in children}, agreed)
    return found
