"""The merge rule: three trees in, the tree that both sides shall become out. Pure; the specification in code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from confsync.model import Asset, AssetKey, Conflict, Key, Merged, NodeKey, Page, Problem, Side, Tree, replace
from confsync.model.tree import rings
from confsync.model.values import key_text

from .facets import FACETS, merge3, setting_clashes


def merge(synced: Tree, local: Tree, remote: Tree, *, prefer: Side = Side.REMOTE) -> Merged:
    """Decide what every page and attachment shall be. prefer: whose bytes an attachment has that both changed.

    A page in `unknown` on either side is left out of the target's pages and kept in its `unknown`: untouched, never
    a deletion. The result is a legal tree, and merging it again with itself changes nothing.
    """
    return _Merge(synced, local, remote, prefer).run()


class _Merge:
    def __init__(self, synced: Tree, local: Tree, remote: Tree, prefer: Side = Side.REMOTE) -> None:
        self.synced, self.local, self.remote = synced, local, remote
        self.prefer = prefer
        self.unknown: dict[Key, Problem] = {**remote.unknown, **local.unknown}
        self.pages: dict[Key, Page] = {}
        self.conflicts: list[Conflict] = []
        self.clashes: set[Key] = set()

    def run(self) -> Merged:
        for key in self.keys():
            page = self.decide(key)
            if page is not None:
                self.pages[key] = page
        self.revive_ancestors()
        self.break_rings()
        self.part_equal_titles()
        target = Tree(self.pages, self.merge_assets(), self.unknown, self.remote.root)
        return Merged(target, tuple(self.conflicts), frozenset(self.clashes & self.pages.keys()))

    def keys(self) -> Iterable[Key]:
        everything = {**self.synced.pages, **self.remote.pages, **self.local.pages}
        return (key for key in everything if key not in self.unknown)

    def decide(self, key: Key) -> Page | None:
        """Presence first: a delete wins over an unchanged page only, an edit beats a delete."""
        base, ours, theirs = self.synced.pages.get(key), self.local.pages.get(key), self.remote.pages.get(key)
        if ours and theirs:
            return self.merge_facets(key, base, ours, theirs)
        survivor, tree = (ours, self.local) if ours else (theirs, self.remote)
        if survivor is None or base is None:
            return survivor
        if survivor == base and not self.assets_changed(key, tree):
            return None
        sides = ("edited", "deleted") if ours else ("deleted", "edited")
        self.record(key, "presence", *sides, "kept: edit beats delete")
        return survivor

    def merge_facets(self, key: Key, base: Page | None, ours: Page, theirs: Page) -> Page:
        values: dict[str, Any] = {}
        for facet in FACETS:
            mine, other = getattr(ours, facet.name), getattr(theirs, facet.name)
            agreed = getattr(base, facet.name, None)
            values[facet.name], clash = merge3(facet, agreed, mine, other, has_base=base is not None)
            if clash and facet.recorded:
                self.record(key, facet.name, _text(mine), _text(other), "the remote value is taken")
            if clash and facet.name == "body":
                self.clashes.add(key)
            if clash and facet.name == "settings":
                self.settle_settings(key, values, setting_clashes(agreed, mine, other))
        return Page(**values)

    def settle_settings(self, key: Key, values: dict[str, Any], clashes: list[tuple[str, str, str]]) -> None:
        """Record the settings that clash; they are the preferred side's."""
        settings = dict(values["settings"])
        for name, mine, other in clashes:
            settings[name] = mine if self.prefer is Side.LOCAL else other
            self.record(key, name, mine, other, f"the {self.prefer} value is taken")
        values["settings"] = tuple(sorted(settings.items()))

    def assets_changed(self, key: Key, tree: Tree) -> bool:
        return tree.assets_of(key) != self.synced.assets_of(key)

    def revive_ancestors(self) -> None:
        """A survivor keeps its parent: whoever still has the deleted parent gives it back."""
        waiting = list(self.pages)
        while waiting:
            key = waiting.pop()
            parent = self.pages[key].parent
            if parent is None or parent in self.pages or parent in self.unknown:
                continue
            page = self.local.pages.get(parent) or self.remote.pages.get(parent) or self.synced.pages.get(parent)
            if page is None:
                continue  # the root, whose own file or page is not there
            self.pages[parent] = page
            self.record(parent, "presence", "", "", f"kept: {key_text(key)} still lies under it")
            waiting.append(parent)

    def break_rings(self) -> None:
        """Pages on a ring take the remote parent. No remote parent is a draft, so a pass settles its pages for good."""
        while ring := next(rings(self.pages), None):
            for key in ring:
                theirs = self.remote.pages.get(key)
                page = self.pages[key]
                if theirs is not None and page.parent != theirs.parent:
                    decision = "they lay under each other: the remote parent is taken"
                    self.record(key, "parent", _text(page.parent), _text(theirs.parent), decision)
                    self.pages[key] = replace(page, parent=theirs.parent)
            self.revive_ancestors()

    def part_equal_titles(self) -> None:
        """The page that has a title remotely keeps it; another that wants it gets the next free number."""
        taken: dict[str, Key] = {}
        for key in sorted(self.pages, key=self.claim):
            page = self.pages[key]
            title, number = page.title, 1
            while (claim := replace(page, title=title).claim) in taken:
                number += 1
                title = f"{page.title} ({number})"
            if claim is not None:
                taken[claim] = key
            if title != page.title:
                self.record(key, "title", page.title, page.title, f"the title is taken: it becomes {title!r}")
                self.pages[key] = replace(page, title=title)

    def claim(self, key: Key) -> tuple[bool, bool, str]:
        """Order claims to a title: who has it remotely, then who has a page at all, then by name."""
        theirs = self.remote.pages.get(key)
        has_it = theirs is not None and theirs.claim == self.pages[key].claim
        return (not has_it, not isinstance(key, str), key_text(key))

    def merge_assets(self) -> dict[AssetKey, Asset]:
        """Attachments follow the same rule; bytes cannot be merged, so one side's are taken."""
        result: dict[AssetKey, Asset] = {}
        for key in {**self.synced.assets, **self.remote.assets, **self.local.assets}:
            if key.page not in self.pages:
                continue
            base, ours, theirs = self.synced.assets.get(key), self.local.assets.get(key), self.remote.assets.get(key)
            # A page that only one side still has keeps that side's attachments.
            if key.page not in self.remote.pages:
                theirs = theirs or ours
            elif key.page not in self.local.pages:
                ours = ours or theirs
            value = ours if theirs == base else theirs
            if ours != base and theirs != base and ours != theirs:
                value = (ours or theirs) if self.prefer is Side.LOCAL else (theirs or ours)
                sides = (ours.content if ours else "deleted", theirs.content if theirs else "deleted")
                self.record(key, "content", *sides, f"edit beats delete, {self.prefer} beats the other")
            if value is not None:
                result[key] = value
        return result

    def record(self, key: NodeKey, facet: str, local: str, remote: str, decision: str) -> None:
        self.conflicts.append(Conflict(key, facet, local, remote, decision))


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else str(getattr(value, "path", value))
