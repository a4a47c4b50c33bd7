"""Content labels."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_labels(walk: Walk) -> None:
    """Labels are added one or several at a time, listed by prefix and removed in both ways."""
    page = walk.rest.page("Labelled")["id"]
    place = f"/content/{page}/label"
    walk.ok("POST", place, json=[{"prefix": "global", "name": "Draft"}, {"prefix": "my", "name": "later"}])
    assert [one["name"] for one in walk.ok("GET", place)["results"]] == ["draft", "later"]
    assert [one["name"] for one in walk.ok("GET", f"{place}?prefix=my")["results"]] == ["later"]
    walk.ok("DELETE", f"{place}?name=later", 204)
    walk.ok("DELETE", f"{place}/draft", 204)
    assert walk.ok("GET", place)["results"] == []
    walk.no("GET", "/content/99/label", 404)
    walk.no("POST", place, 400, json=[{"prefix": "global", "name": "two words"}])
    walk.no("DELETE", f"{place}?name=absent", 404)
    walk.no("DELETE", f"{place}/absent", 404)
