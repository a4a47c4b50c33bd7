"""Files that somebody saves while a run works on them: what is there is looked at again, never written over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from confsync.engine import Options
from confsync.model import Action, Effect, Policy, Side
from tests.engine.machines import Machine, Site, cloned


def meanwhile(one: Machine, act: Callable[[], None], action: Action) -> None:
    """Do something once, between the decision to change the folder and the change."""
    left = [act]

    def hook(moment: str, effect: Effect) -> None:
        if moment == "before" and effect.side is Side.LOCAL and effect.action is action and left:
            left.pop()()

    one.engine.world.hook = hook


def test_a_text_saved_during_a_pull_is_merged_with_it(site: Site, tmp_path: Path) -> None:
    """Both the colleague's edit and the one that was just saved are on both sides in the end."""
    page = site.create("Page", "<p>One.</p><p>Two.</p>")
    one = cloned(site, tmp_path / "m")
    site.replace(page, "One", "One, remotely")
    meanwhile(one, lambda: one.replace("page.md", "Two", "Two, just saved"), Action.UPDATE)
    assert one.engine.sync().exit_code == 0
    for text in (one.read("page.md"), site.body(page)):
        assert "One, remotely" in text
        assert "Two, just saved" in text


def test_a_file_made_during_a_pull_is_not_taken_for_the_new_page(site: Site, tmp_path: Path) -> None:
    """A file that appears where a new page's file would go stays, and is named or moved aside from."""
    one = cloned(site, tmp_path / "m")
    site.create("Fresh", "<p>From the site.</p>")
    meanwhile(one, lambda: one.write("fresh.md", "# Mine\n\nMine alone.\n"), Action.CREATE)
    one.engine.sync(Options(full=True))
    assert "Mine alone." in one.read("fresh.md")
    assert any("From the site." in data.decode() for data in one.files().values())


def test_an_attachment_saved_during_a_download_is_kept(site: Site, tmp_path: Path) -> None:
    """The site's bytes win, as always; those that were just saved are in the trash."""
    page = site.create("Page")
    site.attach(page, "x.txt", b"first", tmp_path)
    one = cloned(site, tmp_path / "m")
    site.attach(page, "x.txt", b"second", tmp_path)
    meanwhile(one, lambda: one.write("page.files/x.txt", "just saved"), Action.UPDATE)
    one.engine.sync(Options(full=True))
    assert one.read("page.files/x.txt") == "second"
    assert "just saved" in one.trash()


def test_an_attachment_deleted_here_and_replaced_there_survives(site: Site, tmp_path: Path) -> None:
    """A deletion is of the bytes that were seen; what was uploaded since comes into the folder."""
    page = site.create("Page")
    site.attach(page, "x.txt", b"first", tmp_path)
    one = cloned(site, tmp_path / "m")
    (one.root / "page.files/x.txt").unlink()

    def hook(moment: str, effect: Effect) -> None:
        if moment == "before" and effect.side is Side.REMOTE and site.bytes_of(page, "x.txt") == b"first":
            site.attach(page, "x.txt", b"second", tmp_path)

    one.engine.world.hook = hook
    one.engine.sync(Options(full=True))
    assert one.read("page.files/x.txt") == "second"
    assert site.bytes_of(page, "x.txt") == b"second"


def test_an_attachment_that_is_deleted_on_the_site_is_kept_in_the_trash(site: Site, tmp_path: Path) -> None:
    """Not every site has a trash for attachments."""
    page = site.create("Page")
    site.attach(page, "x.txt", b"bytes of old", tmp_path)
    one = cloned(site, tmp_path / "m")
    (one.root / "page.files/x.txt").unlink()
    assert one.engine.sync().exit_code == 0
    assert site.api.assets(page) == ()
    assert "bytes of old" in one.trash()


def test_a_text_saved_while_links_are_followed_is_kept(site: Site, tmp_path: Path) -> None:
    """A link's destination changes in the text that is there now."""
    site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.write("other.md", "# Other\n\nSee [it](page.md).\n")
    one.engine.sync()
    (one.root / "sub").mkdir()
    (one.root / "page.md").rename(one.root / "sub/page.md")

    def save() -> None:
        one.replace("other.md", "See", "Just saved: see")

    meanwhile(one, save, Action.UPDATE)
    one.engine.sync()
    assert "Just saved: see [it](sub/page.md)" in one.read("other.md")


def test_a_file_that_is_beside_a_page_already_stays(site: Site, tmp_path: Path) -> None:
    """The loser of a conflict gets a name of its own."""
    page = site.create("Page", "<p>One.</p>")
    one = cloned(site, tmp_path / "m")
    one.write("page.conflict-2.md", "Notes of somebody.\n")
    one.replace("page.md", "One", "Mine")
    site.replace(page, "One", "Theirs")
    assert one.engine.sync(Options(on_conflict=Policy.BOTH)).exit_code == 0
    assert one.read("page.conflict-2.md") == "Notes of somebody.\n"
    assert "Mine" in one.read("page.conflict-3.md")
