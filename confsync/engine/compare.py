"""The two texts of each page that differs, for `diff`."""

from __future__ import annotations

from collections.abc import Iterator

from confsync.core.bodies import outgoing, pulled
from confsync.local.document import digest
from confsync.model import Draft
from converters import Site

from .observe import Observation
from .sites import at, site_of
from .texts import halves, read_file
from .world import World

Texts = tuple[str, str, str, tuple[str, str]]


def page_diffs(world: World, seen: Observation, *, remote: bool, storage: bool) -> Iterator[Texts]:
    """Yield path, old text, new text and their names for every page that differs."""
    site = site_of(world, seen, seen.local.paths)
    for key, file in seen.local.files.items():
        if file.problem and not file.body:
            continue
        if isinstance(key, Draft):
            text = read_file(world, file.path)[1].text
            yield file.path, "", text, ("/dev/null", f"local/{file.path}")
            continue
        row, listed = seen.rows.get(key), seen.listing.pages.get(key)
        if row is None or (listed is None and (remote or storage)):
            continue
        changed = file.body != row.pair.markdown
        if changed or (remote and listed is not None and listed.version != row.pair.version):
            here = at(site, seen, key, file.path)
            yield from _page(world, seen, key, file.path, here, remote=remote, storage=storage)


def _page(
    world: World, seen: Observation, key: str, path: str, site: Site, *, remote: bool, storage: bool
) -> Iterator[Texts]:
    base = halves(world, seen.rows[key])
    if base is None:
        return
    text = read_file(world, path)[1].text
    if not remote and not storage:
        yield path, base.markdown, text, (f"agreed/{path}", f"local/{path}")
        return
    now = world.api.page(key, body=True)[1] if remote else base.storage
    agreed = pulled(base, now, site)
    if storage:
        new = outgoing(now, agreed, text, site)[0] if digest(text) != digest(base.markdown) else now
        yield path, _lines(now), _lines(new), (f"remote/{path}", f"local/{path}")
    else:
        yield path, agreed, text, (f"remote/{path}", f"local/{path}")


def _lines(storage: str) -> str:
    """Storage format is one long line: show it a block a line."""
    return storage.replace("><", ">\n<")
