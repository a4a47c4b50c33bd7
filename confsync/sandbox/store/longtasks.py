"""Long-running tasks: everything is done at once here, so a task is finished when it is first asked for."""

from __future__ import annotations

from typing import Any

from confsync.sandbox.errors import NotFound

from .db import Row, Store


def start(store: Store, name: str) -> dict[str, Any]:
    """Record a finished task and return the answer that points to it."""
    number = store.ids()
    store.insert("longtask", id=number, name=name, at=store.now())
    return {"id": number, "links": {"status": f"/rest/api/longtask/{number}"}}


def get(store: Store, number: str) -> Row:
    """Return a task; raise `NotFound`."""
    row = store.one("SELECT * FROM longtask WHERE id = ?", number)
    if row is None:
        raise NotFound(f"Long running task not found with id: {number}")
    return row


def listing(store: Store) -> list[Row]:
    """Return all tasks in order of time."""
    return store.all("SELECT * FROM longtask ORDER BY at, id")
