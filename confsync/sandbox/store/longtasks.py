"""Long-running tasks: everything is done at once here, so a task is finished when it is first asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from confsync.sandbox.errors import NotFound

from .db import Row, Store


def start(
    store: Store, name: str, details: Mapping[str, Any] = MappingProxyType({}), error: str = ""
) -> dict[str, Any]:  # fmt: skip
    """Record a finished task, with what it has made or why it failed, and return the answer that points to it."""
    number = store.ids()
    store.insert("longtask", id=number, name=name, at=store.now())
    if details or error:
        store.insert("longtask_end", id=number, details=json.dumps(dict(details)), error=error)
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


def end(store: Store, number: str) -> tuple[dict[str, Any], str]:
    """Return what a task has made, and why it failed, empty where it did not."""
    row = store.one("SELECT * FROM longtask_end WHERE id = ?", number)
    return (json.loads(row["details"]), str(row["error"])) if row else ({}, "")
