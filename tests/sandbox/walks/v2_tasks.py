"""Tasks."""

from __future__ import annotations

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new

TASK = (
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
    "<ac:task-body>do it</ac:task-body></ac:task></ac:task-list>"
)


def walk_tasks(walk: Walk) -> None:
    """A task is found by its page and ticked off there."""
    page = new(walk, "To do", TASK)
    [one] = walk.ok("GET", f"{V2}/tasks?page-id={page['id']}&status=incomplete&body-format=storage")["results"]
    place = f"{V2}/tasks/{one['id']}"
    assert walk.ok("PUT", place, json={"status": "complete"})["status"] == "complete"
    assert walk.ok("GET", place)["completedBy"] == page["authorId"]
    assert walk.ok("GET", f"{V2}/tasks?status=incomplete")["results"] == []
    assert "complete</ac:task-status>" in walk.rest.storage(page["id"])
    walk.no("PUT", place, 400, json={"status": "half"})
    walk.no("GET", f"{V2}/tasks/99", 404)
    walk.no("GET", f"{V2}/tasks?status=half", 400)
