"""A state that is lost is found again: from ids, properties, versions and git; where nothing proves it, it is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from git import Actor, Repo

from confsync.config import MirrorConfig
from confsync.engine import Options
from confsync.git.history import find_text
from tests.engine.machines import SPACE, Machine, Site, cloned, machine

FULL = Options(full=True, allow_deletes=9)
WHO = Actor("A. Writer", "writer@example.org")


def forgotten(site: Site, one: Machine, **options: object) -> Machine:
    """The same folder without its state, as after deleting `.confsync`, or on another machine."""
    one.engine.close()
    shutil.rmtree(one.root / ".confsync")
    return machine(site, one.root, **options)  # type: ignore[arg-type]


def broken(site: Site, one: Machine, **options: object) -> Machine:
    """The same folder with a state file that is no database any more."""
    one.engine.close()
    for file in (one.root / ".confsync").glob("state.db*"):
        file.write_bytes(b"no database at all " * 100)
    return machine(site, one.root, **options)  # type: ignore[arg-type]


def written(site: Site, root: Path, mirror: MirrorConfig | None = None) -> tuple[Machine, str]:
    """A page that confsync has written once, so that it carries the property."""
    page = site.create("Guide", "<p>One.</p><p>Two.</p><p>Three.</p>")
    one = cloned(site, root, mirror=mirror)
    one.replace("guide.md", "Two.", "Two, agreed.")
    assert one.engine.sync().exit_code == 0
    return one, page


@pytest.mark.parametrize("lose", [forgotten, broken], ids=lambda lose: lose.__name__)
def test_edits_on_both_sides_are_merged_as_if_the_state_had_been_there(
    site: Site, tmp_path: Path, lose: Callable[..., Machine]
) -> None:
    """Another paragraph here and there: both are in the page and in the file, nothing is asked, nothing overwritten."""
    one, page = written(site, tmp_path / "m")
    one.replace("guide.md", "One.", "One, here.")
    site.replace(page, "Three.", "Three, there.")
    one = lose(site, one)
    result = one.engine.sync(FULL)
    assert (result.problems, result.conflicts) == ((), ())
    assert one.read("guide.md").endswith("One, here.\n\nTwo, agreed.\n\nThree, there.\n")
    assert site.body(page) == "<p>One, here.</p><p>Two, agreed.</p><p>Three, there.</p>"
    assert one.engine.sync(FULL).done == ()


def test_with_identity_in_the_property_the_folder_needs_no_ids(site: Site, tmp_path: Path) -> None:
    """The path in the property says which file is which page, and its version what was agreed."""
    mirror = MirrorConfig(SPACE, identity="property")
    one, page = written(site, tmp_path / "m", mirror)
    assert "confluence_page_id" not in one.read("guide.md")
    one.replace("guide.md", "One.", "One, here.")
    site.replace(page, "Three.", "Three, there.")
    one = forgotten(site, one, mirror=mirror)
    assert one.engine.sync(FULL).exit_code == 0
    assert site.body(page) == "<p>One, here.</p><p>Two, agreed.</p><p>Three, there.</p>"
    assert len(site.titles()) == 2


def test_what_cannot_be_proved_is_asked(site: Site, tmp_path: Path) -> None:
    """A page that confsync never wrote, changed on both sides since: markers, and nobody's words are overwritten."""
    page = site.create("Guide", "<p>One.</p>")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "One.", "One, here.")
    site.replace(page, "One.", "One, there.")
    one = forgotten(site, one)
    result = one.engine.sync(FULL)
    assert [conflict.path for conflict in result.conflicts] == ["guide.md"]
    assert "One, here." in one.read("guide.md")
    assert "One, there." in one.read("guide.md")
    assert site.body(page) == "<p>One, there.</p>"


def test_moves_and_deletions_without_a_state_lose_nothing(site: Site, tmp_path: Path) -> None:
    """A moved file is still its page; a page whose file is gone comes back; a page gone on the site is left alone."""
    one, page = written(site, tmp_path / "m")
    gone, kept = site.create("Gone", "<p>Gone there.</p>"), site.create("Kept", "<p>Deleted here.</p>")
    one.engine.sync(FULL)
    (one.root / "sub").mkdir()
    (one.root / "guide.md").rename(one.root / "sub/guide.md")
    (one.root / "kept.md").unlink()
    site.api.trash(gone)
    one = forgotten(site, one)
    one.engine.sync(FULL)
    assert one.read("kept.md").endswith("Deleted here.\n")
    assert site.page(kept).status == "current"
    assert one.read("gone.md").endswith("Gone there.\n"), "a page that cannot be found is no reason to delete a file"
    assert f'confluence_page_id: "{page}"' in one.read("sub/guide.md")
    assert site.page(page).parent == site.titles()["sub"]


@pytest.mark.parametrize("side", ["here", "there", "both"])
def test_attachments_without_a_state(site: Site, tmp_path: Path, side: str) -> None:
    """Equal bytes are found equal without a transfer; different ones end with both kept."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.write("guide.files/x.txt", "agreed")
    one.engine.sync(FULL)
    if side in ("here", "both"):
        one.write("guide.files/x.txt", "here")
    if side in ("there", "both"):
        site.attach(page, "x.txt", b"there", tmp_path)
    one = forgotten(site, one)
    one.engine.sync(FULL)
    everything = one.trash() + "".join(data.decode() for data in one.files().values())
    versions = [site.bytes_of(page, "x.txt").decode(), everything]
    for word in {"here": ["here"], "there": ["there"], "both": ["here", "there"]}[side]:
        assert word in "".join(versions)
    assert one.engine.sync(FULL).done == ()


def test_a_ci_runner_with_an_empty_cache_publishes_exactly_the_difference(site: Site, tmp_path: Path) -> None:
    """Of ten pages one was edited in git: the runner writes that one, and only that one."""
    for number in range(10):
        site.create(f"Page {number}", f"<p>Text {number}.</p><p>More.</p>")
    one = cloned(site, tmp_path / "m")
    for number in range(10):
        one.replace(f"page-{number}.md", "More.", "More, written here.")
    one.engine.sync(FULL)
    one.replace("page-3.md", "Text 3.", "Text three.")
    runner = tmp_path / "runner"
    shutil.copytree(one.root, runner, ignore=shutil.ignore_patterns(".confsync"))
    ci = machine(site, runner)
    assert ci.engine.push(FULL).exit_code == 0
    assert {path.split("?")[0].split("/")[5] for _, path in ci.writes()} == {site.titles()["Page 3"]}
    assert site.body(site.titles()["Page 3"]) == "<p>Text three.</p><p>More, written here.</p>"
    one.asked()
    result = one.engine.sync(FULL)
    assert (result.problems, one.writes()) == ((), [])


def committed(repo: Repo, message: str) -> None:
    repo.git.add("-A")
    repo.index.commit(message, author=WHO, committer=WHO)


def test_git_knows_the_authors_own_text_of_what_was_agreed(site: Site, tmp_path: Path) -> None:
    """State lost, edited on both sides: the base is the committed text, so the author's line breaks survive."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    body = "A long sentence that its author\nhas broken in two lines.\n\n* starred\n* items\n\nLast.\n"
    one.write("guide.md", one.read("guide.md").replace("Text.\n", body))
    one.engine.sync(FULL)
    with Repo.init(one.root) as repo:
        committed(repo, "As agreed")
        one.replace("guide.md", "Last.", "Last, here.")
        (one.root / "guide.md").rename(one.root / "manual.md")
        committed(repo, "Edited and renamed")
    site.replace(page, "broken in", "broken into")
    one.engine.close()
    shutil.rmtree(one.root / ".confsync")
    one = machine(site, one.root)
    one.engine.world.history = find_text
    result = one.engine.sync(FULL)
    assert (result.problems, result.conflicts) == ((), ())
    expected = body.replace("broken in", "broken into").replace("Last.", "Last, here.")
    assert one.read("manual.md").endswith(expected)
    assert "Last, here." in site.body(page)


def test_history_is_looked_through_by_name_and_former_name(tmp_path: Path) -> None:
    """The newest text that fits is given; a file without history, or no repository, gives none."""
    file = tmp_path / "a.md"
    assert find_text(file, lambda text: True) is None
    with Repo.init(tmp_path) as repo:
        assert find_text(file, lambda text: True) is None
        for text in ("first\n" * 9, "first\n" * 8 + "second\n"):
            file.write_text(text)
            committed(repo, text[:5])
        file.rename(tmp_path / "b.md")
        committed(repo, "Renamed")
    assert find_text(tmp_path / "b.md", lambda text: "second" in text) == "first\n" * 8 + "second\n"
    assert find_text(tmp_path / "b.md", lambda text: "second" not in text) == "first\n" * 9
    assert find_text(tmp_path / "b.md", lambda text: "third" in text) is None


@pytest.mark.parametrize("edited", [False, True])
def test_a_moved_file_without_id_is_found_by_its_text_or_title(site: Site, tmp_path: Path, edited: bool) -> None:
    """Identity in the property, a file moved and the state lost: the page moves, and nothing is published twice."""
    mirror = MirrorConfig(SPACE, identity="property")
    parent = site.create("Parent")
    one, page = written(site, tmp_path / "m", mirror)
    (one.root / "parent").mkdir()
    (one.root / "guide.md").rename(one.root / "parent/guide.md")
    if edited:
        one.replace("parent/guide.md", "One.", "One, here.")
    else:
        one.replace("parent/guide.md", "title: Guide", "title: Manual")
    one = forgotten(site, one, mirror=mirror)
    assert one.engine.sync(FULL).exit_code == 0
    assert site.page(page).parent == parent
    assert ("One, here." in site.body(page), site.page(page).title) == (edited, "Guide" if edited else "Manual")
    assert (len(site.titles()), sorted(one.files())) == (3, ["index.md", "parent.md", "parent/guide.md"])
    assert one.engine.sync(FULL).done == ()


def test_a_title_that_is_there_already_is_asked_about_not_doubled(site: Site, tmp_path: Path) -> None:
    """A tree without ids meets a space that has a page of that title: equal texts agree, others wait for a decision."""
    equal, other = site.create("Equal", "<p>Same.</p>"), site.create("Other", "<p>Theirs.</p>")
    one = machine(site, tmp_path / "m", mirror=MirrorConfig(SPACE, identity="property"))
    one.write("equal.md", "# Equal\n\nSame.\n")
    one.write("notes/other.md", "# Other\n\nMine.\n")
    result = one.engine.sync(FULL)
    assert [conflict.id for conflict in result.conflicts] == [other]
    assert {equal, other} < set(site.titles().values())
    assert not [title for title in site.titles() if "(2)" in title]
    assert site.body(other) == "<p>Theirs.</p>"
    text = "".join(data.decode() for path, data in one.files().items() if path.endswith("other.md"))
    assert "Mine." in text
    assert "Theirs." in text


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("identity", ["front_matter", "property"])
def test_directories_and_folders_are_found_again(site: Site, tmp_path: Path, identity: str, renamed: bool) -> None:
    """Neither has a file to name it: a runner with nothing but the checkout still makes no second page for them."""
    mirror = MirrorConfig(SPACE, identity=identity)
    outer = site.app.sandbox.create_folder(SPACE, "Outer", site.home)
    inner = site.app.sandbox.create_folder(SPACE, "Inner", outer)
    site.create("In both", parent=inner)
    one = cloned(site, tmp_path / "m", mirror=mirror)
    one.write("box/one.md", "# One\n\nText of one.\n")
    one.write("box/deep/two.md", "# Two\n\nText of two.\n")
    assert one.engine.sync(FULL).exit_code == 0
    box, titles = site.titles()["box"], set(site.titles())
    if renamed and identity == "front_matter":
        (one.root / "box").rename(one.root / "case")
    before = one.files()
    one = forgotten(site, one, mirror=mirror)
    assert one.engine.sync(FULL).exit_code == 0
    one.engine.sync(FULL)
    assert set(site.titles()) == titles
    assert site.page(site.titles()["One"]).parent == box
    assert site.page(site.titles()["In both"]).parent == inner
    assert one.files() == before
    one.asked()
    assert (one.engine.sync(FULL).done, one.writes()) == ((), [])
