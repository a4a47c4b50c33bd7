"""Trees of pages: what one side of the mirror looks like at one moment.

Values are named tuples here and in every module that a command needs at its start: `dataclasses` alone takes as long
to import as Python does to start.
"""

from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

_NONE: Mapping[Any, Any] = MappingProxyType({})

PageId: TypeAlias = str  # Confluence's content id: stable across title, parent and path changes


class Draft(NamedTuple):
    """A local file that has no page yet; `path` is relative to the mirror's folder."""

    path: str


Key: TypeAlias = PageId | Draft


class AssetKey(NamedTuple):
    """An attachment: its page and its name on the site."""

    page: Key
    name: str


NodeKey: TypeAlias = Key | AssetKey


Settings: TypeAlias = tuple[tuple[str, str], ...]  # (name, JSON), by name


class Page(NamedTuple):
    """One page by its facets, each merged on its own.

    body is a token: equal tokens mean equal bodies. rank: its `order` among its siblings, None when nobody gave one.
    settings: what its file names under `confluence:`; "null" is a setting that is not there.
    kind is "page"; "folder", a thing of the site without a body, whose title need not be unique; "directory", a page
    that has no file, only the directory of its children; or "blogpost", which lies under nothing.
    """

    parent: Key | None
    title: str
    rank: int | None = None
    labels: frozenset[str] = frozenset()
    body: str = ""
    kind: str = "page"
    settings: Settings = ()

    @property
    def claim(self) -> str | None:
        """What no two contents of a space may share: the title without its case; posts have their own, folders none."""
        if self.kind == "folder":
            return None
        return ("\0" if self.kind == "blogpost" else "") + self.title.casefold()


@lru_cache(1_000)
def shared(names: tuple[str, ...]) -> frozenset[str]:
    """Give names as a set. Equal ones share it: most pages have no label, or the same as others."""
    return frozenset(names)


class Asset(NamedTuple):
    """An attachment's content, as a SHA-256 in hexadecimal or another token that is equal for equal bytes."""

    content: str


class Problem(NamedTuple):
    """Why a page or file is left alone: where, what, and what to do."""

    place: str
    message: str
    remedy: str = ""
    line: int = 0
    column: int = 0

    def to_json(self) -> dict[str, object]:
        """Give the problem as plain data."""
        return {
            "place": self.place,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}:{self.column}" if self.line else self.place
        return f"{where}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")


class TreeError(ValueError):
    """A tree that breaks its rules."""


def free_title(title: str, taken: Container[str]) -> str:
    """Give a title with the next number that nobody has. taken: titles without their case."""
    names = (f"{title} ({number})" for number in count(2))
    return next(name for name in names if name.casefold() not in taken)


class Tree:
    """Pages and attachments of one side.

    unknown: what could not be read or judged; never taken for absent. root: the page whose file is the mirror's
    index; it may be named as a parent although its own file is not there. doubled: pages whose title another one has
    too, because a run was cut off between two renames; the site never has any. halfway: what was agreed when a run was
    cut off between two moves; its parents may form a ring, for only one of two pages has its new parent.
    Raises TreeError when a parent is missing, parents form a ring, or two titles are the same but for case.
    """

    __slots__ = ("assets", "doubled", "pages", "root", "unknown")

    def __init__(
        self,
        pages: Mapping[Key, Page] = _NONE,
        assets: Mapping[AssetKey, Asset] = _NONE,
        unknown: Mapping[Key, Problem] = _NONE,
        root: PageId | None = None,
        doubled: frozenset[Key] = frozenset(),
        halfway: bool = False,
    ) -> None:
        self.pages = pages
        self.assets = assets
        self.unknown = unknown
        self.root = root
        self.doubled = doubled
        self._check(halfway)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tree):
            return NotImplemented
        mine, theirs = ((one.pages, one.assets, one.unknown, one.root) for one in (self, other))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]  # a tree is its mappings

    def __repr__(self) -> str:
        return f"Tree(pages={self.pages!r}, assets={self.assets!r}, unknown={self.unknown!r}, root={self.root!r})"

    def _check(self, halfway: bool) -> None:
        for key, page in self.pages.items():
            if page.parent is not None and not self.holds(page.parent):
                raise TreeError(f"the parent of {key} is missing: {page.parent}")
        ring = None if halfway else next(rings(self.pages), None)
        if ring is not None:
            raise TreeError(f"pages lie under each other: {sorted(map(str, ring))}")
        seen: dict[str, Key] = {}
        for key, page in self.pages.items():
            claim = page.claim
            if claim is None or key in self.doubled:
                continue
            if seen.setdefault(claim, key) != key:
                raise TreeError(f"two pages have the title {page.title!r}: {seen[claim]} and {key}")
        for asset in self.assets:
            if not self.holds(asset.page):
                raise TreeError(f"the page of {asset.name} is missing: {asset.page}")

    def holds(self, key: Key) -> bool:
        """Tell whether a page is there, unknown, or the root."""
        return key in self.pages or key in self.unknown or key == self.root

    def assets_of(self, key: Key) -> dict[str, Asset]:
        """Give a page's attachments by name."""
        return {asset.name: value for asset, value in self.assets.items() if asset.page == key}

    def depth(self, key: Key) -> int:
        """Count the ancestors of a page that are in the tree."""
        count = 0
        page = self.pages.get(key)
        while page is not None and page.parent is not None:
            count += 1
            page = self.pages.get(page.parent)
        return count


def rings(pages: Mapping[Key, Page]) -> Iterator[frozenset[Key]]:
    """Yield every set of pages that are each other's ancestors."""
    done: set[Key] = set()
    for start in pages:
        trail: dict[Key, int] = {}
        key: Key | None = start
        while key is not None and key in pages and key not in done and key not in trail:
            trail[key] = len(trail)
            key = pages[key].parent
        if key is not None and key in trail:
            yield frozenset(one for one, at in trail.items() if at >= trail[key])
        done.update(trail)
