"""Writes that a site refuses, or answers with something else, are never taken for done."""

from __future__ import annotations

from pathlib import Path

from confsync.engine import Options
from tests.engine.machines import Site, cloned, settled

FULL = Options(full=True)


def test_labels_that_did_not_get_there_stay_in_the_file(site: Site, tmp_path: Path) -> None:
    """They are sent again, and are not taken for labels that somebody has removed."""
    one = cloned(site, tmp_path / "m")
    one.write("new.md", "---\ntitle: New\nlabels: [x, y]\n---\n\nText.\n")
    site.faults.add("POST", "/label", "403")
    for _ in range(2):
        one.engine.sync(FULL)
    assert "labels: [x, y]" in one.read("new.md")
    assert site.page(site.titles()["New"]).labels == ("x", "y")
    settled(one)


def test_a_move_that_was_answered_by_a_log_in_page_is_not_done(site: Site, tmp_path: Path) -> None:
    """The file stays where its author has put it, and the page follows in the next run."""
    page, parent = site.create("Page"), site.create("Parent")
    one = cloned(site, tmp_path / "m")
    (one.root / "parent").mkdir(exist_ok=True)
    (one.root / "page.md").rename(one.root / "parent/page.md")
    site.faults.add("*", "move", "html200")
    one.engine.sync(FULL)
    assert "parent/page.md" in one.files()
    assert one.engine.sync(FULL).exit_code == 0
    assert (site.page(page).parent, "parent/page.md" in one.files()) == (parent, True)
    settled(one)
