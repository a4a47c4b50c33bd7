"""/inlinetasks: the tasks of pages, found by what is said of them, and ticked off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from confsync.sandbox import saving
from confsync.sandbox.render import render_page
from confsync.sandbox.store import Row, content, spaces, tasks

from .common import Json, as_id, call, json_object, number, paged

routes = Blueprint("tasks", __name__)
LIMIT, MOST = 20, 200
NAMED = {"assignee": "assignee", "creator": "creator", "completedUser": "completed_by", "status": "status"}
DATES = {"duedate": "due", "createdate": "created", "completedate": "completed"}


def _many(name: str) -> set[str]:
    """Return the values of a parameter that may be repeated, or be a list with commas."""
    return {part for value in request.args.getlist(name) for part in value.split(",") if part}


@routes.get("/inlinetasks/search")
def find() -> Json:
    """List tasks by page, space, people, status and ranges of dates (both ends belong to the range)."""
    store = call().store
    rows, wanted = tasks.listing(store), _conditions()
    return paged([row for row in rows if all(one(row) for one in wanted)], _task, LIMIT, MOST)


def _conditions() -> list[Callable[[Row], bool]]:
    store = call().store
    found: list[Callable[[Row], bool]] = []
    for name, column in NAMED.items():
        if people := _many(name):
            found.append(lambda row, column=column, people=people: row[column] in people)  # type: ignore[misc]
    if keys := _many("spaceKey"):
        ids = {spaces.get(store, key)["id"] for key in keys}
        found.append(lambda row: row["space_id"] in ids)
    if pages := _many("pageId"):
        numbers = {as_id(page) for page in pages}
        found.append(lambda row: row["content_id"] in numbers)
    for name, column in DATES.items():
        low, high = number(f"{name}From", 0), number(f"{name}To", 0)
        if low or high:
            found.append(lambda row, column=column, low=low, high=high: _within(row[column], low, high))  # type: ignore[misc]
    return found


def _within(moment: str | None, low: int, high: int) -> bool:
    return moment is not None and low <= millis(moment) <= (high or 10**18)


def millis(moment: str) -> int:
    """Return a stored moment as milliseconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


def _task(row: Row) -> Json:
    here = call()
    page = content.get(here.store, row["content_id"])
    dates = {"dueDate": row["due"], "updateDate": row["updated"], "completeDate": row["completed"]}
    people = {"assignee": row["assignee"], "completeUser": row["completed_by"]}
    found: dict[str, Any] = {
        "globalId": row["id"],
        "id": int(row["local_id"]) if row["local_id"].isdecimal() else row["id"],
        "contentId": row["content_id"],
        "status": row["status"],
        "title": page["title"],
        "description": "",
        "body": render_page(here.store, page, row["body"], here.present.base),
        "creator": row["creator"],
        "createDate": millis(row["created"]),
        **{name: value for name, value in people.items() if value},
        **{name: millis(value) for name, value in dates.items() if value},
        "_links": {"self": here.present.api(f"/inlinetasks/{row['id']}")},
    }
    return found


@routes.get("/inlinetasks/<int:task_id>")
def read(task_id: int) -> Json:
    """Return one task, by its id on the whole site."""
    return _task(tasks.get(call().store, task_id))


@routes.put("/inlinetasks/<int:task_id>")
def tick(task_id: int) -> Json:
    """Tick a task off, or take the tick away; the page gets a new version."""
    here = call()
    task = tasks.get(here.store, task_id)
    saving.set_task(here.store, task, str(json_object().get("status") or ""), here.me)
    return _task(tasks.get(here.store, task_id))
