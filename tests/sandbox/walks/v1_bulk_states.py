"""States of many pages at once."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk

JANE = {"Authorization": "Bearer jane"}
PLACE = "/content-states?status=current"
REMOVE = "/content-states/delete?status=current"
READY: dict[str, Any] = {"name": "Checked", "color": "#00ff00"}


def _state(walk: Walk, page: str) -> str:
    found = walk.rest("GET", f"/content/{page}/state")
    return str(found["contentState"]["name"]) if found else ""


def walk_bulk_states(walk: Walk) -> None:
    """The state of several pages is set and removed in one go; what could not be done is named, with the reason."""
    walk.site.create_user("jane")
    pages = [walk.rest.page(title)["id"] for title in ("One", "Two")]
    started = walk.ok("PUT", PLACE, json={"ids": [*pages, "99"], "contentState": READY})
    task = f"/content-states/task/{started['asyncId']}"
    done = walk.ok("GET", task)
    assert (done["set"], done["state"]["name"], done["percentage"]) == (pages, "Checked", 100)
    assert ([one["contentId"] for one in done["failed"]], done["success"]) == (["99"], False)
    assert [_state(walk, page) for page in pages] == ["Checked", "Checked"]
    assert walk.rest("GET", f"/content/{pages[0]}")["version"]["number"] == 2
    walk.no("GET", task, 404, headers=JANE)

    walk.site.restrict(pages[1], "update", ["jane"])
    walk.site.restrict(pages[0], "update", ["admin"])
    started = walk.ok("POST", REMOVE, json={"ids": pages}, headers=JANE)
    done = walk.ok("GET", f"/content-states/task/{started['asyncId']}", headers=JANE)
    assert (done["set"], [one["contentId"] for one in done["failed"]]) == ([pages[1]], [pages[0]])
    assert [_state(walk, page) for page in pages] == ["Checked", ""]


def walk_refused_bulk_states(walk: Walk) -> None:
    """Without pages, without a state or without a status nothing is set."""
    page = walk.rest.page("One")["id"]
    whole = {"ids": [page], "contentState": READY}
    walk.no("PUT", "/content-states", 400, json=whole)
    for bad in ({**whole, "ids": []}, {**whole, "ids": [page] * 301}, {"ids": [page]}, {**whole, "contentState": {}}):
        walk.no("PUT", PLACE, 400, json=bad)
    walk.no("PUT", PLACE, 404, json={**whole, "ids": ["99"]})
    walk.no("POST", REMOVE, 400, json={"ids": "all"})
    walk.no("POST", "/content-states/delete?status=archived", 400, json={"ids": [page]})
    walk.no("GET", "/content-states/task/none", 404)
    assert _state(walk, page) == ""
    assert walk.ok("GET", "/content-states") == []
