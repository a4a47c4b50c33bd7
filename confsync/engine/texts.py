"""Bodies in and out: the file's text, the remote body, what was agreed, and a page's file as a whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any, Final

from confsync.core.bodies import Halves
from confsync.errors import NotFound
from confsync.local import Document, PageFile, read_document
from confsync.local.document import ID_KEY, SETTINGS_KEY
from confsync.model import Page, PageId, Pair, Problem, Row, TitleFrom
from confsync.remote import Api, RemotePage, stream_bodies
from converters.markdown import front_matter, nested

from .world import World

_AHEAD: Final = 50  # bodies that wait to be converted while the next page of results is on its way
_FEW: Final = 25  # pages that are read one by one; more than that come in a listing with bodies


def read_file(world: World, path: str) -> tuple[PageFile, Document]:
    """Read a page file as it is now."""
    return read_document(path, world.folder.read(path))


def halves(world: World, row: Row | None) -> Halves | None:
    """Give the texts that were last agreed, None when they are not known."""
    if row is None:
        return None
    storage, markdown = world.state.text(row.pair.storage), world.state.text(row.pair.markdown)
    return Halves(storage, markdown) if storage is not None and markdown is not None else None


def misread(path: str, document: Document, error: ValueError, remedy: str = "mend the text") -> Problem:
    """Say where in its file a body cannot be read: the error counts the body's lines."""
    line, column = getattr(error, "line", 0), getattr(error, "column", 0)
    message = f"held back: {getattr(error, 'message', error)}"
    return Problem(path, message, remedy, document.body_line + line - 1 if line else 0, column)


def bodies(
    world: World, wanted: Collection[PageId], total: int, *, posts: bool = True
) -> Iterator[tuple[RemotePage, str]]:
    """Yield pages with their bodies: one by one when they are few, else in a stream of the whole space.

    A page that is gone in the meantime is left out. posts: whether some of them may be blog posts.
    """
    if len(wanted) <= _FEW or len(wanted) * 10 < total:
        yield from filter(None, world.crew.fetch(partial(_body, world.api), wanted))
        return
    left = set(wanted)
    kinds = ("page", "blogpost") if posts else ("page",)
    for page, body in world.crew.ahead(stream_bodies(world.api, world.mirror.space, kinds), _AHEAD):
        if page.id in left:
            left.discard(page.id)
            yield page, body
        if not left:
            return


def _body(api: Api, page_id: PageId) -> tuple[RemotePage, str] | None:
    try:
        return api.page(page_id, body=True)
    except NotFound:
        return None


def fill_head(text: str, page: Page, page_id: PageId | None, facets: Collection[str]) -> str:
    """Set what confsync owns of a file's head: the id, and the title and labels where they changed."""
    if page_id is not None:
        text = front_matter.set_fields(text, {ID_KEY: page_id})
    if "title" in facets:
        text = front_matter.set_title(text, page.title)
    if "labels" in facets:
        fields = front_matter.split(text).fields
        key = "tags" if "tags" in fields and "labels" not in fields else "labels"
        text = front_matter.set_fields(text, {key: sorted(page.labels) or None})
    if "rank" in facets:
        text = nested.set_nested(text, ["order"], page.rank)  # only a file that names one has a rank
    if "settings" in facets:
        text = _fill_settings(text, dict(page.settings))
    return text


def _fill_settings(text: str, wanted: Mapping[str, str]) -> str:
    """Set the settings that the file names and that are others by now."""
    now = dict(read_document("", text)[0].settings)
    for name, value in wanted.items():
        if now.get(name) != value:
            kind, _, rest = name.partition(".")
            path = [kind, rest] if kind == "properties" else name.split(".")
            text = nested.set_nested(text, [SETTINGS_KEY, *path], json.loads(value))
    return text


def new_file(page: Page, page_id: PageId | None, body: str) -> str:
    """Give the text of a page's new file. The body of a new file never begins with what would be its title."""
    head = fill_head("", page, page_id, {"title", "labels"})
    return head + ("\n" + body if body else "")


def row_facts(row: Row) -> dict[str, Any]:
    """Write a row as plain data, for an intent."""
    page = row.page
    return {
        "id": row.id, "parent": page.parent if isinstance(page.parent, str) else None, "title": page.title,
        "rank": page.rank, "labels": sorted(page.labels), "kind": page.kind, "settings": page.settings,
        "version": row.pair.version,
        "storage": row.pair.storage, "markdown": row.pair.markdown, "path": row.path, "title_from": row.title_from,
    }  # fmt: skip


def row_of(facts: dict[str, Any]) -> Row:
    """Read a row from plain data."""
    one = json.loads(json.dumps(facts))
    settings = tuple((name, value) for name, value in one["settings"])
    labels = frozenset(one["labels"])
    page = Page(one["parent"], one["title"], one["rank"], labels, one["storage"], one["kind"], settings)
    pair = Pair(one["version"], one["storage"], one["markdown"])
    return Row(one["id"], page, pair, one["path"], TitleFrom(one["title_from"]))
