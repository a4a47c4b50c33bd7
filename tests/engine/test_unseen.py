"""Pages that turn invisible, are archived or moved out of sight, or change while a run is under way: unknown, never gone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.config import MirrorConfig
from confsync.engine import Options
from confsync.errors import GuardStop
from tests.engine.machines import MAKE, Machine, Site, at, cloned, quiet

FULL = Options(full=True)


def test_a_page_that_turned_invisible_is_unknown_never_deleted(site: Site, tmp_path: Path) -> None:
    """Its file stays and is named with both explanations; when it is visible again, all goes on as before."""
    page = site.create("Page", "<p>Mine.</p>")
    one = cloned(site, tmp_path / "m")
    before = one.files()
    site.app.sandbox.hide(page)
    for _ in range(2):
        result = one.engine.sync(FULL)
        assert (result.exit_code, result.done) == (3, ())
        assert [found.place for found in result.problems] == ["page.md"]
        assert "hidden from this user" in result.problems[0].message
    assert one.files() == before
    site.app.sandbox.unhide_all()
    assert one.engine.sync(FULL).exit_code == 0
    quiet(one)


def test_an_edited_file_of_an_invisible_page_waits_for_it(site: Site, tmp_path: Path) -> None:
    """It is not published a second time; the edit arrives when the page can be seen again."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    site.app.sandbox.hide(page)
    one.replace("page.md", "Text.", "Edited.")
    result = one.engine.sync(FULL)
    assert "hidden from this user" in result.problems[0].message
    assert one.writes() == []
    assert page in one.read("page.md")
    site.app.sandbox.unhide_all()
    assert one.engine.sync(FULL).exit_code == 0
    assert site.body(page) == "<p>Edited.</p>"


def test_several_pages_that_turned_invisible_stop_the_run(site: Site, tmp_path: Path) -> None:
    """A lost permission is no mass deletion; whoever means it says how many."""
    pages = [site.create(f"Page {number}") for number in range(3)]
    one = cloned(site, tmp_path / "m")
    for page in pages:
        site.app.sandbox.hide(page)
    with pytest.raises(GuardStop, match="hidden from this user") as stop:
        one.engine.sync(FULL)
    assert len(stop.value.items) == 3
    assert len(one.files()) == 4
    one.engine.sync(Options(full=True, allow_deletes=3))
    assert list(one.files()) == ["index.md"]
    assert one.trash().count("Text.") == 3


def test_an_edited_file_of_an_archived_page_is_held_back(site: Site, tmp_path: Path) -> None:
    """Nothing is published beside it, and the file keeps both its edit and its id."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    site.api.archive(page)
    one.replace("page.md", "Text.", "Edited.")
    (problem,) = one.engine.sync(FULL).problems
    assert (problem.place, "archived" in problem.message) == ("page.md", True)
    assert page in one.read("page.md")
    assert list(site.titles()) == ["Documentation"]


# -- meanwhile


def meanwhile(one: Machine, method: str, part: str, act: Callable[[], object]) -> None:
    """Do something once, before the first request of a kind."""
    left = [act]

    def before(asked: str, path: str) -> None:
        if asked == method and re.search(part, path) and left:
            left.pop()()

    one.wire.before = before


def test_a_title_taken_meanwhile_is_parted(site: Site, tmp_path: Path) -> None:
    """A colleague makes a page with the title while it is pushed: both pages are there, neither has the other's text."""
    one = cloned(site, tmp_path / "m")
    one.write("new.md", "# New\n\nMine.\n")
    meanwhile(one, "POST", MAKE, lambda: site.create("New", "<p>Theirs.</p>"))
    result = one.engine.sync()
    assert (result.exit_code, [found.facet for found in result.decisions]) == (0, ["title"])
    titles = site.titles()
    assert (site.body(titles["New"]), site.body(titles["New (2)"])) == ("<p>Theirs.</p>", "<p>Mine.</p>")
    quiet(one)


def test_a_page_moved_meanwhile_keeps_the_edit_and_the_move(site: Site, tmp_path: Path) -> None:
    """The text is pushed, and the file follows the page to its new parent."""
    page, parent = site.create("Page"), site.create("Parent")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "Text.", "Edited.")
    meanwhile(one, "PUT", at(page), lambda: site.api.move(page, "append", parent))
    one.engine.sync(FULL)
    assert one.engine.sync(FULL).exit_code == 0
    assert site.body(page) == "<p>Edited.</p>"
    assert "Edited." in one.read("parent/page.md")
    quiet(one)


def test_a_page_trashed_meanwhile_comes_back_with_the_edit(site: Site, tmp_path: Path) -> None:
    """Edit beats delete, also when the deletion comes between looking and writing."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "Text.", "Edited.")
    meanwhile(one, "PUT", at(page), lambda: site.api.trash(page))
    one.engine.sync(FULL)
    assert one.engine.sync(FULL).exit_code == 0
    assert (site.page(page).status, site.body(page)) == ("current", "<p>Edited.</p>")
    quiet(one)


def test_a_page_outside_the_root_by_now_is_not_published_twice(site: Site, tmp_path: Path) -> None:
    """A page that was moved out of the mirror's part of the site while its file was edited: the words say so."""
    root = site.create("Root")
    page = site.create("Page", parent=root)
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig("DOCS", root="Root"))
    one.replace("page.md", "Text.", "Edited.")
    site.api.move(page, "append", site.home)
    (problem,) = one.engine.sync(FULL).problems
    assert (problem.place, "outside" in problem.message) == ("page.md", True)
    assert "Edited." in one.read("page.md")
    site.api.move(page, "append", root)
    assert one.engine.sync(FULL).exit_code == 0
    assert site.body(page) == "<p>Edited.</p>"
