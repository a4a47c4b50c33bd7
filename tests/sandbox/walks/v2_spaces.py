"""Spaces."""

from __future__ import annotations

import io
from typing import Any

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new, space_id


def walk_spaces(walk: Walk) -> None:
    """A space is found by its id and by its key in any case; an unknown key finds nothing."""
    ident = space_id(walk)
    assert [one["id"] for one in walk.ok("GET", f"{V2}/spaces?keys=doc&ids={ident}")["results"]] == [ident]
    assert walk.ok("GET", f"{V2}/spaces?keys=NONE")["results"] == []
    assert walk.ok("GET", f"{V2}/spaces/{ident}?description-format=plain")["key"] == "DOC"
    walk.no("GET", f"{V2}/spaces/99", 404)
    walk.no("GET", f"{V2}/spaces?ids=DOC", 400)


def walk_new_spaces(walk: Walk) -> None:
    """A space is created with a home page, open to all, to its creator, or to whom another space is open."""
    sent = {"name": "New", "key": "NEW", "description": {"value": "why", "representation": "plain"}}
    one = walk.ok("POST", f"{V2}/spaces", 201, json=sent)
    assert (one["key"], one["name"], one["currentActiveAlias"]) == ("NEW", "New", "NEW")
    assert walk.ok("GET", f"{V2}/pages/{one['homepageId']}")["title"] == "New"
    read = walk.ok("GET", f"{V2}/spaces/{one['id']}?description-format=plain&include-icon=true")
    assert (read["description"]["plain"]["value"], bool(read["icon"]["path"])) == ("why", True)
    everybody = {row["principal"]["type"] for row in _permissions(walk, one["id"])}
    private = walk.ok("POST", f"{V2}/spaces", 201, json={"name": "Mine", "alias": "MINE", "createPrivateSpace": True})
    mine = _permissions(walk, private["id"])
    assert (everybody, {row["principal"]["type"] for row in mine}) == ({"group"}, {"user"})
    like = {"name": "Like mine", "key": "LIKE", "copySpaceAccessConfiguration": int(private["id"])}
    copied = walk.ok("POST", f"{V2}/spaces", 201, json=like)
    assert [row["principal"] for row in _permissions(walk, copied["id"])] == [row["principal"] for row in mine]
    wrongs: tuple[dict[str, Any], ...] = (
        {"key": "NEW"},
        {"name": "No key"},
        {"name": "Taken", "key": "new"},
        {"name": "Bad key", "key": "a b"},
        {"name": 1, "key": "A"},
        {"name": "N", "key": "A", "description": "text"},
        {"name": "N", "key": "A", "description": {"value": "x", "representation": "view"}},
        {"name": "N", "key": "A", "createPrivateSpace": "yes"},
        {"name": "N", "key": "A", "alias": "B"},
        {"name": "N", "key": "A", "roleAssignments": [{"roleId": "1"}]},
    )
    for wrong in wrongs:
        walk.no("POST", f"{V2}/spaces", 400, json=wrong)
    walk.no("POST", f"{V2}/spaces", 404, json={"name": "N", "key": "A", "copySpaceAccessConfiguration": 99})
    walk.no("POST", f"{V2}/spaces", 404, json={"name": "N", "key": "A", "templateKey": "none"})
    assert walk.ok("GET", f"{V2}/spaces?keys=A")["results"] == []


def _permissions(walk: Walk, ident: str) -> Any:
    return walk.ok("GET", f"{V2}/spaces/{ident}/permissions?limit=250")["results"]


def walk_space_parts(walk: Walk) -> None:
    """A space has labels of its own beside those of its content, and says who may do what in it."""
    place = f"{V2}/spaces/{space_id(walk)}"
    walk.rest("POST", "/space/DOC/label", json=[{"prefix": "team", "name": "docs"}])
    page = new(walk, "Labelled")["id"]
    sent = {"file": (io.BytesIO(b"abc"), "a.txt")}
    walk.rest("POST", f"/content/{page}/child/attachment", data=sent, headers={"X-Atlassian-Token": "nocheck"})
    [file] = walk.ok("GET", f"{V2}/pages/{page}/attachments")["results"]
    for ident in (page, file["id"]):
        walk.rest("POST", f"/content/{ident}/label", json=[{"name": "red"}, {"name": "blue"}])
    assert [row["name"] for row in walk.ok("GET", f"{place}/labels")["results"]] == ["docs"]
    assert walk.ok("GET", f"{place}/labels?prefix=my")["results"] == []
    assert [row["key"] for row in walk.ok("GET", f"{V2}/spaces?labels=docs")["results"]] == ["DOC"]
    assert walk.ok("GET", f"{V2}/spaces?labels=red")["results"] == []
    blue, red = walk.ok("GET", f"{place}/content/labels?sort=name")["results"]
    assert (blue["name"], red["name"]) == ("blue", "red")
    assert [row["id"] for row in walk.ok("GET", f"{V2}/labels/{red['id']}/attachments")["results"]] == [file["id"]]
    walk.no("GET", f"{V2}/labels/99/attachments", 404)
    walk.no("GET", f"{place}/labels?prefix=odd", 400)

    assert {"operation": "create", "targetType": "page"} in walk.ok("GET", f"{place}/operations")["operations"]
    first = _permissions(walk, space_id(walk))[0]
    assert first["operation"] == {"key": "read", "targetType": "space"}
    walk.rest("DELETE", f"/space/DOC/permission/{first['id']}", 204)
    assert walk.ok("GET", f"{place}/operations")["operations"] == []
    names = ("labels", "properties", "operations", "permissions")
    whole = walk.ok("GET", f"{place}?" + "&".join(f"include-{name}=true" for name in names))
    assert [len(whole[name]["results"]) for name in names] == [1, 0, 0, 0]
    for end in ("labels", "content/labels", "operations", "permissions"):
        walk.no("GET", f"{V2}/spaces/99/{end}", 404)
