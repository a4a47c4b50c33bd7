"""What users and groups may do in a space."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk

PLACE = "/space/DOC/permission"


def _held(walk: Walk, kind: str) -> set[tuple[str, str]]:
    rows = walk.ok("GET", "/space/DOC?expand=permissions")["permissions"]
    return {tuple(one["operation"].values()) for one in rows if kind in one["subjects"]}


def _wish(who: str, key: str, target: str) -> dict[str, Any]:
    return {"json": {"subject": {"type": "user", "identifier": who}, "operation": {"key": key, "target": target}}}


def walk_space_permissions(walk: Walk) -> None:
    """A new space is open to all; who gets a permission must be let in first, and loses all with the right to read."""
    jane = walk.site.create_user("jane")
    everybody = _held(walk, "group")
    assert {("read", "space"), ("create", "page"), ("administer", "space")} <= everybody
    assert _held(walk, "user") == set()
    walk.no("POST", PLACE, 400, **_wish(jane, "create", "page"))
    read = walk.ok("POST", PLACE, **_wish(jane, "read", "space"))
    walk.ok("POST", PLACE, **_wish(jane, "create", "page"))
    custom = {"subject": {"type": "user", "identifier": jane}}
    for access in (True, False, True):
        sent = {**custom, "operations": [{"key": "read", "target": "ac:app:thing", "access": access}]}
        walk.ok("POST", f"{PLACE}/custom-content", json=sent)
        assert (("read", "ac:app:thing") in _held(walk, "user")) is access
    walk.ok("DELETE", f"{PLACE}/{read['id']}", 204)
    assert _held(walk, "user") == set()
    assert _held(walk, "group") == everybody

    walk.no("DELETE", f"{PLACE}/{read['id']}", 404)
    walk.no("POST", PLACE, 400, **_wish(jane, "read", "page"))
    walk.no("POST", PLACE, 404, **_wish("nobody", "read", "space"))
    walk.no("POST", PLACE, 400, json={"subject": jane})
    walk.no("POST", f"{PLACE}/custom-content", 400, json={**custom, "operations": [{"key": "read"}]})
    walk.no("POST", "/space/NONE/permission", 404, **_wish(jane, "read", "space"))
