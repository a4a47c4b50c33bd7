"""Who may see and who may edit a content.

A content names for each operation who alone may do it; naming nobody leaves it to everybody. What a user may not see
nobody finds below it either: pages, comments and attachments inherit it. Edit restrictions are not inherited. The
permissions of the space come first: who may not read it sees nothing of it, who may not create edits nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from confsync.sandbox.errors import BadRequest, Forbidden

from . import content, groups, permissions
from .db import Row, Store

READ, UPDATE = "read", "update"
OPERATIONS = (READ, UPDATE)
KINDS = ("user", "group")
NAMED = "SELECT 1 FROM restriction m WHERE m.content_id = r.content_id AND m.operation = r.operation AND "


class Subject(NamedTuple):
    """Somebody who is named in a restriction: a `user` by account id, or a `group` by name."""

    kind: str
    name: str


def listing(store: Store, content_id: int, operation: str) -> list[Subject]:
    """Return who is named for an operation, in order of naming."""
    rows = store.all(
        "SELECT kind, name FROM restriction WHERE content_id = ? AND operation = ? ORDER BY rowid",
        content_id,
        operation,
    )
    return [Subject(row["kind"], row["name"]) for row in rows]


def add(store: Store, content_id: int, operation: str, subjects: Iterable[Subject]) -> None:
    """Name somebody more."""
    for subject in subjects:
        store.run("INSERT OR IGNORE INTO restriction VALUES (?, ?, ?, ?)", content_id, operation, *subject)


def remove(store: Store, content_id: int, operation: str, subject: Subject) -> bool:
    """Name somebody no longer; return whether they were named."""
    sql = "DELETE FROM restriction WHERE content_id = ? AND operation = ? AND kind = ? AND name = ?"
    return bool(store.run(sql, content_id, operation, *subject))


def clear(store: Store, content_id: int, operations: Iterable[str] = OPERATIONS) -> None:
    """Lift the restrictions of a content."""
    for operation in operations:
        store.run("DELETE FROM restriction WHERE content_id = ? AND operation = ?", content_id, operation)


def admits(store: Store, content_id: int, operation: str, account_id: str) -> bool:
    """Return whether a content's own restrictions let a user do something."""
    named = listing(store, content_id, operation)
    mine = {Subject("user", account_id), *(Subject("group", name) for name in groups.of(store, account_id))}
    return not named or not mine.isdisjoint(named)


def unseen(store: Store, account_id: str) -> frozenset[int]:
    """Return the ids of all content that a user may not see."""
    return _restricted(store, account_id) | _in_spaces(store, permissions.closed_to(store, account_id))


def _in_spaces(store: Store, closed: frozenset[int]) -> frozenset[int]:
    if not closed:
        return frozenset()
    rows = store.all(f"SELECT id FROM content WHERE space_id IN ({', '.join('?' * len(closed))})", *closed)
    return frozenset(row["id"] for row in rows)


def _restricted(store: Store, account_id: str) -> frozenset[int]:
    if not store.one("SELECT 1 FROM restriction WHERE operation = ? LIMIT 1", READ):
        return frozenset()
    mine = groups.of(store, account_id)
    rows = store.all(
        "WITH RECURSIVE closed (id) AS (SELECT r.content_id FROM restriction r WHERE r.operation = ? "
        f"AND NOT EXISTS ({NAMED} m.kind = 'user' AND m.name = ?) "
        f"AND NOT EXISTS ({NAMED} m.kind = 'group' AND m.name IN ({', '.join('?' * len(mine))})) "
        "UNION SELECT c.id FROM content c JOIN closed ON c.parent_id = closed.id OR c.container_id = closed.id) "
        "SELECT id FROM closed",
        READ,
        account_id,
        *mine,
    )
    return frozenset(row["id"] for row in rows)


@contextmanager
def seen_by(store: Store, account_id: str) -> Iterator[None]:
    """Let the store look like what one user may see, for the length of a block."""
    store.closed = permissions.closed_to(store, account_id)
    store.viewer, store.unseen = account_id, _restricted(store, account_id) | _in_spaces(store, store.closed)
    try:
        yield
    finally:
        store.viewer, store.unseen, store.closed = None, frozenset(), frozenset()


def check_edit(store: Store, row: Row) -> None:
    """Raise `Forbidden` when whoever looks may not edit a content; an attachment belongs to its page."""
    place = row["container_id"] if row["type"] == "attachment" else row["id"]
    if store.viewer is not None and not admits(store, place, UPDATE, store.viewer):
        raise Forbidden(f"User is not permitted to edit content with id: ContentId{{id={row['id']}}}")
    permissions.check(store, row["space_id"], "create", row["type"])


def writable(store: Store, content_id: int, statuses: Iterable[str] = ("current", "archived")) -> Row:
    """Return a content that whoever looks may edit; raise `NotFound` or `Forbidden`."""
    row = content.get(store, content_id, statuses)
    check_edit(store, row)
    return row


def check_still_in(store: Store, row: Row) -> None:
    """Raise `BadRequest` when whoever looks has just lost the right to see or to edit a content."""
    me = store.viewer
    if me is not None and (row["id"] in unseen(store, me) or not admits(store, row["id"], UPDATE, me)):
        raise BadRequest("The restrictions would lock you out: name yourself or one of your groups.")
