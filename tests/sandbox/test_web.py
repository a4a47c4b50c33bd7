"""The web page, as somebody with a browser and no script uses it: pages, their tree, the plain editor, the history."""

import re
from typing import Any

Rest = Browser = Any


def test_the_spaces_are_listed(browser: Browser) -> None:
    """The first page shows every space and how many pages it has."""
    page = browser.get("/wiki/")
    assert "Handbook" in page
    assert "DOC · 1 page<" in page


def test_a_page_is_shown_with_its_tree_and_way(rest: Rest, browser: Browser) -> None:
    """Tree, way, title, author and text stand where a reader looks for them."""
    top = rest.page("Top")
    page = rest.page("Coffee & tea", "<p>Boil <strong>water</strong>.</p>", parent=top["id"])
    rest("POST", f"/content/{page['id']}/label", json={"name": "drinks"})
    shown = browser.get("/wiki" + rest("GET", f"/content/{page['id']}")["_links"]["webui"])
    assert "<p>Boil <strong>water</strong>.</p>" in shown
    assert "Coffee &amp; tea" in shown
    assert '<p class="way"><a href="/wiki/spaces/DOC/pages/' in shown
    assert "version 1" in shown
    assert "drinks" in shown
    assert "Handbook" in browser.get("/wiki/spaces/DOC")
    assert "Boil" in browser.get(f"/wiki/pages/viewpage.action?pageId={page['id']}")


def test_an_edit_is_saved_as_the_next_version(rest: Rest, browser: Browser) -> None:
    """The plain editor keeps line ends and everything that was not touched."""
    page = rest.page("Guide", "<p>one</p>\n<p>two &amp; three</p>")
    form = browser.get(f"/wiki/pages/edit/{page['id']}")
    shown = browser.submit(form, path="/edit/", message="by hand", title="Guide 2")
    assert "by hand" in shown
    assert rest.storage(page["id"]) == "<p>one</p>\n<p>two &amp; three</p>"
    assert rest("GET", f"/content/{page['id']}")["title"] == "Guide 2"


def test_saving_without_a_change_makes_no_version(rest: Rest, browser: Browser) -> None:
    """Opening and saving the editor is no edit."""
    page = rest.page("Guide", "<p>one</p>\n<p>two</p>")
    browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), path="/edit/")
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 1


def test_a_stale_form_is_a_conflict_that_keeps_the_text(rest: Rest, browser: Browser) -> None:
    """Nothing typed is lost: the form comes back with the text and the difference, and can be saved on purpose."""
    page = rest.page("Guide", "<p>one</p>")
    form = browser.get(f"/wiki/pages/edit/{page['id']}")
    rest.save(page, 2, body="<p>theirs</p>")
    clash = browser.submit(form, 409, path="/edit/", body="<p>mine</p>")
    assert "&lt;p&gt;mine&lt;/p&gt;</textarea>" in clash
    assert "-&lt;p&gt;theirs&lt;/p&gt;" in clash
    assert rest.storage(page["id"]) == "<p>theirs</p>"
    browser.submit(clash, path="/edit/")
    assert rest.storage(page["id"]) == "<p>mine</p>"


def test_malformed_text_comes_back_with_the_reason(rest: Rest, browser: Browser) -> None:
    """The place of the mistake is shown, and the text is still there to mend."""
    page = rest.page("Guide", "<p>one</p>")
    shown = browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), 400, path="/edit/", body="<p>oops")
    assert "Unexpected close tag" in shown
    assert "&lt;p&gt;oops</textarea>" in shown


def test_a_save_like_the_cloud_editor_rebuilds_the_body(rest: Rest, browser: Browser) -> None:
    """The second button shows what a colleague's save in the rich editor does."""
    page = rest.page("Guide", "<ul><li>one</li></ul>")
    browser.submit(browser.get(f"/wiki/pages/edit/{page['id']}"), path="/edit/", how="rich")
    assert re.search(r'<li local-id="[^"]+"><p local-id="[^"]+">one</p></li>', rest.storage(page["id"]))


def test_pages_are_created_and_deleted_by_form(rest: Rest, browser: Browser) -> None:
    """A new page hangs under the page it was made from; a deleted one goes to the trash."""
    top = rest.page("Top")
    form = browser.get(f"/wiki/pages/create/DOC?parent={top['id']}")
    shown = browser.submit(form, path="/create/", title="Fresh", body="<p>new</p>")
    made = rest("GET", "/content?spaceKey=DOC&title=Fresh&expand=ancestors")["results"][0]
    assert made["ancestors"][-1]["id"] == top["id"]
    browser.submit(shown, path="/delete/")
    assert rest("GET", f"/content/{made['id']}?status=trashed")["status"] == "trashed"


def test_the_history_shows_what_changed_and_restores(rest: Rest, browser: Browser) -> None:
    """Versions are listed with author and message, compared as a diff, and brought back."""
    page = rest.page("Guide", "<p>same</p><p>old</p>")
    rest.save(page, 2, body="<p>same</p><p>new</p>")
    shown = browser.get(f"/wiki/pages/history/{page['id']}")
    assert "-&lt;p&gt;old&lt;/p&gt;" in shown
    assert "+&lt;p&gt;new&lt;/p&gt;" in shown
    browser.submit(shown, path="/restore/")
    assert rest.storage(page["id"]) == "<p>same</p><p>old</p>"


def test_a_form_from_elsewhere_is_refused(rest: Rest, browser: Browser) -> None:
    """Without the token that only our pages know nothing happens."""
    page = rest.page("Guide")
    assert browser.client.post(f"/wiki/pages/delete/{page['id']}").status_code == 403
    browser.get("/wiki/")
    assert browser.client.post(f"/wiki/pages/delete/{page['id']}", data={"csrf": "guess"}).status_code == 403
    assert rest("GET", f"/content/{page['id']}")["status"] == "current"


def test_the_cookie_of_the_web_page_opens_nothing_of_the_api(browser: Browser) -> None:
    """A browser that looked at the web page has no rights over REST."""
    browser.get("/wiki/")
    assert browser.client.get("/wiki/rest/api/content").status_code == 403


def test_titles_and_messages_are_escaped(rest: Rest, browser: Browser) -> None:
    """Text of users is text, everywhere, and the policy lets no script run but ours."""
    page = rest.page("<script>alert(1)</script>", "<p>x</p>")
    sent = {
        "type": "page",
        "title": "<script>alert(1)</script>",
        "body": {"storage": {"value": "<p>y</p>"}},
        "version": {"number": 2, "message": "<script>"},
    }
    rest("PUT", f"/content/{page['id']}", json=sent)
    for path in (
        f"/wiki/spaces/DOC/pages/{page['id']}",
        f"/wiki/pages/edit/{page['id']}",
        f"/wiki/pages/history/{page['id']}",
    ):
        answer = browser.client.get(path)
        scripts = re.findall("<script[^>]*>", answer.get_data(as_text=True))
        assert scripts == ['<script type="module" src="/wiki/page.js">']
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_missing_page_is_said_in_a_page(browser: Browser) -> None:
    """Even an error is a page with a way back."""
    assert "All spaces" in browser.get("/wiki/pages/edit/999", 404)
    assert "Spaces" in browser.get("/wiki/")
    assert browser.get("/wiki/style.css")
