"""Users: who they are, how they are found, and what is kept with them."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_users(walk: Walk) -> None:
    """Users are read and found by account id, login name, and words of their full name."""
    jane = walk.site.create_user("jane", "Jane van Dyke")
    me = walk.ok("GET", "/user/current")["accountId"]
    assert walk.ok("GET", f"/user?accountId={jane}")["displayName"] == "Jane van Dyke"
    assert walk.ok("GET", "/user/anonymous")["type"] == "anonymous"
    several = walk.ok("GET", f"/user/bulk?accountId={jane}&accountId=nobody&accountId={me}")["results"]
    assert [one["accountId"] for one in several] == [jane, me]
    address = {"accountId": jane, "email": "jane@example.com"}
    assert walk.ok("GET", f"/user/email?accountId={jane}") == address
    assert walk.ok("GET", f"/user/email/bulk?accountId={jane}&accountId=nobody") == [address]
    moved = walk.ok("GET", "/user/bulk/migration?username=jane&username=nobody")["results"]
    assert moved == [{"username": "jane", "key": jane, "accountId": jane}]

    for query, names in {
        'user.fullname ~ "dyk"': ["jane"],
        'user.fullname ~ "jane dyke*" and type = user': ["jane"],
        'user.fullname ~ "yke"': [],
        f'user.accountid = "{jane}" OR user = currentUser()': ["admin", "jane"],
        f'user.accountid NOT IN ("{jane}")': ["admin"],
        'user.fullname = "jane van dyke" order by title': ["jane"],
    }.items():
        found = walk.ok("GET", "/search/user", query_string={"cql": query})
        assert [one["user"]["email"].partition("@")[0] for one in found["results"]] == names, query
        assert found["totalSize"] == len(names)

    walk.stranger("GET", "/user/current")
    walk.stranger("GET", "/user/anonymous")
    walk.no("GET", "/user?accountId=nobody", 404)
    walk.no("GET", "/user/bulk", 400)
    walk.no("GET", "/user/email", 400)
    walk.no("GET", "/user/email?accountId=nobody", 404)
    walk.no("GET", "/user/email/bulk", 400)
    walk.no("GET", "/user/bulk/migration", 400)
    for query in ("", "user.fullname ~", 'title = "x"', "user.accountid ~ 1", "user.fullname > 1"):
        walk.no("GET", "/search/user", 400, query_string={"cql": query})


def walk_user_properties(walk: Walk) -> None:
    """A user's property is written, read, changed and deleted by its owner and by administrators alone."""
    jane = walk.site.create_user("jane")
    place = f"/user/{jane}/property"
    walk.ok("POST", f"{place}/seen", 201, json={"value": {"tour": 1}})
    first = walk.ok("GET", f"{place}/seen")
    walk.ok("PUT", f"{place}/seen", 204, json={"value": {"tour": 2}})
    second = walk.ok("GET", f"{place}/seen", headers={"Authorization": "Bearer jane"})
    assert (first["value"], second["value"]) == ({"tour": 1}, {"tour": 2})
    assert first["createdDate"] == second["createdDate"] < second["lastModifiedDate"]
    assert walk.ok("GET", place)["results"] == [{"key": "seen"}]
    walk.no("POST", f"{place}/seen", 409, json={"value": {}})
    walk.ok("DELETE", f"{place}/seen", 204)
    walk.no("GET", f"{place}/seen", 404)
    walk.no("PUT", f"{place}/seen", 404, json={"value": {}})
    walk.no("DELETE", f"{place}/seen", 404)
    walk.no("POST", f"{place}/seen", 400, json={"value": 1})
    walk.no("POST", f"{place}/a.b", 400, json={"value": {}})
    walk.no("POST", f"{place}/big", 413, json={"value": {"x": "x" * 40000}})
    walk.no("GET", "/user/nobody/property", 404)
    me = walk.ok("GET", "/user/current")["accountId"]
    walk.no("GET", f"/user/{me}/property", 403, headers={"Authorization": "Bearer jane"})
