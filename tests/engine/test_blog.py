"""Blog posts: files with their day in the name, apart from the page tree and its titles."""

from __future__ import annotations

from pathlib import Path

from confsync.engine import Options
from confsync.remote import NewPage
from tests.engine.machines import Site, cloned, settled

FULL = Options(full=True)


def post(site: Site, title: str, body: str) -> str:
    return site.api.create(NewPage("DOCS", title, body, kind="blogpost"))[0].id


def day(site: Site, page: str) -> str:
    return site.page(page).created[:10]


def test_a_post_becomes_a_file_with_its_day(site: Site, tmp_path: Path) -> None:
    """A post may have the title of a page; both are cloned, each to its own place."""
    site.create("News", "<p>A page.</p>")
    one_post = post(site, "News", "<p>A post.</p>")
    one = cloned(site, tmp_path / "m")
    path = f"blog/{day(site, one_post)}-news.md"
    assert set(one.files()) == {"index.md", "news.md", path}
    assert one.read(path).endswith("A post.\n")
    settled(one)


def test_edits_of_a_post_go_both_ways(site: Site, tmp_path: Path) -> None:
    """Text and title, here and there; the file keeps its day when its title changes on the site."""
    page = post(site, "News", "<p>One.</p><p>Two.</p>")
    one = cloned(site, tmp_path / "m")
    path = f"blog/{day(site, page)}-news.md"
    one.replace(path, "One.", "One, here.")
    site.replace(page, "Two.", "Two, there.")
    one.engine.sync(FULL)
    assert site.body(page) == "<p>One, here.</p><p>Two, there.</p>"
    site.edit(page, title="Old news")
    one.engine.sync(FULL)
    assert one.read(f"blog/{day(site, page)}-old-news.md").endswith("One, here.\n\nTwo, there.\n")
    settled(one)


def test_a_dated_file_in_blog_becomes_a_post(site: Site, tmp_path: Path) -> None:
    """It is published as a post, not as a page; it keeps the day in its name, with its attachments."""
    one = cloned(site, tmp_path / "m")
    one.write("blog/2026-01-31-hello.md", "# Hello\n\nText with ![a](2026-01-31-hello.files/a.png).\n")
    one.write("blog/2026-01-31-hello.files/a.png", "png")
    assert one.engine.sync(FULL).problems == ()
    found = [page for page, _ in site.api.pages("DOCS", kind="blogpost")]
    assert [(page.title, [asset.name for asset in page.assets]) for page in found] == [("Hello", ["a.png"])]
    assert "Hello" not in site.titles()
    assert "blog/2026-01-31-hello.md" in one.files()
    settled(one)
    two = cloned(site, tmp_path / "m2")
    assert any(path.startswith("blog/") and path.endswith("-hello.md") for path in two.files())


def test_a_post_is_deleted_on_either_side(site: Site, tmp_path: Path) -> None:
    """Into the trash there, into the trash here."""
    kept, gone = post(site, "Here", "<p>Mine.</p>"), post(site, "There", "<p>Theirs.</p>")
    one = cloned(site, tmp_path / "m")
    (one.root / f"blog/{day(site, kept)}-here.md").unlink()
    site.api.trash(gone)
    one.engine.sync(FULL)
    assert list(site.api.pages("DOCS", kind="blogpost")) == []
    assert set(one.files()) == {"index.md"}
    assert "Theirs." in one.trash()


def test_a_page_called_blog_keeps_its_dated_children(site: Site, tmp_path: Path) -> None:
    """Where `blog` is a page, what lies under it are pages."""
    one = cloned(site, tmp_path / "m")
    one.write("blog.md", "# Blog\n\nA page.\n")
    one.write("blog/2026-01-31-hello.md", "# Hello\n\nA page, too.\n")
    one.engine.sync(FULL)
    assert list(site.api.pages("DOCS", kind="blogpost")) == []
    assert site.page(site.titles()["Hello"]).parent == site.titles()["Blog"]
    settled(one)


def test_a_post_found_by_search_is_pulled_with_its_day(site: Site, tmp_path: Path) -> None:
    """While the listing is fresh, search tells of new posts as of new pages."""
    one = cloned(site, tmp_path / "m")
    page = post(site, "Fresh", "<p>New.</p>")
    one.engine.sync()
    assert f"blog/{day(site, page)}-fresh.md" in one.files()
