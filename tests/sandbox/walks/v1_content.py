"""Content, its children and descendants, its versions, comments, and search."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk


def sent(title: str, body: str = "<p>text</p>", **more: Any) -> dict[str, Any]:
    """What creates or changes a page."""
    storage = {"value": body, "representation": "storage"}
    return {"type": "page", "title": title, "space": {"key": "DOC"}, "body": {"storage": storage}, **more}


def walk_content(walk: Walk) -> None:
    """A page is made, found, changed with the next version only, put into the trash, and taken out of it again."""
    page = walk.ok("POST", "/content", json=sent("First"))["id"]
    assert [one["id"] for one in walk.ok("GET", "/content?spaceKey=DOC&title=first")["results"]] == [page]
    place = f"/content/{page}"
    changed = walk.ok("PUT", place, json=sent("First", "<p>two</p>", version={"number": 2, "message": "why"}))
    assert (changed["version"]["number"], changed["version"]["message"]) == (2, "why")
    assert walk.ok("GET", f"{place}?expand=body.storage,body.view")["body"]["storage"]["value"] == "<p>two</p>"
    stale = walk.no("PUT", place, 409, json=sent("First", "<p>three</p>", version={"number": 2}))
    assert stale.endswith("Current version is: 2")
    assert walk.ok("GET", f"{place}/history")["lastUpdated"]["number"] == 2
    walk.no("POST", "/content", 400, json=sent("FIRST"))
    walk.no("POST", "/content", 400, json=sent("Broken", "<p>open"))
    walk.no("GET", "/content?spaceKey=NONE", 404)
    walk.ok("DELETE", place, 204)
    walk.no("GET", place, 404)
    walk.no("GET", f"{place}/history", 404)
    walk.no("DELETE", place, 404)
    assert walk.ok("GET", f"{place}?status=trashed")["status"] == "trashed"
    walk.ok("PUT", place, json=sent("First", version={"number": 3}, status="current"))
    assert walk.ok("GET", place)["status"] == "current"


def walk_tree(walk: Walk) -> None:
    """Children keep the order that they are moved into; a tree goes to the trash, or to the archive, as a task."""
    top = walk.rest.page("Top")["id"]
    one, two = (walk.rest.page(title, parent=top)["id"] for title in ("One", "Two"))
    leaf = walk.rest.page("Leaf", parent=one)["id"]
    assert walk.ok("PUT", f"/content/{two}/move/before/{one}") == {"pageId": two}
    assert [row["id"] for row in walk.ok("GET", f"/content/{top}/child/page")["results"]] == [two, one]
    assert walk.ok("GET", f"/content/{top}/child?expand=page")["page"]["size"] == 2
    assert [row["id"] for row in walk.ok("GET", f"/content/{top}/descendant/page")["results"]] == [two, one, leaf]
    assert walk.ok("GET", f"/content/{top}/descendant/page?depth=1")["size"] == 2
    assert walk.ok("GET", f"/content/{top}/descendant?expand=page")["page"]["size"] == 3
    walk.no("PUT", f"/content/{top}/move/append/{leaf}", 400)
    walk.no("GET", f"/content/{top}/child/nothing", 400)
    walk.no("GET", f"/content/{top}/descendant/page?depth=0", 400)
    walk.no("GET", "/content/99/child", 404)
    walk.no("GET", "/content/99/descendant", 404)
    walk.ok("POST", "/content/archive", 202, json={"pages": [{"id": int(two)}]})
    assert walk.rest("GET", f"/content/{two}")["status"] == "archived"
    walk.no("POST", "/content/archive", 400, json={"pages": [{"id": two}]})
    walk.ok("DELETE", f"/content/{one}/pageTree", 202)
    walk.no("GET", f"/content/{leaf}", 404)
    walk.no("DELETE", f"/content/{one}/pageTree", 404)


def walk_versions(walk: Walk) -> None:
    """Old versions are read with their text, one becomes the newest again, and a deleted one leaves no gap."""
    page = walk.rest.page("History", "<p>one</p>")
    walk.rest.save(page, 2, body="<p>two</p>")
    place = f"/content/{page['id']}/version"
    assert [one["number"] for one in walk.ok("GET", place)["results"]] == [2, 1]
    old = walk.ok("GET", f"{place}/1?expand=content,content.body.storage")
    assert old["content"]["body"]["storage"]["value"] == "<p>one</p>"
    back = {"operationKey": "restore", "params": {"versionNumber": 1, "message": "back", "restoreTitle": True}}
    assert walk.ok("POST", place, json=back)["number"] == 3
    assert walk.rest.storage(page["id"]) == "<p>one</p>"
    walk.ok("DELETE", f"{place}/2", 204)
    assert [one["number"] for one in walk.ok("GET", place)["results"]] == [2, 1]
    walk.no("DELETE", f"{place}/2", 400)
    walk.no("POST", place, 400, json={"operationKey": "restore", "params": {"versionNumber": 2, "message": ""}})
    walk.no("GET", f"{place}/9", 404)
    walk.no("GET", "/content/99/version", 404)


def walk_comments(walk: Walk) -> None:
    """Comments and answers to them are content under a page, listed by where they stand."""
    page = walk.rest.page("Discussed")["id"]
    storage = {"storage": {"value": "<p>Why?</p>", "representation": "storage"}}
    made = {"type": "comment", "container": {"id": page, "type": "page"}, "body": storage}
    first = walk.ok("POST", "/content", json=made)["id"]
    walk.ok("POST", "/content", json={**made, "ancestors": [{"id": first}]})
    place = f"/content/{page}/child/comment"
    assert [one["id"] for one in walk.ok("GET", f"{place}?expand=body.view")["results"]] == [first]
    assert walk.ok("GET", f"{place}?depth=all")["size"] == 2
    assert walk.ok("GET", f"{place}?location=inline")["size"] == 0
    walk.no("GET", "/content/99/child/comment", 404)


def walk_search(walk: Walk) -> None:
    """A query finds content as content, or as results with an excerpt; its pages hang together by cursors."""
    for number in range(3):
        walk.rest.page(f"Found {number}", "<p>needle</p>")
    query = 'cql=text ~ "needle" order by title'
    first = walk.ok("GET", f"/content/search?{query}&limit=2")
    rest = walk.ok("GET", first["_links"]["next"].removeprefix("/rest/api"))
    assert [one["title"] for one in (*first["results"], *rest["results"])] == ["Found 0", "Found 1", "Found 2"]
    found = walk.ok("GET", f"/search?{query}")
    assert (found["totalSize"], found["results"][0]["excerpt"]) == (3, "needle")
    assert "Did you mean" in walk.no("GET", "/search?cql=colour = 1", 400)
    walk.no("GET", "/content/search?cql=title = ", 400)
