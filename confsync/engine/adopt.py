"""Find the base of pages that are on both sides and of which this machine remembers nothing.

The ladder: the page's own property, then the content version it names, then texts that say the same, then the text
that git has of the file when that version was written; else nobody knows, and the user is asked.
"""

from __future__ import annotations

from collections.abc import Mapping

from confsync.core.bodies import Halves
from confsync.local import read_document
from confsync.local.document import digest
from confsync.local.tree import NO_TEXT
from confsync.model import TEXTS, Page, Pair, Row, TitleFrom, replace
from confsync.remote import RemotePage
from converters import Site

from .observe import Observation, compare
from .sites import at, site_of
from .texts import bodies, misread, read_file
from .world import Run, World


def adopt(world: World, run: Run, observation: Observation) -> None:
    """Make rows for the pages without one whose base can be found."""
    pages, listing = observation.local.tree.pages, observation.listing.pages
    wanted = [key for key in pages if isinstance(key, str) and key not in observation.rows and key in listing]
    if not wanted:
        return
    site = site_of(world, observation, observation.local.paths)
    world.reporter.stage("finding what was agreed", len(wanted))
    for page, storage in bodies(world, wanted, len(listing)):
        path = observation.local.paths[page.id]
        _, document = read_file(world, path)
        try:
            here = at(site, observation, page.id, path)
            base = _base(world, page, storage, path, document.text, here)
        except ValueError as error:
            run.problem(misread(path, document, error))
            continue
        if base is not None:
            version, found = base
            _remember(world, observation, page, version, found, path)
        world.reporter.step(path)
    compare(observation)


def see_through_versions(world: World, observation: Observation) -> None:
    """A new version need not be a new text: where that decides, the body is read.

    It decides where the file has changed too, or is gone: a rename or a move must neither hold back a push nor revive
    a page.
    """
    wanted = [row.id for row in observation.rows.values() if _doubtful(observation, row)]
    found = False
    for remote, storage in bodies(world, wanted, len(observation.listing.pages)):
        row = observation.rows[remote.id]
        if remote.version == observation.listing.pages[remote.id].version and digest(storage) == row.pair.storage:
            observation.rows[remote.id] = replace(row, pair=replace(row.pair, version=remote.version))
            world.state.set_row(observation.rows[remote.id])
            found = True
    if found:
        compare(observation)


def _doubtful(observation: Observation, row: Row) -> bool:
    """Tell whether the page has another version, and whether it matters if that is another text."""
    local, page = observation.local.tree, observation.listing.pages.get(row.id)
    if page is None or page.version == row.pair.version or row.page.kind not in TEXTS or row.id in local.unknown:
        return False
    mine = local.pages.get(row.id)
    return mine is None or mine.body != row.pair.storage


def _base(
    world: World, page: RemotePage, storage: str, path: str, local: str, site: Site
) -> tuple[int, Halves] | None:
    """Climb the ladder: the version and the texts that were agreed, None when nobody knows."""
    import converters

    mark: Mapping[str, object] = page.mark or {}
    version = mark.get("version")
    same_text = mark.get("markdown_sha") == digest(local)
    if version == page.version and same_text:
        return page.version, Halves(storage, local)
    if isinstance(version, int) and 0 < version < page.version and same_text:
        return version, Halves(world.api.body_of_version(page.id, version), local)
    if converters.consistent(storage, local, site):
        return page.version, Halves(storage, local)
    if isinstance(version, int) and 0 < version <= page.version and (former := _committed(world, path, mark)):
        then = storage if version == page.version else world.api.body_of_version(page.id, version)
        if converters.consistent(then, former, site):
            return version, Halves(then, former)
    if version == page.version:
        # Written by confsync and not touched since: what differs was edited here.
        return page.version, Halves(storage, converters.to_markdown(storage, site))
    if isinstance(version, int) and 0 < version < page.version:
        former = world.api.body_of_version(page.id, version)
        return version, Halves(former, converters.to_markdown(former, site))
    if _blank(storage, site):
        return page.version, Halves(storage, "")  # nothing can be lost: what is in the file was written here
    if not local:
        return 0, Halves("", "")
    return None


def _marked_settings(remote: RemotePage) -> dict[str, str]:
    """Give the settings that were agreed when the mark was written."""
    settings = (remote.mark or {}).get("settings")
    return {str(name): str(value) for name, value in settings.items()} if isinstance(settings, dict) else {}


def _committed(world: World, path: str, mark: Mapping[str, object]) -> str | None:
    """Find the text that the mark speaks of among those that git has of the file: the author's own, to the letter."""
    wanted = mark.get("markdown_sha")

    def same(text: str) -> bool:
        return digest(read_document(path, text)[1].text) == wanted

    found = world.history(world.folder.at(path), same) if wanted else None
    return None if found is None else read_document(path, found)[1].text


def _blank(storage: str, site: Site) -> bool:
    import converters

    return not converters.to_markdown(storage, site).strip()


def _remember(
    world: World, observation: Observation, remote: RemotePage, version: int, base: Halves, path: str
) -> None:
    """Write the row. Of facets without a base the remote value is taken, and labels of both sides apply.

    A page that is still blank on the site, as the home page of a new space, or that stood for a directory without a
    file, takes the title of its file.
    """
    mine: Page = observation.local.tree.pages[remote.id]
    parent = mine.parent if isinstance(mine.parent, str) else None
    if remote.mark is not None and remote.mark.get("path") not in (None, path):
        parent = remote.parent  # the file lay elsewhere when both sides agreed: it is its author who has moved it
    blank = not base.markdown if remote.mark is None else remote.mark.get("markdown_sha") == NO_TEXT
    # A rename makes a version: the page's title is the agreed one while its version is.
    as_agreed = remote.mark is not None and remote.mark.get("version") == remote.version
    with world.state.transaction():
        storage, markdown = world.state.keep_text(base.storage), world.state.keep_text(base.markdown)
        page = Page(
            parent,
            remote.title if blank or as_agreed else mine.title,
            None,
            mine.labels & frozenset(remote.labels),
            storage,
            mine.kind,
            tuple(sorted(_marked_settings(remote).items())),
        )
        file = observation.local.files.get(remote.id)
        title_from = TitleFrom(file.title_from if file else "name")
        row = Row(remote.id, page, Pair(version, storage, markdown), path, title_from)
        world.state.set_row(row)
    observation.rows[remote.id] = row
