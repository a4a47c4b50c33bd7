"""What hangs on a page in the web page: comments, labels, files, tasks, search, moves; all of it without a script."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

Rest = Browser = Any


def post(browser: Browser, path: str, expect: int = 200, **fields: Any) -> str:
    csrf = re.findall('name="csrf" value="([^"]+)"', browser.get("/wiki/pages/create/DOC"))[0]
    answer = browser.client.post(f"/wiki{path}", data={"csrf": csrf, **fields}, follow_redirects=True)
    assert answer.status_code == expect, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def comments(rest: Rest, page: Any, kind: str = "footer") -> list[Any]:
    found: list[Any] = rest("GET", f"/wiki/api/v2/pages/{page['id']}/{kind}-comments?body-format=storage")["results"]
    return found


def test_comments_are_written_and_answered_as_threads(rest: Rest, browser: Browser) -> None:
    """A comment and its answer stand under the page, the answer inside the thread, and are there over REST."""
    page = rest.page("Guide")
    post(browser, f"/pages/comment/{page['id']}", text="First\nline\r\n\r\nWith <b> & more")
    [first] = comments(rest, page)
    assert first["body"]["storage"]["value"] == "<p>First<br />line</p><p>With &lt;b&gt; &amp; more</p>"
    shown = post(browser, f"/pages/comment/{page['id']}", text="An answer", parent=first["id"])
    [answer] = rest("GET", f"/wiki/api/v2/footer-comments/{first['id']}/children")["results"]
    thread = shown.split(f'id="comment-{first["id"]}"')[1]
    assert f'id="comment-{answer["id"]}"' in thread.split('<div class="replies">')[1]
    assert len(comments(rest, page)) == 1


def test_a_text_is_commented_on_where_it_was_selected(rest: Rest, browser: Browser) -> None:
    """Of equal texts the one is marked that has what the reader saw before it, and it stands out in the page."""
    page = rest.page("Guide", "<p>Boil the water.</p><p>Pour <strong>the</strong> water.</p>")
    shown = post(
        browser, f"/pages/comment/{page['id']}", text="How much?", quote="water", before="Boil the water.Pour the "
    )
    assert "the</strong> <ac:inline-comment-marker ac:ref=" in rest.storage(page["id"])
    assert re.search(r'the</strong> <mark class="inline-comment-marker"[^>]*>water</mark>', shown)
    assert comments(rest, page, "inline")[0]["properties"]["inlineOriginalSelection"] == "water"
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 1


def test_a_thread_on_a_text_is_resolved_and_reopened(rest: Rest, browser: Browser) -> None:
    """A resolved text stands out no longer, and does again when the thread is opened again."""
    page = rest.page("Guide", "<p>Boil the water.</p>")
    assert "<mark" in post(browser, f"/pages/comment/{page['id']}", text="How much?", quote="the water")
    number = comments(rest, page, "inline")[0]["id"]
    shown = post(browser, f"/comments/{number}/resolve")
    assert "<mark" not in shown
    assert "1 resolved" in shown
    assert comments(rest, page, "inline")[0]["resolutionStatus"] == "resolved"
    assert "<mark" in post(browser, f"/comments/{number}/reopen")
    assert "How much?" not in post(browser, f"/comments/{number}/delete")
    assert comments(rest, page, "inline") == []


@pytest.mark.parametrize("sent", [{"text": "  "}, {"text": "kept text", "quote": "not on the page"}])
def test_a_comment_that_cannot_be_stored_comes_back(rest: Rest, browser: Browser, sent: dict[str, str]) -> None:
    """The reason stands on the page, and what was typed is still in the form."""
    page = rest.page("Guide")
    shown = post(browser, f"/pages/comment/{page['id']}", 400, **sent)
    assert 'role="alert"' in shown
    assert sent["text"].strip() in shown.split('id="on-text"')[1]
    assert comments(rest, page) == []


def test_an_answer_stays_on_the_page_of_its_thread(rest: Rest, browser: Browser) -> None:
    """A thread of one page cannot be answered from another."""
    page, other = rest.page("Guide"), rest.page("Other")
    post(browser, f"/pages/comment/{page['id']}", text="First")
    post(browser, f"/pages/comment/{other['id']}", 404, text="Lost", parent=comments(rest, page)[0]["id"])
    assert comments(rest, other) == []


def test_labels_are_added_and_removed(rest: Rest, browser: Browser) -> None:
    """Several at once, in the form that Confluence keeps; a bad one is explained."""
    page = rest.page("Guide")
    assert ">how-to<" in post(browser, f"/pages/label/{page['id']}", add="How-To, tea")
    post(browser, f"/pages/label/{page['id']}", remove="tea")
    assert [one["name"] for one in rest("GET", f"/content/{page['id']}/label")["results"]] == ["how-to"]
    assert "is invalid" in post(browser, f"/pages/label/{page['id']}", 400, add="a(b")


def test_files_are_attached_shown_and_deleted(rest: Rest, browser: Browser) -> None:
    """An uploaded image is shown in the page; the same name again is its next version."""
    page = rest.page("Guide", '<p><ac:image><ri:attachment ri:filename="Über uns.png" /></ac:image></p>')
    place = f"/pages/attach/{page['id']}"
    post(browser, place, file=(io.BytesIO(b"one"), "Über uns.png"))
    shown = post(browser, place, file=(io.BytesIO(b"other"), "Über uns.png"))
    address = re.findall(r'<img class="confluence-embedded-image" src="([^"]+)"', shown)[0].replace("&amp;", "&")
    assert browser.client.get(address).data == b"other"
    [file] = rest("GET", f"/content/{page['id']}/child/attachment?expand=version")["results"]
    assert (file["title"], file["version"]["number"]) == ("Über uns.png", 2)
    assert "No file was chosen" in post(browser, place, 400)
    post(browser, f"/pages/detach/{file['id']}")
    assert rest("GET", f"/content/{page['id']}/child/attachment")["results"] == []


def test_a_task_is_ticked_in_the_page(rest: Rest, browser: Browser) -> None:
    """The tick is in the storage format, as a new version, and a second one takes it away."""
    body = "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>tea</ac:task-body></ac:task></ac:task-list>"
    page = rest.page("Guide", body)
    shown = post(browser, f"/pages/task/{page['id']}", task="1")
    assert "<ac:task-status>complete</ac:task-status>" in rest.storage(page["id"])
    assert 'value="1" role="checkbox" aria-checked="true"' in shown
    assert "version 2" in shown
    post(browser, f"/pages/task/{page['id']}", task="1")
    assert "<ac:task-status>incomplete</ac:task-status>" in rest.storage(page["id"])
    post(browser, f"/pages/task/{page['id']}", 404, task="7")


def test_pages_are_liked_and_watched(rest: Rest, browser: Browser) -> None:
    """Both are switches: once on, twice off."""
    page = rest.page("Guide")
    me = rest("GET", "/user/current")["accountId"]
    likes = f"/wiki/api/v2/pages/{page['id']}/likes/users"
    post(browser, f"/pages/like/{page['id']}")
    assert [one["accountId"] for one in rest("GET", likes)["results"]] == [me]
    post(browser, f"/pages/like/{page['id']}")
    assert rest("GET", likes)["results"] == []
    before = rest("GET", f"/user/watch/content/{page['id']}")["watching"]
    post(browser, f"/pages/watch/{page['id']}")
    assert rest("GET", f"/user/watch/content/{page['id']}")["watching"] is not before


def test_a_page_is_moved_by_the_title_of_another(rest: Rest, browser: Browser) -> None:
    """It hangs where the form said; a title that is not there, or a loop, is explained."""
    one, two = rest.page("One"), rest.page("Two")
    post(browser, f"/pages/move/{two['id']}", position="append", target="one")
    assert rest("GET", f"/content/{two['id']}?expand=ancestors")["ancestors"][-1]["id"] == one["id"]
    assert "no page called" in post(browser, f"/pages/move/{two['id']}", 400, position="append", target="None")
    assert "descendants" in post(browser, f"/pages/move/{one['id']}", 400, position="append", target="Two")
    assert "Two" in browser.get(f"/wiki/spaces/DOC/branch/{one['id']}")
    assert 'list="titles"' in browser.get(f"/wiki/pages/move/{two['id']}")


def test_search_shows_the_words_where_they_were_found(rest: Rest, browser: Browser) -> None:
    """Pages, comments and files are found by words, with the text around them; hits stand out, text stays text."""
    page = rest.page("Tea", f"<p>{'leaf ' * 100}the &lt;b&gt; Samovar stands here {'leaf ' * 100}</p>")
    post(browser, f"/pages/comment/{page['id']}", text="What is a samovar?")
    shown = browser.get("/wiki/search?q=samovar&space=DOC")
    assert "2 results" in shown
    assert "the &lt;b&gt; <mark>Samovar</mark> stands" in shown
    assert f"#comment-{comments(rest, page)[0]['id']}" in shown
    assert "0 results" in browser.get('/wiki/search?q=nothing "\\')


def test_search_takes_cql_and_pages(rest: Rest, browser: Browser) -> None:
    """A query in CQL is answered or its mistake explained, and long lists come in pages."""
    for number in range(25):
        rest.page(f"Page {number:02}")
    shown = browser.get("/wiki/search?cql=type=page AND title ~ 'page' ORDER BY title")
    assert "25 results" in shown
    assert "Page 19" in shown.split("</nav>")[-1]
    assert "Page 20" not in shown
    assert "Page 24" in browser.get("/wiki/search?cql=type=page AND title ~ 'page' ORDER BY title&start=20")
    assert "Could not parse cql" in browser.get("/wiki/search?cql=((", 400)
