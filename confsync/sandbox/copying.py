"""Copies of pages: of one, or of a page with everything below it; a copy begins a history of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass

from . import saving
from .errors import BadRequest
from .store import Row, Store, attachments, content, labels, properties, restrictions, tree


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes along with the text."""

    attachments: bool = False
    permissions: bool = False
    properties: bool = False
    labels: bool = False


@dataclass(frozen=True, slots=True)
class Titles:
    """How copies are called: what is sought in the title is replaced, then the prefix put before it."""

    prefix: str = ""
    search: str = ""
    replace: str = ""

    def of(self, title: str) -> str:
        """Return the title of the copy of a page."""
        return self.prefix + (title.replace(self.search, self.replace) if self.search else title)


def copy_page(
    store: Store, row: Row, place: tuple[int, int | None], title: str, body: str | None, parts: Parts, author: str
) -> Row:  # fmt: skip
    """Copy a page into a space, under a parent or at the top; raise `BadRequest` for a title that is taken."""
    space_id, parent_id = place
    text = content.body(store, row) if body is None else body
    made = saving.create(store, content.New("page", space_id, title, text, parent_id), author)
    copy_parts(store, row, made, parts, author)
    return made


def copy_over(store: Store, row: Row, target: Row, title: str, body: str | None, parts: Parts, author: str) -> Row:
    """Make a page's text the next version of another page."""
    text = content.body(store, row) if body is None else body
    saved = saving.update(store, target, saving.Change(target["version"] + 1, title, text), author)
    copy_parts(store, row, saved, parts, author)
    return saved


def copy_parts(store: Store, row: Row, made: Row, parts: Parts, author: str) -> None:
    """Copy what goes along with a page's text."""
    if parts.attachments:
        for one in attachments.listing(store, row["id"]):
            attachments.copy(store, one, made, author)
    if parts.labels:
        labels.add(store, made["id"], [(one["prefix"], one["name"]) for one in labels.listing(store, row["id"])])
    if parts.properties:
        for one in properties.listing(store, "content", row["id"]):
            properties.put(store, "content", made["id"], one["key"], json.loads(one["value"]), author)
    if parts.permissions:
        for operation in restrictions.OPERATIONS:
            restrictions.add(store, made["id"], operation, restrictions.listing(store, row["id"], operation))


def copy_tree(
    store: Store, row: Row, parent: Row, titles: Titles, parts: Parts, author: str, *, below: bool = True
) -> tuple[Row, int]:  # fmt: skip
    """Copy a page, and with `below` what lies below it, under a parent; return the copy and how many were made.

    Raise `BadRequest`, before anything is made, for a title that is taken or a parent inside of what is copied.
    """
    pages = [row, *(tree.descendants(store, row["id"]) if below else [])]
    if parent["id"] in {page["id"] for page in pages}:
        raise BadRequest("A page cannot be copied under itself or one of its own descendants.")
    for page in pages:
        content.check_title(store, "page", parent["space_id"], titles.of(page["title"]))
    copies: dict[int | None, int] = {row["parent_id"]: parent["id"]}
    for page in pages:
        place = (parent["space_id"], copies.get(page["parent_id"], parent["id"]))
        copies[page["id"]] = copy_page(store, page, place, titles.of(page["title"]), None, parts, author)["id"]
    return content.get(store, copies[row["id"]]), len(pages)
