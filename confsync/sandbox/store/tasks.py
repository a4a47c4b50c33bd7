"""Tasks in lists of tasks: they live in the body of a page; here is what a search for them needs to know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confsync.sandbox import xhtml
from confsync.sandbox.errors import NotFound

from .db import Row, Store

COMPLETE, INCOMPLETE = STATUSES = ("complete", "incomplete")
LARGEST_ID = 2**63 - 1  # what the database holds as a number
ASSIGNEE = re.compile(r'<ri:user\b[^>]*\bri:account-id="([^"]+)"')
DUE = re.compile(r'<time\b[^>]*\bdatetime="(\d{4}-\d\d-\d\d)')
PARTS = {"ac:task-id", "ac:task-uuid", "ac:task-status", "ac:task-body"}


@dataclass(slots=True)
class Item:
    """One `ac:task` of a body; the parts are where its texts lie, from and to."""

    parts: dict[str, tuple[int, int]]

    def text(self, storage: str, part: str) -> str:
        """Return the text of a part, empty when the task has no such part."""
        start, end = self.parts.get(part, (0, 0))
        return storage[start:end]


def items(storage: str) -> Iterator[Item]:
    """Yield the tasks of a body, an inner one before the one around it."""
    if "<ac:task>" not in storage:
        return
    open_: list[Item] = []
    began: list[tuple[str, int]] = []
    place = 0
    for token in xhtml.tokens(storage):
        after = place + len(token)
        tag, closed = xhtml.start_tag(token), xhtml.end_name(token)
        if tag and tag.name == "ac:task" and not tag.empty:
            open_.append(Item({}))
        elif tag and tag.name in PARTS and not tag.empty and open_:
            began.append((tag.name, after))
        elif closed in PARTS and began:
            name, start = began.pop()
            open_[-1].parts[name] = (start, place)
        elif closed == "ac:task" and open_:
            yield open_.pop()
        place = after


def note(store: Store, content_id: int, storage: str, author: str) -> None:
    """Remember the tasks of a body that has just been saved."""
    found = {item.text(storage, "ac:task-id").strip(): item for item in items(storage)}
    known = {row["local_id"]: row for row in store.all("SELECT * FROM task WHERE content_id = ?", content_id)}
    for gone in known.keys() - found.keys():
        store.run("DELETE FROM task WHERE content_id = ? AND local_id = ?", content_id, gone)
    for local_id, item in found.items():
        _note_one(store, content_id, local_id, known.get(local_id), _facts(storage, item), author)


def _facts(storage: str, item: Item) -> dict[str, Any]:
    body = item.text(storage, "ac:task-body")
    assignee, due = ASSIGNEE.search(body), DUE.search(body)
    return {
        "uuid": item.text(storage, "ac:task-uuid").strip(),
        "status": COMPLETE if item.text(storage, "ac:task-status").strip() == COMPLETE else INCOMPLETE,
        "body": body,
        "assignee": assignee[1] if assignee else None,
        "due": f"{due[1]}T00:00:00.000Z" if due else None,
    }


def _note_one(
    store: Store, content_id: int, local_id: str, old: Row | None, facts: dict[str, Any], author: str
) -> None:
    if old is not None and all(old[name] == value for name, value in facts.items()):
        return
    now = store.now()
    if old is None:
        made = {"content_id": content_id, "local_id": local_id, "creator": author, "created": now}
        store.insert("task", id=store.next_id(), **made, updated=now, **facts)
    else:
        sets = ", ".join(f"{name} = ?" for name in facts)
        store.run(f"UPDATE task SET updated = ?, {sets} WHERE id = ?", now, *facts.values(), old["id"])
    if facts["status"] != (old["status"] if old else INCOMPLETE):
        done = facts["status"] == COMPLETE
        store.run(
            "UPDATE task SET completed = ?, completed_by = ? WHERE content_id = ? AND local_id = ?",
            now if done else None,
            author if done else None,
            content_id,
            local_id,
        )


def get(store: Store, number: int) -> Row:
    """Return a task of a current page that the viewer may see; raise `NotFound`."""
    found = _read(store, "AND task.id = ?", number) if number <= LARGEST_ID else []
    if not found:
        raise NotFound(f"No task found with id: {number}")
    return found[0]


def on_page(store: Store, content_id: int, local_id: str) -> Row:
    """Return a task by the number that it has in its page; raise `NotFound`."""
    found = _read(store, "AND task.content_id = ? AND task.local_id = ?", content_id, local_id)
    if not found:
        raise NotFound(f"No task found with id: {local_id}")
    return found[0]


def listing(store: Store) -> list[Row]:
    """Return all tasks of current pages and posts, with the `space_id` and `type` of their content, oldest first."""
    return _read(store, "")


def _read(store: Store, condition: str, *values: int | str) -> list[Row]:
    rows = store.all(
        "SELECT task.*, content.space_id, content.type FROM task JOIN content ON content.id = task.content_id "
        f"WHERE content.status = 'current' {condition} ORDER BY task.id",
        *values,
    )
    return [row for row in rows if row["content_id"] not in store.unseen]


def with_status(storage: str, local_id: str, status: str) -> str:
    """Return a body in which one task is complete or incomplete; nothing else of it changes."""
    for item in items(storage):
        if item.text(storage, "ac:task-id").strip() == local_id and "ac:task-status" in item.parts:
            start, end = item.parts["ac:task-status"]
            return storage[:start] + status + storage[end:]
    return storage
