"""What ids stand for."""

from __future__ import annotations

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new


def walk_people(walk: Walk) -> None:
    """Users, types of content and labels are found by ids; who is not known is left out."""
    page = new(walk, "Page")
    sent = {"accountIds": [page["authorId"], "nobody"]}
    assert [one["displayName"] for one in walk.ok("POST", f"{V2}/users-bulk", json=sent)["results"]] == ["Admin"]
    walk.no("POST", f"{V2}/users-bulk", 400, json={"accountIds": "x"})
    asked = {"contentIds": [page["id"]]}
    assert walk.ok("POST", f"{V2}/content/convert-ids-to-types", json=asked)["results"] == {page["id"]: "page"}
    walk.no("POST", f"{V2}/content/convert-ids-to-types", 400, json={"contentIds": ["Docs"]})
    walk.rest("POST", f"/content/{page['id']}/label", json=[{"name": "red"}])
    assert [one["name"] for one in walk.ok("GET", f"{V2}/labels")["results"]] == ["red"]
    walk.no("GET", f"{V2}/labels?label-id=red", 400)
