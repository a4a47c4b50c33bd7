"""What files name under `confluence:`: read from the site for the pages that name something, and written to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from confsync.errors import AccessError, NotFound, RemoteError
from confsync.model import Effect, Page, PageId, Problem, Row, replace
from confsync.remote import Api, RemotePage
from confsync.remote.extras import PROPERTIES

from .effect import perform, set_listed, set_row, with_facets
from .observe import Observation, compare
from .round import Round
from .world import Run, World


def look_at_settings(world: World, run: Run, seen: Observation) -> None:
    """Ask for the settings that files name and of which nothing is known since the page was last listed."""
    wanted: dict[PageId, frozenset[str]] = {}
    for key, page in seen.local.tree.pages.items():
        listed = seen.listing.pages.get(key) if page.settings and isinstance(key, str) else None
        names = frozenset(name for name, _ in page.settings)
        if listed is not None and not names <= listed.settings.keys():
            wanted[listed.id] = names
    if not wanted:
        return
    found = world.crew.fetch(partial(_read, world.api, wanted), wanted)
    for page_id, settings in zip(wanted, found, strict=True):
        if isinstance(settings, Problem):
            run.problem(replace(settings, place=seen.local.paths[page_id]))
        else:
            set_listed(world, seen, replace(seen.listing.pages[page_id], settings=settings))
    compare(seen)


def _read(api: Api, wanted: Mapping[PageId, Collection[str]], page: PageId) -> dict[str, str] | Problem:
    """Read settings; where the site does not let them be seen, what was agreed still counts."""
    try:
        return api.named(page, wanted[page])
    except (RemoteError, AccessError) as error:
        return Problem(page, f"what it names under `confluence:` cannot be read: {error.message}", error.remedy)


def write_settings(round_: Round, effect: Effect, stored: RemotePage, *, alone: bool) -> None:
    """Write the settings that are to be others on the site, one by one; what no file names stays as it is.

    stored: the page as it is now. alone: nothing else of the effect was told.
    """
    world, seen, page_id = round_.world, round_.seen, stored.id
    target: Page = round_.target.pages[page_id]
    local = seen.local.tree.pages[page_id]
    there = world.api.named(page_id, [name for name, _ in target.settings])
    changes = {name: json.loads(value) for name, value in target.settings if there.get(name) != value}
    named = dict(target.settings)
    if changes and "state" in named:
        changes["state"] = json.loads(named["state"])  # last: a property that is written takes the state away

    def remember() -> None:
        mark_settings(world, stored, seen.rows[page_id], named)

    def act(op: str) -> RemotePage:
        for name, value in sorted(changes.items(), key=lambda one: (one[0] == "state", one[0])):
            if name == "state":
                remember()
            _WRITERS[name.partition(".")[0]](world.api, page_id, name, value, json.loads(there[name]))
        if "state" not in changes:
            remember()
        return world.api.page(page_id)[0]

    def commit(now: RemotePage) -> None:
        row = seen.rows[page_id]
        if row.pair.version == stored.version:
            # A state is a version of its own, without another body.
            row = replace(row, pair=replace(row.pair, version=now.version))
        set_row(world, seen, with_facets(row, settings=local.settings))
        set_listed(world, seen, replace(now, settings={**there, **named}))

    only = replace(effect, facets=frozenset({"settings"}), reason="settings changed in the folder")
    try:
        perform(world, round_.run, only, {"kind": "settings"}, act, commit, told=alone)
    except NotFound as error:
        # A user or group that the site does not know, or a call that it does not have: asking again changes nothing.
        message = f"what it names under `confluence:` was not taken: {error.message}"
        round_.run.hold(effect, Problem(effect.path, message, "check names and values"))


def mark_settings(world: World, stored: RemotePage, row: Row, settings: Mapping[str, str]) -> None:
    """Write what is agreed of the settings into the page's mark, for a machine that remembers nothing of it."""
    mark = stored.mark or {"version": row.pair.version, "path": row.path, "markdown_sha": row.pair.markdown}
    if mark.get("settings") != settings:
        world.api.set_property(stored.id, {**mark, "settings": dict(settings)}, stored.mark_version)


def _write_property(api: Api, page: PageId, name: str, value: Any, was: Any) -> None:
    for key in PROPERTIES.get(name, (name.partition(".")[2],)):
        api.write_property(page, key, value)


def _write_restrictions(api: Api, page: PageId, name: str, value: Any, was: Any) -> None:
    """Add and remove one by one: what others have added meanwhile stays."""
    _, operation, subject = name.split(".")
    for one in sorted({*(value or ())} - {*(was or ())}):
        api.restrict(page, operation, subject, one)
    for one in sorted({*(was or ())} - {*(value or ())}):
        api.unrestrict(page, operation, subject, one)


def _write_state(api: Api, page: PageId, name: str, value: Any, was: Any) -> None:
    api.set_state(page, value)


_WRITERS: Final[Mapping[str, Callable[[Api, PageId, str, Any, Any], None]]] = {
    "width": _write_property,
    "emoji": _write_property,
    "properties": _write_property,
    "restrictions": _write_restrictions,
    "state": _write_state,
}
