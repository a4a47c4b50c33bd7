"""Pages and blog posts."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk

V2 = "/wiki/api/v2"


def space_id(walk: Walk) -> str:
    """Give the id of the space, as version 2 writes it."""
    return str(walk.rest("GET", "/space/DOC")["id"])


def new(
    walk: Walk, title: str, value: str = "<p>text</p>", where: str = "/pages", expect: int = 200, **more: Any
) -> Any:
    """Create a page over version 2."""
    sent = {"spaceId": space_id(walk), "title": title, "body": {"representation": "storage", "value": value}, **more}
    return walk.ok("POST", f"{V2}{where}", expect, json=sent)


def save(page: Any, number: int, **more: Any) -> dict[str, Any]:
    """Give the body of an update."""
    body = {"representation": "storage", "value": "<p>new</p>"}
    return {
        "id": page["id"],
        "status": "current",
        "title": page["title"],
        "body": body,
        "version": {"number": number},
    } | more


def walk_pages(walk: Walk) -> None:
    """A page goes below the home page or where it is put, is edited by the next version, and goes by way of the trash."""
    home = str(walk.rest("GET", "/space/DOC?expand=homepage")["homepage"]["id"])
    page = new(walk, "First")
    assert (page["parentId"], page["parentType"], page["version"]["number"]) == (home, "page", 1)
    top = new(walk, "Top", where="/pages?root-level=true&embedded=true", body={"storage": {"value": "<p>t</p>"}})
    assert top["parentId"] is None
    assert top["body"]["storage"]["value"] == "<p>t</p>"
    below = new(walk, "Below", parentId=page["id"], subtype="live")
    place = f"{V2}/pages/{page['id']}"

    saved = walk.ok("PUT", place, json=save(page, 2, version={"number": 2, "message": "why"}))
    assert saved["version"]["message"] == "why"
    assert saved["body"]["storage"]["value"] == "<p>new</p>"
    assert walk.ok("PUT", place, json=save(page, 3))["version"]["number"] == 2, (
        "a save without a change makes no version"
    )
    stale = "Version must be incremented when updating a page. Current Version: [2]. Provided version: [5]"
    assert walk.no("PUT", place, 409, json=save(page, 5)) == stale
    moved = walk.ok("PUT", f"{V2}/pages/{below['id']}", json=save(below, 2, parentId=top["id"]))
    assert moved["parentId"] == top["id"]
    assert walk.ok("PUT", f"{place}/title", json={"status": "current", "title": "Renamed"})["version"]["number"] == 3
    assert walk.no("PUT", f"{place}/title", 400, json={"status": "current", "title": "Top"}).startswith(
        "A page with this"
    )

    read = walk.ok("GET", place)
    assert read["body"] == {}
    assert read["_links"]["base"].endswith("/wiki")
    assert read["title"] == "Renamed"
    assert "<p>new</p>" in walk.ok("GET", f"{place}/?body-format=view")["body"]["view"]["value"]
    old = walk.ok("GET", f"{place}?version=1&body-format=storage")
    assert (old["title"], old["body"]["storage"]["value"]) == ("First", "<p>text</p>")
    assert walk.no("GET", f"{V2}/pages/99", 404) == "Cannot find a page with id [99]"
    assert walk.no("GET", f"{V2}/pages/Docs", 400) == (
        "Provided value {Docs} for 'id' is not the correct type. Expected type is long."
    )
    assert walk.stranger("GET", place, 404) == "Not Found"
    walk.no("GET", f"{place}?body-format=atlas_doc_format", 400)

    walk.ok("DELETE", place, 204)
    trashed = walk.ok("GET", place)
    assert (trashed["status"], trashed["parentId"], trashed["position"]) == ("trashed", None, None)
    walk.no("DELETE", place, 404)
    back = walk.ok("PUT", place, json=save(page, 4, title="Renamed"))
    assert back["status"] == "current"
    assert back["body"]["storage"]["value"] == "<p>new</p>"
    walk.no("DELETE", f"{place}?purge=true", 400)
    walk.ok("DELETE", place, 204)
    walk.ok("DELETE", f"{place}?purge=true", 204)
    walk.no("GET", place, 404)
    walk.no("POST", f"{V2}/pages", 404, json={"spaceId": "1", "title": "Nowhere"})
    walk.no("POST", f"{V2}/pages", 400, json={"spaceId": space_id(walk), "title": "top"})


def walk_page_lists(walk: Walk) -> None:
    """Lists are filtered and sorted, and go on by a cursor that keeps the filters, also when rows in between go."""
    pages = [new(walk, f"P{number}") for number in range(5)]
    query = f"{V2}/pages?space-id={space_id(walk)}&sort=-title&limit=2&body-format=storage"
    answer = walk.rest.send("GET", query)
    first = walk.ok("GET", query)
    assert [one["title"] for one in first["results"]] == ["P4", "P3"]
    assert answer.headers["Link"] == f'<{first["_links"]["next"]}>; rel="next"'
    assert first["_links"]["next"].startswith(f"{V2}/pages?")
    assert "base" not in first["results"][0]["_links"]
    walk.ok("DELETE", f"{V2}/pages/{pages[2]['id']}", 204)
    walk.no("GET", f"{V2}/pages?cursor=nonsense", 400)
    walk.no("GET", f"{V2}/pages?limit=251", 400)
    walk.no("GET", f"{V2}/pages?status=draft", 400)
    second = walk.ok("GET", walk.ok("GET", query)["_links"]["next"])
    assert [one["title"] for one in second["results"]] == ["P1", "P0"]
    assert [one["id"] for one in walk.ok("GET", f"{V2}/pages?title=p3")["results"]] == [pages[3]["id"]]
    assert walk.ok("GET", f"{V2}/pages?title=")["results"] == []
    chosen = walk.ok("GET", f"{V2}/pages?id={pages[0]['id']},{pages[1]['id']}&id={pages[3]['id']}")
    assert len(chosen["results"]) == 3
    assert [one["title"] for one in walk.ok("GET", f"{V2}/pages?status=trashed")["results"]] == ["P2"]
    in_space = f"{V2}/spaces/{space_id(walk)}/pages"
    assert len(walk.ok("GET", in_space)["results"]) == 5
    assert [one["title"] for one in walk.ok("GET", f"{in_space}?depth=root")["results"]] == ["Handbook"]
    walk.no("GET", f"{V2}/spaces/1/pages", 404)
    walk.rest("POST", f"/content/{pages[0]['id']}/label", json=[{"name": "red"}])
    label = walk.rest("GET", f"/content/{pages[0]['id']}/label")["results"][0]["id"]
    assert [one["title"] for one in walk.ok("GET", f"{V2}/labels/{label}/pages")["results"]] == ["P0"]
    assert walk.ok("GET", f"{V2}/labels/{label}/blogposts")["results"] == []
    walk.no("GET", f"{V2}/labels/99/pages", 404)
    walk.no("GET", f"{V2}/labels/99/blogposts", 404)


def walk_drafts(walk: Walk) -> None:
    """A draft stays at version 1 and in no list until it is published."""
    draft = new(walk, "", status="draft", private=True)
    place = f"{V2}/pages/{draft['id']}"
    walk.no("GET", place, 404)
    assert walk.ok("GET", f"{place}?get-draft=true")["status"] == "draft"
    walk.no("PUT", place, 409, json=save(draft, 2, status="draft"))
    walk.ok("PUT", place, json=save(draft, 1, status="draft", title="Nearly"))
    assert walk.ok("GET", f"{V2}/pages?title=Nearly")["results"] == []
    assert walk.ok("PUT", place, json=save(draft, 1, title="Done"))["version"]["number"] == 1
    walk.ok(
        "PUT", place, json=save(draft, 1, status="draft", title="Done!", body={"storage": {"value": "<p>open</p>"}})
    )
    assert walk.ok("GET", place)["title"] == "Done"
    assert walk.ok("GET", f"{place}?get-draft=true&body-format=storage")["body"]["storage"]["value"] == "<p>open</p>"
    walk.ok("DELETE", f"{place}?draft=true", 204)
    assert walk.ok("GET", f"{place}?get-draft=true")["title"] == "Done"
    walk.no("DELETE", f"{place}?draft=true", 404)
    private = new(walk, "Mine", where="/pages?private=true")
    walk.site.create_user("eve")
    eve = {"Authorization": "Bearer eve"}
    walk.no("GET", f"{V2}/pages/{private['id']}", 404, headers=eve)


def walk_blogposts(walk: Walk) -> None:
    """A post has no place in the tree, and may be older than it is."""
    post = new(walk, "News", where="/blogposts", createdAt="2025-03-01T10:00:00.000Z")
    assert post["createdAt"] == "2025-03-01T10:00:00.000Z"
    assert "parentId" not in post
    place = f"{V2}/blogposts/{post['id']}"
    assert walk.ok("PUT", place, json=save(post, 2, title="Old news"))["title"] == "Old news"
    walk.no("PUT", place, 409, json=save(post, 2))
    assert walk.ok("GET", f"{place}?include-labels=true&include-likes=true")["likes"]["results"] == []
    assert [one["id"] for one in walk.ok("GET", f"{V2}/blogposts?sort=-created-date")["results"]] == [post["id"]]
    assert len(walk.ok("GET", f"{V2}/spaces/{space_id(walk)}/blogposts")["results"]) == 1
    walk.no("GET", f"{V2}/spaces/99/blogposts", 404)
    walk.no("GET", f"{V2}/blogposts?sort=title", 400)
    walk.no("POST", f"{V2}/blogposts", 400, json={"title": "No space"})
    walk.no("GET", f"{V2}/blogposts/99", 404)
    walk.no("GET", f"{V2}/pages/{post['id']}", 404)
    walk.ok("DELETE", place, 204)
    walk.no("DELETE", place, 404)
