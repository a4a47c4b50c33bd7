"""How often pages are read."""

from __future__ import annotations

from tests.sandbox.contract import Walk

JANE = {"Authorization": "Bearer jane"}


def walk_analytics(walk: Walk) -> None:
    """A read counts when the reader says that somebody looks at the page, once for each look and for each reader."""
    walk.site.create_user("jane")
    page = walk.rest.page("Read often")["id"]
    other = walk.rest.page("Read once")["id"]
    views, viewers = (f"/analytics/content/{page}/{what}" for what in ("views", "viewers"))
    assert walk.ok("GET", views) == {"id": int(page), "count": 0}
    walk.rest("GET", f"/content/{page}")
    for headers in ({}, {}, JANE):
        walk.rest("GET", f"/content/{page}?trigger=viewed", headers=headers)
    walk.rest("GET", "/content?title=Read once&spaceKey=DOC&trigger=viewed")
    walk.rest("GET", "/content/99?trigger=viewed", 404)
    assert walk.ok("GET", views)["count"] == 3
    assert walk.ok("GET", viewers)["count"] == 2
    assert walk.ok("GET", f"/analytics/content/{other}/views")["count"] == 1
    assert walk.ok("GET", f"{views}?fromDate=2026-01-31")["count"] == 3
    assert walk.ok("GET", f"{viewers}?fromDate=2026-02-01T00:00:00.000Z")["count"] == 0

    for what in ("views", "viewers"):
        walk.no("GET", f"/analytics/content/0/{what}", 404)
        walk.no("GET", f"/analytics/content/{page}/{what}?fromDate=monday", 400)
        walk.no("GET", f"/analytics/content/page/{what}", 400)
