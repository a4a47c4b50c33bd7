"""Spaces, each with its home page."""

from __future__ import annotations

import re

from confsync.sandbox.errors import BadRequest, missing_space

from . import audit, content, global_permissions, permissions
from .db import Row, Store

KEY = re.compile(r"~?[A-Za-z0-9]{1,255}")


def get(store: Store, key: str) -> Row:
    """Return a space by its key, in any case; raise `NotFound`."""
    row = store.one("SELECT * FROM space WHERE key = ?", key)
    if row is None or row["id"] in store.closed:
        raise missing_space(key)
    return row


def by_id(store: Store, space_id: int) -> Row:
    """Return a space by its number; raise `NotFound`."""
    row = store.one("SELECT * FROM space WHERE id = ?", space_id)
    if row is None:
        raise missing_space(space_id)
    return row


def listing(store: Store, keys: list[str], kind: str = "", status: str = "") -> list[Row]:
    """Return the spaces that the viewer may read by key order, filtered by keys, type and status where given."""
    rows = store.seen_spaces(store.all("SELECT * FROM space ORDER BY key"))
    wanted = {key.casefold() for key in keys}
    return [
        row
        for row in rows
        if (not wanted or row["key"].casefold() in wanted)
        and (not kind or row["type"] == kind)
        and (not status or row["status"] == status)
    ]


def create(store: Store, key: str, name: str, author: str, description: str = "") -> Row:
    """Create a space and its home page, which bears the space's name; raise `BadRequest` for a bad or taken key."""
    if not KEY.fullmatch(key):
        raise BadRequest(f"Space key must be alphanumeric and at most 255 characters: {key}")
    if not name or len(name) > 200:
        raise BadRequest("Space name must be between 1 and 200 characters")
    if store.one("SELECT 1 FROM space WHERE key = ?", key):
        raise BadRequest(f"A space already exists with key {key}")
    if store.viewer is not None:
        kind = global_permissions.PERSONAL_SPACE if key.startswith("~") else global_permissions.CREATE_SPACE
        global_permissions.check(store, author, kind)
    number = store.next_id()
    store.insert(
        "space",
        id=number,
        key=key,
        name=name,
        description=description,
        creator=author,
        created=store.now(),
        type="personal" if key.startswith("~") else "global",
    )
    permissions.open_to_all(store, number)
    audit.note(store, "Spaces", "Space created", audit.thing(name, "Space"), audit.changed("Key", "", key))
    home = content.create(store, content.New("page", number, name, ""), author)
    store.run("UPDATE space SET homepage_id = ? WHERE id = ?", home["id"], number)
    return by_id(store, number)


def home(store: Store, space: Row) -> Row | None:
    """Return the home page of a space, or None when it is gone or not to be seen."""
    rows = store.seen(store.all("SELECT * FROM content WHERE id = ? AND status = 'current'", space["homepage_id"]))
    return rows[0] if rows else None


def update(store: Store, space: Row, name: str | None, description: str | None, homepage_id: int | None) -> Row:
    """Change what is given and return the space."""
    permissions.check(store, space["id"], "administer", "space")
    store.run(
        "UPDATE space SET name = coalesce(?, name), description = coalesce(?, description), "
        "homepage_id = coalesce(?, homepage_id) WHERE id = ?",
        name,
        description,
        homepage_id,
        space["id"],
    )
    return by_id(store, space["id"])


def delete(store: Store, space: Row) -> None:
    """Delete a space with everything in it, for good."""
    permissions.check(store, space["id"], "administer", "space")
    audit.note(
        store, "Spaces", "Space deleted", audit.thing(space["name"], "Space"), audit.changed("Key", space["key"], "")
    )
    for row in store.all("SELECT id FROM content WHERE space_id = ?", space["id"]):
        content.purge(store, row["id"])
    store.run("DELETE FROM property WHERE owner = 'space' AND owner_id = ?", space["id"])
    store.run("DELETE FROM space WHERE id = ?", space["id"])
