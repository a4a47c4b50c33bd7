"""Content restrictions."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_restrictions(walk: Walk) -> None:
    """Who is named may, who is not may not; restrictions are added, replaced and lifted, and nobody locks himself out."""
    me, eve = walk.rest("GET", "/user/current")["accountId"], walk.site.create_user("eve")
    page = walk.rest.page("Guarded")["id"]
    place = f"/content/{page}/restriction"

    def named(operation: str, *people: str) -> list[dict[str, object]]:
        users = [{"type": "known", "accountId": one} for one in people]
        return [{"operation": operation, "restrictions": {"user": users, "group": []}}]

    def editors() -> list[str]:
        found = walk.ok("GET", f"{place}/byOperation/update?expand=restrictions.user,restrictions.group")
        return [one["accountId"] for one in found["restrictions"]["user"]["results"]]

    assert walk.ok("GET", place)["size"] == 2
    walk.ok("PUT", place, json=named("update", me))
    walk.ok("POST", place, json=named("update", eve))
    assert editors() == [me, eve]
    assert "lock you out" in walk.no("PUT", place, 400, json=named("update", eve))
    assert editors() == [me, eve], "a refusal changes nothing"
    by_user = f"{place}/byOperation/update/user"
    walk.ok("DELETE", f"{by_user}?accountId={eve}")
    walk.no("GET", f"{by_user}?accountId={eve}", 404)
    walk.ok("PUT", f"{by_user}?accountId={eve}")
    walk.ok("GET", f"{by_user}?accountId={eve}")
    walk.no("PUT", f"{by_user}?accountId=nobody", 404)
    walk.no("DELETE", f"{by_user}?accountId=nobody", 404)
    group = walk.rest("GET", "/group/by-name?name=confluence-users")["id"]
    for one in (f"{place}/byOperation/update/group/confluence-users", f"{place}/byOperation/update/byGroupId/{group}"):
        walk.no("GET", one, 404)
        walk.ok("PUT", one)
        walk.ok("GET", one)
        walk.ok("DELETE", one)
        walk.no("DELETE", one, 404)
        walk.no("PUT", one.replace(page, "99"), 404)
    assert set(walk.ok("GET", f"{place}/byOperation")) >= {"read", "update"}
    walk.ok("DELETE", place)
    assert editors() == []
    for method in ("GET", "PUT", "POST", "DELETE"):
        walk.no(method, "/content/99/restriction", 404, json=[])
    walk.no("GET", "/content/99/restriction/byOperation", 404)
    walk.no("GET", f"{place}/byOperation/paint", 400)
