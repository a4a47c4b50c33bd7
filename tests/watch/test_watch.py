"""What a watch does with hints: pushes, pulls, merges, waits, and says each thing once."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.errors import GuardStop
from confsync.watch import Batch
from tests.engine.machines import Site, quiet
from tests.watch.conftest import watched


def test_a_save_is_pushed_and_a_page_is_pulled(site: Site, tmp_path: Path) -> None:
    """A line for each; nothing is told, and nothing written, when nothing has happened."""
    page = site.create("Guide", "<p>One.</p><p>Two.</p>")
    one = watched(site, tmp_path / "m")
    one.machine.replace("guide.md", "One", "Uno")
    assert one.touched("guide.md") == ["pushed guide.md"]
    site.replace(page, "Two", "Due")
    assert one.polled() == ["pulled guide.md"]
    assert site.body(page) == "<p>Uno.</p><p>Due.</p>"
    one.machine.asked()
    assert (one.polled(), one.touched("guide.md"), one.machine.writes()) == ([], [], [])


def test_a_save_asks_the_site_for_no_listing(site: Site, tmp_path: Path) -> None:
    """The way from a save to the site is short: the page is read, written and marked."""
    site.create("Guide")
    one = watched(site, tmp_path / "m")
    one.machine.replace("guide.md", "Text", "Other text")
    one.touched("guide.md")
    asked = one.machine.asked()
    assert not [path for _, path in asked if "search" in path or "type=page" in path]
    assert len(asked) <= 5


def test_a_page_that_is_named_is_read_without_search(site: Site, tmp_path: Path) -> None:
    """What a webhook tells is known before the index of the site knows it."""
    page = site.create("Guide")
    one = watched(site, tmp_path / "m")
    site.app.sandbox.set_index_lag(3600)
    site.replace(page, "Text", "Theirs")
    new = site.create("New")
    assert one.polled() == []
    assert one.step(Batch(pages=frozenset({page, new}))) == ["pulled guide.md", "pulled new.md"]
    assert "Theirs" in one.machine.read("guide.md")


def test_a_conflict_is_told_once_and_when_it_is_settled(site: Site, tmp_path: Path) -> None:
    """Not again with every look; the others go on meanwhile."""
    page, other = site.create("Guide", "<p>One.</p>"), site.create("Other")
    one = watched(site, tmp_path / "m")
    site.replace(page, "One", "Theirs")
    one.machine.replace("guide.md", "One", "Mine")
    assert "conflict guide.md" in one.polled()
    site.replace(other, "Text", "More text")
    assert one.polled() == ["pulled other.md"]
    text = one.machine.read("guide.md")
    head = text[: text.index("<<<<<<<")]
    one.machine.write("guide.md", head + "Both.\n")
    one.machine.engine.resolve("guide.md", "merged")
    assert sorted(one.touched("guide.md")) == ["pushed guide.md", "settled guide.md"]
    assert site.body(page) == "<p>Both.</p>"


def test_a_file_that_is_open_in_an_editor_loses_nobodys_words(site: Site, tmp_path: Path) -> None:
    """The editor holds the text from before the colleague's change and saves it, with what was typed: both are there."""
    page = site.create("Guide", "<p>First here.</p><p>Second there.</p>")
    one = watched(site, tmp_path / "m")
    buffer = one.machine.read("guide.md")
    site.replace(page, "Second", "Second, by a colleague,")
    assert one.polled() == ["pulled guide.md"]
    one.machine.write("guide.md", buffer.replace("First", "First, typed,"))
    one.touched("guide.md")
    assert site.body(page) == "<p>First, typed, here.</p><p>Second, by a colleague, there.</p>"
    buffer = buffer.replace("First", "First, typed,").replace("typed, here", "typed, here and there")
    one.machine.write("guide.md", buffer)  # the editor still has not looked at the disk
    one.touched("guide.md")
    assert site.body(page) == "<p>First, typed, here and there.</p><p>Second, by a colleague, there.</p>"
    assert "colleague" in one.machine.read("guide.md")
    quiet(one.machine)


def test_words_of_both_in_one_paragraph_are_kept(site: Site, tmp_path: Path) -> None:
    """Also when the change and what was typed are in the same sentence, and when something was only added."""
    page = site.create("Guide", "<p>One two three four five six.</p>")
    one = watched(site, tmp_path / "m")
    buffer = one.machine.read("guide.md")
    site.replace(page, "five", "5")
    one.polled()
    one.machine.write("guide.md", buffer.replace("two", "2"))
    one.touched("guide.md")
    assert site.body(page) == "<p>One 2 three four 5 six.</p>"
    buffer = one.machine.read("guide.md")
    site.edit(page, site.body(page) + "<p>Added by a colleague.</p>")
    one.polled()
    one.machine.write("guide.md", buffer.replace("three", "3"))
    one.touched("guide.md")
    assert site.body(page) == "<p>One 2 3 four 5 six.</p><p>Added by a colleague.</p>"


def test_what_an_author_takes_out_again_stays_out(site: Site, tmp_path: Path) -> None:
    """An edit of the new text is an edit; and who saves the old text twice means it."""
    page = site.create("Guide", "<p>First.</p><p>Second.</p>")
    one = watched(site, tmp_path / "m")
    buffer = one.machine.read("guide.md")
    site.edit(page, "<p>First.</p><p>Second.</p><p>Third.</p>")
    one.polled()
    one.machine.replace("guide.md", "Second", "Zwei")
    one.touched("guide.md")
    one.machine.write("guide.md", one.machine.read("guide.md").replace("\nThird.\n", ""))
    one.touched("guide.md")
    assert site.body(page) == "<p>First.</p><p>Zwei.</p>"
    site.edit(page, "<p>First.</p><p>Zwei.</p><p>Third.</p>")
    one.polled()
    for _ in range(2):
        one.machine.write("guide.md", buffer.replace("Second", "Zwei"))
        one.touched("guide.md")
    assert site.body(page) == "<p>First.</p><p>Zwei.</p>"


def test_a_lost_network_is_told_once_and_made_good(site: Site, tmp_path: Path) -> None:
    """What was saved meanwhile is pushed when the site is back; the waits grow."""
    page = site.create("Guide")
    one = watched(site, tmp_path / "m")
    site.faults.add("*", "", "drop_before", chance=1.0)
    one.machine.replace("guide.md", "Text", "Typed offline")
    waits = [one.watch.step(Batch(files=frozenset({"guide.md"}))), *(one.watch.step(Batch()) for _ in range(8))]
    assert one.told() == ["offline"]
    assert waits[0] == 1.0
    assert waits == sorted(waits, key=float)  # type: ignore[arg-type]
    assert waits[-1] == 60.0
    site.faults.clear()
    assert one.watch.step(Batch()) is None
    assert one.told() == ["online", "pushed guide.md"]
    assert "Typed offline" in site.body(page)


def test_a_run_waits_for_git(site: Site, tmp_path: Path) -> None:
    """While a rebase or a checkout is under way nothing is sent; then everything is."""
    page = site.create("Guide")
    busy = [True]

    def may_run() -> None:
        if busy[0]:
            raise GuardStop("git is in the middle of a rebase", remedy="finish or abort it first")

    busy[0] = False
    one = watched(site, tmp_path / "m", may_run=may_run)
    busy[0] = True
    one.machine.replace("guide.md", "Text", "Rebased text")
    assert one.touched("guide.md") == ["paused"]
    assert (one.touched("other.md"), one.machine.asked()) == ([], [])
    busy[0] = False
    assert one.step(Batch()) == ["resumed", "pushed guide.md"]
    assert "Rebased" in site.body(page)


def test_a_branch_that_is_switched_during_a_run_stops_it(site: Site, tmp_path: Path) -> None:
    """What was begun is found out later, and nothing of the other branch is sent."""
    for number in range(3):
        site.create(f"Page {number}")
    allowed = [99]

    def may_run() -> None:
        allowed[0] -= 1
        if allowed[0] < 0:
            raise GuardStop("git is on branch 'draft'")

    one = watched(site, tmp_path / "m", may_run=may_run)
    for number in range(3):
        one.machine.replace(f"page-{number}.md", "Text", "Edited")
    allowed[0] = 1  # the first question is answered, and no other
    assert one.touched("page-0.md") == ["paused"]
    assert sorted(site.page(page).version for page in site.titles().values()) == [1, 1, 1, 1]
    allowed[0] = 99
    assert sorted(one.step(Batch())) == ["pushed page-0.md", "pushed page-1.md", "pushed page-2.md", "resumed"]
    quiet(one.machine)


def test_mass_deletion_stops_a_watch_too(site: Site, tmp_path: Path) -> None:
    """Nothing is deleted on the site; when the files are back, it goes on by itself."""
    for number in range(12):
        site.create(f"Page {number}")
    one = watched(site, tmp_path / "m")
    kept = one.machine.files()
    for path in [path for path in kept if path.startswith("page-")]:
        (one.machine.root / path).unlink()
    assert one.touched("page-1.md") == ["paused"]
    assert len(site.titles()) == 13
    for path, data in kept.items():
        (one.machine.root / path).write_bytes(data)
    assert one.touched("page-1.md") == ["resumed"]
    assert one.machine.files() == kept


def test_access_that_is_refused_ends_a_watch(site: Site, tmp_path: Path) -> None:
    """Waiting would not help."""
    from confsync.errors import AccessError

    site.create("Guide")
    one = watched(site, tmp_path / "m")
    site.faults.add("*", "", "401", chance=1.0)
    with pytest.raises(AccessError):
        one.watch.step(Batch(wake=True))


def test_a_push_that_was_cut_off_is_not_done_twice(site: Site, tmp_path: Path) -> None:
    """The answer is lost, the watch goes offline, and the next step finds out that it had happened."""
    page = site.create("Guide")
    one = watched(site, tmp_path / "m")
    one.machine.replace("guide.md", "Text", "Edited")
    site.faults.add("PUT", "/(content|pages)/", "drop_after")
    one.touched("guide.md")
    one.polled()
    assert (site.page(page).version, "Edited" in site.body(page)) == (2, True)
    quiet(one.machine)
