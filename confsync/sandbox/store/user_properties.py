"""JSON objects that are kept with a user, by key."""

from __future__ import annotations

import json
import re
from typing import Any

from confsync.sandbox.errors import BadRequest, Conflict, NotFound, TooLarge

from .db import Row, Store

KEY = re.compile(r"[-_A-Za-z0-9]{1,127}")
SIZE_LIMIT = 32 * 1024


def listing(store: Store, account_id: str) -> list[Row]:
    """Return the properties of a user in order of key."""
    return store.all("SELECT * FROM user_property WHERE account_id = ? ORDER BY key", account_id)


def find(store: Store, account_id: str, key: str) -> Row | None:
    """Return one property, None where there is none; raise `BadRequest` for what cannot be a key."""
    if not KEY.fullmatch(key):
        raise BadRequest(f"Invalid property key: {key}")
    return store.one("SELECT * FROM user_property WHERE account_id = ? AND key = ?", account_id, key)


def get(store: Store, account_id: str, key: str) -> Row:
    """Return one property; raise `NotFound`."""
    row = find(store, account_id, key)
    if row is None:
        raise NotFound(f"User property with key '{key}' not found")
    return row


def create(store: Store, account_id: str, key: str, value: Any) -> None:
    """Create a property; raise `Conflict` when the key is taken."""
    text, now = _dump(value), store.now()
    if find(store, account_id, key):
        raise Conflict(f"A user property with key '{key}' already exists")
    number = store.next_id()
    store.insert("user_property", id=number, account_id=account_id, key=key, value=text, created=now, modified=now)


def update(store: Store, account_id: str, key: str, value: Any) -> None:
    """Change a property; raise `NotFound`."""
    row, text = get(store, account_id, key), _dump(value)
    store.run("UPDATE user_property SET value = ?, modified = ? WHERE id = ?", text, store.now(), row["id"])


def delete(store: Store, account_id: str, key: str) -> None:
    """Delete a property; raise `NotFound`."""
    store.run("DELETE FROM user_property WHERE id = ?", get(store, account_id, key)["id"])


def _dump(value: Any) -> str:
    if not isinstance(value, dict):
        raise BadRequest("The value of a user property is a JSON object")
    text = json.dumps(value, ensure_ascii=False)
    if len(text.encode()) > SIZE_LIMIT:
        raise TooLarge(f"The value of a user property is larger than {SIZE_LIMIT} bytes")
    return text
