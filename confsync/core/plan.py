"""The plan: what makes each side the target, in an order that never shows a reader half a change."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from confsync.model import (
    Action,
    AssetKey,
    Direction,
    Draft,
    Effect,
    Key,
    Merged,
    Page,
    Plan,
    Side,
    Tree,
    replace,
    shared,
)

from .facets import FACETS
from .names import fold
from .order import movers

_PHASES = {
    (Side.REMOTE, Action.CREATE): 0,
    (Side.REMOTE, Action.UPDATE): 2,
    (Side.REMOTE, Action.MOVE): 3,
    (Side.REMOTE, Action.ORDER): 3,
    (Side.LOCAL, Action.MOVE): 5,
    (Side.LOCAL, Action.CREATE): 6,
    (Side.LOCAL, Action.UPDATE): 6,
    (Side.LOCAL, Action.MERGE): 6,
    (Side.REMOTE, Action.DELETE): 8,
    (Side.LOCAL, Action.DELETE): 8,
}
_MAKES_ROOM = 4  # a deleted page's file, where another page's shall lie
_ASSETS = {Side.REMOTE: 1, Side.LOCAL: 7}

_OTHER = {Side.LOCAL: "in Confluence", Side.REMOTE: "in the folder"}


def plan(
    merged: Merged,
    local: Tree,
    remote: Tree,
    paths: Mapping[Key, str],
    new_paths: Mapping[Key, str],
    direction: Direction = Direction.SYNC,
    sequences: Mapping[Key | None, Sequence[Key]] = MappingProxyType({}),
    outside: Mapping[Key, Mapping[str, str]] = MappingProxyType({}),
) -> Plan:
    """Give the ordered effects that turn both sides into the target, as far as the direction allows.

    A page whose text must be merged first is a local effect only: the push follows in the next round, against the
    text that was merged. paths: the files as they are; new_paths: as they shall be. sequences: the children of each
    page on the site, in order. outside: page -> attachment's name -> file, for those that lie outside its folder.
    """
    builder = _Builder(merged, local, remote, paths, new_paths, outside)
    effects = [*builder.effects(), *builder.reorder(sequences)]
    effects = [effect for effect in effects if direction.allows(effect.side)]
    gone = any(effect.side is Side.LOCAL and effect.action is Action.DELETE for effect in effects)
    wanted = {fold(path) for path in new_paths.values()} if gone else ()
    effects.sort(key=lambda effect: _order(effect, merged.target, local, remote, wanted))
    return Plan(tuple(_free_titles(effects, merged.target, remote)), merged.conflicts, dict(new_paths))


class _Builder:
    def __init__(
        self, merged: Merged, local: Tree, remote: Tree, paths: Mapping[Key, str], new_paths: Mapping[Key, str],
        outside: Mapping[Key, Mapping[str, str]],
    ) -> None:  # fmt: skip
        self.merged, self.target = merged, merged.target
        self.sides = {Side.LOCAL: local, Side.REMOTE: remote}
        self.paths, self.new_paths, self.outside = paths, new_paths, outside

    def effects(self) -> Iterator[Effect]:
        for side, tree in self.sides.items():
            for key, page in self.target.pages.items():
                yield from self.for_page(side, key, tree.pages.get(key), page)
            for key, page in tree.pages.items():
                if key not in self.target.pages and key not in self.target.unknown:
                    yield self.make(side, Action.DELETE, key, page, f"deleted {_OTHER[side]}")
            yield from self.for_assets(side, tree)

    def for_page(self, side: Side, key: Key, now: Page | None, page: Page) -> Iterator[Effect]:
        if now is None:
            known = isinstance(key, str) and key in self.sides[_opposite(side)].pages
            reason = f"new {_OTHER[side]}" if known or isinstance(key, Draft) else "still needed"
            yield self.make(side, Action.CREATE, key, page, reason)
            return
        changed = {facet.name for facet in FACETS if getattr(now, facet.name) != getattr(page, facet.name)}
        clash = key in self.merged.clashes
        moves = self.paths.get(key) != self.new_paths.get(key) if side is Side.LOCAL else "parent" in changed
        if moves:
            verb = "moved" if "parent" in changed else "renamed"
            yield self.make(side, Action.MOVE, key, page, f"{verb} {_OTHER[side]}")
        changed -= {"parent", "kind"} if side is Side.LOCAL else {"parent", "kind", "rank"}
        if not changed or (clash and side is Side.REMOTE):
            return  # with a clash, everything is pushed as one version when the texts are merged
        reason = ", ".join(facet.reason for facet in FACETS if facet.name in changed)
        if clash and side is Side.LOCAL:
            yield self.make(side, Action.MERGE, key, page, "text changed on both sides", changed)
        else:
            yield self.make(side, Action.UPDATE, key, page, f"{reason} {_OTHER[side]}", changed)

    def reorder(self, sequences: Mapping[Key | None, Sequence[Key]]) -> Iterator[Effect]:
        """Put children of the site into their files' order, with the fewest moves."""
        now = self.sides[Side.REMOTE].pages
        for parent, children in sequences.items():
            pages = {key: page for key in children if (page := self.target.pages.get(key))}
            ranks = {key: page.rank for key, page in pages.items() if page.parent == parent}
            if not any(rank is not None and key in now and now[key].rank != rank for key, rank in ranks.items()):
                continue
            for key in movers(children, ranks):
                yield self.make(Side.REMOTE, Action.ORDER, key, self.target.pages[key], "reordered in the folder")

    def for_assets(self, side: Side, tree: Tree) -> Iterator[Effect]:
        for key, asset in self.target.assets.items():
            now = tree.assets.get(key)
            if now is None:
                yield self.for_asset(side, Action.CREATE, key, f"new {_OTHER[side]}")
            elif now != asset:
                yield self.for_asset(side, Action.UPDATE, key, f"changed {_OTHER[side]}")
        for key in tree.assets:
            if key not in self.target.assets and key.page in self.target.pages:
                yield self.for_asset(side, Action.DELETE, key, f"deleted {_OTHER[side]}")

    def for_asset(self, side: Side, action: Action, key: AssetKey, reason: str) -> Effect:
        path = self.new_paths.get(key.page, "")
        file = self.outside.get(key.page, {}).get(key.name, "")
        return Effect(side, action, key, reason, key.name, self.paths.get(key.page, path), path, file=file)

    def make(self, side: Side, action: Action, key: Key, page: Page, reason: str, facets: Iterable[str] = ()) -> Effect:
        path, new = self.paths.get(key, ""), self.new_paths.get(key, "")
        return Effect(side, action, key, reason, page.title, path, new, shared(tuple(facets)))


def _order(
    effect: Effect, target: Tree, local: Tree, remote: Tree, wanted: Container[str]
) -> tuple[int, int, str]:  # fmt: skip
    """Give what effects are sorted by. wanted: where files of the target lie, folded."""
    if isinstance(effect.key, AssetKey):
        phase = _PHASES[effect.side, Action.DELETE] if effect.action is Action.DELETE else _ASSETS[effect.side]
        return (phase, -1_000_000, effect.new_path + effect.title)
    if effect.action is Action.ORDER:
        return (_PHASES[effect.side, effect.action], 1_000_000, "")  # each is put after the one before it
    tree = target if effect.key in target.pages else local if effect.side is Side.LOCAL else remote
    depth = tree.depth(effect.key)
    phase = _PHASES[effect.side, effect.action]
    if effect.side is Side.LOCAL and effect.action is Action.DELETE and fold(effect.path) in wanted:
        phase = _MAKES_ROOM
    return (phase, -depth if effect.action is Action.DELETE else depth, effect.new_path or effect.path)


def _free_titles(effects: Sequence[Effect], target: Tree, remote: Tree) -> Iterator[Effect]:
    """Put each effect that gives a title free before the one that needs it; a ring goes through a temporary title."""
    holders = {page.claim: key for key, page in remote.pages.items() if page.claim is not None}
    frees = {effect.key: effect for effect in effects if _frees(effect)}
    done: set[int] = set()
    visiting: set[int] = set()

    def emit(effect: Effect) -> Iterator[Effect]:
        if id(effect) in done:
            return
        visiting.add(id(effect))
        if effect.side is Side.REMOTE and _needs(effect):
            claim = target.pages[effect.key].claim  # type: ignore[index]  # an effect that needs a title is a page's
            holder = holders.get(claim) if claim is not None else None
            first = frees.get(holder) if holder is not None and holder != effect.key else None
            if first is not None and id(first) in visiting and id(first) not in done:
                title = f"{first.title} (in between)"
                yield replace(first, title=title, facets=frozenset({"title"}), reason="makes room for a swap of titles")
            elif first is not None:
                yield from emit(first)
        if id(effect) not in done:
            done.add(id(effect))
            yield effect

    for effect in effects:
        yield from emit(effect)


def _needs(effect: Effect) -> bool:
    return not isinstance(effect.key, AssetKey) and (effect.action is Action.CREATE or "title" in effect.facets)


def _frees(effect: Effect) -> bool:
    if effect.side is not Side.REMOTE or isinstance(effect.key, AssetKey):
        return False
    return effect.action is Action.DELETE or "title" in effect.facets


def _opposite(side: Side) -> Side:
    return Side.REMOTE if side is Side.LOCAL else Side.LOCAL
