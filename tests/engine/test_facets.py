"""What a file says of its page beside the text: settings under `confluence:`, order among siblings, labels."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest

from confsync.config import Credentials, SyncConfig
from confsync.engine import Options, open_engine
from confsync.model import Effect, Policy
from confsync.remote import Session
from tests.engine.machines import SITE, Killed, Machine, Site, cloned, machine
from tests.wire import transport

FULL = Options(full=True)
HEAD = """---
confluence_page_id: "{id}"
title: Guide
confluence:
  width: full-width   # as wide as it gets
  emoji: 1f600
  state: Rough draft
  restrictions:
    update: {{users: [], groups: [confluence-users]}}
  properties:
    owner: {{team: docs, size: 3}}
---

Text.
"""


def named(site: Site, root: Path) -> tuple[Machine, str]:
    """A machine with a page whose file names settings, already agreed."""
    page = site.create("Guide")
    one = cloned(site, root)
    one.write("guide.md", HEAD.format(id=page))
    result = one.engine.sync()
    assert result.exit_code == 0, result
    return one, page


def quiet(one: Machine) -> None:
    """Another sync writes nothing."""
    one.asked()
    result = one.engine.sync(FULL)
    assert (result.done, result.problems, one.writes()) == ((), (), [])


def test_settings_that_a_file_names_are_written_to_the_site(site: Site, tmp_path: Path) -> None:
    """Width, emoji, state, restrictions and a property arrive; the text is not sent for it."""
    one, page = named(site, tmp_path / "m")
    extras = site.api.extras(page, ["content-appearance-published", "content-appearance-draft", "owner"], ["update"])
    assert extras.properties["content-appearance-published"] == "full-width"
    assert extras.properties["content-appearance-draft"] == "full-width"
    assert extras.properties["owner"] == {"team": "docs", "size": 3}
    assert extras.restrictions["update"] == {"users": (), "groups": ("confluence-users",)}
    assert site.api.state(page) == "Rough draft"
    assert site.body(page) == "<p>Text.</p>"
    quiet(one)


def test_settings_changed_on_the_site_come_into_the_file(site: Site, tmp_path: Path) -> None:
    """Only the characters of the changed values change; the comment beside one stays."""
    one, page = named(site, tmp_path / "m")
    site.api.write_property(page, "content-appearance-published", "default")
    site.api.write_property(page, "owner", {"team": "ops", "size": 3})
    site.api.set_state(page, "Rough draft")  # a property that is written takes it away
    before = one.read("guide.md")
    one.engine.sync(FULL)
    expected = before.replace("width: full-width   # as", "width: default   # as")
    assert one.read("guide.md") == expected.replace("{team: docs, size: 3}", '{"size": 3, "team": "ops"}')
    quiet(one)


def test_settings_that_no_file_names_are_never_touched(site: Site, tmp_path: Path) -> None:
    """A property of somebody else survives every push, and no file begins to name it."""
    one, page = named(site, tmp_path / "m")
    site.api.write_property(page, "vendor", [1, 2])
    one.replace("guide.md", "Text.", "Other text.")
    one.engine.sync(FULL)
    assert site.api.extras(page, ["vendor"], []).properties["vendor"] == [1, 2]
    assert "vendor" not in one.read("guide.md")


def test_a_setting_that_is_not_named_any_more_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    """Taking the line out means that confsync does not look after it; `null` is how it is taken away."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "  emoji: 1f600\n", "")
    one.replace("guide.md", "full-width", "null")
    one.engine.sync()
    properties = site.api.extras(page, ["emoji-title-published", "content-appearance-published"], []).properties
    assert properties == {"emoji-title-published": "1f600"}
    quiet(one)


def test_a_state_outlives_a_push_of_the_text(site: Site, tmp_path: Path) -> None:
    """Confluence takes the state away with every save: it is set again with the text it belongs to."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Other text.")
    assert one.engine.push().exit_code == 0
    assert site.api.state(page) == "Rough draft"
    assert "state: Rough draft" in one.read("guide.md")
    quiet(one)


def test_restrictions_of_both_sides_apply(site: Site, tmp_path: Path) -> None:
    """Who was added here and who was added there: both are in the list."""
    one, page = named(site, tmp_path / "m")
    me = site.api.me()
    site.api.restrict(page, "update", "groups", "confluence-administrators")
    one.replace("guide.md", "{users: [], groups: [confluence-users]}", f'{{users: ["{me}"], groups: [confluence-users]}}')
    one.engine.sync(FULL)
    restrictions = site.api.extras(page, [], ["update"]).restrictions["update"]
    assert restrictions == {"users": (me,), "groups": ("confluence-administrators", "confluence-users")}
    quiet(one)


def test_a_wrong_setting_is_named_with_its_line(site: Site, tmp_path: Path) -> None:
    """An unknown key or value holds that page back, and says what is meant perhaps."""
    one, _ = named(site, tmp_path / "m")
    one.replace("guide.md", "  width:", "  widht:")
    problem = one.engine.sync().problems[0]
    assert (problem.place, problem.line) == ("guide.md", 4)
    assert problem.message == "confluence: has no key 'widht': did you mean 'width'?"


# -- order among siblings


def children(site: Site) -> list[str]:
    pages = [page for page, _ in site.api.pages("DOCS") if page.parent == site.home]
    return [page.title for page in sorted(pages, key=lambda page: (page.position is None, page.position or 0))]


def numbered(site: Site, root: Path, numbers: str) -> Machine:
    """Pages A, B, C, … in this order, with `order` as given."""
    for title in "ABCDEFGH"[: len(numbers)]:
        site.create(title)
    one = cloned(site, root)
    for title, number in zip("abcdefgh", numbers, strict=False):
        one.replace(f"{title}.md", "title:", f"order: {number}\ntitle:")
    assert one.engine.sync(FULL).exit_code == 0
    return one


def test_order_in_front_matter_orders_the_siblings(site: Site, tmp_path: Path) -> None:
    """With the fewest moves: of six pages of which one is out of place, one is moved."""
    one = numbered(site, tmp_path / "m", "134562")
    assert children(site) == ["A", "F", "B", "C", "D", "E"]
    quiet(one)
    one.replace("a.md", "order: 1", "order: 9")
    one.asked()
    one.engine.sync(FULL)
    assert [path.split("?")[0] for method, path in one.writes() if method == "PUT"] == [
        f"/wiki/rest/api/content/{site.titles()['A']}/move/after/{site.titles()['E']}"
    ]
    assert children(site) == ["F", "B", "C", "D", "E", "A"]


def test_another_order_on_the_site_deals_out_the_same_numbers(site: Site, tmp_path: Path) -> None:
    """Dragging a page in the web editor changes `order` in the files, with no number that nobody chose."""
    one = numbered(site, tmp_path / "m", "123")
    site.api.move(site.titles()["C"], "before", site.titles()["A"])
    one.engine.sync(FULL)
    assert [one.read(f"{name}.md").split("order: ")[1][0] for name in "abc"] == ["2", "3", "1"]
    assert children(site) == ["C", "A", "B"]
    quiet(one)


def test_pages_without_order_stay_where_they_are(site: Site, tmp_path: Path) -> None:
    """Only who names an order is moved."""
    for title in "ABCD":
        site.create(title)
    one = cloned(site, tmp_path / "m")
    one.replace("a.md", "title:", "order: 2\ntitle:")
    one.replace("c.md", "title:", "order: 1\ntitle:")
    one.engine.sync(FULL)
    assert children(site) in (["C", "A", "B", "D"], ["B", "C", "A", "D"])
    quiet(one)


# -- drafts of colleagues


def with_draft(site: Site, root: Path, drafts: str) -> tuple[Machine, str]:
    page = site.create("Guide")
    one = cloned(site, root, sync=SyncConfig(drafts=drafts))
    site.app.sandbox.create_user("ada", "Ada", "secret")
    site.app.sandbox.save_draft(page, "ada", "Guide", "<p>Text.</p><p>Not yet published.</p>")
    one.replace("guide.md", "Text.", "Other text.")
    return one, page


def test_a_colleagues_open_draft_holds_a_push_back(site: Site, tmp_path: Path) -> None:
    """By default the page waits, and says for whom; the draft is as it was."""
    one, page = with_draft(site, tmp_path / "m", "wait")
    result = one.engine.sync()
    assert [(problem.place, problem.message) for problem in result.problems] == [
        ("guide.md", "Ada has an unpublished draft of this page")
    ]
    assert result.exit_code == 3
    assert site.body(page) == "<p>Text.</p>"
    draft = site.api.open_draft(page)
    assert draft is not None
    assert "Not yet published." in draft.body


@pytest.mark.parametrize("drafts", ["warn", "overwrite"])
def test_a_draft_that_a_push_overrides_is_in_the_trash(site: Site, tmp_path: Path, drafts: str) -> None:
    """No word of another author's draft is lost, whatever the settings say."""
    one, page = with_draft(site, tmp_path / "m", drafts)
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == "<p>Other text.</p>"
    assert site.api.open_draft(page) is None
    assert "Not yet published." in one.trash()


def test_a_page_with_a_colleagues_draft_is_not_deleted(site: Site, tmp_path: Path) -> None:
    """Deleting the file waits for the draft, too."""
    one, page = with_draft(site, tmp_path / "m", "wait")
    (one.root / "guide.md").unlink()
    assert one.engine.sync().exit_code == 3
    assert site.page(page).status == "current"


def test_comments_refuse_holds_back_an_edit_that_takes_a_comments_text(site: Site, tmp_path: Path) -> None:
    """With `comments = "refuse"` the page stays as it is, and the count is said."""
    body = '<p>One <ac:inline-comment-marker ac:ref="u1">two</ac:inline-comment-marker> three.</p><p>Four.</p>'
    page = site.create("Guide", body)
    one = cloned(site, tmp_path / "m", sync=SyncConfig(comments="refuse"))
    one.replace("guide.md", "One two three.\n\n", "")
    result = one.engine.sync()
    assert [problem.message for problem in result.problems] == [
        "1 inline comment would lose the text they stand on"
    ]
    assert site.body(page) == body
    one.write("guide.md", one.read("guide.md").replace("Four.", "One two, and three.\n\nFour."))
    assert one.engine.sync().exit_code == 0


def test_settings_reach_the_site_as_another_user_sees_it(site: Site, tmp_path: Path) -> None:
    """A restriction that a file names is obeyed: who is not in it may not edit."""
    one, page = named(site, tmp_path / "m")
    me = site.api.me()
    one.replace("guide.md", "groups: [confluence-users]", "groups: []")
    one.replace("guide.md", "users: []", f'users: ["{me}"]')
    assert one.engine.sync().exit_code == 0
    site.app.sandbox.create_user("ada", "Ada", "secret")
    session, _ = transport(site.app)
    ada = Session(SITE, "ada", "secret", transport=session, sleep=lambda s: None, random=lambda: 0.5)
    assert ada.http.put(f"{SITE}/rest/api/content/{page}", json={}, auth=("ada", "secret")).status_code in (400, 403)


def test_status_names_what_changed_beside_the_text(site: Site, tmp_path: Path) -> None:
    """A number or a setting that was edited shows offline, each under its own word."""
    one, _ = named(site, tmp_path / "m")
    one.replace("guide.md", "full-width", "max")
    assert [change.kind for change in one.engine.status().local] == ["settings"]
    two = numbered(site, tmp_path / "n", "12")
    two.replace("a.md", "order: 1", "order: 3")
    assert [(change.path, change.kind) for change in two.engine.status().local] == [("a.md", "reordered")]


@pytest.mark.parametrize("head", ["order: 3\n", "confluence:\n  width: max\n"])
def test_a_page_whose_file_names_something_can_be_deleted(site: Site, tmp_path: Path, head: str) -> None:
    """An order or a setting that nobody has changed does not bring a deleted file back."""
    page = site.create("B")
    one = cloned(site, tmp_path / "m")
    one.replace("b.md", "title:", head + "title:")
    one.engine.sync(FULL)
    (one.root / "b.md").unlink()
    result = one.engine.sync(FULL)
    assert [str(effect.action) for effect in result.done] == ["delete"]
    assert page not in site.titles().values()


def test_an_edit_after_a_reorder_leaves_the_authors_numbers(site: Site, tmp_path: Path) -> None:
    """The site numbers places in its own way: reading one page anew is no new order."""
    one = numbered(site, tmp_path / "m", "21")
    for text in ("Two.", "Three."):
        one.replace("b.md", one.read("b.md").split("\n\n")[1].strip(), text)
        assert len(one.engine.sync().done) == 1
    site.replace(site.titles()["A"], "Text.", "From the web.")
    one.engine.sync()
    assert ("order: 2" in one.read("a.md"), "order: 1" in one.read("b.md")) == (True, True)
    assert children(site) == ["B", "A"]
    quiet(one)


def test_a_file_moved_with_its_order_gets_both(site: Site, tmp_path: Path) -> None:
    """Under its new parent it stands where its number says; the siblings keep theirs."""
    parent = site.create("P")
    for title in "XYZ":
        site.create(title, parent=parent)
    site.create("B")
    one = cloned(site, tmp_path / "m")
    for number, name in enumerate(("p/x", "p/y", "p/z"), 1):
        one.replace(f"{name}.md", "title:", f"order: {number}\ntitle:")
    one.replace("b.md", "title:", "order: 2\ntitle:")
    one.engine.sync(FULL)
    one.replace("b.md", "order: 2", "order: 0")
    (one.root / "b.md").rename(one.root / "p/b.md")
    one.engine.sync()
    pages = [page for page, _ in site.api.pages("DOCS") if page.parent == parent]
    assert [page.title for page in sorted(pages, key=lambda page: page.position or 0)] == ["B", "X", "Y", "Z"]
    assert [one.read(f"p/{name}.md").split("order: ")[1][0] for name in "bxyz"] == ["0", "1", "2", "3"]
    quiet(one)


def test_a_reorder_that_fails_in_the_middle_renumbers_nobody(site: Site, tmp_path: Path) -> None:
    """Some moves done, one refused: the next run does the rest, and no file gets another number."""
    one = numbered(site, tmp_path / "m", "1234")
    for name, number in zip("abcd", "4321", strict=True):
        one.write(f"{name}.md", one.read(f"{name}.md").replace(f"order: {'abcd'.index(name) + 1}", f"order: {number}"))
    site.faults.add("PUT", "/move/", "404", skip=1)
    one.engine.sync()
    one.engine.sync(FULL)
    assert children(site) == ["D", "C", "B", "A"]
    assert [one.read(f"{name}.md").split("order: ")[1][0] for name in "abcd"] == ["4", "3", "2", "1"]
    quiet(one)


# -- settings on bad days


def copied(site: Site, one: Machine, root: Path) -> Machine:
    """Another machine with the same files and no state."""
    shutil.copytree(one.root, root, ignore=shutil.ignore_patterns(".confsync"))
    return machine(site, root)


def test_a_machine_without_a_state_takes_nobodys_rights_away(site: Site, tmp_path: Path) -> None:
    """What was agreed stands in the page's mark: what a colleague has changed since comes into the file."""
    one, page = named(site, tmp_path / "m")
    site.api.restrict(page, "update", "groups", "confluence-administrators")
    site.api.write_property(page, "owner", {"team": "ops"})
    site.api.set_state(page, "Rough draft")
    ci = copied(site, one, tmp_path / "ci")
    ci.engine.sync(FULL)
    extras = site.api.extras(page, ["owner"], ["update"])
    assert extras.restrictions["update"]["groups"] == ("confluence-administrators", "confluence-users")
    assert extras.properties["owner"] == {"team": "ops"}
    assert '{"team": "ops"}' in ci.read("guide.md")
    edited = copied(site, one, tmp_path / "ci2")
    edited.replace("guide.md", "width: full-width", "width: max")
    edited.engine.sync(FULL)
    properties = site.api.extras(page, ["content-appearance-published"], []).properties
    assert properties == {"content-appearance-published": "max"}, "what was edited in the file alone is published"


@pytest.mark.parametrize("stop", ["killed", "refused"])
def test_a_state_survives_a_run_that_ends_between_text_and_state(site: Site, tmp_path: Path, stop: str) -> None:
    """The save has taken the state away: the next run sets it again, and does not take it out of the file."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Other text.")
    if stop == "refused":
        site.faults.add("PUT", "/state", "403")
        one.engine.sync()
    else:

        def hook(moment: str, effect: Effect) -> None:
            if moment == "before" and effect.facets == {"settings"}:
                raise Killed

        one.engine.world.hook = hook
        with pytest.raises(Killed):
            one.engine.sync()
        one.engine.close()
        one = machine(site, one.root)
    one.engine.sync()
    assert site.api.state(page) == "Rough draft"
    assert "state: Rough draft" in one.read("guide.md")
    quiet(one)


def test_idle_listings_bring_the_settings_along(site: Site, tmp_path: Path) -> None:
    """Twenty pages that name a width cost no request more than twenty that name nothing."""
    for number in range(20):
        site.create(f"Page {number}")
    one = cloned(site, tmp_path / "m")
    for number in range(20):
        one.replace(f"page-{number}.md", "title:", "confluence: {width: max}\ntitle:")
    one.engine.sync(FULL)
    one.asked()
    assert one.engine.sync(FULL).done == ()
    assert len(one.asked()) <= 4


@pytest.mark.parametrize(("policy", "wins"), [(None, "Theirs"), (Policy.LOCAL, "Mine")])
def test_a_setting_that_both_changed_is_recorded(site: Site, tmp_path: Path, policy: Policy | None, wins: str) -> None:
    """The site's value is taken, or with `local` the file's; either way the other one is named in the result."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "Rough draft", "Mine")
    site.api.set_state(page, "Theirs")
    result = one.engine.sync(Options(full=True, on_conflict=policy))
    assert [(one.facet, one.local, one.remote) for one in result.decisions] == [("state", '"Mine"', '"Theirs"')]
    assert site.api.state(page) == wins
    assert f"state: {wins}" in one.read("guide.md")


def test_a_swap_of_titles_waits_as_a_whole_for_a_colleagues_draft(site: Site, tmp_path: Path) -> None:
    """No page is left under a title in between; when the draft is published the swap is made."""
    one, two = site.create("Aa"), site.create("Bb")
    mirror = cloned(site, tmp_path / "m")
    site.app.sandbox.create_user("ada")
    site.app.sandbox.save_draft(two, "ada", "Bb", "<p>Unpublished.</p>")
    mirror.replace("aa.md", "title: Aa", "title: Bb")
    mirror.replace("bb.md", "title: Bb", "title: Aa")
    for _ in range(2):
        assert mirror.engine.sync(FULL).exit_code == 3
    assert (site.page(one).title, site.page(two).title) == ("Aa", "Bb")
    site.api.session.send("DELETE", f"/content/{two}", status="draft")
    mirror.engine.sync(FULL)
    assert (site.page(one).title, site.page(two).title) == ("Bb", "Aa")
    quiet(mirror)


def test_ctrl_c_ends_a_wait_for_the_site(site: Site, tmp_path: Path) -> None:
    """While bodies are fetched and the site refuses for a long time: the run ends at once, and the next one works."""
    one = cloned(site, tmp_path / "m")
    for number in range(3):
        site.create(f"Page {number}")
    config = one.engine.world.config
    slow = open_engine(config, config.mirrors[0], Credentials("admin", "admin"), transport=transport(site.app)[0])
    site.faults.add("GET", r"body\.storage", "429", chance=1.0, seconds=60)
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        slow.sync(FULL)
    slow.close()
    site.faults.clear()
    assert one.engine.sync(FULL).exit_code == 0
    assert "page-2.md" in one.files()


@pytest.mark.parametrize(
    "groups",
    [
        "      groups:\n      - confluence-users\n", "      groups: # who\n        - confluence-users\n",
        "      groups: &g [confluence-users]\n    read: {groups: *g}\n",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_list_ever_lifts_a_restriction(site: Site, tmp_path: Path, groups: str) -> None:
    """What cannot be written into the file is said, and the site keeps what a colleague has set."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    head = f"confluence:\n  restrictions:\n    update:\n{groups}"
    one.replace("guide.md", "title:", head + "title:")
    assert one.engine.sync(FULL).exit_code == 0
    site.api.restrict(page, "update", "groups", "confluence-administrators")
    results = [one.engine.sync(FULL) for _ in range(3)]
    restrictions = site.api.extras(page, [], ["update"]).restrictions["update"]
    assert restrictions["groups"] == ("confluence-administrators", "confluence-users")
    told = [problem.message for problem in results[-1].problems]
    assert "confluence-administrators" in one.read("guide.md") or any("anchor" in message for message in told)


@pytest.mark.parametrize(
    "lines",
    [
        "  properties: {'': 1}", "  properties: {confsync: {a: 1}}", "  properties: {a/../b: 1}", "  properties: {a: .nan}",
        "  restrictions: {read: {users: [null]}}", "  restrictions: {read: {users: [3]}}", "  width: wide", "  - a",
    ],
)  # fmt: skip
def test_odd_values_are_a_problem_of_their_page(site: Site, tmp_path: Path, lines: str) -> None:
    """Named with file and line; the other pages go on."""
    site.create("Guide")
    other = site.create("Other")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title:", f"confluence:\n{lines}\ntitle:")
    one.replace("other.md", "Text.", "Changed.")
    result = one.engine.sync()
    assert [(problem.place, problem.line) for problem in result.problems] == [("guide.md", 3)]
    assert "Changed." in site.body(other)
    assert one.engine.status().problems


@pytest.mark.parametrize("order", ["--3", "9" * 30, "1.5", "first", "''"])
def test_an_order_that_is_no_small_number_is_nobodys(site: Site, tmp_path: Path, order: str) -> None:
    """Other tools have other ideas of `order`: what is no whole number is left alone."""
    site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title:", f"order: {order}\ntitle:")
    result = one.engine.sync(FULL)
    assert (result.done, result.problems) == ((), ())
