"""A copy of a mirror's tree that can be published beside the pages it came from: without ids, and with other titles."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from confsync.local import read_document
from confsync.local.document import ID_KEY
from confsync.model.paths import INDEX_NAMES, OWN_COPIES, OWN_FILES, ROOT_FILE
from converters.markdown.front_matter import set_fields, set_title

_LONGEST_TITLE = 255  # characters, a limit of Confluence


def stage(source: Path, target: Path, top: str, suffix: str) -> int:
    """Copy a tree for a preview and give the number of its pages; the source is only read.

    top: the title of its root page. suffix: what all other titles end with, since titles are unique in a space. A
    directory without a page file gets one, because its own name could not be told from that of another copy. A file
    that cannot be read as a page is copied as it is: the run holds it back and says why.
    """
    pages: list[str] = []
    for path in _files(source):
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".md") and not _attached(path):
            pages.append(path)
            file.write_bytes(_page(path, (source / path).read_bytes(), top, suffix))
        else:
            shutil.copyfile(source / path, file)
    for path, title in _missing(pages, top, suffix):
        (target / path).write_text(set_title("", title), encoding="utf-8")
    return len(pages)


def _files(source: Path) -> Iterable[str]:
    """The files of a mirror, relative; links and what is hidden stay behind, but not the rules of what is ignored."""
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            file = Path(folder) / name
            path = file.relative_to(source).as_posix()
            hidden = name.startswith(".") and name != ".confsyncignore"
            if not (hidden or file.is_symlink() or OWN_FILES.match(path) or OWN_COPIES.match(path)):
                yield path


def _attached(path: str) -> bool:
    return any(part.endswith(".files") for part in path.split("/")[:-1])


def _page(path: str, data: bytes, top: str, suffix: str) -> bytes:
    try:
        text = data.decode("utf-8")
        file, _ = read_document(path, text)
        title = top if path in INDEX_NAMES else _titled(file.title, suffix)
        return set_title(set_fields(text, {ID_KEY: None}), title).encode("utf-8")
    except ValueError:
        return data


def _titled(title: str, suffix: str) -> str:
    return title[: _LONGEST_TITLE - len(suffix)] + suffix


def _missing(pages: list[str], top: str, suffix: str) -> Iterable[tuple[str, str]]:
    """The page files that a copy needs besides those that are there, with their titles."""
    there = set(pages)
    if not there.intersection(INDEX_NAMES):
        yield ROOT_FILE, top
    folders = {above.as_posix() for path in pages for above in Path(path).parents} - {"."}
    for folder in sorted(folders):
        if there.isdisjoint((f"{folder}.md", *(f"{folder}/{name}" for name in INDEX_NAMES))):
            yield f"{folder}.md", _titled(folder.rpartition("/")[2], suffix)
