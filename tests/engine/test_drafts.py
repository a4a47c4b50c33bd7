"""Colleagues' unpublished drafts and comments: what a push may not take away without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from tests.engine.machines import Machine, Site, cloned, settled

FULL = Options(full=True)


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
    settled(mirror)


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
