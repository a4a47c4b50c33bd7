"""Read the folder: of the files that are seen, only those that may have changed since they were last read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from confsync.model import Problem

from .document import PageFile, read_document
from .sight import GRAIN_NS, Sight, Stat, see, see_outside

Held: TypeAlias = "PageFile | str"  # what a file holds: a page, or another file's SHA-256
Entry: TypeAlias = "tuple[int, int, int, int, Held]"  # size, mtime, inode, when seen (ns), what it holds


def to_text(held: Held) -> str:
    """Write what a file holds as JSON, for the state file."""
    return json.dumps(held, ensure_ascii=False)


def from_text(text: str) -> Held:
    """Read what the state file stores of a file."""
    facts = json.loads(text)
    return facts if isinstance(facts, str) else PageFile.of(facts)


class Scan:
    """What the folder holds.

    pages: by path. files: attachment files, `x.files` directory -> file name -> SHA-256. outside: files that pages
    link to, path -> SHA-256. linked: all such paths, also of files that are not there. entries: the stat cache as it
    is by now; seen and gone: what has changed in it. sight: how the folder looked before anything was read, as a whole.
    """

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.pages: dict[str, PageFile] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.outside: dict[str, str] = {}
        self.linked: dict[str, Stat | None] = {}
        self.entries: dict[str, Entry] = {}
        self.seen: dict[str, Entry] = {}
        self.gone: set[str] = set()


def scan(root: Path, cache: Mapping[str, Entry]) -> Scan:
    """Scan a mirror's folder. cache: the entries of an earlier scan, of which those that are still right are kept."""
    result = Scan(see(root))
    skip = result.sight.skip

    def held(path: str, stat: Stat) -> Held:
        entry = cache.get(path)
        if entry is None or entry[:3] != stat or stat[1] >= entry[3] - GRAIN_NS:
            entry = result.seen[path] = (*stat, result.sight.when, _read(path, root / path))
        result.entries[path] = entry
        return entry[4]

    for path, stat in result.sight.files.items():
        if skip(path):
            continue
        found = held(path, stat)
        if isinstance(found, PageFile):
            result.pages[path] = found
        else:
            folder, _, name = path.rpartition("/")
            result.files.setdefault(folder, {})[name] = found
    links = {path for page in result.pages.values() if page.outside for path in page.outside}
    result.linked = see_outside(root, (path for path in links if not skip(path)))
    for path, there in result.linked.items():
        if there is not None:
            result.outside[path] = str(held(path, there))
    result.gone = cache.keys() - result.entries.keys()
    result.sight = result.sight._replace(files={})  # what is known of each file is in the entries
    return result


def _read(path: str, file: Path) -> Held:
    if not path.endswith(".md") or path.rpartition("/")[0].endswith(".files"):
        return file_digest(file)
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(path, f"is not UTF-8 (byte {error.start})", "save it as UTF-8")
        return PageFile(path, problem=problem)
    except OSError as error:
        return PageFile(path, problem=Problem(path, f"cannot be read: {error.strerror}"))
    return read_document(path, text)[0]


def file_digest(file: Path) -> str:
    """Give the SHA-256 of a file, without holding it in memory."""
    from hashlib import sha256

    total = sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()
