"""/tasks: found by what is said of them, and ticked off."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox import saving
from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.api_v1.tasks import millis
from confsync.sandbox.store import Row, tasks

from .common import Json, body_format, choice, flag, ids, listed, long, many, required, text, whole

routes = Blueprint("v2_tasks", __name__)
PEOPLE = {"created-by": "creator", "assigned-to": "assignee", "completed-by": "completed_by"}
DATES = {"created-at": "created", "due-at": "due", "completed-at": "completed"}


@routes.get("/tasks")
def listing() -> ResponseReturnValue:
    """List tasks by id, place, people, status and ranges of dates (both ends belong to the range)."""
    named = {"id": ids("task-id"), "space_id": ids("space-id"), "content_id": _contents()}
    said = {column: many(name) or None for name, column in PEOPLE.items()}
    state = choice("status", tasks.STATUSES)
    facts = {**named, **said, "status": [state] if state else None}
    times = {column: (whole(f"{name}-from", 0), whole(f"{name}-to", 0)) for name, column in DATES.items()}
    blank = flag("include-blank-tasks", True)
    rows = [
        row
        for row in tasks.listing(call().store)
        if all(allowed is None or row[column] in allowed for column, allowed in facts.items())
        and all(_within(row[column], *ends) for column, ends in times.items())
        and (blank or row["body"].strip())
    ]
    form = body_format()
    return listed(rows, lambda row: _json(row, form))


def _contents() -> list[int] | None:
    return [*(ids("page-id") or []), *(ids("blogpost-id") or [])] or None


def _within(moment: str | None, low: int, high: int) -> bool:
    return not (low or high) or (moment is not None and low <= millis(moment) <= (high or 10**18))


def _json(row: Row, form: str) -> Json:
    more = {"assignedTo": "assignee", "completedBy": "completed_by", "dueAt": "due", "completedAt": "completed"}
    return {
        "id": str(row["id"]),
        "localId": row["local_id"],
        "spaceId": str(row["space_id"]),
        "blogPostId" if row["type"] == "blogpost" else "pageId": str(row["content_id"]),
        "status": row["status"],
        "body": {form: {"representation": form, "value": row["body"]}} if form else {},
        "createdBy": row["creator"],
        "createdAt": row["created"],
        "updatedAt": row["updated"],
        **{name: row[column] for name, column in more.items() if row[column]},
    }


@routes.get("/tasks/<ident>")
def read(ident: str) -> Json:
    """Read a task."""
    return _json(tasks.get(call().store, long(ident, "id")), body_format())


@routes.put("/tasks/<ident>")
def tick(ident: str) -> Json:
    """Tick a task off, or take the tick away; the page gets a new version."""
    here, sent = call(), json_object()
    task = tasks.get(here.store, long(ident, "id"))
    required(sent, "status")
    saving.set_task(here.store, task, text(sent, "status"), here.me)
    return _json(tasks.get(here.store, task["id"]), body_format())
