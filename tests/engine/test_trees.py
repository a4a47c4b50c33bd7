"""Trees: pages made, moved, renamed and deleted on either side, with their attachments."""

from pathlib import Path

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import GuardStop
from confsync.model import Policy
from confsync.remote import NewPage
from tests.engine.machines import Machine, Site, cloned, machine

FULL = Options(full=True)


def link(title: str) -> str:
    return f'<p>See <ac:link><ri:page ri:content-title="{title}" /></ac:link>.</p>'


def settled(site: Site, one: Machine) -> None:
    """Both sides are equal: another run, with everything listed anew, finds nothing, and so does a new clone."""
    result = one.engine.sync(Options(full=True))
    assert (result.done, result.exit_code) == ((), 0), result


def test_new_files_become_pages_under_their_parents(site: Site, tmp_path: Path) -> None:
    """Folders become parents, first headings titles; ids come into the files, and nothing else changes."""
    one = cloned(site, tmp_path / "m")
    one.write("guide.md", "# The Guide\n\nText, see [setup](guide/setup.md).\n")
    one.write("guide/setup.md", "---\nlabels: [howto]\ncustom: 1\n---\n\nSetup, back to [the guide](../guide.md).\n")
    one.write("guide/setup.files/a.txt", "data")
    result = one.engine.sync()
    assert result.exit_code == 0
    titles = site.titles()
    setup = site.page(titles["setup"])
    assert (setup.parent, setup.labels) == (titles["The Guide"], ("howto",))
    assert site.bytes_of(setup.id, "a.txt") == b"data"
    assert 'ri:content-title="The Guide"' in site.body(setup.id)
    head = f'---\nlabels: [howto]\ncustom: 1\nconfluence_page_id: "{setup.id}"\n---\n\n'
    assert one.read("guide/setup.md") == head + "Setup, back to [the guide](../guide.md).\n"
    settled(site, one)


def test_a_rename_on_the_site_renames_title_and_file_and_links(site: Site, tmp_path: Path) -> None:
    """The file follows while its name is the slug of the old title; links to it follow, only those characters."""
    guide = site.create("Guide")
    site.create("Setup", link("Guide"), guide)
    one = cloned(site, tmp_path / "m")
    site.edit(guide, title="Handbook")
    assert one.engine.sync().exit_code == 0
    assert list(one.files()) == ["handbook.md", "handbook/setup.md", "index.md"]
    assert "title: Handbook" in one.read("handbook.md")
    assert "See [Guide](../handbook.md)." in one.read("handbook/setup.md")
    settled(site, one)


def test_a_rename_in_the_folder_renames_the_page(site: Site, tmp_path: Path) -> None:
    """The title is pushed without a change of the text."""
    guide = site.create("Guide")
    site.create("Setup", link("Guide"))
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title: Guide", "title: Handbook")
    assert one.engine.sync().exit_code == 0
    assert (site.page(guide).title, site.page(guide).version) == ("Handbook", 2)
    settled(site, one)


def test_moves_on_both_sides_follow(site: Site, tmp_path: Path) -> None:
    """A page moved in the folder moves on the site and the other way round; attachments and links go along."""
    one_, two, three = (site.create(title) for title in ("One", "Two", "Three"))
    leaf = site.create("Leaf", link("Three"), one_)
    site.attach(leaf, "x.txt", b"x", tmp_path)
    one = cloned(site, tmp_path / "m")
    (one.root / "two").mkdir()
    (one.root / "one/leaf.md").rename(one.root / "two/leaf.md")
    (one.root / "one/leaf.files").rename(one.root / "two/leaf.files")
    site.api.move(three, "append", one_)
    assert one.engine.sync(Options(full=True)).exit_code == 0
    assert site.page(leaf).parent == two
    assert {"one/three.md", "two/leaf.md", "two/leaf.files/x.txt"} <= one.files().keys()
    assert "(../one/three.md)" in one.read("two/leaf.md")
    settled(site, one)


def test_a_deep_tree_changed_on_both_sides_becomes_equal(site: Site, tmp_path: Path) -> None:
    """Five levels with attachments, renamed and moved on both sides; every link still finds its page."""
    pages, parent = [], None
    for level in range(5):
        parent = site.create(f"Level {level}", link(f"Level {(level + 2) % 5}"), parent)
        site.attach(parent, f"file {level}.txt", str(level).encode(), tmp_path)
        pages.append(parent)
    one = cloned(site, tmp_path / "m")
    site.edit(pages[1], title="First floor")
    site.api.move(pages[3], "append", pages[0])
    one.replace("level-0/level-1/level-2.md", "title: Level 2", "title: Second floor")
    (one.root / "level-0/level-1/level-2").rename(one.root / "attic")
    (one.root / "level-0/level-1/level-2.files").rename(one.root / "attic.files")
    (one.root / "level-0/level-1/level-2.md").rename(one.root / "attic.md")
    assert one.engine.sync(Options(full=True)).exit_code == 0
    settled(site, one)
    assert broken_links(one) == []
    assert site.page(pages[2]).parent == site.home
    assert site.page(pages[3]).parent == pages[0]
    for level, page in enumerate(pages):
        assert site.bytes_of(page, f"file {level}.txt") == str(level).encode()


def broken_links(one: Machine) -> list[str]:
    import posixpath
    import re

    found = []
    for path, data in one.files().items():
        targets = re.findall(r"\]\(([^)#:]+\.md)\)", data.decode()) if path.endswith(".md") else []
        here = one.root / posixpath.dirname(path)
        found += [f"{path}: {target}" for target in targets if not (here / target).exists()]
    return found


def test_titles_are_swapped(site: Site, tmp_path: Path) -> None:
    """Two pages that take each other's title go through a title in between."""
    a, b = site.create("Alpha"), site.create("Beta")
    one = cloned(site, tmp_path / "m")
    one.replace("alpha.md", "title: Alpha", "title: Beta")
    one.replace("beta.md", "title: Beta", "title: Alpha")
    assert one.engine.sync().exit_code == 0
    assert (site.page(a).title, site.page(b).title) == ("Beta", "Alpha")
    settled(site, one)


def test_files_that_take_each_others_place_are_moved_around(site: Site, tmp_path: Path) -> None:
    """The same swap made on the site: names in the folder swap as well."""
    a, b = site.create("Alpha", "<p>a</p>"), site.create("Beta", "<p>b</p>")
    one = cloned(site, tmp_path / "m")
    site.edit(a, title="Gamma")
    site.edit(b, title="Alpha")
    site.edit(a, title="Beta")
    assert one.engine.sync().exit_code == 0
    assert (one.read("alpha.md")[-2:], one.read("beta.md")[-2:]) == ("b\n", "a\n")
    settled(site, one)


def test_a_deletion_goes_to_the_trash_on_both_sides(site: Site, tmp_path: Path) -> None:
    """Deleted here: trashed there. Deleted there: in the trash of the folder."""
    here, there = site.create("Here"), site.create("There", "<p>Precious.</p>")
    site.attach(there, "x.txt", b"attached", tmp_path)
    one = cloned(site, tmp_path / "m")
    (one.root / "here.md").unlink()
    site.api.trash(there)
    assert one.engine.sync(Options(full=True)).exit_code == 0
    assert site.api.page(here, status="trashed")[0].status == "trashed"
    assert list(one.files()) == ["index.md"]
    assert "Precious." in one.trash()
    assert "attached" in one.trash()
    settled(site, one)


def test_an_edit_beats_a_deletion_on_either_side(site: Site, tmp_path: Path) -> None:
    """The page survives on both sides and is reported."""
    here, there = site.create("Here"), site.create("There")
    one = cloned(site, tmp_path / "m")
    (one.root / "here.md").unlink()
    site.edit(here, "<p>Edited remotely.</p>")
    one.replace("there.md", "Text.", "Edited locally.")
    site.api.trash(there)
    result = one.engine.sync(Options(full=True))
    assert {decision.facet for decision in result.decisions} == {"presence"}
    assert "Edited remotely." in one.read("here.md")
    assert "Edited locally." in site.body(there)
    settled(site, one)


def test_a_page_gone_for_good_comes_back_as_a_new_one(site: Site, tmp_path: Path) -> None:
    """A page that was purged while its file was edited may be hidden as well: whoever knows better takes out the id."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "Text.", "Edited locally.")
    site.api.trash(page)
    site.api.session.send("DELETE", f"/content/{page}", status="trashed")
    (problem,) = one.engine.sync(Options(full=True)).problems
    assert "remove `confluence_page_id`" in problem.remedy
    assert "Page" not in site.titles()
    one.replace("page.md", f'confluence_page_id: "{page}"\n', "")
    one.engine.sync(Options(full=True))
    assert site.titles()["Page"] != page
    assert "Edited locally." in site.body(site.titles()["Page"])
    settled(site, one)


def test_a_page_whose_title_was_taken_meanwhile_comes_back_as_a_new_one(site: Site, tmp_path: Path) -> None:
    """A page trashed there and edited here cannot be restored under a title that is in use by now."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "Text.", "Edited locally.")
    site.api.trash(page)
    other = site.create("Page", "<p>Another page.</p>")
    assert one.engine.sync(Options(full=True)).exit_code == 0
    assert site.titles()["Page"] == other
    assert "Edited locally." in site.body(site.titles()["Page (2)"])
    settled(site, one)


def test_a_directory_without_a_page_file_becomes_a_page_that_lists_its_children(site: Site, tmp_path: Path) -> None:
    """Nothing appears in the folder for it; labels and attachments that others add to it do no harm."""
    one = cloned(site, tmp_path / "m")
    one.write("box/inside.md", "# Inside\n\nText.\n")
    assert one.engine.sync().exit_code == 0
    box = site.titles()["box"]
    assert site.page(site.titles()["Inside"]).parent == box
    assert 'ac:name="children"' in site.body(box)
    site.api.add_labels(box, ["x"])
    site.attach(box, "a.txt", b"a", tmp_path)
    assert one.engine.sync(Options(full=True)).exit_code == 0
    assert list(one.files()) == ["box.files/a.txt", "box/inside.md", "index.md"]
    settled(site, one)


def test_a_directory_named_like_a_page_gets_a_title_of_its_own(site: Site, tmp_path: Path) -> None:
    """Its page takes the next free number; nobody is asked for a name."""
    one = cloned(site, tmp_path / "m")
    one.write("guide.md", "# box\n\nText.\n")
    one.write("box/inside.md", "# Inside\n\nText.\n")
    assert one.engine.sync().exit_code == 0
    assert site.page(site.titles()["Inside"]).parent == site.titles()["box (2)"]
    settled(site, one)


def test_a_mass_deletion_stops_and_shows_its_list(site: Site, tmp_path: Path) -> None:
    """Nothing is done until the number is confirmed."""
    for number in range(8):
        site.create(f"Page {number}")
    one = cloned(site, tmp_path / "m")
    for number in range(7):
        (one.root / f"page-{number}.md").unlink()
    with pytest.raises(GuardStop) as stopped:
        one.engine.sync()
    assert len(stopped.value.items) == 7
    assert len(site.titles()) == 9
    one.engine.sync(Options(allow_deletes=7))
    assert len(site.titles()) == 2


def test_an_empty_folder_stops_and_a_lost_root_comes_back(site: Site, tmp_path: Path) -> None:
    """Whoever empties the folder by accident has not emptied the space."""
    site.create("Page")
    one = cloned(site, tmp_path / "m")
    (one.root / "index.md").unlink()
    assert one.engine.sync().exit_code == 0
    assert "index.md" in one.files()
    (one.root / "index.md").unlink()
    (one.root / "page.md").unlink()
    with pytest.raises(GuardStop, match="every page") as stop:
        one.engine.sync()
    assert stop.value.items == ("remote: page.md", "remote: index.md")
    assert len(site.titles()) == 2


def test_on_delete_keep_leaves_the_site_alone(site: Site, tmp_path: Path) -> None:
    """With `on_delete = "keep"` no page is ever deleted on the site."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m", sync=SyncConfig(on_delete="keep"))
    (one.root / "page.md").unlink()
    assert one.engine.sync().exit_code == 0
    assert site.page(page).status == "current"


@pytest.mark.cloud
def test_on_delete_archive_puts_pages_out_of_sight_on_the_site(site: Site, tmp_path: Path) -> None:
    """With `on_delete = "archive"` the page keeps its text and its history, and does not come back by itself."""
    page = site.create("Page", "<p>Kept.</p>")
    one = cloned(site, tmp_path / "m", sync=SyncConfig(on_delete="archive"))
    (one.root / "page.md").unlink()
    assert one.engine.sync().exit_code == 0
    assert (site.page(page).status, site.body(page)) == ("archived", "<p>Kept.</p>")
    assert one.engine.sync(Options(full=True)).done == ()
    assert "page.md" not in one.files()
    assert cloned(site, tmp_path / "other").files().keys() == one.files().keys()
    assert not [path for path in one.files() if path == "page.md"]


def test_a_page_archived_on_the_site_leaves_the_folder(site: Site, tmp_path: Path) -> None:
    """Its file goes to the trash, where it can be found."""
    page = site.create("Page", "<p>Kept.</p>")
    one = cloned(site, tmp_path / "m")
    site.api.archive(page)
    assert one.engine.sync(Options(full=True)).exit_code == 0
    assert "page.md" not in one.files()
    assert "Kept." in one.trash()


def test_a_moved_file_without_id_is_still_its_page(site: Site, tmp_path: Path) -> None:
    """Identity outside the files: a text that vanished here and appeared there has moved."""
    from confsync.config import MirrorConfig

    page = site.create("Page", "<p>A text of its own.</p>")
    site.create("Parent")
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig("DOCS", identity="property"))
    assert "confluence_page_id" not in one.read("page.md")
    (one.root / "parent").mkdir()
    (one.root / "page.md").rename(one.root / "parent/page.md")
    assert one.engine.sync().exit_code == 0
    assert site.page(page).parent == site.titles()["Parent"]


def test_a_copy_of_a_file_becomes_a_page_of_its_own(site: Site, tmp_path: Path) -> None:
    """Of two files with one id the one at the agreed place keeps it."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.write("copy.md", one.read("page.md").replace("title: Page", "title: Copy"))
    assert one.engine.sync().exit_code == 0
    assert site.titles()["Page"] == page
    assert site.titles()["Copy"] in one.read("copy.md")
    settled(site, one)


def test_cloud_folders_are_directories(site: Site, tmp_path: Path) -> None:
    """A folder has no file; its pages lie in it and can be moved in and out."""
    folder = site.app.sandbox.create_folder("DOCS", "Box", site.home)
    inside = site.create("Inside", parent=folder)
    one = cloned(site, tmp_path / "m")
    assert list(one.files()) == ["box/inside.md", "index.md"]
    settled(site, one)
    (one.root / "box/inside.md").rename(one.root / "inside.md")
    one.engine.sync()
    assert site.page(inside).parent == site.home


def test_top_level_pages_have_a_place_of_their_own(site: Site, tmp_path: Path) -> None:
    """What lies beside the home page lies in `_top/`."""
    top, _ = site.api.create(NewPage("DOCS", "Top", "<p>t</p>"))
    child = site.create("Child", parent=top.id)
    one = cloned(site, tmp_path / "m")
    assert list(one.files()) == ["_top/top.md", "_top/top/child.md", "index.md"]
    (one.root / "_top/top/child.md").rename(one.root / "_top/child.md")
    assert one.engine.sync().exit_code == 0
    assert site.page(child).ancestors == ()
    settled(site, one)


def test_attachments_travel_both_ways_once(site: Site, tmp_path: Path) -> None:
    """New, changed and deleted files; equal bytes are never sent or fetched again."""
    page = site.create("Page")
    site.attach(page, "remote.bin", b"1", tmp_path)
    one = cloned(site, tmp_path / "m")
    one.write("page.files/local.txt", "a")
    one.engine.sync()
    assert site.bytes_of(page, "local.txt") == b"a"
    one.write("page.files/local.txt", "b")
    site.attach(page, "remote.bin", b"2", tmp_path)
    one.engine.sync()
    assert site.bytes_of(page, "local.txt") == b"b"
    assert one.read("page.files/remote.bin") == "2"
    assert {asset.name: asset.version for asset in site.api.assets(page)} == {"local.txt": 2, "remote.bin": 2}
    (one.root / "page.files/local.txt").unlink()
    one.engine.sync(Options(full=True))
    assert [asset.name for asset in site.api.assets(page)] == ["remote.bin"]
    settled(site, one)


def test_names_no_file_system_can_hold_come_back(site: Site, tmp_path: Path) -> None:
    """Reserved names, slashes, trailing dots and long titles give safe files; attachments keep their names."""
    for title in ("CON", "a/b", "Dots...", "..", "x" * 250, "Ünï cödé 🎉", "index", "con", "-"):
        if title.casefold() not in (known.casefold() for known in site.titles()):
            site.create(title)
    page = site.titles()["a/b"]
    site.attach(page, "what?.txt", b"q", tmp_path)
    site.attach(page, "Read.TXT", b"r", tmp_path)
    site.attach(page, "read.txt", b"s", tmp_path)
    one = cloned(site, tmp_path / "m")
    assert len({path.casefold() for path in one.files()}) == len(one.files())
    settled(site, one)
    assert {asset.name for asset in site.api.assets(page)} == {"what?.txt", "Read.TXT", "read.txt"}
    assert machine(site, one.root).engine.status().clean


def test_a_link_out_of_the_folder_is_never_followed(site: Site, tmp_path: Path) -> None:
    """A symbolic link does not lead a write out of the mirror."""
    site.create("Guide")
    outside = tmp_path / "outside"
    outside.mkdir()
    one = machine(site, tmp_path / "m")
    site.create("Child", parent=site.titles()["Guide"])
    (one.root / "guide").symlink_to(outside)
    result = one.engine.clone()
    assert result.exit_code == 3
    assert list(outside.iterdir()) == []


def test_a_text_written_on_a_directorys_page_comes_into_a_file(site: Site, tmp_path: Path) -> None:
    """A directory without a page file becomes a page with a list of its children; what is written there is pulled."""
    one = cloned(site, tmp_path / "m")
    one.write("guides/a.md", "# A\n\nText.\n")
    one.engine.sync(FULL)
    page = site.titles()["guides"]
    site.edit(page, title="Guides")
    one.engine.sync(FULL)
    assert "guides.md" not in one.files()
    site.edit(page, site.body(page) + "<p>Read these first.</p>")
    dry = one.engine.sync(Options(full=True, dry_run=True))
    assert [effect.reason for effect in dry.planned] == ["has a text in Confluence by now"]
    one.engine.sync(FULL)
    assert one.read("guides.md").endswith("Read these first.\n")
    one.replace("guides.md", "these", "all of these")
    one.engine.sync(FULL)
    assert site.body(page).endswith("<p>Read all of these first.</p>")
    assert site.page(site.titles()["A"]).parent == page
    result = one.engine.sync(FULL)
    assert (result.done, result.problems) == ((), ())


@pytest.mark.parametrize("path", ["d.md", "d/index.md"])
def test_a_file_for_a_directory_becomes_its_page(site: Site, tmp_path: Path, path: str) -> None:
    """The page that stood for the directory keeps its id; what a colleague has written on it meanwhile is merged."""
    one = cloned(site, tmp_path / "m")
    one.write("d/x.md", "# X\n\nText.\n")
    one.engine.sync(FULL)
    page = site.titles()["d"]
    site.edit(page, "<p>Precious words.</p>")
    one.write(path, "# The letter D\n\nAn introduction.\n")
    for _ in range(2):
        result = one.engine.sync(Options(full=True, on_conflict=Policy.BOTH))
    assert (result.done, result.problems) == ((), ())
    everything = site.body(page) + "".join(data.decode() for data in one.files().values()) + one.trash()
    assert "Precious words." in everything
    assert "An introduction." in everything
    assert site.page(page).title == "The letter D"
    assert site.page(site.titles()["X"]).parent == page


def test_a_parent_waits_for_a_child_that_is_not_deleted(site: Site, tmp_path: Path) -> None:
    """A colleague's open draft holds the child's deletion back: the page above it stays too, and nothing comes back."""
    guide = site.create("Guide")
    kid = site.create("Kid", parent=guide)
    one = cloned(site, tmp_path / "m")
    site.app.sandbox.create_user("ada")
    site.app.sandbox.save_draft(kid, "ada", "Kid", "<p>Unpublished.</p>")
    (one.root / "guide.md").unlink()
    (one.root / "guide/kid.md").unlink()
    for _ in range(2):
        result = one.engine.sync(FULL)
        assert result.exit_code == 3
    assert {problem.place for problem in result.problems} == {"guide/kid.md", "guide.md"}
    assert [site.page(page).status for page in (guide, kid)] == ["current", "current"]
    assert set(one.files()) == {"index.md"}
