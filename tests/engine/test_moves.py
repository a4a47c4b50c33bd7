"""Moves, renames, swaps, rings and copies, on either side and on both at once: links follow, and nothing breaks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.cli.judge import Tree, judge
from confsync.config import MirrorConfig
from confsync.engine import Options
from tests.engine.machines import SITE, SPACE, Machine, Site, cloned

FULL = Options(full=True, allow_deletes=9)
TITLES = ("A", "B", "C", "D")


def link(*titles: str) -> str:
    links = (f'<ac:link><ri:page ri:content-title="{title}" /></ac:link>' for title in titles)
    return f"<p>See {' and '.join(links)}.</p>"


def linked(site: Site, root: Path, mirror: MirrorConfig | None = None) -> tuple[Machine, dict[str, str]]:
    """Pages A > B and C > D, each of which links to all others, and a clone of them."""
    ids: dict[str, str] = {}
    for title in TITLES:
        ids[title] = site.create(title, "<p>Text.</p>", ids.get({"B": "A", "D": "C"}.get(title, "")))
    for title in TITLES:
        site.edit(ids[title], f"<p>Text of {title}.</p>" + link(*(other for other in TITLES if other != title)))
    return cloned(site, root, mirror=mirror), ids


def sound(site: Site, one: Machine) -> None:
    """Two syncs later nothing is left to do, and no link is broken: not in the files, not on the site."""
    one.engine.sync(FULL)
    one.engine.sync(FULL)
    one.asked()
    before = one.files()
    result = one.engine.sync(FULL)
    assert (result.done, result.problems, one.writes()) == ((), (), [])
    assert one.files() == before
    findings = judge(Tree(one.root, SITE, SPACE), ())[1]
    assert [str(finding) for finding in findings if finding.level == "error"] == []
    titles = {title.casefold() for title in site.titles()}
    for page, body in site.api.pages(SPACE, body=True):
        for title in re.findall(r'ri:content-title="([^"]*)"', body or ""):
            assert html.unescape(title).casefold() in titles, f"{page.title} links to {title!r}"


def titled(one: Machine, path: str, old: str, new: str) -> None:
    one.replace(path, f"title: {old}\n", f"title: {new}\n")


# -- what somebody does in the web editor (w) or in the folder (f)


def w_swaps_titles(site: Site, one: Machine, ids: dict[str, str]) -> None:
    site.edit(ids["A"], title="between")
    site.edit(ids["C"], title="A")
    site.edit(ids["A"], title="C")


def f_swaps_titles(site: Site, one: Machine, ids: dict[str, str]) -> None:
    titled(one, "a.md", "A", "C")
    titled(one, "c.md", "C", "A")


def f_swaps_titles_of_the_others(site: Site, one: Machine, ids: dict[str, str]) -> None:
    titled(one, "a/b.md", "B", "D")
    titled(one, "c/d.md", "D", "B")


def w_turns_a_pair_around(site: Site, one: Machine, ids: dict[str, str]) -> None:
    site.api.move(ids["B"], "append", site.home)
    site.api.move(ids["A"], "append", ids["B"])


def f_moves_one_pair_under_the_other(site: Site, one: Machine, ids: dict[str, str]) -> None:
    (one.root / "a.md").rename(one.root / "c/a.md")
    (one.root / "a").rename(one.root / "c/a")


def w_moves_the_other_pair_under_the_one(site: Site, one: Machine, ids: dict[str, str]) -> None:
    site.api.move(ids["C"], "append", ids["A"])


def f_renames_a_folder(site: Site, one: Machine, ids: dict[str, str]) -> None:
    (one.root / "a").rename(one.root / "first")
    (one.root / "a.md").rename(one.root / "first.md")


def f_renames_by_case_only(site: Site, one: Machine, ids: dict[str, str]) -> None:
    (one.root / "a.md").rename(one.root / "A.md")
    (one.root / "a").rename(one.root / "A")
    titled(one, "c.md", "C", "c")


def w_renames_by_case_only(site: Site, one: Machine, ids: dict[str, str]) -> None:
    site.edit(ids["B"], title="b")


def f_makes_an_index_of_a_page(site: Site, one: Machine, ids: dict[str, str]) -> None:
    (one.root / "a.md").rename(one.root / "a/index.md")


def f_copies_a_file_with_its_id(site: Site, one: Machine, ids: dict[str, str]) -> None:
    one.write("copy.md", one.read("a.md").replace("title: A\n", "title: Copy of A\n"))


def w_renames_with_signs(site: Site, one: Machine, ids: dict[str, str]) -> None:
    site.edit(ids["D"], title='D: "1 & 2" <x> #?')


def f_puts_pages_into_a_new_folder(site: Site, one: Machine, ids: dict[str, str]) -> None:
    (one.root / "new").mkdir()
    (one.root / "c/d.md").rename(one.root / "new/d.md")


def w_deletes_a_page_that_others_link_to(site: Site, one: Machine, ids: dict[str, str]) -> None:
    for title in ("A", "B", "C"):
        body = site.body(ids[title])
        site.edit(ids[title], re.sub(r"<p>See .*?</p>", "", body))
    site.api.trash(ids["D"])


STEPS: tuple[Callable[[Site, Machine, dict[str, str]], None], ...] = (
    w_swaps_titles, f_swaps_titles, w_turns_a_pair_around, f_moves_one_pair_under_the_other, f_renames_a_folder,
    w_moves_the_other_pair_under_the_one, f_renames_by_case_only, w_renames_by_case_only, f_makes_an_index_of_a_page,
    f_copies_a_file_with_its_id, w_renames_with_signs, f_puts_pages_into_a_new_folder,
    w_deletes_a_page_that_others_link_to,
)  # fmt: skip

PAIRS = (
    (f_swaps_titles, w_swaps_titles), (f_swaps_titles_of_the_others, w_swaps_titles),
    (f_moves_one_pair_under_the_other, w_moves_the_other_pair_under_the_one),
    (f_renames_a_folder, w_turns_a_pair_around), (f_renames_a_folder, w_swaps_titles),
    (f_renames_by_case_only, w_renames_by_case_only), (f_makes_an_index_of_a_page, w_renames_with_signs),
    (f_puts_pages_into_a_new_folder, w_moves_the_other_pair_under_the_one),
    (f_copies_a_file_with_its_id, w_turns_a_pair_around), (f_swaps_titles, w_moves_the_other_pair_under_the_one),
)  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_after_a_move_no_link_is_broken_on_either_side(
    site: Site, tmp_path: Path, step: Callable[[Site, Machine, dict[str, str]], None]
) -> None:
    """Whatever was moved or renamed, by whom ever: `check` finds nothing, every link on the site leads to a page."""
    one, ids = linked(site, tmp_path / "m")
    step(site, one, ids)
    sound(site, one)
    assert {page.id for page, _ in site.api.pages(SPACE)} >= {*ids.values()} - {ids["D"]}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].__name__}-{pair[1].__name__}")
def test_moves_on_both_sides_at_once_end_sound(
    site: Site, tmp_path: Path, pair: tuple[Callable[[Site, Machine, dict[str, str]], None], ...]
) -> None:
    """The folder and the site are changed at the same time: one tree comes of it, all texts are there, links hold."""
    one, ids = linked(site, tmp_path / "m")
    for step in pair:
        step(site, one, ids)
    sound(site, one)
    everything = "".join(data.decode() for data in one.files().values())
    assert all(f"Text of {title}." in everything for title in TITLES)
    assert all(site.page(page).status == "current" for page in ids.values())


def test_a_page_moved_out_of_the_root_and_back_is_the_same_page(site: Site, tmp_path: Path) -> None:
    """In a mirror of a subtree: out of it is out of the folder, into the trash; back in, it is back with its id."""
    root = site.create("Root", "<p>Root.</p>")
    page = site.create("Wanderer", "<p>Here and there.</p>", root)
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig(SPACE, root=root))
    assert "wanderer.md" in one.files()
    site.api.move(page, "append", site.home)
    one.engine.sync(FULL)
    assert "wanderer.md" not in one.files()
    assert "Here and there." in one.trash()
    assert site.page(page).status == "current"
    site.api.move(page, "append", root)
    one.engine.sync(FULL)
    assert f'confluence_page_id: "{page}"' in one.read("wanderer.md")
    assert one.engine.sync(FULL).done == ()


@pytest.mark.parametrize("successor", ["renamed", "new"])
def test_a_page_may_take_the_place_of_one_that_was_deleted(site: Site, tmp_path: Path, successor: str) -> None:
    """A deleted page's file makes room for another page of that title, and for what lies under it, in one run."""
    old, other = site.create("Plan", "<p>Old.</p>"), site.create("Draft", "<p>New.</p>")
    site.create("Step", "<p>One.</p>" + link("Draft"), other)
    one = cloned(site, tmp_path / "m")
    site.api.trash(old)
    if successor == "renamed":
        site.edit(other, "<p>New.</p>", title="Plan")
    else:
        site.create("Plan", "<p>New.</p>")
        site.edit(other, title="Outline")
    one.asked()
    result = one.engine.sync(FULL)
    assert (result.problems, one.writes()) == ((), []), "the site is as it shall be"
    assert "New." in one.read("plan.md")
    files = {"renamed": {"index.md", "plan.md", "plan/step.md"},
             "new": {"index.md", "plan.md", "outline.md", "outline/step.md"}}  # fmt: skip
    assert one.files().keys() == files[successor]
    sound(site, one)


def test_a_file_moved_away_and_back_is_the_same_page(site: Site, tmp_path: Path) -> None:
    """With a sync in between: the page goes along and comes back, and no link is rewritten for good."""
    one, ids = linked(site, tmp_path / "m")
    before = one.files()
    (one.root / "a/b.md").rename(one.root / "c/b.md")
    sound(site, one)
    assert site.page(ids["B"]).parent == ids["C"]
    (one.root / "a").mkdir(exist_ok=True)
    (one.root / "c/b.md").rename(one.root / "a/b.md")
    sound(site, one)
    assert site.page(ids["B"]).parent == ids["A"]
    assert one.files() == before


def test_a_copy_gets_a_page_of_its_own_and_the_original_keeps_its_id(site: Site, tmp_path: Path) -> None:
    """A file copied with its id: the one at the known place is the page, the copy becomes a new one."""
    one, ids = linked(site, tmp_path / "m")
    f_copies_a_file_with_its_id(site, one, ids)
    sound(site, one)
    assert f'confluence_page_id: "{ids["A"]}"' in one.read("a.md")
    copy = site.titles()["Copy of A"]
    assert copy not in ids.values()
    assert f'confluence_page_id: "{copy}"' in one.read("copy.md")


def test_links_that_follow_a_move_are_shown_in_the_plan(site: Site, tmp_path: Path) -> None:
    """Each file whose links will be rewritten stands in the plan, with the reason; only destinations change."""
    one, ids = linked(site, tmp_path / "m")
    f_renames_a_folder(site, one, ids)
    effects = one.engine.plan().plan.effects
    assert {effect.path for effect in effects if effect.reason == "links follow moved pages"} >= {"c.md", "c/d.md"}
    before = one.read("c.md")
    one.engine.sync(FULL)
    assert one.read("c.md") == before.replace("(a.md)", "(first.md)").replace("(a/b.md)", "(first/b.md)")
    versions = {title: site.page(page).version for title, page in ids.items()}
    assert set(versions.values()) == {2}, "a link by title needs no new version on the site"


def test_attachments_that_are_in_the_way_hold_back_that_page_alone(site: Site, tmp_path: Path) -> None:
    """A folder of files whose page is gone stands where another page's files belong: it is named, and nothing is lost."""
    page, other = site.create("Page"), site.create("Other")
    site.attach(page, "x.txt", b"theirs", tmp_path)
    one = cloned(site, tmp_path / "m")
    one.write("renamed.files/mine.txt", "mine")
    site.edit(page, title="Renamed")
    site.replace(other, "Text", "More text")
    problems = {problem.place: problem.remedy for problem in one.engine.sync(FULL).problems}
    assert problems["renamed.files"] == "move it elsewhere"
    assert "More text" in one.read("other.md")
    (one.root / "renamed.files").rename(one.root / "elsewhere.files")
    assert one.engine.sync(FULL).exit_code == 0
    assert (one.read("renamed.files/x.txt"), one.read("elsewhere.files/mine.txt")) == ("theirs", "mine")
