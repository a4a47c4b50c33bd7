"""Who watches which content, space or label; whoever creates a page watches it (see the schema)."""

from __future__ import annotations

from .db import Row, Store

CONTENT, SPACE, LABEL = "content", "space", "label"


def watching(store: Store, account_id: str, kind: str, target: object) -> bool:
    """Return whether a user watches something."""
    sql = "SELECT 1 FROM watch WHERE account_id = ? AND kind = ? AND target = ?"
    return store.one(sql, account_id, kind, str(target)) is not None


def watch(store: Store, account_id: str, kind: str, target: object) -> None:
    """Let a user watch something; who watches it already goes on."""
    store.run("INSERT OR IGNORE INTO watch VALUES (?, ?, ?)", account_id, kind, str(target))


def unwatch(store: Store, account_id: str, kind: str, target: object) -> None:
    """Let a user watch something no longer; who does not watch it goes on like that."""
    store.run("DELETE FROM watch WHERE account_id = ? AND kind = ? AND target = ?", account_id, kind, str(target))


def watchers(store: Store, kind: str, target: object) -> list[Row]:
    """Return the watches of something in the order in which they began."""
    return store.all("SELECT * FROM watch WHERE kind = ? AND target = ? ORDER BY rowid", kind, str(target))
