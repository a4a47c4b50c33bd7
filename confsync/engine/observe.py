"""See both sides as they are, and compare them with what was last agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from confsync.core.names import attachment_name, composed, file_names
from confsync.local import Known, LocalTree, Scan, local_tree, scan
from confsync.local.scan import Entry, from_text, to_text
from confsync.model import (
    FOLDER,
    TEXTS,
    Asset,
    AssetKey,
    AssetRow,
    Key,
    Page,
    PageId,
    Problem,
    Row,
    Tree,
    replace,
    shared,
)
from confsync.model.paths import children_dir
from confsync.remote.records import RemoteAsset, RemotePage
from confsync.remote.scan import Listing

from .marks import marked_pages, regain_folders
from .siblings import sequences, site_ranks
from .world import World

FACETS = ("title", "parent", "labels", "kind", "rank", "settings")


class Observation:
    """Three trees at one moment. In all of them a body token equals the synced one exactly when nothing changed.

    listing: the remote side in full. raw: the local tree with digests for tokens. sequences: the children of each page
    in the site's order, where some file names an order.
    attachment_files: page -> attachment name -> file name.
    """

    def __init__(
        self, local: LocalTree, rows: dict[PageId, Row], asset_rows: dict[tuple[PageId, str], AssetRow],
        listing: Listing, scan: Scan, attachment_files: dict[Key, dict[str, str]],
    ) -> None:  # fmt: skip
        self.synced = Tree()
        self.local = local
        self.remote = Tree()
        self.rows = rows
        self.asset_rows = asset_rows
        self.listing = listing
        self.scan = scan
        self.raw = local.tree
        self.sequences: dict[Key | None, list[Key]] = {}
        self.attachment_files = attachment_files

    def asset(self, key: AssetKey) -> RemoteAsset | None:
        """Give the remote attachment of a key."""
        page = self.listing.pages.get(key.page) if isinstance(key.page, str) else None
        return next((asset for asset in page.assets if asset.name == key.name), None) if page else None

    def ranks(self) -> dict[Key, int]:
        """Read the order of the listing, and give the ranks of which it speaks."""
        if all(page.rank is None for page in self.raw.pages.values()):
            return {}  # no file names an order: nobody asks for the site's
        self.sequences = sequences(self.listing)
        return site_ranks(self.raw.pages, self.rows, self.sequences)

    def file_name(self, key: AssetKey) -> str:
        """Give the file name of an attachment."""
        return self.attachment_files.get(key.page, {}).get(key.name) or file_names([key.name])[key.name]


def observe(world: World, listing: Listing) -> Observation:
    """Scan the folder and put both sides beside what was agreed; what both sides agree on by now becomes agreed."""
    state = world.state
    found = scan(world.folder.root, _entries(world))
    if found.seen or found.gone:
        with state.transaction():
            state.set_files(((path, *entry[:4], to_text(entry[4])) for path, entry in found.seen.items()), found.gone)
    world.entries = found.entries
    rows, assets = state.rows(), state.assets()
    regained = _forget_directories(world, rows, found)
    attachment_files: dict[Key, dict[str, str]] = {
        page.id: file_names(asset.name for asset in page.assets) for page in listing.pages.values() if page.assets
    }
    local = local_tree(found, _known(world, rows, listing, attachment_files, found, regained, assets))
    observation = Observation(local, rows, assets, listing, found, attachment_files)
    _agree(world, observation)
    compare(observation)
    return observation


def _forget_directories(world: World, rows: dict[PageId, Row], found: Scan) -> dict[str, PageId]:
    """Give the files that directories' pages have by now: what was agreed of them is found out from the site."""
    directories = {row.path: row.id for row in rows.values() if row.page.kind == "directory"}
    if not directories:
        return {}
    there = {path: directories.get(children_dir(path) + "/") for path, file in found.pages.items() if not file.id}
    regained = {path: page for path, page in there.items() if page is not None}
    for page in regained.values():
        world.state.drop_row(page)
        rows.pop(page, None)
    return regained


def _entries(world: World) -> Mapping[str, Entry]:
    """Give the stat cache, read from the state once in a process."""
    if world.entries is None:
        files = world.state.files().items()
        world.entries = {path: (*entry[:4], from_text(entry[4])) for path, entry in files}
    return world.entries


def _known(
    world: World, rows: dict[PageId, Row], listing: Listing, files: dict[Key, dict[str, str]], found: Scan,
    regained: Mapping[str, PageId], agreed: Collection[tuple[PageId, str]],
) -> Known:  # fmt: skip
    """Put together what is known of files beyond themselves.

    rows: gets those of directories that are found again. files: gets the names that attachments' files really have.
    """
    back = {page: {file: name for name, file in names.items()} for page, names in files.items()}

    def attachment(key: Key, file: str) -> str:
        names = back.get(key, {})
        name = names.get(file) or names.get(composed(file)) or attachment_name(composed(file))
        if composed(file) != file:
            files.setdefault(key, {})[name] = file  # a file system, or an archive, has taken its letters apart
        return name

    root = listing.root or world.state.meta("root") or None
    title = listing.pages[root].title if root in listing.pages else world.state.meta("root_title")
    marked = {**marked_pages(world, rows, listing, found), **regained}
    rows |= regain_folders(world, rows, listing, found, marked)
    attached: dict[Key, dict[str, str]] = {}
    for page in listing.pages.values():
        if new := {one.name: one.sha256 for one in page.assets if (page.id, one.name) not in agreed}:
            attached[page.id] = new
    return Known(rows, root, title, attachment, marked, blog=world.mirror.root is None, attached=attached)


def compare(observation: Observation) -> None:
    """Make the three trees: bodies as tokens that are equal when nothing has changed."""
    rows, local, listing = observation.rows, observation.local, observation.listing
    raw = observation.raw
    unknown = dict(raw.unknown)
    pages: dict[Key, Page] = {}
    for key, page in raw.pages.items():
        row = rows.get(key) if isinstance(key, str) else None
        if isinstance(key, str) and row is None and listing.pages and key not in listing.pages:
            unknown[key] = _foreign(local, key)
            local.occupied.add(local.paths[key])
            continue
        pages[key] = _local_page(page, row)
    assets = {key: asset for key, asset in raw.assets.items() if key.page in pages}
    root = listing.root
    local.tree = _tree(pages, assets, unknown, root, raw.doubled)
    observation.remote = remote_tree(observation)
    named = local.tree.pages
    synced: dict[Key, Page] = {row.id: _named(row.page, named.get(row.id)) for row in rows.values()}
    agreed = {AssetKey(page, name): Asset(row.sha256) for (page, name), row in observation.asset_rows.items()}
    for asset in agreed.keys() - observation.remote.assets.keys():
        if asset.name in local.outside.get(asset.page, {}):
            del agreed[asset]  # several pages may show this file: deleting it from one of them does not delete it
    observation.synced = _tree(synced, agreed, {}, root, _doubled(synced), halfway=True)


def _foreign(local: LocalTree, key: PageId) -> Problem:
    message = f"names the page {key}, which is not in this mirror's part of the site"
    return Problem(local.paths.get(key, key), message, "remove `confluence_page_id` to publish it as a new page")


def _local_page(page: Page, row: Row | None) -> Page:
    """An unchanged body has the token that was agreed."""
    body = page.body
    if row is not None and body == row.pair.markdown:
        body = row.pair.storage
    elif body != FOLDER:
        body = f"md:{body}"
    return replace(page, body=body)


def _named(agreed: Page, local: Page | None) -> Page:
    """Of rank and settings only what the file names counts: the rest is the site's own affair."""
    if local is None:
        return replace(agreed, rank=None, settings=())
    names = {name for name, _ in local.settings}
    settings = tuple(one for one in agreed.settings if one[0] in names) if agreed.settings else ()
    return replace(agreed, rank=agreed.rank if local.rank is not None else None, settings=settings)


def remote_tree(observation: Observation) -> Tree:
    """Make the remote tree out of the listing."""
    pages: dict[Key, Page] = {}
    unknown: dict[Key, Problem] = {}
    assets: dict[AssetKey, Asset] = {}
    ranks = observation.ranks()
    for page in observation.listing.pages.values():
        row = observation.rows.get(page.id)
        if page.kind == "other":
            unknown[page.id] = Problem(page.title or page.id, "is neither a page nor a folder; it stays as it is")
            continue
        pages[page.id] = remote_page(page, row, observation.raw.pages.get(page.id), ranks.get(page.id))
        for asset in page.assets:
            agreed = observation.asset_rows.get((page.id, asset.name))
            content = agreed.sha256 if agreed and (agreed.id, agreed.version) == (asset.id, asset.version) else ""
            assets[AssetKey(page.id, asset.name)] = Asset(content or asset.sha256 or f"{asset.id}:{asset.version}")
    return _tree(pages, assets, unknown, observation.listing.root)


def remote_page(page: RemotePage, row: Row | None, local: Page | None = None, rank: int | None = None) -> Page:
    """Give a listed page by its facets. local: its file, which names the settings that count; rank: see `siblings`."""
    kind = page.kind if row is None or row.page.kind == "page" else row.page.kind
    body = f"v{page.version}"
    if kind not in TEXTS:
        body = FOLDER
    elif row is not None and page.version == row.pair.version:
        body = row.pair.storage
    settings: tuple[tuple[str, str], ...] = ()
    if local is not None and local.settings:
        agreed = dict(row.page.settings) if row else {}
        # Until the site was asked, it says what was agreed.
        known = ((name, page.settings.get(name, agreed.get(name))) for name, _ in local.settings)
        settings = tuple((name, value) for name, value in known if value is not None)
    return Page(page.parent, page.title, rank, shared(page.labels), body, kind, settings)


def _tree(
    pages: dict[Key, Page], assets: dict[AssetKey, Asset], unknown: dict[Key, Problem], root: PageId | None,
    doubled: frozenset[Key] = frozenset(), halfway: bool = False,
) -> Tree:  # fmt: skip
    """Make a tree of what was seen; what would break its rules is lifted to the top or left out, never raised."""
    held = {*pages, *unknown, root}
    for key, page in list(pages.items()):
        if page.parent is not None and page.parent not in held:
            pages[key] = replace(page, parent=None)
    titles: dict[str, Key] = {}
    for key, page in list(pages.items()):
        claim = page.claim
        if claim is not None and key not in doubled and titles.setdefault(claim, key) != key:
            unknown[key] = Problem(page.title, "two pages have this title", "rename one of them")
            del pages[key]
    assets = {key: asset for key, asset in assets.items() if key.page in pages}
    return Tree(pages, assets, unknown, root, doubled, halfway)


def _doubled(pages: Mapping[Key, Page]) -> frozenset[Key]:
    """Give the pages whose title an earlier one has too: what was agreed may be the middle of two renames."""
    titles: dict[str | None, Key] = {}
    return frozenset(key for key, page in pages.items() if titles.setdefault(page.claim, key) != key)


def _agree(world: World, observation: Observation) -> None:
    """Where both sides are equal by now, that is what is agreed; a page gone from both sides is forgotten."""
    rows, local, listing = observation.rows, observation.local, observation.listing
    ranks = observation.ranks()
    with world.state.transaction():
        for page_id, row in list(rows.items()):
            mine, theirs = local.tree.pages.get(page_id), listing.pages.get(page_id)
            if mine is None and theirs is None and page_id not in local.tree.unknown:
                world.state.drop_row(page_id)
                del rows[page_id]
                continue
            page = row.page
            if mine is not None and theirs is not None:
                other = remote_page(theirs, row, mine, ranks.get(page_id))
                same = {name: getattr(mine, name) for name in FACETS if getattr(mine, name) == getattr(other, name)}
                if same.get("parent", page.parent) != page.parent:
                    page = replace(page, rank=None)  # it was one among other siblings
                page = replace(page, **same)
            if page != row.page:
                rows[page_id] = replace(row, page=page)
                world.state.set_row(rows[page_id])
        for key, asset in local.tree.assets.items():
            _agree_asset(world, observation, key, asset)
        for (page_id, name), agreed in list(observation.asset_rows.items()):
            key = AssetKey(page_id, name)
            gone = key not in local.tree.assets and observation.asset(key) is None
            if gone and page_id not in local.tree.unknown and page_id in rows:
                world.state.drop_asset(agreed.page, agreed.name)
                del observation.asset_rows[page_id, name]


def _agree_asset(world: World, observation: Observation, key: AssetKey, asset: Asset) -> None:
    theirs = observation.asset(key)
    if theirs is None or not isinstance(key.page, str) or theirs.sha256 != asset.content:
        return
    row = AssetRow(key.page, key.name, theirs.id, theirs.version, asset.content)
    if observation.asset_rows.get((key.page, key.name)) != row and key.page in observation.rows:
        world.state.set_asset(row)
        observation.asset_rows[key.page, key.name] = row
