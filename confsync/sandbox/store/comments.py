"""Comments: threads at the foot of a content or on a piece of its text, and whether a thread is resolved."""

from __future__ import annotations

import json
from typing import Any

from . import content
from .db import Row, Store

OPEN, RESOLVED, REOPENED, DANGLING = "open", "resolved", "reopened", "dangling"
STATUSES = (RESOLVED, OPEN, DANGLING, REOPENED)
THREAD = (
    "WITH RECURSIVE thread (id) AS (SELECT ? UNION SELECT c.id FROM content c JOIN thread ON c.parent_id = thread.id "
    "WHERE c.type = 'comment') SELECT id FROM thread"
)


def top(store: Store, row: Row) -> Row:
    """Return the comment that a thread begins with."""
    found, passed = row, {row["id"]}
    while found["parent_id"] is not None and found["parent_id"] not in passed:
        above = store.one("SELECT * FROM content WHERE id = ? AND type = 'comment'", found["parent_id"])
        if above is None:
            break
        found = above
        passed.add(found["id"])
    return found


def part(row: Row, name: str) -> dict[str, Any]:
    """Return an object that a comment carries, such as `inlineProperties`; empty where it carries none."""
    value = content.facts(row).get(name)
    return value if isinstance(value, dict) else {}


def resolution(row: Row) -> str:
    """Return the state of a thread as it was set, without a look at the page."""
    status = part(row, "resolution").get("status")
    return status if status in STATUSES else OPEN


def set_resolved(store: Store, row: Row, resolved: bool, author: str) -> None:
    """Resolve a thread or open it again; what is so already stays as it is."""
    if (resolution(row) == RESOLVED) == resolved:
        return
    extra = content.facts(row) | {
        "resolution": {"status": RESOLVED if resolved else REOPENED},
        "resolutionLastModifierId": author,
        "resolutionLastModifiedAt": store.now(),
    }
    store.run("UPDATE content SET extra = ? WHERE id = ?", json.dumps(extra), row["id"])


def delete(store: Store, row: Row) -> None:
    """Delete a comment for good; with the first on a text goes its thread, other answers move up."""
    if row["parent_id"] is None and content.facts(row).get("location") == "inline":
        for one in store.all(THREAD, row["id"]):
            content.purge(store, one["id"])
        return
    store.run("UPDATE content SET parent_id = ? WHERE parent_id = ?", row["parent_id"], row["id"])
    content.purge(store, row["id"])
