"""Attachments."""

from __future__ import annotations

import io
from typing import Any

from tests.sandbox.contract import Walk

HEADERS = {"X-Atlassian-Token": "no-check"}


def _form(data: bytes, name: str, **more: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(data), name), **more}, "headers": HEADERS}


def walk_attachments(walk: Walk) -> None:
    """A file is attached, gets a new version under its name, another name, and comes down as it went up."""
    page = walk.rest.page("With files")["id"]
    place = f"/content/{page}/child/attachment"
    made = walk.ok("POST", place, **_form(b"one", "a.txt", comment="first"))["results"][0]
    assert made["id"].startswith("att")
    walk.no("POST", place, 400, **_form(b"other", "a.txt"))
    walk.no("POST", place, 403, data={"file": (io.BytesIO(b"x"), "b.txt")})
    again = walk.ok("PUT", place, **_form(b"two", "a.txt"))["results"][0]
    assert (again["id"], again["version"]["number"]) == (made["id"], 2)
    walk.no("PUT", "/content/99/child/attachment", 404, **_form(b"x", "a.txt"))
    one = f"{place}/{made['id']}"
    assert walk.ok("POST", f"{one}/data", **_form(b"three", "a.txt"))["version"]["number"] == 3
    renamed = {"id": made["id"], "type": "attachment", "title": "b.txt", "version": {"number": 4}}
    assert walk.ok("PUT", one, json=renamed)["title"] == "b.txt"
    walk.no("PUT", one, 409, json=renamed | {"version": {"number": 9}})
    assert [row["title"] for row in walk.ok("GET", f"{place}?filename=b.txt&expand=version")["results"]] == ["b.txt"]
    assert walk.ok("GET", place)["size"] == 1
    assert walk.ok("GET", f"{one}/download") == "three"
    assert walk.ok("GET", f"{one}/download?version=1") == "one"
    walk.no("GET", f"{one}/download?version=9", 404)
    walk.no("GET", "/content/99/child/attachment", 404)
    walk.no("POST", f"{place}/att99/data", 404, **_form(b"x", "a.txt"))
