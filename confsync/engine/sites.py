"""The world as links see it: `Site` values for the converters, and links that follow moved files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from confsync.core.names import composed
from confsync.errors import FileChanged
from confsync.local import Document
from confsync.local.document import canonical, digest, outside_links
from confsync.local.tree import outside_names
from confsync.model import Action, Effect, Key, PageId, Problem, Row, Side, replace
from confsync.model.paths import stem
from converters import PageRef, Pages, Site

from .effect import keep_file, perform, set_row
from .observe import Observation
from .texts import read_file
from .world import Run, World

FOLLOWING: Final = "following"  # where the pages were whose files are being moved
FOLLOWED: Final = "followed"  # the files whose links follow them already


def site_of(world: World, observation: Observation, paths: Mapping[Key, str]) -> Site:
    """Give the site as seen from the mirror's folder; `at(path)` looks from one page.

    paths: where every page's file is, or is going to be. Former titles and paths still resolve.
    """
    return Site(world.config.site, world.mirror.space, pages=Pages(_refs(world, observation, paths)))


def _refs(world: World, observation: Observation, paths: Mapping[Key, str]) -> Iterator[PageRef]:
    for key, path in paths.items():
        if path.endswith("/"):
            continue
        row = observation.rows.get(key) if isinstance(key, str) else None
        mine = observation.local.tree.pages.get(key)
        theirs = observation.remote.pages.get(key)
        if any(page is not None and page.kind == "blogpost" for page in (mine, theirs)):
            continue  # a page's title does not lead to a post
        titles = [page.title for page in (theirs, mine, row.page if row else None) if page is not None]
        former = [row.path] if row and row.path != path else []
        here = observation.local.paths.get(key)
        former += [here] if here and here != path else []
        former += [composed(path)] if composed(path) != path else []
        yield PageRef(
            path,
            world.mirror.space,
            titles[0] if titles else stem(path),
            key if isinstance(key, str) else "",
            tuple(title for title in dict.fromkeys(titles[1:]) if title != titles[0]),
            tuple(former),
        )


def at(site: Site, observation: Observation, key: Key, path: str) -> Site:
    """Look at the site from one page, with the names of its attachment files."""
    files = observation.attachment_files.get(key, {})
    renamed = {name: file for name, file in files.items() if name != file}
    return site.at(path, renamed, observation.local.outside.get(key, {}))


def follow_moves(
    world: World,
    run: Run,
    observation: Observation,
    before: Mapping[Key, str],
    after: Mapping[Key, str],
    *,
    write: bool,
) -> list[Effect]:
    """Rewrite the links to files that have moved, in the files and in the agreed texts; nothing is pushed for it.

    before and after: the paths of all pages. Only the destinations change. Gives the effects; with write=False they
    are only shown.
    """
    moved = {key: path for key, path in before.items() if composed(after.get(key, path)) != composed(path)}
    if not moved:
        return []
    old, new = site_of(world, observation, before), site_of(world, observation, after)
    words = {stem(path) for path in moved.values()} | {stem(after[key]) for key in moved}
    effects = []
    followed = read_list(world, FOLLOWED)
    for key, path in after.items():
        if path.endswith("/") or key not in observation.local.files or str(key) in followed:
            continue
        try:
            was = before.get(key, path)
            try:
                effect = _relink_file(world, run, observation, key, was, path, old, new, words, write=write)
            except FileChanged:  # by somebody who has just saved it: once more
                effect = _relink_file(world, run, observation, key, was, path, old, new, words, write=write)
        except (ValueError, FileChanged) as error:
            run.problem(Problem(path, f"its links cannot be followed: {error}", line=getattr(error, "line", 0)))
            continue
        if effect:
            effects.append(effect)
    return effects


def _relink_file(
    world: World, run: Run, observation: Observation, key: Key, was: str, path: str, old: Site, new: Site,
    words: set[str], *, write: bool,
) -> Effect | None:  # fmt: skip
    from converters import relink

    here = path if world.folder.exists(path) else was
    file, document = read_file(world, here)
    if file.problem or (was == path and not any(word in document.body for word in words)):
        return None
    from_site, to_site = at(old, observation, key, was), at(new, observation, key, path)
    row = observation.rows.get(key) if isinstance(key, str) else None
    base = world.state.text(row.pair.markdown) if row else None
    if was != path and row is not None and digest(document.text) != row.pair.markdown:
        from_site = at(old, observation, key, path)  # edited after it was moved: its links start from the new place
    elif was != path:
        # Seen from its new place the file links to other files than those that its author meant.
        outside = _outside(world, observation, key, was, document)
        from_site, to_site = (one.at(one.path, one.files, outside) for one in (from_site, to_site))
    text = relink(document.text, from_site, to_site)
    if text == document.text:
        return None
    title = observation.local.tree.pages[key].title if key in observation.local.tree.pages else ""
    effect = Effect(Side.LOCAL, Action.UPDATE, key, "links follow moved pages", title, here, path, frozenset({"links"}))
    if write:
        relinked = relink(base, at(old, observation, key, was), to_site) if base is not None else None
        was_text = document.head + document.body
        _write(world, run, observation, effect, was_text, document.with_body(text), relinked, row)
    return effect


def _outside(world: World, observation: Observation, key: Key, path: str, document: Document) -> dict[str, str]:
    """Name the files elsewhere that a text means that was written for a page at this path."""
    there = [one for one in outside_links(path, document) if world.folder.exists(one)]
    return outside_names(there, {asset.name for asset in observation.raw.assets if asset.page == key})


def _write(
    world: World, run: Run, observation: Observation, effect: Effect, was: str, text: str, base: str | None,
    row: Row | None,
) -> None:  # fmt: skip
    path = effect.new_path if world.folder.exists(effect.new_path) else effect.path

    agreed = world.state.keep_text(canonical(base)) if base is not None else ""

    def act(op: str) -> None:
        keep_file(world, run, path, was)
        world.folder.write(path, text, was)

    def commit(_: None) -> None:
        if row is not None and agreed:
            set_row(world, observation, replace(row, pair=replace(row.pair, markdown=agreed)))
        note_followed(world, str(effect.key))

    facts = {"kind": "links", "path": path, "digest": digest(text), "agreed": agreed}
    perform(world, run, effect, facts, act, commit)


def note_moves(world: World, before: Mapping[Key, str]) -> None:
    """Remember where pages were, before their files move: a run that is cut off leaves its links to the next one."""
    world.state.set_meta(FOLLOWING, json.dumps({key: path for key, path in before.items() if isinstance(key, str)}))


def note_followed(world: World, key: str) -> None:
    """Remember that the links in one file are as they shall be: following them twice would swap what was swapped."""
    world.state.set_meta(FOLLOWED, json.dumps([*read_list(world, FOLLOWED), key]))


def all_followed(world: World) -> None:
    """Forget what was remembered, when all links are as they shall be."""
    world.state.set_meta(FOLLOWING, "")
    world.state.set_meta(FOLLOWED, "")


def read_list(world: World, name: str) -> list[str]:
    """Read a remembered list, empty when there is none."""
    return [str(one) for one in json.loads(world.state.meta(name) or "[]")]


def settle_paths(world: World, observation: Observation) -> None:
    """A file that its author has moved is now agreed to be where it is, and all links follow it."""
    with world.state.transaction():
        all_followed(world)
        for page_id, row in observation.rows.items():
            path = observation.local.paths.get(page_id)
            if path and path != row.path:
                observation.rows[page_id] = replace(row, path=path)
                world.state.set_row(observation.rows[page_id])


def agreed_paths(world: World, rows: Mapping[PageId, Row], paths: Mapping[Key, str]) -> dict[Key, str]:
    """Give the paths that links were last made for, for the pages that have a file now."""
    agreed: dict[Key, str] = {key: row.path for key, row in rows.items()}
    agreed |= json.loads(world.state.meta(FOLLOWING) or "{}")
    return {key: agreed.get(key, path) for key, path in paths.items()}
