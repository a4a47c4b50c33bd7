"""Pages that this machine remembers nothing of, but that say themselves which file they were made for."""

from __future__ import annotations

from collections.abc import Mapping

from confsync.local import Scan
from confsync.local.tree import NO_TEXT
from confsync.model import PageId, Row
from confsync.remote.scan import Listing

from .world import World


def marked_pages(
    world: World, rows: Mapping[PageId, Row], listing: Listing, found: Scan
) -> dict[str, PageId]:
    """Give the pages that are known from their mark alone, by the path of their file.

    A page that confsync has made says for which file, and what that held. So it is found also when it came to be after
    the run that asked for it had given up.
    """
    marks = {page.id: page.mark for page in listing.pages.values() if page.mark and page.id not in rows}
    if world.mirror.identity == "property":
        return {str(mark.get("path", "")): page for page, mark in marks.items()}
    agreed = {row.path for row in rows.values()}
    drafts = {path: file.body for path, file in found.pages.items() if not file.id and path not in agreed}
    made = {page: mark for page, mark in marks.items() if mark.get("version") == 1}
    result: dict[str, PageId] = {}
    for page, mark in made.items():
        path, sha = str(mark.get("path", "")), mark.get("markdown_sha")
        same = [one for one, body in drafts.items() if body == sha and sha != NO_TEXT]
        alone = len(same) == 1 and sum(other.get("markdown_sha") == sha for other in made.values()) == 1
        if path in same or alone:
            result[path if path in same else same[0]] = page
    return result
