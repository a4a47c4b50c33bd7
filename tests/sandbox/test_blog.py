"""Blog posts: content like pages, with titles of their own and no place in the tree."""

import io
from typing import Any

import pytest

Rest = Browser = Any


@pytest.fixture
def post(rest: Rest) -> Any:
    return rest.page("News", "<p>first</p>", type="blogpost")


def save(rest: Rest, post: Any, number: int, expect: int = 200, **more: Any) -> Any:
    return rest.save(post, number, expect, **{"type": "blogpost", **more})


def listed(rest: Rest, **query: str) -> list[str]:
    rows = rest("GET", "/content", query_string={"type": "blogpost", "spaceKey": "DOC", **query})["results"]
    return [row["title"] for row in rows]


def test_a_post_is_created_read_and_saved(rest: Rest, post: Any) -> None:
    """Versions and bodies work as on pages; the type is part of what is said and cannot be changed."""
    saved = save(rest, post, 2, title="Old news", body="<p>second</p>")
    assert (saved["type"], saved["title"], saved["version"]["number"]) == ("blogpost", "Old news", 2)
    assert rest.storage(post["id"]) == "<p>second</p>"
    save(rest, post, 2, 409, body="<p>late</p>")
    save(rest, post, 3, 400, type="page", body="<p>x</p>")


def test_a_post_has_no_ancestors(rest: Rest, post: Any) -> None:
    """What is sent of ancestors is left out of account, a post cannot be moved into the tree, and nothing hangs on it."""
    page = rest.page("Top")
    made = rest.page("More", type="blogpost", parent=page["id"])
    assert made["ancestors"] == []
    assert save(rest, post, 2, ancestors=[{"id": page["id"]}], body="<p>2</p>")["ancestors"] == []
    rest("PUT", f"/content/{post['id']}/move/append/{page['id']}", 400)
    sent = {"type": "page", "title": "Under", "space": {"key": "DOC"}, "ancestors": [{"id": post["id"]}]}
    rest("POST", "/content", 400, json=sent)
    assert rest("GET", f"/content/{page['id']}/child/page")["size"] == 0


def test_posts_are_listed_by_type_and_day(rest: Rest, post: Any, clock: Any) -> None:
    """A listing of posts has no pages in it, and the other way round; the day of a post is in its history."""
    clock.forward(days=1)
    rest.page("Tomorrow", type="blogpost")
    assert listed(rest) == ["News", "Tomorrow"]
    assert listed(rest, postingDay="2026-01-31") == ["News"]
    assert listed(rest, title="tomorrow") == ["Tomorrow"]
    row = rest("GET", "/content?type=blogpost&spaceKey=DOC&expand=history,ancestors,version,body.storage")["results"][0]
    assert row["history"]["createdDate"].startswith("2026-01-31T12:00:")
    assert (row["ancestors"], row["body"]["storage"]["value"]) == ([], "<p>first</p>")
    assert [one["title"] for one in rest("GET", "/content?spaceKey=DOC")["results"]] == ["Handbook"]
    assert rest("GET", "/space/DOC/content/blogpost")["size"] == 2


def test_posts_have_titles_of_their_own(rest: Rest, post: Any) -> None:
    """A page may be called like a post; two posts of a space may not."""
    rest.page("News")
    sent = {"type": "blogpost", "title": "nEWS", "space": {"key": "DOC"}}
    assert "already exists" in rest("POST", "/content", 400, json=sent)["message"]
    other = rest.page("Other", type="blogpost")
    save(rest, other, 2, 400, title="News")


def test_search_finds_pages_posts_and_files_by_type(rest: Rest, post: Any) -> None:
    """One query sees everything that a space holds, each row with its type and its page."""
    path, headers = f"/content/{post['id']}/child/attachment", {"X-Atlassian-Token": "no-check"}
    rest("POST", path, data={"file": (io.BytesIO(b"x"), "chart.png")}, headers=headers)
    query = {"cql": "space = DOC and type IN (page, blogpost, attachment)", "expand": "version,container"}
    rows = rest("GET", "/content/search", query_string=query)["results"]
    assert [(row["type"], row["title"]) for row in rows] == [
        ("page", "Handbook"), ("blogpost", "News"), ("attachment", "chart.png")
    ]  # fmt: skip
    assert rows[2]["container"]["id"] == post["id"]


def test_a_post_has_labels_and_files_and_goes_to_the_trash_with_them(rest: Rest, post: Any) -> None:
    """What hangs on a post is out of sight while it is in the trash, and back with it."""
    path = f"/content/{post['id']}"
    rest("POST", f"{path}/label", json={"name": "tea"})
    rest("POST", f"{path}/child/attachment", data={"file": (io.BytesIO(b"data"), "a.txt")},
         headers={"X-Atlassian-Token": "no-check"})  # fmt: skip
    query = {"cql": "label = tea or type = attachment"}
    assert rest("GET", "/content/search", query_string=query)["size"] == 2
    rest("DELETE", path, 204)
    rest("GET", path, 404)
    assert (listed(rest), rest("GET", "/content/search", query_string=query)["size"]) == ([], 0)
    assert listed(rest, status="trashed") == ["News"]
    back = save(rest, post, 2, status="current")
    assert (back["status"], back["type"]) == ("current", "blogpost")
    assert rest("GET", f"{path}?expand=metadata.labels")["metadata"]["labels"]["results"][0]["name"] == "tea"
    assert rest("GET", f"{path}/child/attachment")["results"][0]["title"] == "a.txt"


def test_posts_are_written_and_read_in_the_browser(rest: Rest, browser: Browser) -> None:
    """A space shows its blog beside its tree, newest first; a post is made, edited and deleted by form."""
    rest.page("Older", type="blogpost")
    form = browser.get("/wiki/pages/create/DOC?type=blogpost")
    shown = browser.submit(form, path="/create/", title="Fresh", body="<p>hello</p>")
    made = rest("GET", "/content?type=blogpost&spaceKey=DOC&title=Fresh&expand=ancestors")["results"][0]
    assert made["ancestors"] == []
    assert "<p>hello</p>" in shown
    assert shown.index(">Fresh</a>") < shown.index(">Older</a>")
    assert f"parent={made['id']}" not in shown
    assert "<p>hello</p>" in browser.get("/wiki" + made["_links"]["webui"])
    browser.submit(browser.get(f"/wiki/pages/edit/{made['id']}"), path="/edit/", body="<p>bye</p>")
    assert rest.storage(made["id"]) == "<p>bye</p>"
    browser.submit(browser.get(f"/wiki/pages/history/{made['id']}"), path="/restore/")
    assert rest.storage(made["id"]) == "<p>hello</p>"
    browser.submit(browser.get(f"/wiki/spaces/DOC/blog/{made['id']}"), path="/delete/")
    assert listed(rest) == ["Older"]
