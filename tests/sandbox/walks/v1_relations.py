"""Favourites: the one relation that there is."""

from __future__ import annotations

from tests.sandbox.contract import Walk

JANE = {"Authorization": "Bearer jane"}


def _favourites(walk: Walk, who: str = "currentUser()") -> list[str]:
    return [one["title"] for one in walk.rest("GET", f"/content/search?cql=favourite={who}")["results"]]


def walk_favourites(walk: Walk) -> None:
    """A user's favourites are found by CQL, each is there until it is taken back, and nobody else's change."""
    jane = walk.site.create_user("jane")
    page = walk.rest.page("Read often")["id"]
    walk.rest.page("Read once")
    place = f"/relation/favourite/from/user/{jane}/to/content/{page}"
    walk.no("GET", place, 404)
    assert walk.ok("PUT", place, headers=JANE)["name"] == "favourite"
    found = walk.ok("GET", f"{place}?expand=source,target,relationData", headers=JANE)
    assert (found["source"]["accountId"], found["relationData"]["createdBy"]["accountId"]) == (jane, jane)
    assert "target" in found["_expandable"]
    assert (_favourites(walk), _favourites(walk, f'"{jane}"')) == ([], ["Read often"])
    assert walk.ok("GET", f"/relation/favourite/from/user/current/to/content/{page}", headers=JANE)["_links"]["self"]
    walk.ok("DELETE", place, 204, headers=JANE)
    walk.no("GET", place, 404, headers=JANE)
    assert _favourites(walk, f'"{jane}"') == []


def walk_refused_relations(walk: Walk) -> None:
    """There is no other relation, no favourite of what is not there, and none can be listed."""
    walk.site.create_user("jane")
    page = walk.rest.page("Read often")["id"]
    me = walk.rest("GET", "/user/current")["accountId"]
    for method in ("GET", "PUT", "DELETE"):
        walk.no(method, f"/relation/favorite/from/user/current/to/content/{page}", 404)
        walk.no(method, "/relation/favourite/from/user/current/to/content/0", 404)
        walk.no(method, f"/relation/favourite/from/user/nobody/to/content/{page}", 404)
        walk.no(method, "/relation/favourite/from/user/current/to/space/DOC", 400)
        walk.no(method, f"/relation/favourite/from/user/{me}/to/content/{page}", 403, headers=JANE)
    walk.no("DELETE", f"/relation/favourite/from/user/current/to/content/{page}", 404)
    assert "not implemented" in walk.no("GET", "/relation/favourite/from/user/current/to/content", 501)
    assert "not implemented" in walk.no("GET", f"/relation/favourite/to/content/{page}/from/user", 501)
    walk.no("GET", "/relation/other/from/user/current/to/content", 404)
    walk.no("GET", f"/relation/other/to/content/{page}/from/user", 404)
    assert walk.ok("PUT", f"/relation/favourite/from/user/current/to/content/{page}")["name"] == "favourite"
