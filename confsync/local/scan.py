"""Read the folder: one `stat` a file, and a read only for files that may have changed since they were last read."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from confsync.model import Problem
from confsync.model.paths import OWN_COPIES, OWN_FILES, join

from .document import PageFile, read_document
from .ignore import ignored

# A file as young as this when it was read may have changed within the same tick of the file system's clock.
GRAIN_NS: Final = 2_000_000_000

Entry = tuple[int, int, int, int, str]  # size, mtime, inode, when seen (ns), facts as JSON


class Scan:
    """What the folder holds.

    pages: by path. files: attachment files, `x.files` directory -> file name -> SHA-256. seen and gone: what changes
    in the stat cache. directories: all that were entered. outside: files that pages link to, path -> SHA-256.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.pages: dict[str, PageFile] = {}
        self.files: dict[str, dict[str, str]] = {}
        self.directories: set[str] = set()
        self.outside: dict[str, str] = {}
        self.seen: dict[str, Entry] = {}
        self.gone = set(known)


def scan(root: Path, cache: Mapping[str, Entry], now_ns: Callable[[], int] = time.time_ns) -> Scan:
    """Scan a mirror's folder. Links are not followed: nothing outside the folder is ever read as a page."""
    result = Scan(cache)
    skip = ignored(root)
    for path, entry in _walk(root, "", skip, result):
        result.gone.discard(path)
        facts = _facts(path, entry, cache, result, now_ns)
        folder, _, name = path.rpartition("/")
        if folder.endswith(".files"):
            result.files.setdefault(folder, {})[name] = facts["sha256"]
        else:
            result.pages[path] = PageFile.from_facts(facts)
    for path in {path for page in result.pages.values() for path in page.outside}:
        if path not in result.outside and not skip(path) and (place := _inside(root, path)) is not None:
            result.gone.discard(path)
            facts = _facts(path, place, cache, result, now_ns)
            result.outside[path] = facts["sha256"]
    return result


def _inside(root: Path, path: str) -> Path | None:
    """Give a file's place unless a link leads there: nothing outside the folder is ever published."""
    place = root / path
    real = os.path.join(os.path.realpath(root), *path.split("/"))  # noqa: PTH118  (compared as text)
    return place if place.is_file() and os.path.realpath(place) == real else None


def _walk(root: Path, folder: str, skip: Callable[[str], bool], result: Scan) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield page files and attachment files."""
    try:
        with os.scandir(root / folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    result.directories.add(folder)
    attachments = folder.endswith(".files")
    for entry in found:
        path = join(folder, entry.name)
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            if not attachments and not skip(path + "/"):
                yield from _walk(root, path, skip, result)
        elif _wanted(entry.name, attachments=attachments) and entry.is_file() and not skip(path):
            yield path, entry


def _wanted(name: str, *, attachments: bool) -> bool:
    if attachments:
        return ".conflict-" not in name or not OWN_COPIES.match(name)
    return name.endswith(".md") and not OWN_FILES.match(name)


def _facts(
    path: str, entry: os.DirEntry[str] | Path, cache: Mapping[str, Entry], result: Scan, now_ns: Callable[[], int]
) -> dict[str, Any]:
    stat = entry.stat(follow_symlinks=False)
    known = cache.get(path)
    if known and known[:3] == (stat.st_size, stat.st_mtime_ns, stat.st_ino) and stat.st_mtime_ns < known[3] - GRAIN_NS:
        facts: dict[str, Any] = json.loads(known[4])
        return facts
    seen = now_ns()
    facts = _read(path, Path(entry))
    text = json.dumps(facts, ensure_ascii=False)
    result.seen[path] = (stat.st_size, stat.st_mtime_ns, stat.st_ino, seen, text)
    return facts


def _read(path: str, file: Path) -> dict[str, Any]:
    if not path.endswith(".md") or path.rpartition("/")[0].endswith(".files"):
        return {"sha256": file_digest(file)}
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(path, f"is not UTF-8 (byte {error.start})", "save it as UTF-8")
        return PageFile(path, problem=problem).to_facts()
    except OSError as error:
        return PageFile(path, problem=Problem(path, f"cannot be read: {error.strerror}")).to_facts()
    return read_document(path, text)[0].to_facts()


def file_digest(file: Path) -> str:
    """Give the SHA-256 of a file, without holding it in memory."""
    from hashlib import sha256

    total = sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()
