"""What `check` finds in one tree of pages: notation, links and images, titles, names, ids, conflict markers."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from confsync.core.names import attachment_name, file_names, fold
from confsync.local import PageFile, Scan, read_document, scan
from confsync.local.tree import outside_names
from confsync.model.paths import children_dir, is_index
from converters import PageRef, Pages, Site, check, links

_LONGEST_TITLE = 255  # characters, a limit of Confluence


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of pages; site and space where settings name them."""

    root: Path
    site: str = ""
    space: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. file: as seen from the working directory; line and column count from 1; rule: a stable name."""

    file: str
    line: int
    column: int
    level: str
    message: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message} [{self.rule}]"

    def to_json(self) -> dict[str, object]:
        """Give the finding as plain data."""
        return {
            "file": self.file, "line": self.line, "column": self.column, "level": self.level, "rule": self.rule,
            "message": self.message,
        }  # fmt: skip


def judge(tree: Tree, wanted: Sequence[str]) -> tuple[int, list[Finding]]:
    """Judge a tree; give its number of pages and the findings. wanted: relative paths to report on, none for all."""
    found = scan(tree.root, {})
    judges = _Judge(tree, found)
    paths = [path for path in found.pages if _within(path, wanted)]
    findings = [finding for path in paths for finding in judges.page(path)]
    whole = [finding for path, finding in judges.across() if _within(path, wanted)]
    return len(paths), sorted([*findings, *whole], key=lambda one: (one.file, one.line, one.column))


def _within(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(
        path == one or path.startswith((f"{one}/", f"{one.removesuffix('.md')}.files/")) for one in wanted
    )


class _Judge:
    def __init__(self, tree: Tree, found: Scan) -> None:
        self.tree, self.scan = tree, found
        refs = (PageRef(path, tree.space, page.title, page.id) for path, page in found.pages.items())
        self.site = Site(tree.site, tree.space, pages=Pages(refs))

    def finding(
        self, path: str, message: str, rule: str, line: int = 1, column: int = 1, level: str = "error"
    ) -> Finding:
        return Finding(os.path.relpath(self.tree.root / path), line, column, level, message, rule)

    def page(self, path: str) -> Iterator[Finding]:
        """Judge one page by itself."""
        file = self.scan.pages[path]
        if file.problem is not None:
            one = file.problem
            rule = "conflict" if "marker" in one.message else "front-matter" if one.line else "encoding"
            yield self.finding(
                path,
                f"{one.message}; {one.remedy}" if one.remedy else one.message,
                rule,
                one.line or 1,
                one.column or 1,
            )
            return
        _, document = read_document(path, (self.tree.root / path).read_bytes().decode("utf-8"))
        first = document.body_line - 1
        there = [one for one in file.outside if one in self.scan.outside]
        here = self.site.at(path, self._attachments(path), outside_names(there, set(self._attachments(path))))
        for one_ in check(document.body, here):
            yield self.finding(path, one_.message, one_.rule, one_.line + first, one_.column, one_.level)
        try:
            uses = links(document.body, here)
        except ValueError:
            return  # the notation cannot be read, which check has said
        for use in uses:
            finding = self.link(path, use.kind, use.path, use.destination)
            if finding is not None:
                level, message, rule = finding
                yield self.finding(path, message, rule, use.line + first, use.column, level)

    def _attachments(self, path: str) -> dict[str, str]:
        files = self.scan.files.get(path.removesuffix(".md") + ".files", {})
        return {attachment_name(file): file for file in files if attachment_name(file) != file}

    def link(self, path: str, kind: str, target: str, destination: str) -> tuple[str, str, str] | None:
        """Judge one destination: level, message and rule, None when it is good."""
        if kind not in ("attachment", "file") or not destination:
            return None
        place = self.tree.root / target
        if kind == "attachment":
            return None if place.is_file() else ("error", f"there is no file {target}", "broken-link")
        if not place.exists():
            return ("error", f"leads to {target}, which is not there", "broken-link")
        return ("warning", f"{target} cannot be attached to the page: it is no file of this folder", "not-published")

    def across(self) -> Iterator[tuple[str, Finding]]:
        """Judge what pages have to do with each other."""
        pages = self.scan.pages
        titled = {path: page for path, page in pages.items() if page.problem is None and not _is_home(page)}
        for path, other in _clashes((page.title.casefold(), path) for path, page in titled.items()):
            title = titled[path].title
            message = f"the title {title!r} is that of {other}; name it for example {title + ' (2)'!r}"
            yield path, self.finding(path, message, "title-clash")
        for path, page in titled.items():
            if len(page.title) > _LONGEST_TITLE:
                yield path, self.finding(path, f"the title has more than {_LONGEST_TITLE} characters", "title-length")
        for path, other in _clashes((children_dir(path), path) for path in pages):
            yield path, self.finding(path, f"is a second file for the page of {other}; keep one", "two-files")
        for path, other in _clashes((page.id, path) for path, page in pages.items() if page.id):
            yield path, self.finding(path, f"has the page id of {other}; a copy must have none", "id-clash")
        yield from self.names()

    def names(self) -> Iterator[tuple[str, Finding]]:
        """Find names that some file system cannot hold, or cannot tell apart."""
        files = [*self.scan.pages, *(f"{folder}/{name}" for folder, names in self.scan.files.items() for name in names)]
        for path, other in _clashes((fold(path), path) for path in files):
            yield (
                path,
                self.finding(path, f"differs from {other} in case only: some file systems hold one of them", "name"),
            )
        for path in files:
            for name in path.split("/"):
                if not _safe(name):
                    message = f"the name {name!r} cannot be held by every file system; {file_names([name])[name]!r} can"
                    yield path, self.finding(path, message, "name")
                    break


def _safe(name: str) -> bool:
    origin = attachment_name(name)
    return file_names([name])[name] == name or file_names([origin])[origin] == name


def _is_home(page: PageFile) -> bool:
    """The home page has the space's title unless its file says otherwise."""
    return page.title_from == "name" and is_index(page.path) and "/" not in page.path


def _clashes(keyed: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield every path after the first of a key, with the first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for key, path in keyed:
        groups[key].append(path)
    for paths in groups.values():
        yield from ((path, paths[0]) for path in paths[1:])
