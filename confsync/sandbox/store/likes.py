"""Who likes a content."""

from __future__ import annotations

from .db import Row, Store


def listing(store: Store, content_id: int) -> list[Row]:
    """Return who likes a content, those who came first first."""
    return store.all("SELECT * FROM liked WHERE content_id = ? ORDER BY at, account_id", content_id)


def put(store: Store, content_id: int, account_id: str) -> None:
    """Let somebody like a content; once is enough."""
    store.run("INSERT OR IGNORE INTO liked VALUES (?, ?, ?)", content_id, account_id, store.now())


def take_back(store: Store, content_id: int, account_id: str) -> None:
    """Let somebody like a content no longer."""
    store.run("DELETE FROM liked WHERE content_id = ? AND account_id = ?", content_id, account_id)
