"""Publishing the draft that a page of a blueprint begins as."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk


def _sent(title: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "page", "title": title, "status": "current", "version": {"number": number}, **more}


def walk_blueprint_drafts(walk: Walk) -> None:
    """A draft becomes a page with its text, under the page that is named, once and in version 1."""
    above = walk.rest.page("Notes")["id"]
    for method, title in (("PUT", "Monday"), ("POST", "Tuesday")):
        draft = walk.rest.page("", f"<p>{title}</p>", status="draft")["id"]
        place = f"/content/blueprint/instance/{draft}?status=draft"
        walk.no(method, place, 400, json=_sent(""))
        walk.no(method, place, 400, json=_sent("Notes"))
        walk.no(method, place, 409, json=_sent(title, 2))
        walk.no(method, place, 404, json=_sent(title, space={"key": "NONE"}))
        assert walk.rest("GET", f"/content/{draft}?status=draft")["status"] == "draft"
        made = walk.ok(method, place, json=_sent(title, space={"key": "DOC"}, ancestors=[{"id": above}]))
        assert (made["id"], made["title"], made["status"], made["version"]["number"]) == (draft, title, "current", 1)
        assert made["body"]["storage"]["value"] == f"<p>{title}</p>"
        assert [one["id"] for one in made["ancestors"]][-1] == above
        walk.no(method, place, 404, json=_sent(title))
