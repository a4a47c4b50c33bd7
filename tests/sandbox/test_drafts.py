"""What somebody has open in the editor and not published yet."""

from typing import Any

import pytest

from confsync.sandbox import Sandbox
from confsync.sandbox.errors import NotFound

Rest = Browser = Any


@pytest.fixture
def page(rest: Rest, sandbox: Sandbox) -> Any:
    """A page on which jane has a draft open."""
    sandbox.create_user("jane")
    made = rest.page("Guide", "<p>published</p>")
    sandbox.save_draft(made["id"], "jane", "Guide, soon", "<p>secret plan</p>")
    return made


def draft_of(rest: Rest, page: Any, expect: int = 200) -> Any:
    return rest("GET", f"/content/{page['id']}?status=draft&expand=body.storage,version", expect)


def test_a_draft_is_read_apart_from_the_page(rest: Rest, page: Any) -> None:
    """Whoever asks for the draft gets its text and author; the page itself stays as it was."""
    draft = draft_of(rest, page)
    assert (draft["id"], draft["status"], draft["title"]) == (page["id"], "draft", "Guide, soon")
    assert draft["body"]["storage"]["value"] == "<p>secret plan</p>"
    assert (draft["version"]["number"], draft["version"]["by"]["displayName"]) == (1, "Jane")
    assert draft["version"]["when"] > page["version"]["when"]
    read = rest("GET", f"/content/{page['id']}?expand=body.storage,version")
    assert (read["title"], read["status"], read["version"]["number"]) == ("Guide", "current", 1)
    assert read["body"]["storage"]["value"] == "<p>published</p>"


def test_a_page_without_a_draft_has_none(rest: Rest) -> None:
    """Nothing open is 404, for reading and for discarding; the page is not touched by either."""
    page = rest.page("Guide")
    draft_of(rest, page, 404)
    rest("DELETE", f"/content/{page['id']}?status=draft", 404)
    assert rest("GET", f"/content/{page['id']}")["status"] == "current"


def test_a_draft_is_discarded_by_itself(rest: Rest, page: Any) -> None:
    """Discarding throws away the draft and leaves the page."""
    rest("DELETE", f"/content/{page['id']}?status=draft", 204)
    draft_of(rest, page, 404)
    assert rest.storage(page["id"]) == "<p>published</p>"


def test_a_published_save_overrides_the_draft(rest: Rest, page: Any) -> None:
    """A new version over REST costs a colleague the open draft; a save that changes nothing does not."""
    rest.save(page, 2, body="<p>published</p>")
    assert draft_of(rest, page)["title"] == "Guide, soon"
    rest.save(page, 3, 409, body="<p>stale</p>")
    assert draft_of(rest, page)["title"] == "Guide, soon"
    rest.save(page, 2, body="<p>pushed</p>")
    draft_of(rest, page, 404)


def test_the_draft_of_a_page_cannot_be_written_over_rest(rest: Rest, page: Any) -> None:
    """PUT with the status of a draft is refused and changes neither text."""
    answer = rest.save(page, 2, 409, body="<p>x</p>", status="draft")
    assert "draft pages cannot be updated" in answer["message"]
    assert draft_of(rest, page)["body"]["storage"]["value"] == "<p>secret plan</p>"
    assert rest.storage(page["id"]) == "<p>published</p>"


def test_drafts_are_in_no_listing_and_no_search(rest: Rest, page: Any) -> None:
    """Only who asks for the draft of a page finds it."""
    listed = rest("GET", "/content?spaceKey=DOC&status=any&expand=body.storage,version")["results"]
    assert [row["title"] for row in listed] == ["Handbook", "Guide"]
    assert rest("GET", "/content?spaceKey=DOC&status=draft")["size"] == 0
    assert rest("GET", "/content?spaceKey=DOC&title=Guide, soon&status=any")["size"] == 0
    for cql in ('text ~ "secret"', 'title ~ "soon"'):
        assert rest("GET", "/content/search", query_string={"cql": cql})["size"] == 0
    assert rest("GET", f"/content/{page['id']}/version")["size"] == 1


def test_a_deleted_page_answers_for_no_draft_and_takes_it_along(rest: Rest, sandbox: Sandbox, page: Any) -> None:
    """A page in the trash has no draft to read; nothing of it is left when the page is purged."""
    rest("DELETE", f"/content/{page['id']}", 204)
    draft_of(rest, page, 404)
    assert sandbox.store.value("SELECT count(*) FROM draft") == 1
    rest("DELETE", f"/content/{page['id']}?status=trashed", 204)
    assert sandbox.store.value("SELECT count(*) FROM draft") == 0


def test_only_published_pages_have_an_open_draft(rest: Rest, sandbox: Sandbox) -> None:
    """What was never published is a draft already."""
    idea = rest.page("Idea", status="draft")
    with pytest.raises(NotFound):
        sandbox.save_draft(idea["id"], "admin", "Idea", "<p>x</p>")
    assert rest("GET", f"/content/{idea['id']}?status=draft")["status"] == "draft"


def test_the_editor_keeps_a_draft_and_resumes_it(rest: Rest, browser: Browser) -> None:
    """Typing can be put away unpublished, is there again the next day, and can be published then."""
    page = rest.page("Guide", "<p>one</p>\n<p>two</p>")
    edit = f"/wiki/pages/edit/{page['id']}"
    shown = browser.submit(browser.get(edit), path="/edit/", how="draft", title="Guide 2", body="<p>mine</p>\r\n")
    assert "left a draft open" in shown
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 1
    resumed = browser.get(edit)
    assert 'value="Guide 2"' in resumed
    browser.submit(resumed, path="/edit/")
    assert (rest.storage(page["id"]), rest("GET", f"/content/{page['id']}")["title"]) == ("<p>mine</p>\n", "Guide 2")
    draft_of(rest, page, 404)


def test_a_draft_is_discarded_in_the_editor(rest: Rest, browser: Browser, page: Any) -> None:
    """One button gives up what was typed; the page is as it was."""
    browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), path="/edit/", how="discard")
    draft_of(rest, page, 404)
    assert rest.storage(page["id"]) == "<p>published</p>"


def test_publishing_what_the_editor_showed_consumes_a_colleagues_draft(rest: Rest, browser: Browser, page: Any) -> None:
    """The draft of a page is shared: whoever resumes it may publish it."""
    browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), path="/edit/")
    assert rest.storage(page["id"]) == "<p>secret plan</p>"
    draft_of(rest, page, 404)


def test_publishing_beside_a_colleagues_draft_leaves_it_open(
    rest: Rest, browser: Browser, sandbox: Sandbox, page: Any
) -> None:
    """A draft that was saved after the editor was opened is not in what is published, so it is not lost."""
    form = browser.get(f"/wiki/pages/edit/{page['id']}")
    sandbox.save_draft(page["id"], "jane", "Guide, soon", "<p>newer plan</p>")
    browser.submit(form, path="/edit/", body="<p>admin's</p>")
    assert rest.storage(page["id"]) == "<p>admin's</p>"
    assert draft_of(rest, page)["body"]["storage"]["value"] == "<p>newer plan</p>"


def test_a_malformed_draft_comes_back_with_the_reason(rest: Rest, browser: Browser) -> None:
    """A draft is storage format like any other text, and what was typed is still in the form."""
    page = rest.page("Guide")
    shown = browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), 400, path="/edit/", how="draft", body="<p>o")
    assert "Unexpected close tag" in shown
    assert "&lt;p&gt;o</textarea>" in shown
    draft_of(rest, page, 404)
