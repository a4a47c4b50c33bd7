"""The merge rule: a table of tiny trees, random trees, and mutants of the rule that the random trees must catch."""

import pytest

from confsync.core import merge as module
from confsync.core.merge import merge
from confsync.model import Asset, AssetKey, Draft, Merged, Page, Problem, Tree, TreeError
from tests.core.trees import broken_promises

ROOT = Page(None, "Home")
SEEDS = 600


def tree(**pages: Page) -> Tree:
    return Tree({"root": ROOT, **pages}, root="root")


def child(title: str, parent: str = "root", **facets: object) -> Page:
    return Page(parent, title, **facets)  # type: ignore[arg-type]


def test_random_trees_keep_every_promise() -> None:
    """Legal target, one-sided changes exact, idempotence, no new text lost, half-applied plans settle."""
    for seed in range(SEEDS):
        assert not (wrong := list(broken_promises(merge, seed))), f"seed {seed}: {wrong}"


class NoRingBreak(module._Merge):
    def break_rings(self) -> None:
        """Leave rings alone."""


class NoRevive(module._Merge):
    def revive_ancestors(self) -> None:
        """Leave orphans alone."""


class DeleteBeatsEdit(module._Merge):
    def decide(self, key):  # type: ignore[no-untyped-def]
        sides = (key in self.local.pages, key in self.remote.pages)
        return None if key in self.synced.pages and not all(sides) else super().decide(key)


class NoTitleRule(module._Merge):
    def part_equal_titles(self) -> None:
        """Let two pages have one title."""


class RemoteForBase(module._Merge):
    def __init__(self, synced: Tree, local: Tree, remote: Tree) -> None:
        """Take what the site has for what was agreed."""
        super().__init__(remote, local, remote)


class LocalForBase(module._Merge):
    def __init__(self, synced: Tree, local: Tree, remote: Tree) -> None:
        """Take what the folder has for what was agreed."""
        super().__init__(local, local, remote)


MUTANTS = [NoRingBreak, NoRevive, DeleteBeatsEdit, NoTitleRule, RemoteForBase, LocalForBase]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_random_trees_catch_a_broken_rule(mutant: type[module._Merge]) -> None:
    """A rule without one of its clauses breaks a promise: the property test is not hollow."""

    def rule(synced: Tree, local: Tree, remote: Tree) -> Merged:
        return mutant(synced, local, remote).run()

    assert any(next(broken_promises(rule, seed), None) for seed in range(SEEDS))


def test_an_edit_beats_a_delete_on_either_side() -> None:
    """A page deleted here and edited there survives, and the decision is recorded."""
    base, edited = tree(a=child("A", body="1")), tree(a=child("A", body="2"))
    for local, remote in ((tree(), edited), (edited, tree())):
        merged = merge(base, local, remote)
        assert merged.target.pages["a"].body == "2"
        assert [conflict.facet for conflict in merged.conflicts] == ["presence"]


@pytest.mark.parametrize(
    ("local", "remote", "said"),
    [("1", "2", "the remote file is taken"), ("", "2", "kept: edit beats delete"), ("1", "", "kept: edit beats delete")],
)
def test_a_decision_on_an_attachment_names_the_one_rule_that_was_used(local: str, remote: str, said: str) -> None:
    """Two new contents, or one and a deletion: the reader is told what was done with this file."""
    key = AssetKey("a", "x.png")
    pages = tree(a=child("A")).pages
    trees = [Tree(pages, {key: Asset(content)} if content else {}, root="root") for content in ("0", local, remote)]
    merged = merge(*trees)
    assert [(conflict.facet, conflict.decision) for conflict in merged.conflicts] == [("content", said)]
    assert merged.target.assets == {key: Asset(remote or local)}


def test_a_new_attachment_counts_as_an_edit_of_its_page() -> None:
    """Deleting a page does not take along a file that somebody has just attached to it."""
    base = tree(a=child("A"))
    local = Tree(base.pages, {AssetKey("a", "x.png"): Asset("1")}, root="root")
    merged = merge(base, local, tree())
    assert merged.target.assets == {AssetKey("a", "x.png"): Asset("1")}


def test_a_ring_made_by_both_sides_takes_the_remote_parents() -> None:
    """Local moves A under B while remote moves B under A: the remote order stands."""
    base = tree(a=child("A"), b=child("B"))
    merged = merge(base, tree(a=child("A", "b"), b=child("B")), tree(a=child("A"), b=child("B", "a")))
    assert (merged.target.pages["a"].parent, merged.target.pages["b"].parent) == ("root", "a")


def test_a_run_that_was_cut_off_between_two_moves_is_merged_from_where_it_stopped() -> None:
    """What was agreed may then be a ring, for one page alone has its new parent: no error, and no false conflict."""
    agreed = {"1": Page("2", "A"), "2": Page("1", "B")}  # of B's move out of A only A's, below B, was noted
    site = {"1": Page("2", "A"), "2": Page(None, "B")}
    with pytest.raises(TreeError):
        Tree(agreed)
    result = merge(Tree(agreed, halfway=True), Tree(site), Tree(site))
    assert (dict(result.target.pages), result.conflicts) == (site, ())


def test_a_title_that_both_sides_gave_away_stays_with_the_remote_page() -> None:
    """A draft named like a page made remotely gets the next free number, whatever its case."""
    draft = Draft("plan.md")
    local = Tree({"root": ROOT, draft: child("PLAN")}, root="root")
    merged = merge(tree(), local, tree(x=child("Plan"), y=child("plan (2)")))
    assert merged.target.pages[draft].title == "PLAN (3)"
    assert merged.target.pages["x"].title == "Plan"


def test_labels_of_both_sides_apply() -> None:
    """Additions and removals of labels never clash."""
    base = tree(a=child("A", labels=frozenset("ab")))
    merged = merge(base, tree(a=child("A", labels=frozenset("bc"))), tree(a=child("A", labels=frozenset("ad"))))
    assert merged.target.pages["a"].labels == frozenset("cd")
    assert not merged.conflicts


def test_an_unknown_page_is_neither_deleted_nor_changed() -> None:
    """A page that cannot be judged on one side stays as it is on both, and may still be a parent."""
    base = tree(a=child("A"), b=child("B", "a"))
    unknown = {"a": Problem("a.md", "broken")}
    local = Tree({"root": ROOT, "b": child("B", "a", body="new")}, unknown=unknown, root="root")
    merged = merge(base, local, tree(a=child("A", body="new"), b=child("B", "a")))
    assert "a" not in merged.target.pages
    assert "a" in merged.target.unknown
    assert merged.target.pages["b"].body == "new"


def test_two_texts_are_left_to_the_block_merge() -> None:
    """A page whose text changed on both sides is named, not decided here."""
    base = tree(a=child("A", body="0"))
    merged = merge(base, tree(a=child("A", body="1")), tree(a=child("A", body="2")))
    assert merged.clashes == {"a"}


def test_an_attachment_changed_on_both_sides_takes_the_remote_bytes_and_says_so() -> None:
    """The local bytes are the ones that can be kept in the trash; the decision is recorded."""
    key, page = AssetKey("a", "x.png"), child("A")
    trees = [Tree({"root": ROOT, "a": page}, {key: Asset(content)}, root="root") for content in "012"]
    merged = merge(*trees)
    assert merged.target.assets[key] == Asset("2")
    assert merged.conflicts[0].key == key


def test_a_tree_refuses_what_no_space_can_hold() -> None:
    """Missing parents, rings and titles that differ in case only fail when the tree is made."""
    for pages in (
        {"a": child("A", "nowhere")},
        {"a": child("A", "b"), "b": child("B", "a")},
        {"a": child("Same"), "b": child("SAME")},
    ):
        with pytest.raises(ValueError, match=r"missing|under each other|title"):
            tree(**pages)
