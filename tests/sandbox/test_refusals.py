"""What comes back from the trash under which title, and requests that are wrong: refused in words, never an error 500."""

import json
from typing import Any

import pytest

Rest = Any

TAKEN = "A page with this title already exists"


def trashed(rest: Rest, title: str) -> Any:
    page = rest.page(title)
    rest("DELETE", f"/content/{page['id']}", 204)
    return page


def test_a_page_comes_back_under_another_title_when_its_own_is_taken(rest: Rest) -> None:
    """Confluence judges the title that the page will have, not the one it had."""
    page = trashed(rest, "A")
    rest.page("a")
    back = rest.save(page, 2, title="A, restored", status="current")
    assert (back["title"], back["status"], back["version"]["number"]) == ("A, restored", "current", 2)
    assert rest("GET", f"/content/{page['id']}")["title"] == "A, restored"


def test_a_page_does_not_come_back_under_a_taken_title(rest: Rest) -> None:
    """The answer is 400 with the words for a duplicate title; the page stays in the trash."""
    page = trashed(rest, "A")
    rest.page("A")
    rest.page("B")
    for title in ("A", "b"):
        assert TAKEN in rest.save(page, 2, 400, title=title, status="current")["message"]
    rest("GET", f"/content/{page['id']}", 404)
    assert rest("GET", f"/content/{page['id']}?status=trashed")["version"]["number"] == 1


def test_a_draft_is_published_under_a_free_title_only(rest: Rest) -> None:
    """A draft may have any title; what counts is the one it is published under."""
    rest.page("A")
    draft = rest.page("A", status="draft")
    assert TAKEN in rest.save(draft, 1, 400, status="current")["message"]
    assert rest.save(draft, 1, title="A, too", status="current")["title"] == "A, too"


def test_a_page_cannot_be_moved_under_its_own_archived_descendants_child(rest: Rest) -> None:
    """An archived page keeps its place in the tree: a loop through it is a loop."""
    top = rest.page("Top")
    middle = rest.page("Middle", parent=top["id"])
    leaf = rest.page("Leaf", parent=middle["id"])
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(middle["id"])}]})
    rest("PUT", f"/content/{top['id']}/move/append/{leaf['id']}", 400)


JUNK = (
    1, True, "x", [1], ["x"], [None], {"id": "x"}, {"id": 10**30}, [{}], [{"id": 10**30}], [{"id": []}], "\ud800",
    "a\0b", {"number": "2"}, {"storage": "x"}, {"storage": {"value": [1]}}, {"labels": 1}, {"labels": [1]},
    {"labels": {"results": 1}}, {"properties": 1}, {"properties": {"\ud800": 1}}, "t" * 300,
)  # fmt: skip


@pytest.mark.parametrize(
    "field", ["type", "title", "status", "version", "ancestors", "body", "metadata", "space", "container"]
)
@pytest.mark.parametrize("state", ["new", "current", "trashed", "draft", "archived"])
def test_no_body_of_a_request_makes_the_site_fail(rest: Rest, state: str, field: str) -> None:
    """A part of the wrong type is refused, or left out of account; it is never an error of the site."""
    for number, junk in enumerate(JUNK):
        title = f"Page {number}"
        sent = {"type": "page", "title": title, "space": {"key": "DOC"}, "version": {"number": 2}, field: junk}
        method, path = "POST", "/content"
        if state != "new":
            page = rest.page(title, **({"status": "draft"} if state == "draft" else {}))
            method, path = "PUT", f"/content/{page['id']}"
        if state == "trashed":
            rest("DELETE", path, 204)
        if state == "archived":
            rest("POST", "/content/archive", 202, json={"pages": [{"id": int(page["id"])}]})
        answer = rest.send(method, path, data=json.dumps(sent), content_type="application/json")
        assert answer.status_code < 500, (sent, answer.get_data(as_text=True))
