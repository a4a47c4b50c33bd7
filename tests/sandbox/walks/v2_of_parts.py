"""What attachments and comments carry themselves: labels, operations, properties, versions, likes."""

from __future__ import annotations

import io

from tests.sandbox.contract import Walk

V2 = "/wiki/api/v2"


def _properties(walk: Walk, place: str) -> None:
    made = walk.ok("POST", place, json={"key": "origin", "value": "scanner"})
    assert [one["value"] for one in walk.ok("GET", f"{place}?key=origin")["results"]] == ["scanner"]
    one = f"{place}/{made['id']}"
    changed = {"key": "origin", "value": "camera", "version": {"number": 2}}
    assert walk.ok("PUT", one, json=changed)["value"] == "camera"
    walk.no("PUT", one, 409, json=changed)
    walk.no("POST", place, 409, json={"key": "origin", "value": "twice"})
    assert walk.ok("GET", one)["version"]["number"] == 2
    walk.ok("DELETE", one, 204)
    walk.no("GET", one, 404)
    walk.no("DELETE", one, 404)
    walk.stranger("GET", place, 404)


def walk_parts_of_attachments(walk: Walk) -> None:
    """An attachment has labels, operations, properties, and a version a file."""
    page = walk.rest.page("With files")["id"]
    headers = {"X-Atlassian-Token": "no-check"}
    for data in (b"one", b"two"):
        form = {"file": (io.BytesIO(data), "a.txt")}
        made = walk.rest("PUT", f"/content/{page}/child/attachment", data=form, headers=headers)["results"][0]
    place = f"{V2}/attachments/{made['id']}"
    walk.rest("POST", f"/content/{made['id']}/label", json=[{"prefix": "global", "name": "scan"}])
    assert [one["name"] for one in walk.ok("GET", f"{place}/labels")["results"]] == ["scan"]
    assert {one["operation"] for one in walk.ok("GET", f"{place}/operations")["operations"]} >= {"read"}
    assert [one["number"] for one in walk.ok("GET", f"{place}/versions")["results"]] == [2, 1]
    assert walk.ok("GET", f"{place}/versions/1")["number"] == 1
    _properties(walk, f"{place}/properties")
    for path in ("labels", "operations", "versions", "versions/1"):
        walk.no("GET", f"{V2}/attachments/att99/{path}", 404)


def walk_parts_of_comments(walk: Walk) -> None:
    """A comment has likes, operations, properties and versions, wherever it stands."""
    page = walk.rest.page("Discussed")["id"]
    for location in ("footer", "inline"):
        body = {"storage": {"value": "<p>Why?</p>", "representation": "storage"}}
        made = {"type": "comment", "container": {"id": page, "type": "page"}, "body": body}
        comment = walk.rest("POST", "/content", json={**made, "extensions": {"location": location}})["id"]
        place = f"{V2}/{location}-comments/{comment}"
        assert walk.ok("GET", f"{place}/likes/count")["count"] == 0
        assert walk.ok("GET", f"{place}/likes/users")["results"] == []
        assert {one["operation"] for one in walk.ok("GET", f"{place}/operations")["operations"]} >= {"read"}
        assert [one["number"] for one in walk.ok("GET", f"{place}/versions")["results"]] == [1]
        assert walk.ok("GET", f"{place}/versions/1")["number"] == 1
        for path in ("likes/count", "likes/users", "operations", "versions", "versions/1"):
            walk.no("GET", f"{V2}/{location}-comments/99/{path}", 404)
        _properties(walk, f"{V2}/comments/{comment}/properties")
