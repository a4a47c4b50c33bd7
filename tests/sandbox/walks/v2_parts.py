"""What content of every kind has, and what stands around it."""

from __future__ import annotations

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new, save, space_id

PLACES = ("folders", "whiteboards", "databases", "embeds")
PAGED = ("pages", "blogposts")


def walk_parts(walk: Walk) -> None:
    """Labels, operations, likes and versions can be read of pages and posts alike, and be included in them."""
    walk.site.create_user("eve")
    for where in PAGED:
        one = new(walk, f"One of {where}", where=f"/{where}")
        walk.ok("PUT", f"{V2}/{where}/{one['id']}", json=save(one, 2))
        place = f"{V2}/{where}/{one['id']}"
        walk.rest("POST", f"/content/{one['id']}/label", json=[{"name": "red"}, {"name": "blue", "prefix": "my"}])
        assert [row["name"] for row in walk.ok("GET", f"{place}/labels?sort=-name")["results"]] == ["red", "blue"]
        assert [row["name"] for row in walk.ok("GET", f"{place}/labels?prefix=my")["results"]] == ["blue"]
        walk.no("GET", f"{place}/labels?prefix=other", 400)
        assert {"operation": "update", "targetType": where[:-1]} in walk.ok("GET", f"{place}/operations")["operations"]
        assert walk.ok("GET", f"{place}/likes/count") == {"count": 0}
        walk.site.like(one["id"], "eve")
        assert walk.ok("GET", f"{place}/likes/count") == {"count": 1}
        assert len(walk.ok("GET", f"{place}/likes/users")["results"]) == 1
        rows = walk.ok("GET", f"{place}/versions?body-format=storage")["results"]
        assert [row[where[:-1]]["body"]["storage"]["value"] for row in rows] == ["<p>new</p>", "<p>text</p>"]
        assert [row["number"] for row in walk.ok("GET", f"{place}/versions?sort=modified-date")["results"]] == [1, 2]
        first = walk.ok("GET", f"{place}/versions/1")
        assert first["nextVersion"] == 2
        assert "prevVersion" not in first
        names = ("labels", "properties", "operations", "likes", "versions")
        whole = walk.ok("GET", f"{place}?" + "&".join(f"include-{name}=true" for name in names))
        assert [len(whole[name]["results"]) for name in names] == [2, 0, 8, 1, 2]
        assert "version" not in walk.ok("GET", f"{place}?include-version=false")
        walk.no("GET", f"{place}/versions/9", 404)
        for end in ("labels", "operations", "likes/count", "likes/users", "versions"):
            walk.no("GET", f"{V2}/{where}/99/{end}", 404)


def walk_properties(walk: Walk) -> None:
    """A property is found by its key and addressed by its number; a key is there once, a version follows the last."""
    owners = [(where, new(walk, f"Of {where}", where=f"/{where}", body={})["id"]) for where in PAGED]
    owners += [(where, _place(walk, where)) for where in PLACES]
    owners.append(("spaces", space_id(walk)))
    for where, ident in owners:
        made = 201 if where == "spaces" else 200
        place = f"{V2}/{where}/{ident}/properties"
        one = walk.ok("POST", place, made, json={"key": "k", "value": {"a": [1]}})
        walk.no("POST", place, 409, json={"key": "k", "value": 1})
        assert walk.ok("GET", f"{place}?key=k")["results"][0]["id"] == one["id"]
        assert walk.ok("GET", f"{place}?key=other")["results"] == []
        mine = f"{place}/{one['id']}"
        changed = walk.ok("PUT", mine, json={"key": "k", "value": None, "version": {"number": 2, "message": "m"}})
        assert (changed["value"], changed["version"]["number"]) == (None, 2)
        assert walk.no("PUT", mine, 409, json={"key": "k", "value": 3, "version": {"number": 2}}).endswith(
            "version: [2]"
        )
        assert walk.ok("GET", mine)["version"]["message"] == "m"
        walk.ok("DELETE", mine, 204)
        walk.no("DELETE", mine, 404)
        walk.no("GET", mine, 404)
        walk.no("GET", f"{V2}/{where}/99/properties", 404)
        walk.no("GET", f"{place}/k", 400)
    assert walk.no("GET", f"{V2}/pages/99/properties", 404) == "Could not find page with id [99]"


def _place(walk: Walk, where: str, **more: str) -> str:
    sent = {"spaceId": space_id(walk), "title": f"A {where[:-1]}", **more}
    return str(walk.ok("POST", f"{V2}/{where}", json=sent)["id"])


def walk_places(walk: Walk) -> None:
    """Folders and the like stand in the tree among the pages; what is in one moves up when it goes."""
    for where in PLACES:
        ident = _place(walk, where, **({"embedUrl": "https://example.com/"} if where == "embeds" else {}))
        place = f"{V2}/{where}/{ident}"
        page = new(walk, f"In {where}", parentId=ident)
        assert (page["parentId"], page["parentType"]) == (ident, where[:-1])
        inner = _place(walk, "folders", parentId=page["id"])
        assert [row["id"] for row in walk.ok("GET", f"{place}/direct-children")["results"]] == [page["id"]]
        below = walk.ok("GET", f"{place}/descendants?depth=2")["results"]
        assert [(row["id"], row["type"], row["depth"]) for row in below] == [
            (page["id"], "page", 1),
            (inner, "folder", 2),
        ]
        assert walk.ok("GET", f"{place}/ancestors")["results"] == []
        up = walk.ok("GET", f"{V2}/folders/{inner}/ancestors")["results"]
        assert up == [{"id": ident, "type": where[:-1]}, {"id": page["id"], "type": "page"}]
        assert (
            walk.ok("GET", f"{place}?include-operations=true&include-direct-children=true")["title"]
            == f"A {where[:-1]}"
        )
        assert walk.ok("GET", f"{place}/operations")["operations"]
        walk.ok("DELETE", place, 204)
        assert walk.ok("GET", f"{V2}/pages/{page['id']}")["parentId"] is None
        walk.no("DELETE", place, 404)
        walk.no("POST", f"{V2}/{where}", 400, json={"title": "No space"})
        assert walk.no("GET", f"{V2}/{where}/99", 404) == "Content with id: [99] not found"
        for end in ("direct-children", "descendants", "ancestors", "operations"):
            walk.no("GET", f"{V2}/{where}/99/{end}", 404)


def walk_tree(walk: Walk) -> None:
    """Children come in the order of the tree; folders are among the direct ones only."""
    top = new(walk, "Top")
    first, second = (new(walk, name, parentId=top["id"]) for name in ("First", "Second"))
    folder = _place(walk, "folders", parentId=top["id"])
    deep = new(walk, "Deep", parentId=folder)
    walk.rest("PUT", f"/content/{second['id']}/move/before/{first['id']}")
    place = f"{V2}/pages/{top['id']}"
    children = walk.ok("GET", f"{place}/direct-children")["results"]
    assert [row["id"] for row in children] == [second["id"], first["id"], folder]
    assert [row["childPosition"] for row in children] == sorted(row["childPosition"] for row in children)
    assert [row["title"] for row in walk.ok("GET", f"{place}/children")["results"]] == ["Second", "First"]
    by_id = walk.ok("GET", f"{place}/children?sort=-id&limit=1")
    assert [row["title"] for row in by_id["results"]] == ["Second"]
    assert [row["title"] for row in walk.ok("GET", by_id["_links"]["next"])["results"]] == ["First"]
    assert len(walk.ok("GET", f"{place}/descendants")["results"]) == 4
    assert len(walk.ok("GET", f"{place}/descendants?depth=1")["results"]) == 3
    walk.no("GET", f"{place}/descendants?depth=11", 400)
    above = walk.ok("GET", f"{V2}/pages/{deep['id']}/ancestors")["results"]
    assert [row["id"] for row in above] == [top["parentId"], top["id"], folder]
    nearest = walk.ok("GET", f"{V2}/pages/{deep['id']}/ancestors?limit=1")["results"]
    assert [row["id"] for row in nearest] == [folder]
    assert walk.no("GET", f"{V2}/pages/99/direct-children", 404) == "Cannot find [page] entity with id [99]"
    walk.no("GET", f"{V2}/pages/99/children", 404)
    walk.no("GET", f"{V2}/pages/99/ancestors", 404)
    walk.no("GET", f"{V2}/folders/{top['id']}", 404)
