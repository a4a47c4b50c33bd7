"""Which file or directory is which page, where the files do not say it and this machine remembers nothing.

A page that confsync has written says in its mark where its file was and what that held. So a new machine, or a runner
with nothing but the checkout, finds the pages of files without ids, and those of directories, which have no file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from confsync.local import PageFile, Scan
from confsync.local.tree import NO_TEXT
from confsync.model import FOLDER, Page, PageId, Pair, Row, TitleFrom
from confsync.model.paths import POST, children_dir, directory, is_index
from confsync.remote.records import RemotePage
from confsync.remote.scan import Listing

from .world import World

SEARCHING: Final = "searching"  # this machine remembers nothing, and has not finished a run since

Marks = Mapping[PageId, Mapping[str, Any]]


def marked_pages(world: World, rows: Mapping[PageId, Row], listing: Listing, found: Scan) -> dict[str, PageId]:
    """Give the pages that are known from the site alone, by the path of their file."""
    pages = {page.id: page for page in listing.pages.values() if page.id not in rows}
    if not pages:
        return {}
    marks: Marks = {page.id: page.mark for page in pages.values() if page.mark}
    agreed = {row.path for row in rows.values()}
    drafts = {path: file for path, file in found.pages.items() if not file.id and path not in agreed}
    if world.mirror.identity != "property":
        # A page may have come to be after the run that asked for it had given up.
        made = {page: mark for page, mark in marks.items() if mark.get("version") == 1}
        here = {str(mark.get("path")): page for page, mark in made.items()}
        here = {path: page for path, page in here.items() if _holds(drafts.get(path), made[page])}
        return {**_by_text(made, drafts), **here}
    if not rows and pages and not world.state.meta(SEARCHING):
        world.state.set_meta(SEARCHING, "yes")
    result = {str(mark.get("path", "")): page for page, mark in marks.items()}
    left = {path: file for path, file in drafts.items() if path not in result}
    lost = {page for path, page in result.items() if path not in found.pages}
    result |= (same := _by_text({page: marks[page] for page in lost}, left))
    if world.state.meta(SEARCHING):
        there = {page for path, page in result.items() if path in found.pages}
        titled = (page for page in pages.values() if page.id not in there and page.id != listing.root)
        result |= _by_title(titled, {path: file for path, file in left.items() if path not in same})
    return result


def _holds(file: PageFile | None, mark: Mapping[str, Any]) -> bool:
    return file is not None and file.body == mark.get("markdown_sha") and file.body != NO_TEXT


def _by_text(marks: Marks, files: Mapping[str, PageFile]) -> dict[str, PageId]:
    """Match pages and files that hold the same text, where nothing else holds it."""
    by_sha, pages = defaultdict(list), defaultdict(list)
    for path, file in files.items():
        by_sha[file.body].append(path)
    for page, mark in marks.items():
        pages[str(mark.get("markdown_sha"))].append(page)
    once = (sha for sha in by_sha.keys() & pages.keys() if len(by_sha[sha]) == len(pages[sha]) == 1 and sha != NO_TEXT)
    return {by_sha[sha][0]: pages[sha][0] for sha in once}


def _by_title(pages: Iterable[RemotePage], files: Mapping[str, PageFile]) -> dict[str, PageId]:
    """Match by title, which no two pages of a space share. What the texts have in common is found out afterwards."""
    titles = {page.title.casefold(): page.id for page in pages if page.kind == "page"}
    result: dict[str, PageId] = {}
    for path, file in files.items():
        page = None if POST.match(path) else titles.pop(file.title.casefold(), None)
        if page is not None:
            result[path] = page
    return result


def regain_folders(
    world: World, rows: Mapping[PageId, Row], listing: Listing, found: Scan, marked: Mapping[str, PageId]
) -> dict[PageId, Row]:
    """Make the rows of directories without a page file, and remember them: there is no text in them to be lost.

    The mark of a directory's page names it. A folder of the site, or a directory that was renamed, is the one in which
    most of the pages lie that lie in it on the site.
    """
    wanted = {page.id: page for page in listing.pages.values() if page.id not in rows and _is_folder(page)}
    if not wanted:
        return {}
    owned = {children_dir(path) for path in found.pages} | {row.path.rstrip("/") for row in rows.values()}
    directories = {place for path in found.pages for place in _directories(path)}
    ids = {path: file.id or marked.get(path, "") for path, file in found.pages.items()}
    places = _folders({path: page for path, page in ids.items() if page}, listing)
    for page in wanted.values():
        said = str((page.mark or {}).get("path", ""))
        if said.endswith("/") and said[:-1] in directories:
            places[page.id] = said[:-1]
    result, named = {}, set(ids.values())
    for page_id, place in places.items():
        if page_id not in wanted or page_id in named or place in owned or place not in directories:
            continue
        owned.add(place)
        result[page_id] = _row(listing.pages[page_id], place)
    for row in result.values():
        world.state.set_row(row)
    return result


def _directories(path: str) -> Iterator[str]:
    while path := directory(path):
        yield path


def _folders(ids: Mapping[str, PageId], listing: Listing) -> dict[PageId, str]:
    """Give the directory of each folder of the site: where most of its pages have their files."""
    votes: dict[PageId, Counter[str]] = defaultdict(Counter)
    for path, page in ids.items():
        for folder, place in _above(page, directory(children_dir(path) if is_index(path) else path), listing):
            votes[folder][place] += 1
    return {folder: count.most_common(1)[0][0] for folder, count in votes.items()}


def _above(page: PageId, place: str, listing: Listing) -> Iterator[tuple[PageId, str]]:
    """Yield the folders right above a page, each with the directory that it would be."""
    parent = listing.pages[page].parent if page in listing.pages else None
    while parent in listing.pages and _is_folder(listing.pages[parent]) and place:
        yield parent, place
        parent, place = listing.pages[parent].parent, directory(place)


def _is_folder(page: RemotePage) -> bool:
    """Tell whether a page is a folder, or was made for a directory."""
    return page.kind == "folder" or str((page.mark or {}).get("path", "")).endswith("/")


def _row(page: RemotePage, place: str) -> Row:
    kind = "folder" if page.kind == "folder" else "directory"
    version = int((page.mark or {}).get("version") or page.version)
    agreed = Page(page.parent, page.title, None, frozenset(page.labels), FOLDER, kind)
    return Row(page.id, agreed, Pair(version, FOLDER, FOLDER), f"{place}/", TitleFrom.NAME)


def all_found(world: World, problems: Collection[object]) -> None:
    """Note that a run has ended, and that all files with a page have one by now."""
    if not problems and world.state.meta(SEARCHING):
        world.state.set_meta(SEARCHING, "")
