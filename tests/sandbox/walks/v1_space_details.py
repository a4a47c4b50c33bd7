"""Labels by name, labels of spaces, settings of spaces."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_label_info(walk: Walk) -> None:
    """A label tells which content bears it, that alone which the user may see."""
    walk.site.create_user("jane")
    pages = [walk.rest.page(title)["id"] for title in ("One", "Two")]
    for page in pages:
        walk.rest("POST", f"/content/{page}/label", json=[{"prefix": "global", "name": "news"}])
    found = walk.ok("GET", "/label?name=News")
    assert found["label"]["label"] == "news"
    assert [one["title"] for one in found["associatedContents"]["results"]] == ["One", "Two"]
    assert walk.ok("GET", "/label?name=news&type=blogpost")["associatedContents"]["results"] == []
    assert walk.ok("GET", "/label?name=news&limit=1&start=1")["associatedContents"]["results"][0]["title"] == "Two"
    walk.site.restrict(pages[0], "read", ["admin"])
    seen = walk.ok("GET", "/label?name=news", headers={"Authorization": "Bearer jane"})
    assert [one["title"] for one in seen["associatedContents"]["results"]] == ["Two"]
    walk.no("GET", "/label", 400)
    walk.no("GET", "/label?name=news&type=folder", 400)
    walk.no("GET", "/label?name=unused", 404)


def walk_space_labels(walk: Walk) -> None:
    """Labels of a space are added, listed by prefix and removed, and are not those of its content."""
    place = "/space/DOC/label"
    walk.ok("POST", place, json=[{"prefix": "team", "name": "Docs"}, {"prefix": "global", "name": "public"}])
    assert [one["name"] for one in walk.ok("GET", place)["results"]] == ["public", "docs"]
    assert [one["name"] for one in walk.ok("GET", f"{place}?prefix=team")["results"]] == ["docs"]
    assert walk.ok("GET", "/label?name=public")["associatedContents"]["results"] == []
    walk.ok("DELETE", f"{place}?name=docs&prefix=team", 204)
    assert [one["name"] for one in walk.ok("GET", place)["results"]] == ["public"]
    walk.no("GET", "/space/NONE/label", 404)
    walk.no("GET", f"{place}?prefix=odd", 400)
    walk.no("POST", place, 400, json=[{"prefix": "global", "name": "two words"}])
    walk.no("DELETE", f"{place}?name=docs", 404)


def walk_space_settings(walk: Walk) -> None:
    """A setting of a space stays as it was set."""
    place = "/space/DOC/settings"
    assert walk.ok("GET", place)["routeOverrideEnabled"] is False
    assert walk.ok("PUT", place, json={"routeOverrideEnabled": True})["routeOverrideEnabled"] is True
    assert walk.ok("GET", place)["routeOverrideEnabled"] is True
    walk.no("GET", "/space/NONE/settings", 404)
    walk.no("PUT", "/space/NONE/settings", 404, json={"routeOverrideEnabled": True})
    walk.no("PUT", place, 400, json={"routeOverrideEnabled": "yes"})
