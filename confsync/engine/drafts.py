"""Colleagues' unpublished drafts: a save over REST may override one, so it is looked for first."""

from __future__ import annotations

from collections.abc import Sequence

from confsync.model import Effect, Problem, Side
from confsync.model.paths import stem
from confsync.remote import RemotePage

from .round import Round


def without_blocked_swaps(round_: Round, effects: Sequence[Effect]) -> list[Effect]:
    """Leave out a swap of titles when a colleague's draft holds one of its pages back: half of it would be seen."""
    renames = [one for one in effects if one.side is Side.REMOTE and "title" in one.facets and isinstance(one.key, str)]
    if round_.world.config.sync.drafts != "wait" or not any(map(round_.passing, renames)):
        return list(effects)
    pages = {effect.key: effect for effect in renames if effect.key in round_.seen.listing.pages}
    found = [(effect, round_.world.api.page(str(key), body=True)) for key, effect in pages.items()]
    blocked = [effect for effect, page in found if not may_write(round_, effect, *page)]
    if not blocked:
        return list(effects)
    round_.run.held.update(str(key) for key in pages)
    return [effect for effect in effects if effect not in renames]


def may_write(round_: Round, effect: Effect, remote: RemotePage, storage: str) -> bool:
    """Tell whether a page may be saved or deleted; a draft that this may override is in the trash by then.

    remote, storage: the page as it is published. With `drafts = "wait"` a colleague's draft holds the page back.
    """
    world, run = round_.world, round_.run
    draft = world.api.open_draft(remote.id)
    if draft is None or (draft.body == storage and draft.title in ("", remote.title)):
        return True
    place, own = effect.path or effect.title, draft.author == world.api.me()
    policy = world.config.sync.drafts
    if policy == "wait" and not own:
        remedy = 'wait until it is published or discarded; to go on: drafts = "warn"'
        run.hold(effect, Problem(place, f"{draft.name} has an unpublished draft of this page", remedy))
        return False
    name = f"{(effect.path or stem(remote.title)).rstrip('/').removesuffix('.md')}.draft-{draft.author}.xml"
    kept = world.folder.keep_text(name.replace(":", "-"), draft.body, run.name)
    if policy != "overwrite" or own:
        whose = "your own" if own else f"{draft.name}'s"
        kept_at = f".confsync/trash/{kept}"
        world.reporter.note(f"{place}: {whose} unpublished draft may be overridden; it is kept in {kept_at}")
    return True
