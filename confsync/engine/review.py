"""Look without changing: what differs from what was agreed, offline and fast, and the differences as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from confsync.errors import UsageError
from confsync.model import Key, Page, Tree
from confsync.model.paths import files_dir
from confsync.report import Change, DiffResult, FileDiff, StatusResult

from .listings import current_listing, known_listing
from .observe import Observation, observe
from .recall import listing_age, remember
from .settle import open_conflicts
from .world import Options, Run, World

_KINDS = (("body", "edited"), ("title", "renamed"), ("parent", "moved"), ("labels", "labels"),
          ("rank", "reordered"), ("settings", "settings"))  # fmt: skip


def status(world: World, paths: Sequence[str], *, remote: bool) -> StatusResult:
    """Compare both sides with what was agreed; the site is asked only with remote=True.

    Raises UsageError for a path that neither the folder nor anything agreed has: it must not look clean.
    """
    generation = world.state.meta("generation")
    seen = look(world, remote=remote)
    demand_known(world, seen, paths)
    found = judge(world, seen)
    remember(world, generation, seen.scan, found)
    return found._replace(
        local=tuple(change for change in found.local if _within(change.path, paths)),
        remote=tuple(change for change in found.remote if _within(change.path, paths)),
    )


def judge(world: World, seen: Observation) -> StatusResult:
    """Say what differs from what was agreed, on both sides."""
    conflicts = open_conflicts(world, seen)
    asked = {conflict.path for conflict in conflicts}
    problems = tuple(problem for problem in seen.local.tree.unknown.values() if problem.place not in asked)
    local = (*_changes("local", seen, seen.local.tree), *_paths(seen))
    # Until something was listed, nothing is known of the site: that is not the same as an empty one.
    theirs = tuple(_changes("remote", seen, seen.remote)) if seen.listing.pages else ()
    return StatusResult(local, theirs, conflicts, problems, listing_age(world), len(seen.local.files))


def look(world: World, *, remote: bool) -> Observation:
    """Observe, with the listing as last known or a new one."""
    from confsync.model import Policy

    run = Run("status", "status", Options(), Policy.ASK)
    listing = current_listing(world, run) if remote else known_listing(world)
    seen = observe(world, listing)
    if remote:
        from .adopt import adopt

        adopt(world, run, seen)
    return seen


def demand_known(world: World, seen: Observation, paths: Sequence[str], coming: Iterable[str] = ()) -> None:
    """Raise UsageError for a path that is not in the folder, nor was when last agreed, nor is among those to come."""
    if not paths:
        return
    agreed = list(coming)
    agreed += [row.path for row in seen.rows.values()]
    agreed += [f"{files_dir(seen.rows[page].path)}/{name}" for page, name in seen.asset_rows if page in seen.rows]
    for path in paths:
        there = _within("", (path,)) or world.folder.exists(path.strip("/"))
        if not there and not any(_within(one, (path,)) for one in agreed):
            raise UsageError("is not there, and no page was ever kept there", place=path, remedy="check the path")


def _changes(side: str, seen: Observation, tree: Tree) -> Iterator[Change]:
    for key in {**seen.synced.pages, **tree.pages}:
        now, base = tree.pages.get(key), seen.synced.pages.get(key)
        if key in tree.unknown or (side == "remote" and key in seen.remote.unknown):
            continue
        page = now or base
        if page is None:
            continue
        path, page_id = _path(seen, key), key if isinstance(key, str) else ""
        if base is None:
            if side == "local" and isinstance(key, str):
                continue  # a file of a page that was never agreed on: sync finds out what it is
            yield Change(side, "added", path, page.title, page_id)
        elif now is None:
            yield Change(side, "deleted", path, page.title, page_id)
        else:
            yield from _facets(side, path, page_id, now, base)
    for asset, value in tree.assets.items():
        known = seen.synced.assets.get(asset)
        if asset.page in seen.rows and known != value:
            kind = "edited" if known else "added"
            yield Change(side, kind, f"{files_dir(_path(seen, asset.page))}/{asset.name}", asset.name, str(asset.page))
    for asset in seen.synced.assets.keys() - tree.assets.keys():
        if asset.page in tree.pages:
            path = f"{files_dir(_path(seen, asset.page))}/{asset.name}"
            yield Change(side, "deleted", path, asset.name, str(asset.page))


def _facets(side: str, path: str, page_id: str, now: Page, base: Page) -> Iterator[Change]:
    for name, kind in _KINDS:
        if getattr(now, name) != getattr(base, name):
            detail = f"was {base.title!r}" if name == "title" else ""
            yield Change(side, kind, path, now.title, page_id, detail)


def _paths(seen: Observation) -> Iterator[Change]:
    """Files that their author has moved within the same parent."""
    for page_id, row in seen.rows.items():
        path = seen.local.paths.get(page_id, row.path)
        page = seen.local.tree.pages.get(page_id)
        if path != row.path and page is not None and page.parent == row.page.parent:
            yield Change("local", "moved", path, page.title, page_id, f"was {row.path}")


def _path(seen: Observation, key: Key) -> str:
    row = seen.rows.get(key) if isinstance(key, str) else None
    return seen.local.paths.get(key) or (row.path if row else "")


def _within(path: str, paths: Sequence[str]) -> bool:
    wanted = tuple(one.strip("/") for one in paths)
    return not wanted or "." in wanted or any(path == one or path.startswith(one + "/") for one in wanted)


def diff(world: World, paths: Sequence[str], *, remote: bool, storage: bool) -> DiffResult:
    """Show differences page by page, as Markdown or as storage format.

    Without remote: what was edited in the folder since it was agreed. With remote: what a push would change on the
    site as it is now, and with storage=True that as storage format.
    """
    from .compare import page_diffs

    seen = look(world, remote=remote or storage)
    demand_known(world, seen, paths)
    files = []
    for path, before, after, names in page_diffs(world, seen, remote=remote, storage=storage):
        if before != after and _within(path, paths):
            files.append(FileDiff(path, unified(before, after, *names)))
    return DiffResult(tuple(files))


def unified(before: str, after: str, name: str, new_name: str) -> str:
    """Give a unified diff of two texts."""
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(), after.splitlines(), name, new_name, lineterm="")
    return "".join(line + "\n" for line in lines)
