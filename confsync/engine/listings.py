"""The listing of the site: as last seen, by hints while it is fresh, or made anew; and how it is remembered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from confsync.model import PageId
from confsync.remote.records import RemotePage
from confsync.remote.scan import Listing, find_root, list_changes, list_space, refresh

from .recall import listing_age
from .world import Run, World


def known_listing(world: World) -> Listing:
    """Give the listing as last seen."""
    pages = {page: RemotePage.from_facts(facts) for page, facts in world.state.listing()}
    return Listing(pages, world.state.meta("root") or None)


def current_listing(world: World, run: Run) -> Listing:
    """List the remote side: by hints while the last full listing is fresh, else in full."""
    mirror = world.mirror
    known, now = known_listing(world), world.clock()
    age = listing_age(world)
    # An age below nought: the clock was put back, and nobody knows how old the listing is.
    if known.pages and age is not None and 0 <= age < world.config.sync.full_listing and not run.options.full:
        changed: Collection[PageId] | None = run.options.look
        if changed is None:
            changed = list_changes(world.api, mirror.space, known.pages, _newest(known.pages, now))
        if not changed:
            return known
        return renewed(world, known, changed)
    return full_listing(world, known)


def renewed(world: World, listing: Listing, changed: Iterable[PageId]) -> Listing:
    """Read some pages of a listing anew, and remember them."""
    new = refresh(
        world.api, listing, changed, subtree=world.mirror.root is not None, fetch=world.crew.fetch
    )
    save_listing(world, listing, new)
    return new


def full_listing(world: World, known: Listing) -> Listing:
    """List everything but the bodies, and remember what is not as it was known."""
    world.reporter.stage("listing the space")
    root = find_root(world.api, world.mirror.space, world.mirror.root)
    names = world.state.named_settings()
    listing = list_space(world.api, world.mirror.space, root, subtree=world.mirror.root is not None, names=names)
    with world.state.transaction():
        save_listing(world, known, listing)
        world.state.set_meta("listed", world.clock().isoformat())
        world.state.set_meta("root", root or "")
        if root in listing.pages:
            world.state.set_meta("root_title", listing.pages[root].title)
    return listing


def save_listing(world: World, known: Listing, listing: Listing) -> None:
    """Remember a listing where it differs from the one that is remembered: a few changes are a few rows."""
    before, now = known.pages, listing.pages
    with world.state.transaction():
        for gone in before.keys() - now.keys():
            world.state.drop_listed(gone)
        changed = (page for key, page in now.items() if before.get(key) != page)
        world.state.set_listing((page.id, page.to_facts()) for page in changed)


def _newest(pages: Mapping[str, RemotePage], now: datetime) -> datetime:
    times = [datetime.fromisoformat(page.when.replace("Z", "+00:00")) for page in pages.values() if page.when]
    return max(times, default=now - timedelta(days=1)).astimezone(UTC)
