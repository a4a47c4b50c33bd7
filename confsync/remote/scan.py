"""What the site holds: the light listing of a space, hints of what has changed since, and bodies in a stream."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from confsync.errors import NotFound, RemoteError
from confsync.model import replace

from .cql import quoted
from .records import RemotePage

if TYPE_CHECKING:
    from .api import Api


Fetch: TypeAlias = "Callable[[Callable[[str], RemotePage | None], list[str]], Iterable[RemotePage | None]]"


class Listing(NamedTuple):
    """The pages and folders of a mirror, by id. root: the id of its root page, None when the space has no home."""

    pages: dict[str, RemotePage]
    root: str | None


def find_root(api: Api, space: str, root: str | None) -> str | None:
    """Find the root page of a mirror: by id or title, else the space's home page. Raises NotFound."""
    if root is None:
        return api.space(space).home
    found = api.by_title(space, root)
    if found:
        return found[0].id
    if root.isdecimal():
        return api.page(root)[0].id
    raise NotFound(f"no page with the title {root!r} in the space {space}", place=space, remedy="check `root`")


def list_space(
    api: Api, space: str, root: str | None, *, subtree: bool, names: Collection[str] = ()
) -> Listing:
    """List everything of a mirror but the bodies: N/200 requests. subtree: only what lies under the root.

    names: the settings that are wanted of all pages.
    """
    pages: dict[str, RemotePage] = {}
    for row in _rows(api, space, names, posts=not subtree):
        page = inside(row, root) if subtree else row
        if page is not None:
            pages[page.id] = page
    return Listing({**_folders(api, pages), **pages}, root)


def _rows(api: Api, space: str, names: Collection[str], *, posts: bool) -> Iterator[RemotePage]:
    for kind in ("page", "blogpost") if posts else ("page",):
        for page, _ in api.pages(space, kind=kind, names=names):
            yield page


def inside(page: RemotePage, root: str | None) -> RemotePage | None:
    """Give a page of the root's subtree with its ancestors from the root on, None for one outside."""
    if page.id == root:
        return replace(page, ancestors=())
    if root in page.ancestors:
        return replace(page, ancestors=page.ancestors[page.ancestors.index(root) :])
    return None


def _folders(api: Api, pages: Mapping[str, RemotePage]) -> dict[str, RemotePage]:
    """Folders are in no listing: they show as ancestors that are no pages, and are read one by one."""
    found: dict[str, RemotePage] = {}
    for page in pages.values():
        for depth, ancestor in enumerate(page.ancestors):
            if ancestor not in pages and ancestor not in found:
                found[ancestor] = replace(_folder(api, ancestor), ancestors=page.ancestors[:depth], assets=())
    return found


def _folder(api: Api, page_id: str) -> RemotePage:
    """Read a folder; what cannot be read (a whiteboard, a database) still is somebody's parent."""
    try:
        return api.page(page_id)[0]
    except RemoteError:
        return RemotePage(page_id, "", 0, "", (), kind="other")


def list_changes(api: Api, space: str, known: Mapping[str, RemotePage], since: datetime) -> set[str]:
    """Give the ids of pages that search says have changed since the listing: one request when nothing has.

    CQL has minute resolution, a time zone of its own and lags: ask from a day before, newest first, and stop at the
    first page of results in which everything is known. Deletions, moves and labels do not show here.
    """
    day = (since - timedelta(days=1)).strftime("%Y-%m-%d")
    cql = f"space = {quoted(space)} AND type IN (page, blogpost, attachment) AND lastmodified >= {quoted(day)}"
    changed: set[str] = set()
    for rows in api.search(f"{cql} ORDER BY lastmodified DESC"):
        new = {page for row in rows if (page := _changed(row, known))}
        changed |= new
        if not new:
            break
    return changed


def _changed(row: Mapping[str, Any], known: Mapping[str, RemotePage]) -> str | None:
    number = int((row.get("version") or {}).get("number", 0))
    if row.get("type") != "attachment":
        page = known.get(str(row["id"]))
        return None if page and page.version >= number else str(row["id"])
    holder = str((row.get("container") or {}).get("id", ""))
    page = known.get(holder)
    assets = {asset.id: asset.version for asset in page.assets} if page else {}
    return None if assets.get(str(row["id"]), -1) >= number else holder or None


def refresh(
    api: Api, listing: Listing, changed: Iterable[str], *, subtree: bool, fetch: Fetch = map
) -> Listing:
    """Read the pages that have changed anew, a request each; one that is gone leaves the listing.

    fetch: how they are read, as `map` does or several at once.
    """
    pages, wanted = dict(listing.pages), sorted(changed)
    for page_id, page in zip(wanted, fetch(partial(_now, api), wanted), strict=True):
        if page and subtree:
            page = inside(page, listing.root)
        if page is None:
            pages.pop(page_id, None)
        else:
            pages[page_id] = in_order(page, pages.get(page_id))
    return Listing({**_folders(api, pages), **pages}, listing.root)


def in_order(page: RemotePage, known: RemotePage | None) -> RemotePage:
    """Give a page that was read alone the place among its siblings that it had when they were read together."""
    same = known is not None and known.parent == page.parent
    return replace(page, position=known.position if known is not None and same else None)


def _now(api: Api, page_id: str) -> RemotePage | None:
    try:
        return api.page(page_id)[0]
    except NotFound:
        return None


def stream_bodies(api: Api, space: str, kinds: Iterable[str]) -> Iterator[tuple[RemotePage, str]]:
    """Yield all pages and posts of a space with their bodies: N/50 requests, memory flat."""
    for kind in kinds:
        for page, body in api.pages(space, body=True, kind=kind):
            yield page, body or ""
