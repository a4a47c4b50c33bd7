"""What the effects of one round share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from confsync.local import Document
from confsync.local.document import digest
from confsync.model import AssetKey, Effect, Key, PageId, Problem, Tree
from converters import Site

from .observe import Observation
from .sites import at
from .world import Run, World


@dataclass(slots=True)
class Round:
    """What the effects of one round share. created: the pages that drafts have become."""

    world: World
    run: Run
    seen: Observation
    target: Tree
    paths: Mapping[Key, str]
    site: Site
    created: dict[Key, PageId] = field(default_factory=dict)

    def id_of(self, key: Key | None) -> PageId | None:
        """Give the page id of a key, also of a draft that has just become a page."""
        return key if isinstance(key, str) or key is None else self.created.get(key)

    def passing(self, effect: Effect) -> bool:
        """Tell whether an effect gives a page a title on its way to another one."""
        page = self.target.pages.get(effect.key) if not isinstance(effect.key, AssetKey) else None
        return page is not None and effect.title != page.title

    def site_at(self, key: Key) -> Site:
        """Look at the site from one page's file."""
        return at(self.site, self.seen, key, self.paths[key])

    def changed_since(self, key: Key, document: Document) -> bool:
        """Tell whether a file has been edited since it was scanned: then the next round sees it."""
        file = self.seen.local.files.get(key)
        return file is None or file.body != digest(document.text)


def raise_problem(round_: Round, effect: Effect, message: str, remedy: str) -> None:
    """Record why a page is held back in this round."""
    round_.run.wait(Problem(effect.path or effect.title, message, remedy))


def lacks_parent(round_: Round, effect: Effect, parent: Key | None) -> bool:
    """Tell whether the page that this one shall lie under is not on the site, and record it."""
    page = round_.id_of(parent)
    if parent is None or page in round_.seen.listing.pages:
        return False
    place, remedy = effect.path or effect.title, "see the problem of the parent"
    problem = Problem(place, "its parent page is not on the site", remedy)
    if page is None:
        round_.run.wait(problem)  # a draft that may yet become one in the next round
    else:
        round_.run.hold(effect, problem)
    return True


def marked(message: str, op: str) -> str:
    """Give the message of a version with the mark of this very write."""
    return f"{message} [confsync {op}]".strip()
