"""Which content is whose favourite."""

from __future__ import annotations

from confsync.sandbox.errors import NotFound

from .db import Row, Store


def get(store: Store, content_id: int, account_id: str) -> Row:
    """Return who made a content a user's favourite and when; raise `NotFound` when it is none."""
    row = store.one("SELECT * FROM favourite WHERE content_id = ? AND account_id = ?", content_id, account_id)
    if row is None:
        raise NotFound(f"Content {content_id} is no favourite of user {account_id}")
    return row


def put(store: Store, content_id: int, account_id: str, author: str) -> Row:
    """Make a content a user's favourite; one that is it already stays as it is."""
    store.run("INSERT OR IGNORE INTO favourite VALUES (?, ?, ?, ?)", content_id, account_id, author, store.now())
    return get(store, content_id, account_id)


def remove(store: Store, content_id: int, account_id: str) -> None:
    """Make a content a favourite no longer; raise `NotFound` when it is none."""
    get(store, content_id, account_id)
    store.run("DELETE FROM favourite WHERE content_id = ? AND account_id = ?", content_id, account_id)
