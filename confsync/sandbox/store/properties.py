"""Properties: JSON values by key, each with a version of its own, on content and on spaces."""

from __future__ import annotations

import json
from typing import Any

from confsync.sandbox.errors import BadRequest, Conflict, NotFound, TooLarge

from . import states
from .db import Row, Store

KEY_LIMIT = 255
SIZE_LIMIT = 32 * 1024


def listing(store: Store, owner: str, owner_id: int) -> list[Row]:
    """Return the properties of a content or space in order of key."""
    return store.all("SELECT * FROM property WHERE owner = ? AND owner_id = ? ORDER BY key", owner, owner_id)


def find(store: Store, owner: str, owner_id: int, key: str) -> Row | None:
    """Return one property, or None."""
    return store.one("SELECT * FROM property WHERE owner = ? AND owner_id = ? AND key = ?", owner, owner_id, key)


def get(store: Store, owner: str, owner_id: int, key: str) -> Row:
    """Return one property; raise `NotFound`."""
    row = find(store, owner, owner_id, key)
    if row is None:
        raise NotFound(f"Property with key '{key}' not found")
    return row


def by_id(store: Store, owner: str, owner_id: int, number: int) -> Row:
    """Return the property of an owner that has this id; raise `NotFound`."""
    row = store.one("SELECT * FROM property WHERE owner = ? AND owner_id = ? AND id = ?", owner, owner_id, number)
    if row is None:
        raise NotFound(f"Cannot find a property with id [{number}]")
    return row


def made(store: Store, row: Row) -> tuple[str, str]:
    """Return when a property was made and by whom."""
    first = store.one("SELECT at, author FROM property_made WHERE id = ?", row["id"])
    return (first["at"], first["author"]) if first else (row["at"], row["author"])


def _changed(store: Store, owner: str, owner_id: int) -> None:
    """Clear the state of the content: a property counts as a part of it."""
    if owner == "content":
        states.clear(store, owner_id)


def create(store: Store, owner: str, owner_id: int, key: str, value: Any, author: str) -> Row:
    """Create a property as version 1; raise `BadRequest` when the key is bad or taken."""
    if not key or len(key) > KEY_LIMIT:
        raise BadRequest(f"Property key must be between 1 and {KEY_LIMIT} characters")
    if find(store, owner, owner_id, key):
        raise BadRequest(f"A property with key '{key}' already exists")
    number = store.next_id()
    store.insert("property_made", id=number, author=author, at=store.now())
    store.insert(
        "property",
        id=number,
        owner=owner,
        owner_id=owner_id,
        key=key,
        value=_dump(value),
        version=1,
        author=author,
        at=store.now(),
    )
    _changed(store, owner, owner_id)
    return get(store, owner, owner_id, key)


def update(store: Store, owner: str, owner_id: int, key: str, value: Any, version: dict[str, Any], author: str) -> Row:
    """Set a property; `version.number` must be the current one plus one, and 1 creates it.

    Raise `BadRequest` without a number, `Conflict` with a wrong one, `TooLarge` above 32 KB.
    """
    row = find(store, owner, owner_id, key)
    number = version.get("number")
    if not isinstance(number, int):
        raise BadRequest("Must supply an incremented version when updating a property. No version supplied.")
    current = row["version"] if row else 0
    if number != current + 1:
        raise Conflict(f"Version must be incremented on update. Current version is: {current}")
    if row is None:
        return create(store, owner, owner_id, key, value, author)
    store.run(
        "UPDATE property SET value = ?, version = ?, author = ?, at = ?, message = ?, minor = ? WHERE id = ?",
        _dump(value),
        number,
        author,
        store.now(),
        str(version.get("message") or ""),
        int(bool(version.get("minorEdit"))),
        row["id"],
    )
    _changed(store, owner, owner_id)
    return get(store, owner, owner_id, key)


def put(store: Store, owner: str, owner_id: int, key: str, value: Any, author: str) -> None:
    """Create or overwrite without a version check, as `metadata.properties` of a content write does."""
    row = find(store, owner, owner_id, key)
    if row is None:
        create(store, owner, owner_id, key, value, author)
    elif row["value"] != _dump(value):
        update(store, owner, owner_id, key, value, {"number": row["version"] + 1}, author)


def delete(store: Store, owner: str, owner_id: int, key: str) -> None:
    """Delete a property; raise `NotFound`."""
    store.run("DELETE FROM property WHERE id = ?", get(store, owner, owner_id, key)["id"])
    _changed(store, owner, owner_id)


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text.encode()) > SIZE_LIMIT:
        raise TooLarge(f"Property value exceeds the maximum size of {SIZE_LIMIT} bytes")
    return text
