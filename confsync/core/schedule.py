"""Which effects of a plan wait for which: what does not depend on each other may be under way at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from confsync.model import Action, AssetKey, Effect, Key, Side, Tree


def waits_for(effects: Sequence[Effect], target: Tree, before: Tree) -> list[frozenset[int]]:
    """Give for each effect the numbers of the earlier ones that must be done first.

    An effect waits for whatever changed what it needs, and for whatever needed what it changes. before: the side's
    tree as it is. Effects of another phase (creates, attachments, texts, moves, deletions) always wait.
    """
    result: list[frozenset[int]] = []
    changed: dict[Hashable, int] = {}
    needed: dict[Hashable, list[int]] = defaultdict(list)
    for number, effect in enumerate(effects):
        changes, needs = set(_changes(effect, target, before)), set(_needs(effect, target, before))
        waits = {changed[one] for one in changes | needs if one in changed}
        waits.update(other for one in changes for other in needed.get(one, ()))
        result.append(frozenset(waits))
        for one in changes:
            changed[one] = number
            needed.pop(one, None)
        for one in needs - changes:
            needed[one].append(number)
    return result


def phases(effects: Sequence[Effect]) -> Iterator[list[Effect]]:
    """Part a plan into runs of effects of one kind, in order."""
    part: list[Effect] = []
    for effect in effects:
        if part and _phase(part[-1]) != _phase(effect):
            yield part
            part = []
        part.append(effect)
    if part:
        yield part


def _phase(effect: Effect) -> tuple[Side, bool, str]:
    # A new title may make room for a page, and a page for a title: both are of one kind, and titles order them.
    kind = "write" if effect.action in (Action.CREATE, Action.UPDATE) else str(effect.action)
    return effect.side, isinstance(effect.key, AssetKey), kind


def _changes(effect: Effect, target: Tree, before: Tree) -> Iterator[Hashable]:
    yield effect.key
    if isinstance(effect.key, AssetKey):
        return
    if effect.action is Action.ORDER:
        yield ("children", target.pages[effect.key].parent)
    now = before.pages.get(effect.key)
    wanted = target.pages.get(effect.key)
    if wanted is not None and (effect.action is Action.CREATE or "title" in effect.facets):
        yield ("title", wanted._replace(title=effect.title).claim)
    if now is not None and (effect.action is Action.DELETE or "title" in effect.facets):
        yield ("title", now.claim)


def _needs(effect: Effect, target: Tree, before: Tree) -> Iterator[Hashable]:
    """A page needs everything above it, where it shall be and where it is; an attachment needs its page."""
    if isinstance(effect.key, AssetKey):
        yield effect.key.page
        return
    for tree in (target, before):
        page = tree.pages.get(effect.key)
        above: Key | None = page.parent if page else None
        while above is not None:
            yield above
            page = tree.pages.get(above)
            above = page.parent if page else None
