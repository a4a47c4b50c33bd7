"""What a file says of its page beside the text: settings under `confluence:`, and heads nobody can read or write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from confsync.engine import Options
from confsync.model import Effect, Policy
from confsync.remote import Session
from tests.engine.machines import SITE, Killed, Machine, Site, cloned, machine, settled
from tests.engine.test_order import numbered
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
    head = HEAD.format(id=page)
    one.write("guide.md", head if site.only_cloud_has else head.replace("  state: Rough draft\n", ""))
    result = one.engine.sync()
    assert result.exit_code == 0, result
    return one, page


def test_settings_that_a_file_names_are_written_to_the_site(site: Site, tmp_path: Path) -> None:
    """Width, emoji, state, restrictions and a property arrive; the text is not sent for it. Only Cloud has states."""
    one, page = named(site, tmp_path / "m")
    assert site.properties(page, "content-appearance-published", "content-appearance-draft", "owner") == {
        "content-appearance-published": "full-width", "content-appearance-draft": "full-width",
        "owner": {"team": "docs", "size": 3},
    }  # fmt: skip
    assert site.restricted(page, "update") == {"users": [], "groups": ["confluence-users"]}
    assert site.api.state(page) == ("Rough draft" if site.only_cloud_has else None)
    assert site.body(page) == "<p>Text.</p>"
    settled(one)


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
    settled(one)


def test_settings_that_no_file_names_are_never_touched(site: Site, tmp_path: Path) -> None:
    """A property of somebody else survives every push, and no file begins to name it."""
    one, page = named(site, tmp_path / "m")
    site.api.write_property(page, "vendor", [1, 2])
    one.replace("guide.md", "Text.", "Other text.")
    one.engine.sync(FULL)
    assert site.properties(page, "vendor")["vendor"] == [1, 2]
    assert "vendor" not in one.read("guide.md")


def test_a_setting_that_is_not_named_any_more_stays_as_it_is(site: Site, tmp_path: Path) -> None:
    """Taking the line out means that confsync does not look after it; `null` is how it is taken away."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "  emoji: 1f600\n", "")
    one.replace("guide.md", "full-width", "null")
    one.engine.sync()
    properties = site.properties(page, "emoji-title-published", "content-appearance-published")
    assert properties == {"emoji-title-published": "1f600"}
    settled(one)


@pytest.mark.cloud
def test_a_state_outlives_a_push_of_the_text(site: Site, tmp_path: Path) -> None:
    """Confluence takes the state away with every save: it is set again with the text it belongs to."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Other text.")
    assert one.engine.push().exit_code == 0
    assert site.api.state(page) == "Rough draft"
    assert "state: Rough draft" in one.read("guide.md")
    settled(one)


def test_restrictions_of_both_sides_apply(site: Site, tmp_path: Path) -> None:
    """Who was added here and who was added there: both are in the list."""
    one, page = named(site, tmp_path / "m")
    me = site.api.me()
    site.api.restrict(page, "update", "groups", "confluence-administrators")
    both = f'{{users: ["{site.me()}"], groups: [confluence-users]}}'
    one.replace("guide.md", "{users: [], groups: [confluence-users]}", both)
    one.engine.sync(FULL)
    restrictions = site.restricted(page, "update")
    assert restrictions == {"users": [me], "groups": ["confluence-administrators", "confluence-users"]}
    settled(one)


def test_a_wrong_setting_is_named_with_its_line(site: Site, tmp_path: Path) -> None:
    """An unknown key or value holds that page back, and says what is meant perhaps."""
    one, _ = named(site, tmp_path / "m")
    one.replace("guide.md", "  width:", "  widht:")
    problem = one.engine.sync().problems[0]
    assert (problem.place, problem.line) == ("guide.md", 4)
    assert problem.message == "confluence: has no key 'widht': did you mean 'width'?"


def test_settings_reach_the_site_as_another_user_sees_it(site: Site, tmp_path: Path) -> None:
    """A restriction that a file names is obeyed: who is not in it may not edit."""
    one, page = named(site, tmp_path / "m")
    one.replace("guide.md", "groups: [confluence-users]", "groups: []")
    one.replace("guide.md", "users: []", f'users: ["{site.me()}"]')
    assert one.engine.sync().exit_code == 0
    site.app.sandbox.create_user("ada", "Ada", "secret")
    session, _ = transport(site.app.passing_for("cloud"))
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
    assert site.restricted(page, "update")["groups"] == ["confluence-administrators", "confluence-users"]
    assert site.properties(page, "owner") == {"owner": {"team": "ops"}}
    assert '{"team": "ops"}' in ci.read("guide.md")
    edited = copied(site, one, tmp_path / "ci2")
    edited.replace("guide.md", "width: full-width", "width: max")
    edited.engine.sync(FULL)
    properties = site.properties(page, "content-appearance-published")
    assert properties == {"content-appearance-published": "max"}, "what was edited in the file alone is published"


@pytest.mark.cloud
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
    settled(one)


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
    assert len(one.asked()) <= (5 if site.flavour == "cloud-current" else 4)


@pytest.mark.cloud
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
    restrictions = site.restricted(page, "update")
    assert restrictions["groups"] == ["confluence-administrators", "confluence-users"]
    told = [problem.message for problem in results[-1].problems]
    assert "confluence-administrators" in one.read("guide.md") or any("anchor" in message for message in told)


@pytest.mark.parametrize(
    "lines",
    [
        "  properties: {'': 1}", "  properties: {confsync: {a: 1}}", "  properties: {a/../b: 1}", "  properties: {a: .nan}",
        "  restrictions: {read: {users: [null]}}", "  restrictions: {read: {users: [3]}}", "  width: wide", "  - a",
        "  restrictions: {read: {groups: ['..']}}", "  restrictions: {read: {users: [\"a\\nb\"]}}",
        "  properties: {confsync: 1}", "  properties: {editor: 1}", "  properties: {content-appearance-draft: 1, a: 2}",
        "  properties: {emoji-title-published: 1, a: 2}", "  properties: {..: 1}", "  properties: {\"a\\u009f\": 1}",
        "  properties: {\"\\ud800\": 1}", "  properties: {a: \"\\ud800\"}", "  properties: {a: {1: x, b: y}}",
        "  properties: {a: !!bool x}", "  properties: {a: !!timestamp x}", f"  state: {'9' * 5_000}",
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
    assert [(problem.place, problem.line in (3, 4)) for problem in result.problems] == [("guide.md", True)]
    assert "Changed." in site.body(other)
    assert one.engine.status().problems


@pytest.mark.parametrize(
    "line", ['labels: ["\\ud800"]', 'tags: "\\ud800"', f"x: {'[' * 3_000}{']' * 3_000}", 'confluence_page_id: "\\ud800"']
)
def test_front_matter_that_nothing_can_hold_is_a_problem_of_its_page(site: Site, tmp_path: Path, line: str) -> None:
    """Half a character, or lists in lists without end: the file is named with a line, the other pages go on."""
    other = site.create("Other")
    one = cloned(site, tmp_path / "m")
    one.write("odd.md", f"---\n{line}\n---\n\nText.\n")
    one.replace("other.md", "Text.", "Changed.")
    result = one.engine.sync()
    assert [(problem.place, problem.line) for problem in result.problems] == [("odd.md", 2)]
    assert "Changed." in site.body(other)
    assert one.engine.status().problems


def test_an_id_that_cannot_be_written_is_said_and_breaks_no_file(site: Site, tmp_path: Path) -> None:
    """Front matter in braces takes no further line: the page is published once, its file stays as it is."""
    one = cloned(site, tmp_path / "m")
    text = "---\n{title: Braces}\n---\n\nText.\n"
    one.write("braces.md", text)
    for _ in range(2):
        (problem,) = one.engine.sync(FULL).problems
        assert (problem.place, "id was not written" in problem.message) == ("braces.md", True)
        assert one.read("braces.md") == text
    assert sorted(site.titles()) == ["Braces", "Documentation"]


def test_a_text_that_begins_like_a_title_lifts_no_restriction(site: Site, tmp_path: Path) -> None:
    """A file that has no title gets one, and what the site says of labels and restrictions as well."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    head = "confluence:\n  restrictions:\n    update:\n      groups: [confluence-users]\n"
    one.write("guide.md", f'---\nconfluence_page_id: "{page}"\nlabels: [a]\n{head}---\n\nText.\n')
    one.engine.sync(FULL)
    site.edit(page, "<h1>Start</h1><p>Text.</p>")
    site.api.restrict(page, "update", "groups", "confluence-administrators")
    assert one.engine.sync(FULL).problems == ()
    assert 'groups: ["confluence-administrators", "confluence-users"]' in one.read("guide.md")
    assert one.read("guide.md").endswith("# Start\n\nText.\n")
    settled(one)
    both = ["confluence-administrators", "confluence-users"]
    assert site.restricted(page, "update")["groups"] == both


def test_a_head_that_cannot_be_written_holds_its_page_back(site: Site, tmp_path: Path) -> None:
    """An anchored list: three runs say so with the line, the file stays, and the site keeps what a colleague has set."""
    page, other = site.create("Guide"), site.create("Other")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title:", "groups: &g [confluence-users]\nconfluence: {restrictions: {read: {groups: *g}}}\ntitle:")
    assert one.engine.sync(FULL).exit_code == 0
    before = one.read("guide.md")
    site.api.restrict(page, "read", "groups", "confluence-administrators")
    site.edit(page, "<p>New text.</p>")
    for number in range(3):
        site.edit(other, f"<p>{number}</p>")
        (problem,) = one.engine.sync(FULL).problems
        assert (problem.place, problem.line, problem.remedy) == ("guide.md", 4, "mend the front matter")
        assert "confluence.restrictions.read.groups has an anchor" in problem.message
        assert one.read("guide.md") == before
        assert f"{number}\n" in one.read("other.md")
    restrictions = site.restricted(page, "read")
    assert restrictions["groups"] == ["confluence-administrators", "confluence-users"]


def test_a_new_file_whose_title_cannot_be_changed_ends_no_run(site: Site, tmp_path: Path) -> None:
    """Somebody else has its title: the file is named with the reason, the other pages go on."""
    one = cloned(site, tmp_path / "m")
    site.create("Guide")
    text = "---\ntitle: &t Guide\nmenu: *t\n---\n\nMine.\n"
    one.write("sub/guide.md", text)
    problems = one.engine.sync(FULL).problems
    assert {problem.place for problem in problems} == {"sub/guide-2.md"}
    assert "title: &t Guide\nmenu: *t\n" in one.read("sub/guide-2.md")
    assert "Text." in one.read("guide.md")
