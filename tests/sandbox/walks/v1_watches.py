"""Who watches what."""

from __future__ import annotations

from tests.sandbox.contract import Walk

TOKEN = {"X-Atlassian-Token": "no-check"}
JANE = {"Authorization": "Bearer jane"}


def walk_watches(walk: Walk) -> None:
    """Whoever creates a page watches it; contents, spaces and labels are watched and watched no longer."""
    jane = walk.site.create_user("jane")
    me = walk.ok("GET", "/user/current")["accountId"]
    page = walk.rest.page("Watched")["id"]
    walk.rest("POST", f"/content/{page}/label", json=[{"prefix": "global", "name": "news"}])
    assert walk.ok("GET", f"/user/watch/content/{page}") == {"watching": True}
    for place, first in ((f"content/{page}", False), ("space/DOC", False), ("label/news", False)):
        path = f"/user/watch/{place}"
        assert walk.ok("GET", f"{path}?accountId={jane}") == {"watching": first}
        walk.ok("POST", path, 204, headers={**TOKEN, **JANE})
        assert walk.ok("GET", path, headers=JANE) == {"watching": True}
        walk.no("GET", f"{path}?accountId={me}", 403, headers=JANE)

    [mine, hers] = walk.ok("GET", f"/content/{page}/notification/child-created")["results"]
    assert (mine["watcher"]["accountId"], hers["watcher"]["accountId"]) == (me, jane)
    assert hers["contentId"] == int(page)
    for place in (f"/content/{page}/notification/created", "/space/DOC/watch"):
        [found] = walk.ok("GET", place)["results"]
        assert (found["watcher"]["accountId"], found["spaceKey"]) == (jane, "DOC")

    for place in (f"content/{page}", "space/DOC", "label/news"):
        walk.ok("DELETE", f"/user/watch/{place}?accountId={jane}", 204, headers=TOKEN)
        assert walk.ok("GET", f"/user/watch/{place}?accountId={jane}") == {"watching": False}


def walk_refused_watches(walk: Walk) -> None:
    """What is not there is not watched, and a request without the header that no foreign page can send is refused."""
    page = walk.rest.page("Watched")["id"]
    walk.rest("POST", f"/content/{page}/label", json=[{"prefix": "global", "name": "news"}])
    assert "XSRF" in walk.no("DELETE", f"/user/watch/content/{page}", 403)
    assert "XSRF" in walk.no("POST", "/user/watch/space/DOC", 403)
    assert "XSRF" in walk.no("POST", "/user/watch/label/news", 403)
    assert walk.ok("GET", "/user/watch/label/news") == {"watching": False}
    for place, status in (("content/99", 404), ("space/NONE", 404), ("label/unused", 403)):
        for method in ("GET", "POST", "DELETE"):
            walk.no(method, f"/user/watch/{place}", status, headers=TOKEN)
    for path in ("/content/99/notification/child-created", "/content/99/notification/created", "/space/NONE/watch"):
        walk.no("GET", path, 404)
