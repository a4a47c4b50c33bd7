"""Small stories that random days have told, one for each thing that went wrong in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.model import Policy
from tests.engine.days import Wire
from tests.engine.machines import Machine, Site, cloned, machine


def settled(site: Site, one: Machine) -> None:
    """Nothing is left to do or to complain about."""
    result = one.engine.sync(Options(full=True))
    assert (result.done, result.problems, result.conflicts) == ((), (), ())


def without_state(site: Site, one: Machine) -> Machine:
    """The machine after its state folder was deleted."""
    one.engine.close()
    shutil.rmtree(one.root / ".confsync")
    return machine(site, one.root)


def test_a_file_of_a_page_that_is_gone_is_not_moved_over(site: Site, tmp_path: Path) -> None:
    """With the state lost, nobody knows that the file's page was trashed; a page of that name goes beside it."""
    gone, other = site.create("Gone"), site.create("Other", "<p>Other text.</p>")
    one = without_state(site, cloned(site, tmp_path / "m"))
    site.api.trash(gone)
    site.edit(other, title="Gone")
    result = one.engine.sync(Options(full=True))
    assert [problem.place for problem in result.problems] == ["gone.md"]
    assert "Other text." in one.read(f"gone-{other}.md")
    (one.root / "gone.md").unlink()
    settled(site, one)


def test_a_draft_below_a_page_that_is_gone_waits_for_it(site: Site, tmp_path: Path) -> None:
    """It is named with what to do; once its parent is published anew, it follows."""
    gone = site.create("Gone")
    one = without_state(site, cloned(site, tmp_path / "m"))
    one.write("gone/draft.md", "# Draft\n\nText.\n")
    site.api.trash(gone)
    problems = {problem.place: problem for problem in one.engine.sync(Options(full=True)).problems}
    assert problems["gone/draft.md"].remedy == "see the problem of the parent"
    assert problems["gone.md"].remedy.startswith("remove `confluence_page_id`")
    one.write("gone.md", "# Gone\n\nText.\n")
    assert one.engine.sync().exit_code == 0
    assert site.page(site.titles()["Draft"]).parent == site.titles()["Gone"]
    settled(site, one)


@pytest.mark.parametrize("synced", [False, True])
def test_a_conflict_is_settled_where_its_file_is_by_now(site: Site, tmp_path: Path, synced: bool) -> None:
    """Whoever moves a file in which a decision waits names it by its new path, before the next run or after it."""
    page = site.create("Page", "<p>One.</p>")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "One", "Mine")
    site.replace(page, "One", "Theirs")
    one.engine.sync(Options(on_conflict=Policy.ASK))
    (one.root / "sub").mkdir()
    (one.root / "page.md").rename(one.root / "sub/page.md")
    if synced:
        assert [conflict.path for conflict in one.engine.sync().conflicts] == ["sub/page.md"]
    one.engine.resolve("sub/page.md", "remote")
    assert one.engine.sync().exit_code == 0
    assert "Theirs" in one.read("sub/page.md")
    assert "Mine" in one.trash()
    settled(site, one)


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("name", ["note.md", "guide.md"])
def test_a_page_that_came_to_be_after_all_is_not_made_twice(
    site: Site, tmp_path: Path, after: int, name: str
) -> None:
    """Its making was answered by nobody and happened later: the page says itself which file it was made for."""
    cloned(site, tmp_path / "m").engine.close()
    site.create("Guide")
    wire = Wire(site)
    one = machine(site, tmp_path / "m", wire=wire, sync=SyncConfig(workers=1))
    one.write(name, "# Guide\n\nMine.\n")
    wire.postpone = ("POST", after)
    one.engine.sync()
    wire.deliver()
    result = one.engine.sync(Options(full=True))
    assert (result.problems, result.conflicts) == ((), ())
    assert site.titles().keys() == {"Documentation", "Guide", "Guide (2)"}
    settled(site, one)


def test_a_page_that_comes_back_under_a_title_that_is_taken_is_asked_for_another(site: Site, tmp_path: Path) -> None:
    """Renamed here, trashed there, and its new title given to another page there: its author is told a free one."""
    page = site.create("Page", "<p>Of old.</p>")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "title: Page", "title: New")
    site.api.trash(page)
    site.create("New")
    (problem,) = one.engine.sync(Options(full=True)).problems
    assert problem.remedy == "name it for example 'New (2)'"
    one.replace(problem.place, "title: New", "title: New (2)")
    assert one.engine.sync().exit_code == 0
    assert site.body(site.titles()["New (2)"]) == "<p>Of old.</p>"
    settled(site, one)
