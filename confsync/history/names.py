"""Which file a page is in, as far as its history has come: the same history gives the same names to everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from confsync.core.names import fold, slug
from converters import PageRef, Pages, Site

POSTS = "blog/"


class Place(NamedTuple):
    """Where a page is, and what it is called."""

    path: str
    title: str


class Names:
    """The files of all pages at one moment.

    A file is named for its page's title and lies in one folder with all others: where a page stands in the tree has no
    history on the site, and a file in the tree would lie elsewhere for whoever imports later.
    """

    def __init__(self, site: str, space: str, home: str | None, places: Iterable[tuple[str, Place]] = ()) -> None:
        self.home = home
        self.places = dict(places)
        self._taken = {fold(place.path): page for page, place in self.places.items()}
        self._base = Site(site, space)
        self._site: Site | None = None

    def call(self, page: str, kind: str, title: str) -> tuple[str, str]:
        """Give a page its title: its file before, "" when it had none, and its file now."""
        old = self.places.get(page)
        if old is not None and old.title == title:
            return old.path, old.path
        path = self._free(page, kind, title)
        self.put(page, Place(path, title))
        return old.path if old else "", path

    def put(self, page: str, place: Place) -> None:
        """Say where a page is."""
        if (old := self.places.get(page)) is not None:
            self._taken.pop(fold(old.path), None)
        self.places[page] = place
        self._taken[fold(place.path)] = page
        self._site = None

    def site(self, path: str) -> Site:
        """Give the site as links in one file see it."""
        if self._site is None:
            refs = (
                PageRef(place.path, self._base.space, place.title, page)
                for page, place in self.places.items()
                if not place.path.startswith(POSTS)
            )
            self._site = Site(self._base.base_url, self._base.space, pages=Pages(refs))
        return self._site.at(path)

    def _free(self, page: str, kind: str, title: str) -> str:
        if page == self.home:
            return "index.md"
        base = (POSTS if kind == "blogpost" else "") + slug(title)
        taken = base == "index" or self._taken.get(fold(f"{base}.md"), page) != page
        return f"{base}-{page}.md" if taken else f"{base}.md"
