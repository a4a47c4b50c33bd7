"""How often content was read, and by how many."""

from __future__ import annotations

from .db import Store

COUNTED = {"views": "count(*)", "viewers": "count(DISTINCT account_id)"}


def note(store: Store, content_id: int, account_id: str) -> None:
    """Note that a user reads a content."""
    store.insert("viewed", content_id=content_id, account_id=account_id, at=store.now())


def count(store: Store, what: str, content_id: int, since: str) -> int:
    """Return the `views` or `viewers` of a content from a moment on, empty for all."""
    column = COUNTED[what]
    return int(store.value(f"SELECT {column} FROM viewed WHERE content_id = ? AND at >= ?", content_id, since))
