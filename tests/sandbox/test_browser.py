"""The web page in a real browser, as a person uses it: read, edit, comment, look back, search, upload, tick off.

Every test fails on an error in the browser's console, be it of a script, of the policy against foreign ones, or of an
address that leads nowhere. Screenshots go to the folder that CONFSYNC_SCREENSHOTS names, for a person to look at.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Server
from tests.sandbox import chromium
from tests.sandbox.conftest import Rest

pytestmark = pytest.mark.timeout(600)  # the first test may have to install a browser
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
TASKS = "<ac:task-list>{}</ac:task-list>"
TASK = "<ac:task><ac:task-status>{}</ac:task-status><ac:task-body>{}</ac:task-body></ac:task>"
MENTION = '<ac:link><ri:user ri:account-id="nobody" /></ac:link>'
HARBOUR = (
    "<h1>Rules</h1>"
    f"<p>The <strong>first</strong> ship to arrive takes the north quay. Ask {MENTION} or read "
    '<ac:link><ri:page ri:content-title="Quays" /></ac:link>.</p>'
    '<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Tides change every six hours.</p></ac:rich-text-body>'
    "</ac:structured-macro>"
    + TASKS.format(TASK.format("incomplete", "Paint the lighthouse") + TASK.format("complete", "Mend the nets"))
    + "<h2>Depths</h2><table><tbody><tr><th>Quay</th><th>Depth</th></tr><tr><td>North</td><td>8 m</td></tr></tbody></table>"
    '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">python</ac:parameter><ac:plain-text-body>'
    '<![CDATA[def depth(quay):\n    return {"north": 8}[quay]]]></ac:plain-text-body></ac:structured-macro>'
    '<p>Harbour master: <ac:structured-macro ac:name="status"><ac:parameter ac:name="title">on duty</ac:parameter>'
    '<ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro></p>'
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c636060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)
SELECT = """(words) => {
  const walk = document.createTreeWalker(document.querySelector("#article, #surface"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    const place = node.data.indexOf(words);
    if (place >= 0) return getSelection().setBaseAndExtent(node, place, node, place + words.length);
  }
}"""


@dataclass
class Person:
    """Somebody in front of a browser."""

    page: Any
    url: str
    pictures: Path
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def look(self, name: str) -> None:
        self.page.screenshot(path=self.pictures / f"{name}.png")

    def select(self, words: str) -> None:
        self.page.evaluate(SELECT, words)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """A browser for all tests of this process."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path, reason = chromium.find_or_install()
    if not path:
        pytest.skip(f"no browser: {reason}")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("CONFSYNC_SCREENSHOTS", "")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def person(chrome: Any, app: Any, pictures: Path) -> Iterator[Person]:
    """A person with a window of their own; at the end the console must have been silent."""
    with Server(app) as server:
        context = chrome.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        one = Person(context.new_page(), server.url, pictures)
        one.page.on("console", lambda said: one.errors.append(said.text) if said.type in ("error", "warning") else None)
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        yield one
        context.close()
    assert one.errors == []


@pytest.fixture
def harbour(rest: Rest) -> Any:
    """A page with something of everything, and two more."""
    page = rest.page("Harbour", HARBOUR)
    rest.page("Quays", "<p>North and south.</p>", parent=page["id"])
    rest.page("Ships", "<p>Seven of them.</p>")
    return page


def test_a_page_is_found_in_the_tree_and_read(person: Person, harbour: Any) -> None:
    """From the spaces over the tree to a page below, which is opened in place, by mouse alone."""
    person.open("/")
    person.look("spaces")
    person.page.click("text=Handbook")
    person.page.click(".tree >> text=Ships")
    person.page.wait_for_selector("h1:text-is('Ships')")
    person.page.click("[aria-label='Pages below Harbour']")
    person.page.click(".tree >> text=Quays")
    person.page.wait_for_selector("article >> text=North and south.")
    person.page.click(".way >> text=Harbour")
    person.page.wait_for_selector(".confluence-information-macro >> text=Tides change")
    person.look("page")


def test_a_page_looks_right_in_the_dark_and_on_a_phone(person: Person, harbour: Any) -> None:
    """Colours follow the system; on a small screen nothing sticks out and the tree is one tap away."""
    person.open(f"/spaces/DOC/pages/{harbour['id']}")
    person.page.emulate_media(color_scheme="dark")
    person.look("page-dark")
    assert person.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 27, 34)"
    person.page.emulate_media(color_scheme="light")
    person.page.set_viewport_size({"width": 390, "height": 800})
    person.look("page-phone")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390
    person.page.click("text=Pages >> nth=0")
    person.page.wait_for_selector(".tree >> text=Ships")


def test_a_page_is_edited_by_typing(person: Person, harbour: Any, rest: Rest) -> None:
    """What was typed is in the storage format, in the shape of the Cloud editor; what was not touched is as it was."""
    before = rest.storage(harbour["id"])
    person.open(f"/spaces/DOC/pages/{harbour['id']}")
    person.page.click("text=Edit >> nth=0")
    person.page.click("#surface p >> nth=0", position={"x": 5, "y": 8})
    person.page.keyboard.press("End")
    person.page.keyboard.type(" Ring the bell")
    person.select("bell")
    person.page.click("[data-do=bold]")
    person.page.keyboard.press("End")
    person.page.keyboard.press("Control+b")
    person.page.keyboard.press("Enter")
    person.page.keyboard.type("Then wait.")
    person.look("editor")
    person.page.fill("[name=message]", "the bell")
    person.page.click("button[value=rich]")
    person.page.wait_for_selector("article >> text=Then wait.")
    after = rest.storage(harbour["id"])
    assert re.search(r'</ac:link>\. Ring the <strong>bell</strong></p><p local-id="[^"]+">Then wait\.</p>', after)
    assert MENTION.split("<ri:")[1].split(" /")[0] in after
    assert "The <strong>first</strong> ship" in after
    for kept in (r"<!\[CDATA\[.*?\]\]>", r"<td[^>]*>(?:<p[^>]*>)?8 m", r'ac:macro-id="[^"]+"', r"<ac:task-uuid>[^<]+"):
        found = [
            re.sub(r"<p[^>]*>| (?:ac:)?local-id=\"[^\"]*\"", "", one) for one in re.findall(kept, after, re.DOTALL)
        ]
        assert found == re.findall(kept, before, re.DOTALL)
    assert rest("GET", f"/content/{harbour['id']}?expand=version")["version"]["message"] == "the bell"


def test_saving_what_was_only_opened_changes_no_text(person: Person, harbour: Any, rest: Rest) -> None:
    """The rich editor adds what the Cloud editor adds, and nothing else, whatever the browser makes of the HTML."""
    rest.save(harbour, 2, body=rest.storage(harbour["id"]) + "<p>two</p>\n<dl><dt>odd</dt></dl>")
    person.open(f"/spaces/DOC/pages/edit-v2/{harbour['id']}")
    person.page.click("button[value=rich]")
    person.page.wait_for_selector("text=version 3")
    saved = rest.storage(harbour["id"])
    person.open(f"/spaces/DOC/pages/edit-v2/{harbour['id']}")
    person.page.click("button[value=rich]")
    person.page.wait_for_selector("#article")
    assert rest.storage(harbour["id"]) == saved
    assert "</p>\n<dl><dt>odd</dt></dl>" in saved


def test_the_toolbar_makes_what_its_buttons_say(person: Person, rest: Rest) -> None:
    """A new page with a heading, lists, tasks, a table, a panel and code, all of it in storage format."""
    person.open("/spaces/DOC")
    person.page.click("[aria-label='New page']")
    person.page.fill("[name=title]", "Night watch")
    person.page.click("#surface")
    page = person.page
    page.select_option(".toolbar select", "h2")
    page.keyboard.type("Rounds")
    page.keyboard.press("Enter")
    page.keyboard.type("Walk slowly.")
    page.keyboard.press("Enter")
    page.click("[data-do=insertUnorderedList]")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    for button, typed in (
        ("panel", "Mind the step."),
        ("tasks", "Light the lamp"),
        ("block", "lamp.on()"),
        ("table", "Hour"),
    ):
        page.click("#surface > p >> nth=-1")
        page.keyboard.press("End")
        page.click(f"[data-do={button}]")
        page.keyboard.type(typed)
    person.look("editor-new")
    page.click("button[value=rich]")
    page.wait_for_selector("h1:text-is('Night watch')")
    person.look("new-page")
    [made] = rest("GET", "/content?spaceKey=DOC&title=Night watch")["results"]
    body = re.sub(r' (?:ac:)?(?:local-id|macro-id|schema-version|task-list-id)="[^"]*"', "", rest.storage(made["id"]))
    for wanted in (
        "<h2>Rounds</h2><p>Walk slowly.</p>",
        "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
        '<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Mind the step.</p></ac:rich-text-body>',
        "<ac:task-status>incomplete</ac:task-status><ac:task-body>Light the lamp</ac:task-body>",
        "<![CDATA[lamp.on()]]>",
        "<th><p>Hour</p></th>",
    ):
        assert wanted in body


def test_a_text_is_commented_on_answered_and_resolved(person: Person, harbour: Any, rest: Rest) -> None:
    """Selected words get a comment beside them; the marker is in the storage format and survives an edit."""
    page = person.page
    person.open(f"/spaces/DOC/pages/{harbour['id']}")
    person.select("north quay")
    page.click("#select-comment")
    page.fill("#on-text textarea", "Which end of it?")
    page.click("#on-text button")
    page.wait_for_selector("mark:text-is('north quay')")
    assert re.search(
        '<ac:inline-comment-marker ac:ref="[^"]+">north quay</ac:inline-comment-marker>', rest.storage(harbour["id"])
    )
    page.click("mark >> text=north quay")
    page.click(".thread summary:text-is('Reply')")
    page.fill(".thread textarea", "The far one.")
    page.click(".thread button:text-is('Reply')")
    page.wait_for_selector(".replies >> text=The far one.")
    person.look("comments")
    page.click("text=Edit >> nth=0")
    page.click("#surface mark")
    page.keyboard.press("End")
    page.keyboard.type(" At once.")
    page.click("button[value=rich]")
    page.wait_for_selector("mark:text-is('north quay')")
    page.click("text=Resolve")
    page.wait_for_selector("text=1 resolved")
    assert page.locator("mark").count() == 0
    [thread] = rest("GET", f"/wiki/api/v2/pages/{harbour['id']}/inline-comments")["results"]
    assert thread["resolutionStatus"] == "resolved"
    assert 'ac:ref="' in rest.storage(harbour["id"])


def test_the_history_shows_what_changed(person: Person, harbour: Any, rest: Rest) -> None:
    """Two versions are compared line by line, and the old one is one click away."""
    rest.save(harbour, 2, body="<p>All ships are welcome.</p>")
    person.open(f"/spaces/DOC/pages/{harbour['id']}")
    person.page.click("text=History")
    person.page.wait_for_selector(".diff .added >> text=All ships are welcome.")
    person.look("history")
    person.page.click("text=Restore version 1")
    person.page.wait_for_selector("article >> text=Tides change")


def test_files_are_uploaded_and_tasks_ticked(person: Person, harbour: Any, rest: Rest) -> None:
    """A picture is shown where the page names it; a tick in the page is a tick in the storage format."""
    page = person.page
    rest(
        "POST",
        f"/content/{harbour['id']}/child/attachment",
        data={"file": (io.BytesIO(b"old"), "old.txt")},
        headers={"X-Atlassian-Token": "no-check"},
    )
    person.open(f"/spaces/DOC/pages/{harbour['id']}")
    page.set_input_files("#files [type=file]", {"name": "Ü 1.png", "mimeType": "image/png", "buffer": PNG})
    page.click("#files button:text-is('Attach')")
    page.wait_for_selector("#files a:text-is('Ü 1.png')")
    page.wait_for_function("document.querySelector('#files img').naturalWidth == 1")
    page.click(".tick >> nth=0")
    page.wait_for_selector(".tick[aria-checked=true] >> nth=1")
    assert rest.storage(harbour["id"]).count("<ac:task-status>complete</ac:task-status>") == 2
    page.fill("[name=add]", "harbour tides")
    page.click("#labels button:text-is('Add')")
    page.wait_for_selector(".tags >> text=tides")
    page.locator("#labels").scroll_into_view_if_needed()
    person.look("files-and-labels")


def test_words_are_searched_for(person: Person, harbour: Any) -> None:
    """The box at the top finds a page by its words and leads there."""
    person.open("/")
    person.page.fill(".top [type=search]", "lighthouse")
    person.page.keyboard.press("Enter")
    person.page.wait_for_selector(".hits mark:text-is('lighthouse')")
    person.look("search")
    person.page.click(".hits a:text-is('Harbour')")
    person.page.wait_for_selector("h1:text-is('Harbour')")


def test_two_people_edit_at_once(person: Person, harbour: Any, rest: Rest) -> None:
    """The second one to save sees both texts and loses nothing."""
    person.open(f"/spaces/DOC/pages/edit-v2/{harbour['id']}")
    rest.save(harbour, 2, body="<p>theirs</p>")
    person.page.click("#surface h1")
    person.page.keyboard.type("My ")
    person.errors.clear()
    person.page.click("button[value=rich]")
    person.page.wait_for_selector("text=Somebody else saved first")
    person.look("conflict")
    assert "My " in person.page.input_value("textarea")
    assert any("409" in one for one in person.errors)  # Chromium notes the status of the answer
    person.errors.clear()


def test_nothing_written_into_a_page_ever_runs(person: Person, rest: Rest) -> None:
    """Hostile content is text at most, in the page and in the editor."""
    hostile = (
        "<p><a href=\"javascript:document.title='hacked'\">a link</a></p>"
        '<p title="&quot;&gt;&lt;script&gt;document.title=1&lt;/script&gt;">quiet</p>'
        '<ac:structured-macro ac:name="&lt;img src=x onerror=alert(1)&gt;" />'
    )
    page = rest.page("Bait", hostile)
    for path in (f"/spaces/DOC/pages/{page['id']}", f"/spaces/DOC/pages/edit-v2/{page['id']}"):
        person.open(path)
        person.page.click("text=a link")
        assert "Bait" in person.page.title()
        assert person.page.locator("[onerror], article script, #surface script").count() == 0
