"""The rules of a comment: an answer stands where its thread stands, one on a text leaves a marker in the page."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from . import markers, saving
from .errors import BadRequest
from .store import Row, Store, comments, content, drafts

FOOTER, INLINE = "footer", "inline"


def add(store: Store, holder: Row, parent: Row | None, location: str, body: str, author: str, **extra: Any) -> Row:
    """Create a comment on a content, or as an answer to a comment on it."""
    title = holder["title"] if holder["title"].startswith("Re: ") else f"Re: {holder['title']}"
    new = content.New(
        "comment",
        holder["space_id"],
        title,
        body,
        parent["id"] if parent else None,
        holder["id"],
        extra={"location": location, **extra},
    )
    return saving.create(store, new, author)


def add_inline(store: Store, page: Row, chosen: markers.Selection, body: str, author: str) -> Row:
    """Create a comment on a text of a page and mark it there, which makes no new version of the page.

    Raise `BadRequest` when the text is not there as the selection says.
    """
    ref = store.ids()
    marked = markers.mark(content.body(store, page), ref, chosen)
    extra = {
        "inlineProperties": {"markerRef": ref, "originalSelection": chosen.text},
        "resolution": {"status": comments.OPEN},
    }
    row = add(store, page, None, INLINE, body, author, **extra)
    content.replace_body(store, page, marked)
    _mark_draft(store, page, ref, chosen)
    return row


def _mark_draft(store: Store, page: Row, ref: str, chosen: markers.Selection) -> None:
    """Put the marker also into the draft that is open on a page, so that publishing does not lose it."""
    draft = drafts.find(store, page["id"])
    if draft is not None:
        with suppress(BadRequest):  # the text is another one there
            drafts.replace_body(store, page["id"], markers.mark(draft["body"], ref, chosen))


def resolution(store: Store, row: Row) -> str:
    """Return the state of a thread on a text: one that is not resolved dangles when its text is gone."""
    page = content.get(store, row["container_id"], ("any",))
    return resolution_among(row, markers.refs(content.body(store, page)))


def resolution_among(row: Row, refs: frozenset[str]) -> str:
    """Return the state of a thread on a text of a page whose markers have these references."""
    status, ref = comments.resolution(row), comments.part(row, "inlineProperties").get("markerRef")
    return comments.DANGLING if status != comments.RESOLVED and str(ref) not in refs else status


def set_resolved(store: Store, row: Row, resolved: bool, author: str) -> None:
    """Resolve a thread on a text or open it again; raise `BadRequest` for an answer and where the text is gone."""
    if row["parent_id"] is not None:
        raise BadRequest("Only the first comment of a thread can be resolved or reopened")
    if resolution(store, row) == comments.DANGLING:
        raise BadRequest("A dangling comment cannot be updated")
    comments.set_resolved(store, row, resolved, author)
