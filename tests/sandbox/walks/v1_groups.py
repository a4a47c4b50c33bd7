"""Groups and their members."""

from __future__ import annotations

from tests.sandbox.contract import Walk

WAYS = {"name": "/group/user?name", "id": "/group/userByGroupId?groupId"}


def walk_groups(walk: Walk) -> None:
    """A group is created, found in every way that finds groups, and deleted by name or by id."""
    made = walk.ok("POST", "/group", 201, json={"name": "Writers & co"})
    found = [
        walk.ok("GET", "/group/by-name?name=writers%20%26%20co"),
        walk.ok("GET", f"/group/by-id?id={made['id']}"),
        walk.ok("GET", "/group/Writers%20%26%20co"),
        *walk.ok("GET", "/group/picker?query=WRIT&shouldReturnTotalSize=true")["results"],
        walk.ok("GET", made["_links"]["self"].removeprefix("http://localhost")),
    ]
    assert found == [made] * 5
    assert [one["name"] for one in walk.ok("GET", "/group")["results"]][-1] == "Writers & co"
    assert walk.ok("GET", "/group?limit=1")["size"] == 1
    only = walk.ok("GET", "/group?accessType=admin")["results"]
    assert [one["name"] for one in only] == ["confluence-administrators"]
    walk.ok("DELETE", "/group?name=Writers%20%26%20co", 204)
    other = walk.ok("POST", "/group", 201, json={"name": "Readers"})
    walk.ok("DELETE", f"/group/by-id?id={other['id']}", 204)
    assert walk.ok("GET", "/group")["size"] == 2

    for name in (None, 7, " ", "confluence-users", "x" * 256):
        walk.no("POST", "/group", 400, json={"name": name})
    walk.no("GET", "/group?accessType=none", 400)
    walk.no("GET", "/group/picker", 400)
    walk.no("GET", "/group/by-name?name=Readers", 403)
    walk.no("GET", "/group/by-id?id=Readers", 403)
    walk.no("GET", "/group/Readers", 404)
    walk.no("DELETE", "/group?name=Readers", 404)
    walk.no("DELETE", "/group/by-id?id=1", 404)
    assert "comes with the site" in walk.no("DELETE", "/group?name=confluence-users", 400)


def walk_members(walk: Walk) -> None:
    """Who joins a group is one of its members and may see what is kept to it, until they leave."""
    jane = walk.site.create_user("jane")
    group = walk.ok("POST", "/group", 201, json={"name": "writers"})
    page = walk.rest.page("Plans")["id"]
    place = f"/content/{page}/restriction/byOperation/read"
    walk.ok("PUT", f"{place}/user?accountId={walk.ok('GET', '/user/current')['accountId']}")
    walk.ok("PUT", f"{place}/byGroupId/{group['id']}")
    walk.ok("GET", f"{place}/group/writers")
    seen = {"headers": {"Authorization": "Bearer jane"}}
    walk.no("GET", f"/content/{page}", 404, **seen)
    for key, value in {"name": "writers", "id": group["id"]}.items():
        walk.ok("POST", f"{WAYS[key]}={value}", 201, json={"accountId": jane})
        walk.ok("GET", f"/content/{page}", **seen)
        for place_ in ("member?name=writers", "writers/member", f"{group['id']}/membersByGroupId"):
            assert [one["accountId"] for one in walk.ok("GET", f"/group/{place_}")["results"]] == [jane]
        mine = [one["name"] for one in walk.ok("GET", f"/user/memberof?accountId={jane}")["results"]]
        assert mine == ["confluence-users", "writers"]
        walk.no("DELETE", f"{WAYS[key]}={value}&accountId={jane}", 403, **seen)
        walk.ok("DELETE", f"{WAYS[key]}={value}&accountId={jane}", 204)
        walk.no("DELETE", f"{WAYS[key]}={value}&accountId={jane}", 400)
        walk.no("POST", f"{WAYS[key]}={value}", 404, json={"accountId": "nobody"})
        walk.no("POST", f"{WAYS[key]}={value}", 400, json={"accountId": 1})
        walk.no("GET", f"/content/{page}", 404, **seen)
    walk.ok("DELETE", "/group?name=writers", 204)
    walk.no("GET", f"/content/{page}", 404, **seen)
    kept = walk.ok("GET", f"/content/{page}/restriction")["results"][0]["restrictions"]["group"]["results"]
    assert [(one["name"], one["id"]) for one in kept] == [("writers", None)]

    for path in ("member?name=writers", "writers/member", "writers/membersByGroupId"):
        walk.no("GET", f"/group/{path}", 403)
    walk.no("GET", "/user/memberof?accountId=nobody", 404)
    walk.no("PUT", f"{place}/byGroupId/{group['id']}", 404)
    me = walk.ok("GET", "/user/current")["accountId"]
    walk.no("DELETE", f"/group/user?name=confluence-administrators&accountId={me}", 400)
