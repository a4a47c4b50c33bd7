"""See the folder without reading it: one `stat` a file, and one digest of them all that is equal when they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from stat import S_ISREG
from time import time_ns
from typing import Final, NamedTuple

from confsync.model.paths import OWN_COPIES, OWN_FILES

from .ignore import FILE_NAME, ignored

# A file as young as this when it was read may have changed within the same tick of the file system's clock.
GRAIN_NS: Final = 2_000_000_000

Stat = tuple[int, int, int]  # size, mtime (ns), inode
_NAME: Final = attrgetter("name")


class Sight(NamedTuple):
    """What lies in a folder, unread.

    when: the moment before the first was seen (ns). files: page files and attachment files in the order of their
    names, also those that are ignored. newest: the latest time of them (ns). mark: a digest of files and rules; equal
    marks mean that nothing was touched, as far as names, sizes, times and inodes tell. skip: whether a path is ignored.
    """

    when: int
    files: dict[str, Stat]
    newest: int
    mark: str
    skip: Callable[[str], bool]


def see(root: Path) -> Sight:
    """Walk through a mirror's folder. Links are not followed, and ignored directories are not entered."""
    from hashlib import sha256

    when = time_ns()
    rules = stat_of(root / FILE_NAME)
    skip, files, total = ignored(root), dict[str, Stat](), sha256(repr(rules).encode())
    base = os.fspath(root)

    def enter(folder: str, attachments: bool) -> None:
        """Take the files of one directory, and those below it in their place."""
        try:
            with os.scandir(f"{base}/{folder}") as entries:
                found = sorted(entries, key=_NAME)
        except FileNotFoundError:
            return
        seen: list[tuple[str, Stat]] = []
        for entry in found:
            name = entry.name
            if name[0] == ".":
                continue
            if entry.is_file(follow_symlinks=False):
                if wanted(name, attachments=attachments):
                    try:
                        stat = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:  # gone since the directory was read
                        continue
                    files[folder + name] = one = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
                    seen.append((name, one))
            elif not attachments and entry.is_dir(follow_symlinks=False) and not skip(f"{folder}{name}/"):
                enter(f"{folder}{name}/", name.endswith(".files"))
        total.update(repr((folder, seen)).encode("utf-8", "surrogateescape"))

    enter("", False)
    newest = max((stat[1] for stat in files.values()), default=0)
    return Sight(when, files, max(newest, rules[1] if rules else 0), total.hexdigest(), skip)


def see_outside(root: Path, paths: Iterable[str]) -> dict[str, Stat | None]:
    """See files that pages link to; None where there is none, or a link leads there: such are never published."""
    home = os.path.realpath(root)
    found: dict[str, Stat | None] = {}
    for path in sorted(paths):
        real = os.path.join(home, *path.split("/"))  # noqa: PTH118  (compared as text)
        found[path] = stat_of(root / path) if os.path.realpath(root / path) == real else None
    return found


def stat_of(file: Path) -> Stat | None:
    """See one file, None when there is none."""
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return (stat.st_size, stat.st_mtime_ns, stat.st_ino) if S_ISREG(stat.st_mode) else None


def wanted(name: str, *, attachments: bool) -> bool:
    """Tell whether a file belongs to a mirror by its name."""
    own = ".conflict-" in name or ".comments." in name  # perhaps: the expressions take longer than a `stat`
    if attachments:
        return not (own and OWN_COPIES.match(name))
    return name.endswith(".md") and not (own and OWN_FILES.match(name))
