"""Rows, attachments, the stat cache and the remote listing: what was last agreed and last seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from sys import intern
from typing import Any, Final

from confsync.model import AssetRow, Page, PageId, Pair, Row, TitleFrom, shared

_TITLE_FROM: Final = {str(one): one for one in TitleFrom}


class Pairs:
    """The part of the state that mirrors both sides."""

    db: sqlite3.Connection

    def rows(self) -> dict[PageId, Row]:
        """Read all synced pages."""
        return {found[0]: _row(found) for found in self.db.execute("SELECT * FROM rows")}

    def named_settings(self) -> set[str]:
        """Give the names of all settings that some file names."""
        found = self.db.execute("SELECT DISTINCT settings FROM rows WHERE settings != '[]'")
        return {name for (text,) in found for name, _ in json.loads(text)}

    def row(self, page: PageId) -> Row | None:
        """Read one synced page."""
        found = self.db.execute("SELECT * FROM rows WHERE id = ?", (page,)).fetchone()
        return _row(found) if found else None

    def set_row(self, row: Row) -> None:
        """Write one synced page."""
        page, pair = row.page, row.pair
        labels = json.dumps(sorted(page.labels), ensure_ascii=False)
        parent = page.parent if isinstance(page.parent, str) else None
        self.db.execute(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                row.id, page.kind, parent, page.title, page.rank, labels, pair.version, pair.storage, pair.markdown,
                row.path, str(row.title_from), json.dumps(page.settings, ensure_ascii=False),
            ),
        )  # fmt: skip

    def drop_row(self, page: PageId) -> None:
        """Forget a page and its attachments."""
        self.db.execute("DELETE FROM rows WHERE id = ?", (page,))
        self.db.execute("DELETE FROM assets WHERE page = ?", (page,))

    def assets(self) -> dict[tuple[PageId, str], AssetRow]:
        """Read all synced attachments by page and name."""
        return {(found[0], found[1]): AssetRow(*found) for found in self.db.execute("SELECT * FROM assets")}

    def set_asset(self, row: AssetRow) -> None:
        """Write one synced attachment."""
        values = (row.page, row.name, row.id, row.version, row.sha256)
        self.db.execute("INSERT OR REPLACE INTO assets VALUES (?, ?, ?, ?, ?)", values)

    def drop_asset(self, page: PageId, name: str) -> None:
        """Forget one attachment."""
        self.db.execute("DELETE FROM assets WHERE page = ? AND name = ?", (page, name))

    def files(self) -> dict[str, tuple[int, int, int, int, str]]:
        """Read the stat cache: path -> size, mtime, inode, when seen (both in ns), facts as JSON."""
        return {found[0]: found[1:] for found in self.db.execute("SELECT * FROM files")}

    def set_files(self, seen: Iterable[tuple[str, int, int, int, int, str]], gone: Iterable[str]) -> None:
        """Update the stat cache."""
        self.db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in gone])
        self.db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", seen)

    def listing(self) -> Iterator[tuple[PageId, dict[str, Any]]]:
        """Read the last remote listing."""
        for page, facts in self.db.execute("SELECT id, facts FROM listing"):
            yield page, json.loads(facts)

    def set_listing(self, entries: Iterable[tuple[PageId, Mapping[str, Any]]]) -> None:
        """Write entries of the remote listing; the others stay."""
        self.db.executemany(
            "INSERT OR REPLACE INTO listing VALUES (?, ?)",
            ((page, json.dumps(facts, ensure_ascii=False)) for page, facts in entries),
        )

    def drop_listed(self, page: PageId) -> None:
        """Forget that a page was listed."""
        self.db.execute("DELETE FROM listing WHERE id = ?", (page,))


def _row(found: tuple[Any, ...]) -> Row:
    page_id, kind, parent, title, rank, labels, version, storage, markdown, path, title_from, settings = found
    named = tuple((name, value) for name, value in json.loads(settings)) if settings != "[]" else ()
    labelled = shared(tuple(json.loads(labels)) if labels != "[]" else ())
    page = Page(parent and intern(parent), title, rank, labelled, storage, intern(kind), named)
    return Row(intern(page_id), page, Pair(version, storage, intern(markdown)), path, _TITLE_FROM[title_from])
