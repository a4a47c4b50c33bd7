"""What became of setting or removing the states of many contents at once; it is done when it is first asked for."""

from __future__ import annotations

import json
from typing import Any

from confsync.sandbox.errors import NotFound

from .db import Store

Json = dict[str, Any]


def keep(store: Store, author: str, result: Json) -> str:
    """Keep a result and return the number of its task."""
    number = store.ids()
    store.insert("state_task", id=number, author=author, result=json.dumps(result))
    return number


def get(store: Store, author: str, number: str) -> Json:
    """Return the result of a task that a user started; raise `NotFound`, also for those of others."""
    kept = store.value("SELECT result FROM state_task WHERE id = ? AND author = ?", number, author)
    if kept is None:
        raise NotFound(f"No long running task found with id: {number}")
    result: Json = json.loads(kept)
    return result
