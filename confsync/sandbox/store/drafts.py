"""Open drafts of published pages: what the editor keeps before somebody publishes it, apart from all versions.

A page has at most one, shared by everybody who edits it. It is in no listing and in no search.
"""

from __future__ import annotations

from confsync.sandbox.errors import missing_content

from . import states
from .db import Row, Store

NUMBER = 1  # drafts have version 1 until they are published


def find(store: Store, content_id: int) -> Row | None:
    """Return the open draft of a page in the columns of a version, or None."""
    return store.one(
        f"SELECT content_id, {NUMBER} AS number, title, author, at, '' AS message, 0 AS minor, NULL AS blob, "
        "NULL AS size, NULL AS media_type, NULL AS comment, body FROM draft WHERE content_id = ?",
        content_id,
    )


def get(store: Store, row: Row) -> Row:
    """Return the open draft of a published page; raise `NotFound` when there is none."""
    found = find(store, row["id"]) if row["status"] == "current" else None
    if found is None:
        raise missing_content(row["id"])
    return found


def save(store: Store, row: Row, title: str, body: str, author: str) -> None:
    """Write the draft of a page over the one that is there."""
    store.run("DELETE FROM draft WHERE content_id = ?", row["id"])
    store.insert("draft", content_id=row["id"], title=title, author=author, at=store.now(), body=body)


def replace_body(store: Store, content_id: int, body: str) -> None:
    """Rewrite the text of a draft; whose it is, and of when, stays."""
    store.run("UPDATE draft SET body = ? WHERE content_id = ?", body, content_id)


def discard(store: Store, content_id: int) -> None:
    """Forget the draft of a page, if there is one."""
    if store.run("DELETE FROM draft WHERE content_id = ?", content_id):
        states.clear(store, content_id, "draft")


def consume(store: Store, content_id: int, author: str, resumed: str) -> None:
    """Forget the draft that went into what an author has published.

    That is the author's own, or the one that the editor showed, whose time is `resumed`; anybody else's stays open.
    """
    if store.run("DELETE FROM draft WHERE content_id = ? AND (author = ? OR at = ?)", content_id, author, resumed):
        states.clear(store, content_id, "draft")
