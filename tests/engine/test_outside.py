"""Links to files outside a page's own folder: an existing docs tree publishes with its images as it stands."""

from __future__ import annotations

from pathlib import Path

from confsync.cli.judge import Tree, judge
from confsync.engine import Options
from tests.engine.machines import Machine, Site, cloned

FULL = Options(full=True)


def tree(site: Site, root: Path) -> Machine:
    """A docs tree with a shared folder of images, published."""
    one = cloned(site, root)
    one.write("images/a.png", "AAA")
    one.write("setup/images/a.png", "other")
    one.write("setup.md", "# Setup\n\n![A](images/a.png) and ![B](setup/images/a.png)\n\n`![no](images/no.png)`\n")
    one.write("setup/deep.md", "# Deep\n\n![A](../images/a.png), [gone](../images/gone.png)\n")
    one.write("images/no.png", "NO")
    assert one.engine.sync(FULL).problems == ()
    return one


def names(site: Site, title: str) -> set[str]:
    return {asset.name for asset in site.page(site.titles()[title]).assets}


def test_files_that_pages_link_to_are_attached(site: Site, tmp_path: Path) -> None:
    """Each page gets the files it shows; the same name twice gets its folder's before it; code attaches nothing."""
    one = tree(site, tmp_path / "m")
    assert names(site, "Setup") == {"a.png", "images-a.png"}
    assert names(site, "Deep") == {"a.png"}
    body = site.body(site.titles()["Setup"])
    assert 'ri:filename="a.png"' in body
    assert 'ri:filename="images-a.png"' in body
    assert site.bytes_of(site.titles()["Setup"], "images-a.png") == b"other"
    one.asked()
    result = one.engine.sync(FULL)
    assert (result.done, one.writes()) == ((), [])
    assert not (one.root / "setup.files").exists()


def test_a_changed_file_goes_to_every_page_that_shows_it(site: Site, tmp_path: Path) -> None:
    """One picture, two pages: both have the new bytes, and no page has a new version for it."""
    one = tree(site, tmp_path / "m")
    versions = {title: site.page(page).version for title, page in site.titles().items()}
    one.write("images/a.png", "A2A2")
    one.engine.sync(FULL)
    assert [site.bytes_of(site.titles()[title], "a.png") for title in ("Setup", "Deep")] == [b"A2A2"] * 2
    assert versions == {title: site.page(page).version for title, page in site.titles().items()}


def test_a_remote_edit_comes_back_with_the_authors_link(site: Site, tmp_path: Path) -> None:
    """A pull leaves the destination as it is written; a new version of the picture goes to where it lies."""
    one = tree(site, tmp_path / "m")
    deep = site.titles()["Deep"]
    site.replace(deep, "<p>", "<p>Look: ")
    site.attach(deep, "a.png", b"from the web", tmp_path)
    one.engine.sync(FULL)
    assert one.read("setup/deep.md").endswith("# Deep\n\nLook: ![A](../images/a.png), [gone](../images/gone.png)\n")
    assert one.read("images/a.png") == "from the web"
    assert "AAA" in one.trash()
    one.engine.sync(FULL)
    assert site.bytes_of(site.titles()["Setup"], "a.png") == b"from the web"


def test_a_moved_page_still_shows_its_pictures(site: Site, tmp_path: Path) -> None:
    """Links to files outside follow the page, and `check` finds nothing broken but what was before."""
    one = tree(site, tmp_path / "m")
    site.api.move(site.titles()["Deep"], "append", site.home)
    one.engine.sync(FULL)
    assert "![A](images/a.png), [gone](../images/gone.png)" in one.read("deep.md")
    broken = [finding for finding in judge(Tree(one.root), ())[1] if finding.rule == "broken-link"]
    assert [finding.message for finding in broken] == ["leads to ../images/gone.png, which is not there"]


def test_taking_the_link_out_takes_the_attachment_away(site: Site, tmp_path: Path) -> None:
    """The file stays in its folder: other pages may show it."""
    one = tree(site, tmp_path / "m")
    one.replace("setup/deep.md", "![A](../images/a.png), ", "")
    one.engine.sync(FULL)
    assert names(site, "Deep") == set()
    assert one.read("images/a.png") == "AAA"


def test_deleting_the_attachment_on_the_site_does_not_delete_a_shared_file(site: Site, tmp_path: Path) -> None:
    """The page still links to it: it is attached again."""
    one = tree(site, tmp_path / "m")
    page = site.page(site.titles()["Deep"])
    site.api.trash(page.assets[0].id)
    one.engine.sync(FULL)
    assert names(site, "Deep") == {"a.png"}
    assert one.read("images/a.png") == "AAA"


def test_nothing_from_outside_the_mirror_is_ever_published(site: Site, tmp_path: Path) -> None:
    """A link that leads up, to a hidden file or through a symbolic link attaches nothing."""
    (tmp_path / "secret.txt").write_text("secret")
    one = cloned(site, tmp_path / "m")
    one.write(".env.txt", "secret")
    (one.root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (one.root / "away").symlink_to(tmp_path)
    one.write("a.md", "# A\n\n[1](../secret.txt) [2](.env.txt) [3](link.txt) [4](away/secret.txt)\n")
    one.engine.sync(FULL)
    assert names(site, "A") == set()


def test_a_page_moved_by_its_author_keeps_its_pictures(site: Site, tmp_path: Path) -> None:
    """`git mv` of a page: links to pages and links to pictures follow alike, and nothing is taken off the site."""
    one = cloned(site, tmp_path / "m")
    one.write("img/1.png", "PNG")
    one.write("p.md", "# P\n\n![a](img/1.png) [q](q.md)\n")
    one.write("q.md", "# Q\n\nText.\n")
    one.engine.sync(FULL)
    asset = site.page(site.titles()["P"]).assets[0].id
    (one.root / "q").mkdir()
    (one.root / "p.md").rename(one.root / "q/p.md")
    one.engine.sync(FULL)
    assert one.read("q/p.md").endswith("![a](../img/1.png) [q](../q.md)\n")
    assert [asset.id for asset in site.page(site.titles()["P"]).assets] == [asset]
    assert one.engine.sync(FULL).done == ()


def test_a_new_picture_is_not_taken_for_an_attachment_of_the_same_name(site: Site, tmp_path: Path) -> None:
    """A colleague attaches `1.png` while the author links to another `1.png`: both are shown, each in its place."""
    page = site.create("P")
    one = cloned(site, tmp_path / "m")
    site.attach(page, "1.png", b"REMOTE", tmp_path)
    site.edit(page, '<p>Text.</p><p><ac:image><ri:attachment ri:filename="1.png" /></ac:image></p>')
    one.write("img/1.png", "MINE")
    one.replace("p.md", "Text.", "Text ![mine](img/1.png).")
    one.engine.sync(FULL)
    one.engine.sync(FULL)
    assert one.read("img/1.png") == "MINE"
    assert {name: site.bytes_of(page, name) for name in names(site, "P")} == {"1.png": b"REMOTE", "img-1.png": b"MINE"}
    assert one.read("p.files/1.png") == "REMOTE"
    assert 'ri:filename="img-1.png"' in site.body(page)


def test_every_way_of_showing_a_picture_attaches_it(site: Site, tmp_path: Path) -> None:
    """A picture that is a link to another, HTML with any quotes or none, a reference definition, equal names."""
    one = cloned(site, tmp_path / "m")
    for name in ("img/1", "img/2", "img/3", "img/4", "img/5", "a/x", "b/x"):
        one.write(f"{name}.png", name)
    one.write(
        "p.md",
        "# P\n\n[![in](img/1.png)](img/2.png) ![r][r] ![x](a/x.png) ![x](b/x.png)\n\n"
        "<img src=img/3.png>\n\n<a href='img/4.png'>four</a>\n\n[r]: img/5.png\n",
    )
    assert one.engine.sync(FULL).problems == ()
    page = site.titles()["P"]
    found = {site.bytes_of(page, name).decode() for name in names(site, "P")}
    assert found == {"img/1", "img/2", "img/3", "img/4", "img/5", "a/x", "b/x"}
    assert one.engine.sync(FULL).done == ()


def test_a_user_that_the_site_does_not_know_is_said(site: Site, tmp_path: Path) -> None:
    """One attempt, the reason with the page's file; the text of the page goes up all the same."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title:", "confluence: {restrictions: {update: {users: [nobody]}}}\ntitle:")
    one.replace("guide.md", "Text.", "Other text.")
    result = one.engine.sync(FULL)
    assert [problem.place for problem in result.problems] == ["guide.md"]
    assert "was not taken" in result.problems[0].message
    assert "Other text." in site.body(page)
    assert sum("/restriction/" in path for _, path in one.writes()) <= 1
