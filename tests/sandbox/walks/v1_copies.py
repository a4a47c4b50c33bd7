"""Copies of pages, long-running tasks, and content permissions."""

from __future__ import annotations

import io

from tests.sandbox.contract import Walk


def _attached(walk: Walk, page: str, name: str, data: bytes) -> None:
    form = {"file": (io.BytesIO(data), name)}
    place = f"/content/{page}/child/attachment"
    walk.rest("POST", place, data=form, headers={"X-Atlassian-Token": "no-check"})


def walk_copy(walk: Walk) -> None:
    """A copy takes along what is asked for, begins a history of its own, and may replace the text of a page."""
    page = walk.rest.page("Original", "<p>Text.</p>")["id"]
    walk.rest.save({"id": page, "title": "Original"}, 2, body="<p>Text two.</p>")
    walk.rest("POST", f"/content/{page}/label", json=[{"prefix": "global", "name": "kept"}])
    walk.rest("POST", f"/content/{page}/property", json={"key": "owner", "value": {"team": "ops"}})
    _attached(walk, page, "a.txt", b"bytes")
    place, above = f"/content/{page}/copy", walk.rest.page("Shelf")["id"]
    sent = {"destination": {"type": "parent_page", "value": above}, "pageTitle": "Copy", "copyLabels": True,
            "copyAttachments": True, "copyProperties": True}  # fmt: skip
    made = walk.ok("POST", f"{place}?expand=ancestors,version", json=sent)
    assert (made["version"]["number"], made["ancestors"][-1]["id"]) == (1, above)
    assert walk.rest.storage(made["id"]) == "<p>Text two.</p>"
    assert [one["name"] for one in walk.rest("GET", f"/content/{made['id']}/label")["results"]] == ["kept"]
    assert walk.rest("GET", f"/content/{made['id']}/property/owner")["value"] == {"team": "ops"}
    files = walk.rest("GET", f"/content/{made['id']}/child/attachment")["results"]
    assert walk.rest("GET", f"/content/{made['id']}/child/attachment/{files[0]['id']}/download") == "bytes"
    over = {"destination": {"type": "existing_page", "value": made["id"]}, "pageTitle": "Copy",
            "body": {"storage": {"value": "<p>Other.</p>", "representation": "storage"}}}  # fmt: skip
    assert walk.ok("POST", f"{place}?expand=version", json=over)["version"]["number"] == 2
    assert walk.rest.storage(made["id"]) == "<p>Other.</p>"
    taken = walk.no("POST", place, 400, json={"destination": {"type": "space", "value": "DOC"}})
    assert "already exists" in taken
    walk.no("POST", place, 404, json={"destination": {"type": "space", "value": "NONE"}, "pageTitle": "X"})
    walk.no("POST", place, 400, json={"destination": {"type": "shelf", "value": "1"}})
    walk.no("POST", "/content/99/copy", 404, json=sent)


def walk_copy_of_a_tree(walk: Walk) -> None:
    """A tree is copied with its shape as a task that says where the copy is; a title that is taken lets it fail whole."""
    top = walk.rest.page("Top")["id"]
    middle = walk.rest.page("Middle", parent=top)["id"]
    walk.rest.page("Leaf", parent=middle)
    target = walk.rest.page("Target")["id"]
    place = f"/content/{top}/pagehierarchy/copy"
    sent = {"destinationPageId": target, "titleOptions": {"prefix": "New ", "search": "Leaf", "replace": "Blade"}}
    task = walk.ok("POST", place, 202, json=sent)["id"]
    done = walk.ok("GET", f"/longtask/{task}")
    assert (done["finished"], done["successful"]) == (True, True)
    assert done["additionalDetails"]["totalPageNeedToCopy"] == 3
    below = walk.rest("GET", f"/content/{target}/descendant/page")["results"]
    assert [one["title"] for one in below] == ["New Top", "New Middle", "New Blade"]
    again = walk.ok("POST", place, 202, json=sent)["id"]
    failed = walk.ok("GET", f"/longtask/{again}")
    assert (failed["successful"], len(failed["errors"])) == (False, 1)
    assert len(walk.rest("GET", f"/content/{target}/descendant/page")["results"]) == 3
    assert {one["id"] for one in walk.ok("GET", "/longtask")["results"]} >= {task, again}
    walk.no("POST", "/content/99/pagehierarchy/copy", 404, json=sent)
    walk.no("POST", place, 400, json={"destinationPageId": "shelf"})
    walk.no("GET", "/longtask/none", 404)
    walk.stranger("GET", "/longtask")


def walk_permission_check(walk: Walk) -> None:
    """The check says who may do what, and whether a space or a page keeps them out."""
    eve = walk.site.create_user("eve")
    page = walk.rest.page("Secret")["id"]
    child = walk.rest.page("Below", parent=page)["id"]
    place = f"/content/{child}/permission/check"

    def asked(kind: str, who: str, operation: str) -> tuple[bool, int]:
        sent = {"subject": {"type": kind, "identifier": who}, "operation": operation}
        found = walk.ok("POST", place, json=sent)
        return found["hasPermission"], len(found["errors"])

    assert asked("user", eve, "update") == (True, 0)
    walk.site.restrict(page, "update", ["admin"])
    assert asked("user", eve, "update") == (True, 0), "edit restrictions are not inherited"
    walk.site.restrict(page, "read", ["admin"])
    assert asked("user", eve, "read") == (False, 1), "read restrictions are"
    assert asked("group", "confluence-users", "read") == (False, 1)
    assert asked("user", "nobody", "read") == (False, 1)
    walk.no("POST", place, 400, json={"subject": {"type": "user", "identifier": eve}, "operation": "paint"})
    walk.no("POST", "/content/99/permission/check", 404, json={})
