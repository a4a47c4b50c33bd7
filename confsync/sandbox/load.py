"""Loading a folder of storage files as a space, every body verbatim, also one that is not well-formed.

guide.xml           the page "guide"
guide/intro.xml     the page "intro" under it; without guide.xml, "guide" is an empty page
guide.files/a.png   an attachment of "guide"
manifest.json       optional: {"guide.xml": {"title": "The guide", "labels": ["a"], "properties": {"k": 1}}}
"""

from __future__ import annotations

import io
import json
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .store import Row, Store, attachments, content, labels, properties, spaces, users

MANIFEST = "manifest.json"
FILES = ".files"


@dataclass(slots=True)
class _Loading:
    store: Store
    root: Path
    space: Row
    manifest: dict[str, dict[str, Any]]
    taken: set[str] = field(default_factory=set)
    made: int = 0


def load_storage(store: Store, directory: Path, space_key: str) -> int:
    """Load a folder under the home page of a space, which is made when it is missing; return the number of pages.

    Titles come from the manifest or the file names, and are made unique with a number in parentheses.
    Raise `FileNotFoundError` when the folder does not exist.
    """
    if not directory.is_dir():
        raise FileNotFoundError(f"{directory} is not a folder")
    manifest = directory / MANIFEST
    known = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    with store.transaction():
        if not store.one("SELECT 1 FROM space WHERE key = ?", space_key):
            spaces.create(store, space_key, space_key, users.ADMIN_ID)
        loading = _Loading(store, directory, spaces.get(store, space_key), known)
        rows = store.all("SELECT title_key FROM content WHERE space_id = ? AND type = 'page'", loading.space["id"])
        loading.taken = {row["title_key"] for row in rows}
        _folder(loading, directory, loading.space["homepage_id"])
    return loading.made


def _folder(loading: _Loading, folder: Path, parent_id: int) -> None:
    names = {path.stem for path in folder.glob("*.xml") if path.is_file()}
    names |= {path.name for path in folder.iterdir() if path.is_dir() and _has_pages(path)}
    for name in sorted(names):
        source = folder / f"{name}.xml"
        page_id = _page(loading, folder, name, source if source.is_file() else None, parent_id)
        if (folder / name).is_dir():
            _folder(loading, folder / name, page_id)


def _has_pages(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name.endswith(FILES)
    return not hidden and next(folder.rglob("*.xml"), None) is not None


def _page(loading: _Loading, folder: Path, name: str, source: Path | None, parent_id: int) -> int:
    store = loading.store
    relative = (folder / f"{name}.xml").relative_to(loading.root).as_posix()
    facts = loading.manifest.get(relative, {})
    title = _unique(str(facts.get("title") or name)[: content.TITLE_LIMIT], loading.taken)
    body = source.read_bytes().decode("utf-8", "replace") if source else ""
    row = content.create(store, content.New("page", loading.space["id"], title, body, parent_id), users.ADMIN_ID)
    labels.add(store, row["id"], [labels.clean(one) for one in facts.get("labels", [])])
    for key, value in facts.get("properties", {}).items():
        properties.create(store, "content", row["id"], key, value, users.ADMIN_ID)
    files = folder / f"{name}{FILES}"
    for path in sorted(files.iterdir()) if files.is_dir() else []:
        media_type = mimetypes.guess_type(path.name)[0] or ""
        upload = attachments.Upload(path.name, io.BytesIO(path.read_bytes()), media_type)
        attachments.create(store, row, upload, users.ADMIN_ID)
    loading.made += 1
    return int(row["id"])


def _unique(title: str, taken: set[str]) -> str:
    """Return the title, with a number when it is taken, and take it."""
    number, candidate = 1, title
    while content.title_key(candidate) in taken:
        number += 1
        ending = f" ({number})"
        candidate = title[: content.TITLE_LIMIT - len(ending)] + ending
    taken.add(content.title_key(candidate))
    return candidate
