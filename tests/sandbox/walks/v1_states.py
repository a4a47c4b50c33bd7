"""Content states."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_states(walk: Walk) -> None:
    """A state is one that the space suggests or one's own; it makes a version, and a new text takes it away."""
    page = walk.rest.page("In work")
    place = f"/content/{page['id']}/state"
    offered = walk.ok("GET", "/space/DOC/state")
    walk.ok("PUT", f"{place}?status=current", json={"id": offered[0]["id"]})
    assert walk.ok("GET", place)["contentState"]["name"] == offered[0]["name"]
    assert walk.rest("GET", f"/content/{page['id']}?expand=version")["version"]["number"] == 2
    found = walk.ok("GET", f"/space/DOC/state/content?state-id={offered[0]['id']}")["results"]
    assert [one["id"] for one in found] == [page["id"]]
    walk.ok("PUT", f"{place}?status=current", json={"name": "Waits for legal", "color": "#ff7452"})
    assert [one["name"] for one in walk.ok("GET", "/content-states")] == ["Waits for legal"]
    assert walk.ok("GET", f"{place}/available")["customContentStates"][0]["name"] == "Waits for legal"
    assert walk.ok("GET", "/space/DOC/state/settings")["contentStatesAllowed"] is True
    walk.rest.save(page, 4, body="<p>new</p>")
    assert "contentState" not in walk.ok("GET", place)
    walk.ok("DELETE", f"{place}?status=current")
    walk.no("PUT", f"{place}?status=current", 400, json={"name": "No colour"})
    for method, path in (("GET", ""), ("DELETE", "?status=current"), ("GET", "/available")):
        walk.no(method, f"/content/99/state{path}", 404)
    walk.no("GET", "/space/NONE/state", 404)
    walk.no("GET", "/space/NONE/state/settings", 404)
    walk.no("GET", "/space/DOC/state/content", 400)
    walk.stranger("GET", "/content-states")
