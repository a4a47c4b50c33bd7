"""Titles that the site will refuse: found before anything is sent where that can be known, said in words where not."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from confsync.errors import AccessError, NotFound, Refused, RemoteError
from confsync.model import Action, Draft, Effect, Problem, Side, Tree, free_title
from confsync.remote import RemotePage

from .observe import Observation
from .round import Round
from .world import Run, World


def without_reserved(
    world: World, run: Run, seen: Observation, target: Tree, effects: Sequence[Effect]
) -> list[Effect]:
    """Leave out the effects that want the title of an archived page, and record where both are.

    An archived page keeps its title, and is in no listing of current pages: one more request, where titles are wanted.
    """
    if not any(_wants_title(effect) for effect in effects):
        return list(effects)
    if run.archived is None:
        run.archived = _archived(world)
    kept = []
    for effect in effects:
        holder = run.archived.get(effect.title.casefold()) if _wants_title(effect) else None
        if holder is None or target.pages[effect.key].kind == "blogpost":  # type: ignore[index]  # it is a page's
            kept.append(effect)
            continue
        title = free_title(effect.title, _titles(seen) | run.archived.keys())
        message = f"has the title of an archived page: {effect.title!r} is that of {address(world, holder)}"
        run.problem(Problem(effect.path or effect.title, message, f"name it for example {title!r}"))
    return kept


def _wants_title(effect: Effect) -> bool:
    created = effect.action is Action.CREATE and isinstance(effect.key, Draft)
    return effect.side is Side.REMOTE and (created or "title" in effect.facets)


def _archived(world: World) -> dict[str, RemotePage]:
    found: dict[str, RemotePage] = {}
    with suppress(AccessError, NotFound, Refused):  # not every site tells, and the title may be free all the same
        for page, _ in world.api.pages(world.mirror.space, status="archived"):
            found[page.title.casefold()] = page
    return found


def _titles(seen: Observation) -> set[str]:
    return {page.title.casefold() for page in seen.listing.pages.values()}


def address(world: World, page: RemotePage) -> str:
    """Give the address under which a page can be looked at."""
    return f"{world.config.site}/pages/viewpage.action?pageId={page.id}"


def refused(round_: Round, effect: Effect) -> None:
    """Do about a refused title what can be done: look at who has taken it meanwhile, or say that nobody can be seen."""
    world, run, listed = round_.world, round_.run, round_.seen.listing.pages
    kind = "blogpost" if round_.target.pages[effect.key].kind == "blogpost" else "page"  # type: ignore[index]
    holder = None
    with suppress(AccessError, RemoteError):
        found = world.api.by_title(world.mirror.space, effect.title, kind)
        holder = found[0] if found else None
    if holder is not None and holder.id not in listed and world.mirror.root is None:
        run.dirty.add(holder.id)  # made since the listing: the next round parts the two
        return
    where = f"of {address(world, holder)}" if holder else "of a page that this user cannot see"
    message = f"the title {effect.title!r} is taken: it is that {where}"
    remedy = f"name it for example {free_title(effect.title, _titles(round_.seen))!r}"
    run.hold(effect, Problem(effect.path or effect.new_path or effect.title, message, remedy))
