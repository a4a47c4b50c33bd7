"""The plan: its order, its reasons, and the guard in front of it."""

import pytest

from confsync.core.guard import allowed, guard
from confsync.core.merge import merge
from confsync.core.place import place
from confsync.core.plan import plan
from confsync.errors import GuardStop
from confsync.model import Asset, AssetKey, Direction, Draft, Key, Page, Plan, Side, Tree

HOME = Page(None, "Home")


def tree(pages: dict[Key, Page], assets: dict[AssetKey, Asset] | None = None) -> Tree:
    return Tree({"1": HOME, **pages}, assets or {}, root="1")


def planned(base: Tree, local: Tree, remote: Tree, direction: Direction = Direction.SYNC) -> Plan:
    merged = merge(base, local, remote)
    paths = {key: f"{key.path if isinstance(key, Draft) else key}" for key in local.pages}
    return plan(merged, local, remote, paths, {**place(merged.target, local, paths), **paths}, direction)


def steps(found: Plan) -> list[str]:
    return [f"{effect.side} {effect.action} {effect.title}" for effect in found.effects]


def test_parents_come_first_and_deletions_last_children_first() -> None:
    """Readers never see a body whose images are not there yet, nor a page under a parent that is gone."""
    parent, child = Draft("new.md"), Draft("new/sub.md")
    base = tree({"2": Page("1", "Old", body="a"), "3": Page("2", "Old child"), "4": Page("1", "Kept", body="a")})
    local = tree(
        {child: Page(parent, "Sub"), parent: Page("1", "New"), "4": Page("1", "Kept", body="b")},
        {AssetKey("4", "x.png"): Asset("1"), AssetKey(child, "y.png"): Asset("2")},
    )
    assert steps(planned(base, local, base)) == [
        "remote create New", "remote create Sub", "remote create x.png", "remote create y.png", "remote update Kept",
        "remote delete Old child", "remote delete Old",
    ]  # fmt: skip


def test_a_direction_leaves_the_other_side_alone() -> None:
    """A push plans nothing local, a pull nothing remote."""
    base = tree({"2": Page("1", "A", body="0"), "3": Page("1", "B", body="0")})
    local = tree({"2": Page("1", "A", body="1"), "3": Page("1", "B", body="0")})
    remote = tree({"2": Page("1", "A", body="0"), "3": Page("1", "B", body="1")})
    assert steps(planned(base, local, remote, Direction.PUSH)) == ["remote update A"]
    assert steps(planned(base, local, remote, Direction.PULL)) == ["local update B"]


def test_a_text_changed_on_both_sides_is_merged_in_the_folder_first() -> None:
    """Nothing is pushed of such a page before its texts are one."""
    base = tree({"2": Page("1", "A", body="0")})
    found = planned(base, tree({"2": Page("1", "New", body="1")}), tree({"2": Page("1", "A", body="2")}))
    assert steps(found) == ["local merge New"]
    assert found.effects[0].reason == "text changed on both sides"


def test_titles_are_given_free_before_they_are_taken() -> None:
    """A chain of renames runs backwards; a ring goes through a title in between; a deletion may have to come first."""
    base = tree({"2": Page("1", "A"), "3": Page("1", "B"), "4": Page("1", "C")})
    chain = tree({"2": Page("1", "B"), "3": Page("1", "C"), "4": Page("1", "D")})
    assert steps(planned(base, chain, base)) == ["remote update D", "remote update C", "remote update B"]
    ring = tree({"2": Page("1", "B"), "3": Page("1", "A"), "4": Page("1", "C")})
    assert steps(planned(base, ring, base)) == ["remote update B (in between)", "remote update A", "remote update B"]
    reused = tree({"2": Page("1", "A"), "3": Page("1", "B"), Draft("c.md"): Page("1", "C")})
    assert steps(planned(base, reused, base)) == ["remote delete C", "remote create C"]


def test_a_plan_is_plain_data() -> None:
    """Every item names its side, its file and its reason."""
    found = planned(tree({}), tree({Draft("a.md"): Page("1", "A")}), tree({}))
    assert found.to_json()["effects"] == [{
        "side": "remote", "action": "create", "key": "draft:a.md", "title": "A", "path": "a.md", "new_path": "a.md",
        "facets": [], "reason": "new in the folder",
    }]  # fmt: skip
    assert "new in the folder" in str(found.effects[0])


def many(count: int) -> Tree:
    return tree({str(number): Page("1", f"P{number}") for number in range(2, count + 2)})


@pytest.mark.parametrize(("pages", "deleted", "stops"), [(6, 5, False), (10, 6, True), (100, 20, False), (100, 22, True)])
def test_the_guard_counts(pages: int, deleted: int, stops: bool) -> None:
    """Five, or a fifth of the pages, may go; above that the run stops with its list."""
    base = many(pages)
    left = Tree({key: base.pages[key] for key in list(base.pages)[: pages + 1 - deleted]}, root="1")
    effects = planned(base, left, base).effects
    if stops:
        with pytest.raises(GuardStop) as stopped:
            guard(effects, base, left, base)
        assert len(stopped.value.items) == deleted
        guard(effects, base, left, base, allow_deletes=deleted)
    else:
        guard(effects, base, left, base)


def test_the_guard_knows_an_empty_side_and_a_lost_root() -> None:
    """Each is a named state with its way out."""
    base = many(2)
    for side, gone in ((Tree(root="1"), "every page is gone"), (tree({}), "")):
        effects = planned(base, base, side).effects
        assert all(effect.side is Side.LOCAL for effect in effects)
        if gone:
            with pytest.raises(GuardStop, match=gone):
                guard(effects, base, base, side)
    assert (allowed("20%", 100), allowed("3", 100), allowed("50", 10)) == (20, 5, 50)
