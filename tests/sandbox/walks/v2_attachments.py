"""Attachments."""

from __future__ import annotations

import io

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new


def walk_attachments(walk: Walk) -> None:
    """A file that came in by version 1 is found by its name, read, and goes by way of the trash."""
    page = new(walk, "With a file")["id"]
    post = new(walk, "Post", where="/blogposts")["id"]
    sent = {"file": (io.BytesIO(b"abc"), "a b.txt")}
    walk.rest("POST", f"/content/{page}/child/attachment", data=sent, headers={"X-Atlassian-Token": "nocheck"})
    [one] = walk.ok("GET", f"{V2}/pages/{page}/attachments?filename=a b.txt")["results"]
    assert (one["pageId"], one["fileSize"], one["mediaType"]) == (page, 3, "text/plain")
    assert walk.ok("GET", f"{V2}/blogposts/{post}/attachments")["results"] == []
    assert [row["id"] for row in walk.ok("GET", f"{V2}/attachments?mediaType=text/plain")["results"]] == [one["id"]]
    place = f"{V2}/attachments/{one['id']}"
    assert walk.ok("GET", f"{place}?include-versions=true")["title"] == "a b.txt"
    assert len(walk.ok("GET", f"{place}/versions")["results"]) == 1
    walk.no("DELETE", f"{place}?purge=true", 400)
    walk.ok("DELETE", place, 204)
    walk.no("DELETE", place, 404)
    walk.ok("DELETE", f"{place}?purge=true", 204)
    walk.no("GET", place, 404)
    walk.no("GET", f"{V2}/attachments?sort=x", 400)
    walk.no("GET", f"{V2}/pages/99/attachments", 404)
    walk.no("GET", f"{V2}/blogposts/99/attachments", 404)
