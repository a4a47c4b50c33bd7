"""What a conversion knows of the world around one page: the frozen `Site` value and the index of pages it carries.

Nothing here is looked up anywhere; the caller hands in what it knows, and every field has a default that makes the
converters useful on a lone file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PageRef:
    """One page of the mirror, as links see it.

    `path` is the page's file, relative to the mirror's folder with `/` as separator; `id` may be "" for a page that
    has none yet. `former_titles` and `former_paths` still resolve to this page: a base text may name them.
    """

    path: str
    space: str
    title: str
    id: str = ""
    former_titles: tuple[str, ...] = ()
    former_paths: tuple[str, ...] = ()


class Pages:
    """An immutable index over `PageRef`s, built once a run and shared by the `Site` values of all its pages.

    Titles compare without case, as Confluence compares them. A current name always wins over a former one.
    """

    __slots__ = ("_by_id", "_by_path", "_by_title")

    def __init__(self, refs: Iterable[PageRef] = ()) -> None:
        refs = tuple(refs)
        self._by_id = {ref.id: ref for ref in refs if ref.id}
        self._by_path: dict[str, PageRef] = {}
        self._by_title: dict[tuple[str, str], PageRef] = {}
        for ref in refs:
            for path in ref.former_paths:
                self._by_path.setdefault(path, ref)
            for title in ref.former_titles:
                self._by_title.setdefault((ref.space.casefold(), title.casefold()), ref)
        for ref in refs:
            self._by_path[ref.path] = ref
            self._by_title[(ref.space.casefold(), ref.title.casefold())] = ref

    def by_id(self, page_id: str) -> PageRef | None:
        return self._by_id.get(page_id)

    def by_path(self, path: str) -> PageRef | None:
        return self._by_path.get(path)

    def by_title(self, space: str, title: str) -> PageRef | None:
        return self._by_title.get((space.casefold(), title.casefold()))


_NOTHING: Mapping[str, str] = MappingProxyType({})


def _nothing() -> Mapping[str, str]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Site:
    """The world around one page.

    base_url: the site's address without a trailing slash, with its context path (`https://acme.atlassian.net/wiki`).
    space: key of the space that the page is in.
    path: the page's own file, relative to the mirror's folder, `/` as separator; its attachments lie in the folder
        of the same name with `.files` for `.md`.
    pages: the pages that have a file in the mirror.
    people: account id or user key -> display name.
    files: attachment name -> file name, for the names that a file system cannot hold; others are themselves.
    outside: attachment name -> path of its file, relative to the mirror's folder, for those that lie elsewhere.
    dialect: how the author's Markdown is read; only "gfm" is known.
    """

    base_url: str = ""
    space: str = ""
    path: str = "page.md"
    pages: Pages = field(default_factory=Pages)
    people: Mapping[str, str] = field(default_factory=_nothing)
    files: Mapping[str, str] = field(default_factory=_nothing)
    outside: Mapping[str, str] = field(default_factory=_nothing)
    dialect: str = "gfm"

    def at(self, path: str, files: Mapping[str, str] = _NOTHING, outside: Mapping[str, str] = _NOTHING) -> Site:
        """The same site, seen from another page's file."""
        return replace(self, path=path, files=files, outside=outside)


DEFAULT_SITE = Site()
