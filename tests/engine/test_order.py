"""The order of siblings: `order` in front matter and the order on the site, either way, with the fewest moves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from confsync.engine import Options
from tests.engine.machines import Machine, Site, cloned, settled

FULL = Options(full=True)


def children(site: Site) -> list[str]:
    pages = [page for page, _ in site.api.pages("DOCS") if page.parent == site.home]
    return [page.title for page in sorted(pages, key=lambda page: (page.position is None, page.position or 0))]


def numbered(site: Site, root: Path, numbers: str) -> Machine:
    """Pages A, B, C, … in this order, with `order` as given."""
    for title in "ABCDEFGH"[: len(numbers)]:
        site.create(title)
    one = cloned(site, root)
    for title, number in zip("abcdefgh", numbers, strict=False):
        one.replace(f"{title}.md", "title:", f"order: {number}\ntitle:")
    assert one.engine.sync(FULL).exit_code == 0
    return one


def test_order_in_front_matter_orders_the_siblings(site: Site, tmp_path: Path) -> None:
    """With the fewest moves: of six pages of which one is out of place, one is moved."""
    one = numbered(site, tmp_path / "m", "134562")
    assert children(site) == ["A", "F", "B", "C", "D", "E"]
    settled(one)
    one.replace("a.md", "order: 1", "order: 9")
    one.asked()
    one.engine.sync(FULL)
    (move,) = [path for _, path in one.writes() if "move" in path]
    assert {site.titles()["A"], site.titles()["E"]} <= set(re.findall(r"\d+", move))
    assert children(site) == ["F", "B", "C", "D", "E", "A"]


def test_another_order_on_the_site_deals_out_the_same_numbers(site: Site, tmp_path: Path) -> None:
    """Dragging a page in the web editor changes `order` in the files, with no number that nobody chose."""
    one = numbered(site, tmp_path / "m", "123")
    site.api.move(site.titles()["C"], "before", site.titles()["A"])
    one.engine.sync(FULL)
    assert [one.read(f"{name}.md").split("order: ")[1][0] for name in "abc"] == ["2", "3", "1"]
    assert children(site) == ["C", "A", "B"]
    settled(one)


def test_pages_without_order_stay_where_they_are(site: Site, tmp_path: Path) -> None:
    """Only who names an order is moved."""
    for title in "ABCD":
        site.create(title)
    one = cloned(site, tmp_path / "m")
    one.replace("a.md", "title:", "order: 2\ntitle:")
    one.replace("c.md", "title:", "order: 1\ntitle:")
    one.engine.sync(FULL)
    assert children(site) in (["C", "A", "B", "D"], ["B", "C", "A", "D"])
    settled(one)


def test_an_edit_after_a_reorder_leaves_the_authors_numbers(site: Site, tmp_path: Path) -> None:
    """The site numbers places in its own way: reading one page anew is no new order."""
    one = numbered(site, tmp_path / "m", "21")
    for text in ("Two.", "Three."):
        one.replace("b.md", one.read("b.md").split("\n\n")[1].strip(), text)
        assert len(one.engine.sync().done) == 1
    site.replace(site.titles()["A"], "Text.", "From the web.")
    one.engine.sync()
    assert ("order: 2" in one.read("a.md"), "order: 1" in one.read("b.md")) == (True, True)
    assert children(site) == ["B", "A"]
    settled(one)


def test_a_file_moved_with_its_order_gets_both(site: Site, tmp_path: Path) -> None:
    """Under its new parent it stands where its number says; the siblings keep theirs."""
    parent = site.create("P")
    for title in "XYZ":
        site.create(title, parent=parent)
    site.create("B")
    one = cloned(site, tmp_path / "m")
    for number, name in enumerate(("p/x", "p/y", "p/z"), 1):
        one.replace(f"{name}.md", "title:", f"order: {number}\ntitle:")
    one.replace("b.md", "title:", "order: 2\ntitle:")
    one.engine.sync(FULL)
    one.replace("b.md", "order: 2", "order: 0")
    (one.root / "b.md").rename(one.root / "p/b.md")
    one.engine.sync()
    pages = [page for page, _ in site.api.pages("DOCS") if page.parent == parent]
    assert [page.title for page in sorted(pages, key=lambda page: page.position or 0)] == ["B", "X", "Y", "Z"]
    assert [one.read(f"p/{name}.md").split("order: ")[1][0] for name in "bxyz"] == ["0", "1", "2", "3"]
    settled(one)


def test_a_reorder_that_fails_in_the_middle_renumbers_nobody(site: Site, tmp_path: Path) -> None:
    """Some moves done, one refused: the next run does the rest, and no file gets another number."""
    one = numbered(site, tmp_path / "m", "1234")
    for name, number in zip("abcd", "4321", strict=True):
        one.write(f"{name}.md", one.read(f"{name}.md").replace(f"order: {'abcd'.index(name) + 1}", f"order: {number}"))
    site.faults.add("PUT", "/move/", "404", skip=1)
    one.engine.sync()
    one.engine.sync(FULL)
    assert children(site) == ["D", "C", "B", "A"]
    assert [one.read(f"{name}.md").split("order: ")[1][0] for name in "abcd"] == ["4", "3", "2", "1"]
    settled(one)


@pytest.mark.parametrize("order", ["--3", "9" * 30, "9" * 5_000, "1.5", "first", "''"])
def test_an_order_that_is_no_small_number_is_nobodys(site: Site, tmp_path: Path, order: str) -> None:
    """Other tools have other ideas of `order`: what is no whole number is left alone."""
    site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "title:", f"order: {order}\ntitle:")
    result = one.engine.sync(FULL)
    assert (result.done, result.problems) == ((), ())
