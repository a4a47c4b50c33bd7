"""Spaces and what they hold, and what the site says of itself."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_spaces(walk: Walk) -> None:
    """A space comes with a home page, is described anew, lists what is in it, and goes as a task."""
    made = walk.ok("POST", "/space", json={"key": "NEW", "name": "New space"})
    assert isinstance(made["id"], int)
    assert made["homepage"]["title"] == "New space"
    walk.ok("POST", "/space/_private", json={"key": "OWN", "name": "Mine"})
    assert {one["subjects"]["user"]["size"] for one in walk.ok("GET", "/space/OWN?expand=permissions")["permissions"]} == {1}
    assert [one["key"] for one in walk.ok("GET", "/space?spaceKey=NEW&spaceKey=DOC")["results"]] == ["DOC", "NEW"]
    plain = {"plain": {"value": "What it is for", "representation": "plain"}}
    walk.ok("PUT", "/space/NEW", json={"name": "Renamed", "description": plain})
    read = walk.ok("GET", "/space/NEW?expand=description.plain,homepage")
    assert (read["name"], read["description"]["plain"]["value"]) == ("Renamed", "What it is for")
    page = walk.rest.page("In it", space="NEW", ancestors=[{"id": made["homepage"]["id"]}])["id"]
    assert [one["id"] for one in walk.ok("GET", "/space/NEW/content/page")["results"]][-1] == page
    assert walk.ok("GET", "/space/NEW/content/page?depth=root")["size"] == 1
    assert walk.ok("GET", "/space/NEW/content")["page"]["size"] == 2
    walk.no("POST", "/space", 400, json={"key": "new", "name": "Again"})
    walk.no("POST", "/space/_private", 400, json={"key": "no good", "name": "Key"})
    walk.no("GET", "/space/NEW/content/comment", 400)
    task = walk.ok("DELETE", "/space/NEW", 202)["id"]
    assert walk.rest("GET", f"/longtask/{task}")["successful"] is True
    walk.no("GET", f"/content/{page}", 404)
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/content")):
        walk.no(method, f"/space/NEW{path}", 404, **({"json": {"name": "X"}} if method == "PUT" else {}))
    walk.stranger("GET", "/space")


def walk_system(walk: Walk) -> None:
    """The site says who it is, in which zone its queries are read."""
    assert walk.ok("GET", "/settings/systemInfo")["defaultTimeZone"] == "UTC"
    walk.stranger("GET", "/settings/systemInfo")
