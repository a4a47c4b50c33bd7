"""See both sides as they are, and compare them with what was last agreed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from confsync.core.names import attachment_name, file_names
from confsync.core.order import remote_ranks
from confsync.local import Known, LocalTree, Scan, local_tree, scan
from confsync.model import FOLDER, TEXTS, Asset, AssetKey, AssetRow, Key, Page, PageId, Problem, Row, Tree, replace
from confsync.remote.records import RemoteAsset, RemotePage
from confsync.remote.scan import Listing, find_root, list_changes, list_space, refresh

from .marks import marked_pages
from .world import Run, World

FACETS = ("title", "parent", "labels", "kind", "rank", "settings")


class Observation:
    """Three trees at one moment. In all of them a body token equals the synced one exactly when nothing changed.

    listing: the remote side in full. raw: the local tree with digests for tokens. sequences: the children of each page
    in the site's order.
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

    def file_name(self, key: AssetKey) -> str:
        """Give the file name of an attachment."""
        return self.attachment_files.get(key.page, {}).get(key.name) or file_names([key.name])[key.name]


def known_listing(world: World) -> Listing:
    """Give the listing as last seen."""
    pages = {page: RemotePage.from_facts(facts) for page, facts in world.state.listing()}
    return Listing(pages, world.state.meta("root") or None)


def current_listing(world: World, run: Run) -> Listing:
    """List the remote side: by hints while the last full listing is fresh, else in full."""
    mirror, subtree = world.mirror, world.mirror.root is not None
    known, now = known_listing(world), world.clock()
    age = listing_age(world)
    if known.pages and age is not None and age < world.config.sync.full_listing and not run.options.full:
        changed = list_changes(world.api, mirror.space, known.pages, _newest(known.pages, now))
        if not changed:
            return known
        listing = refresh(world.api, known, changed, subtree=subtree)
        save_listing(world, listing)
        return listing
    return full_listing(world)


def full_listing(world: World) -> Listing:
    """List everything but the bodies, and remember it."""
    world.reporter.stage("listing the space")
    root = find_root(world.api, world.mirror.space, world.mirror.root)
    listing = list_space(world.api, world.mirror.space, root, subtree=world.mirror.root is not None)
    with world.state.transaction():
        save_listing(world, listing)
        world.state.set_meta("listed", world.clock().isoformat())
        world.state.set_meta("root", root or "")
        if root in listing.pages:
            world.state.set_meta("root_title", listing.pages[root].title)
    return listing


def save_listing(world: World, listing: Listing) -> None:
    """Remember a listing."""
    with world.state.transaction():
        world.state.set_listing({key: page.to_facts() for key, page in listing.pages.items()}, whole=True)


def listing_age(world: World) -> float | None:
    """Give the age of the last full listing in seconds, None when there was none."""
    listed = world.state.meta("listed")
    return (world.clock() - datetime.fromisoformat(listed)).total_seconds() if listed else None


def _newest(pages: Mapping[str, RemotePage], now: datetime) -> datetime:
    times = [datetime.fromisoformat(page.when.replace("Z", "+00:00")) for page in pages.values() if page.when]
    return max(times, default=now - timedelta(days=1)).astimezone(UTC)


def observe(world: World, listing: Listing) -> Observation:
    """Scan the folder and put both sides beside what was agreed; what both sides agree on by now becomes agreed."""
    state = world.state
    found = scan(world.folder.root, state.files())
    with state.transaction():
        state.set_files(found.seen, found.gone)
    rows, assets = state.rows(), state.assets()
    attachment_files: dict[Key, dict[str, str]] = {
        page.id: file_names(asset.name for asset in page.assets) for page in listing.pages.values() if page.assets
    }
    local = local_tree(found, _known(world, rows, listing, attachment_files, found))
    observation = Observation(local, rows, assets, listing, found, attachment_files)
    _agree(world, observation)
    compare(observation)
    return observation


def _known(
    world: World, rows: Mapping[PageId, Row], listing: Listing, files: Mapping[Key, Mapping[str, str]], found: Scan
) -> Known:
    back = {page: {file: name for name, file in names.items()} for page, names in files.items()}

    def attachment(key: Key, file: str) -> str:
        return back.get(key, {}).get(file) or attachment_name(file)

    root = listing.root or world.state.meta("root") or None
    title = listing.pages[root].title if root in listing.pages else world.state.meta("root_title")
    marked = marked_pages(world, rows, listing, found)
    return Known(rows, root, title, attachment, marked, blog=world.mirror.root is None)


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
    observation.synced = _tree(synced, agreed, {}, root, _doubled(synced))


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
        return agreed
    names = {name for name, _ in local.settings}
    settings = tuple(one for one in agreed.settings if one[0] in names) if agreed.settings else ()
    return replace(agreed, rank=agreed.rank if local.rank is not None else None, settings=settings)


def remote_tree(observation: Observation) -> Tree:
    """Make the remote tree out of the listing."""
    pages: dict[Key, Page] = {}
    unknown: dict[Key, Problem] = {}
    assets: dict[AssetKey, Asset] = {}
    observation.sequences = _sequences(observation.listing)
    ranks = _ranks(observation)
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
    """Give a listed page by its facets. local: its file, which names the settings that count; rank: see `_ranks`."""
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
    return Page(page.parent, page.title, rank, frozenset(page.labels), body, kind, settings)


def _sequences(listing: Listing) -> dict[Key | None, list[Key]]:
    found: dict[Key | None, list[RemotePage]] = {}
    for page in listing.pages.values():
        found.setdefault(page.parent, []).append(page)
    return {parent: [page.id for page in sorted(children, key=_place)] for parent, children in found.items()}


def _place(page: RemotePage) -> tuple[bool, int, int, str]:
    number = int(page.id) if page.id.isdecimal() else 0
    return (page.position is None, page.position or 0, number, page.id)


def _ranks(observation: Observation) -> dict[Key, int]:
    """Give the ranks of which the site's order speaks, for the pages whose files name one."""
    local = {key: page.rank for key, page in observation.raw.pages.items() if page.rank is not None}
    if not local:
        return {}
    agreed: dict[Key, int | None] = {key: row.page.rank for key, row in observation.rows.items()}
    found: dict[Key, int] = {}
    for children in observation.sequences.values():
        if any(key in local for key in children):
            found |= remote_ranks(children, {key: local.get(key) for key in children}, agreed)
    return found


def _tree(
    pages: dict[Key, Page], assets: dict[AssetKey, Asset], unknown: dict[Key, Problem], root: PageId | None,
    doubled: frozenset[Key] = frozenset(),
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
    return Tree(pages, assets, unknown, root, doubled)


def _doubled(pages: Mapping[Key, Page]) -> frozenset[Key]:
    """Give the pages whose title an earlier one has too: what was agreed may be the middle of two renames."""
    titles: dict[str | None, Key] = {}
    return frozenset(key for key, page in pages.items() if titles.setdefault(page.claim, key) != key)


def _agree(world: World, observation: Observation) -> None:
    """Where both sides are equal by now, that is what is agreed; a page gone from both sides is forgotten."""
    rows, local, listing = observation.rows, observation.local, observation.listing
    observation.sequences = _sequences(listing)
    ranks = _ranks(observation)
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
