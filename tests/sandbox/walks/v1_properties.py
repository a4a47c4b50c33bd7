"""Content properties and space properties."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def _walk(walk: Walk, place: str, missing: str) -> None:
    made = walk.ok("POST", place, json={"key": "owner", "value": {"team": "ops"}})
    assert made["version"]["number"] == 1
    walk.ok("POST", f"{place}/second", json={"value": "text"})
    assert {one["key"] for one in walk.ok("GET", place)["results"]} >= {"owner", "second"}
    changed = {"key": "owner", "value": {"team": "docs"}, "version": {"number": 2}}
    assert walk.ok("PUT", f"{place}/owner", json=changed)["value"] == {"team": "docs"}
    walk.no("PUT", f"{place}/owner", 409, json=changed)
    assert walk.ok("GET", f"{place}/owner?expand=version")["version"]["number"] == 2
    walk.no("POST", place, 400, json={"value": 1})
    walk.no("POST", f"{place}/second", 400, json={"value": 1})
    walk.ok("DELETE", f"{place}/owner", 204)
    walk.no("GET", f"{place}/owner", 404)
    walk.no("DELETE", f"{place}/owner", 404)
    walk.no("GET", missing, 404)


def walk_content_properties(walk: Walk) -> None:
    """A property of a page is made once, changed with the next version only, and makes no version of the page."""
    page = walk.rest.page("Described")
    _walk(walk, f"/content/{page['id']}/property", "/content/99/property")
    assert walk.rest("GET", f"/content/{page['id']}?expand=version")["version"]["number"] == 1


def walk_space_properties(walk: Walk) -> None:
    """A property of a space is made once and changed with the next version only."""
    _walk(walk, "/space/DOC/property", "/space/NONE/property")
