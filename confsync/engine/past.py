"""Every version of every page, in the order of time, as the file that it would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from confsync.core.bodies import reconcile
from confsync.errors import NotFound
from confsync.local.document import canonical
from confsync.model import TEXTS, Row, replace
from confsync.model.paths import files_dir
from confsync.remote import PageVersion

from .review import look
from .sites import at, site_of
from .texts import new_file
from .world import World


class FormerFile(NamedTuple):
    """One version of a page. path: where its file is now. title: as it was then.

    text: the file; files: paths of attachments that go with it, with the last version of each page.
    """

    page: str
    path: str
    title: str
    version: PageVersion
    text: str
    files: tuple[str, ...] = ()


class _Wanted(NamedTuple):
    row: Row
    version: PageVersion
    last: bool


def former_files(world: World, known: Callable[[str, int], bool]) -> Iterator[FormerFile]:
    """Yield the versions that are not known yet, the oldest first; versions of one moment by page and number.

    The folder must be as the site is. A version that is gone, as one that was deleted, is left out. Only what a version
    says is fetched one by one: memory grows with the number of versions, not with their texts.
    """
    wanted = sorted(_listed(world, known), key=lambda one: (one.version.when, int(one.row.id), one.version.number))
    world.reporter.stage("importing versions", len(wanted))
    seen = look(world, remote=False)
    site = site_of(world, seen, seen.local.paths)
    for one, found in zip(wanted, world.crew.fetch(partial(_fetched, world), wanted), strict=True):
        world.reporter.step()
        if found is None:
            continue
        title, storage = found
        path = one.row.path
        if one.last:
            yield FormerFile(one.row.id, path, title, one.version, world.folder.read(path), tuple(_files(world, path)))
            continue
        body = canonical(reconcile(None, None, storage, at(site, seen, one.row.id, path)).text)
        page_id = one.row.id if world.mirror.identity == "front_matter" else None
        page = replace(one.row.page, title=title)
        yield FormerFile(one.row.id, path, title, one.version, new_file(page, page_id, body))


def _listed(world: World, known: Callable[[str, int], bool]) -> Iterator[_Wanted]:
    rows = [row for row in world.state.rows().values() if row.page.kind in TEXTS and world.folder.exists(row.path)]
    world.reporter.stage("listing versions", len(rows))
    for row, versions in zip(rows, world.crew.fetch(partial(_versions, world), rows), strict=True):
        world.reporter.step()
        for version in versions:
            if version.number <= row.pair.version and not known(row.id, version.number):
                yield _Wanted(row, version, version.number == row.pair.version)


def _versions(world: World, row: Row) -> tuple[PageVersion, ...]:
    return tuple(world.api.versions(row.id))


def _fetched(world: World, one: _Wanted) -> tuple[str, str] | None:
    """Give title and storage format of a version, nothing for one that is gone; the last one is in the folder."""
    if one.last:
        return one.row.page.title, ""
    try:
        page, body = world.api.version(one.row.id, one.version.number)
    except NotFound:
        return None
    return page.title or one.row.page.title, body


def _files(world: World, path: str) -> Iterator[str]:
    folder = world.folder.at(files_dir(path))
    if folder.is_dir():
        yield from sorted(f"{files_dir(path)}/{file.name}" for file in folder.iterdir() if file.is_file())
