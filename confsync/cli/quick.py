"""The answer of the last `status`, given again at once when nothing has been touched since.

To find out costs one `stat` a file, and none of the modules that a real status needs. It is the rule by which git
trusts its index: an answer counts only if every file, the settings and the state are as they were, and were old enough
when it was given. Whatever is in doubt is left to the real status.
"""

# ruff: noqa: PTH100, PTH105, PTH109, PTH110, PTH113, PTH116, PTH118, PTH120, PTH123
# pathlib takes longer to import than all of this takes to run.

from __future__ import annotations

import json
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_CONFIG = ".confsync.toml"
_FILE = os.path.join(".confsync", "status.json")
_STATE = os.path.join(".confsync", "state.db")
_GRAIN_NS = 2_000_000_000  # a file as young as this may change again without a new time
_FORMAT = 1


def recall(config: str | None) -> list[dict[str, Any]] | None:
    """Give what was kept for each mirror of the settings found from the working directory, None when in doubt."""
    try:
        file = os.path.abspath(config) if config else _find(os.getcwd())
        if not file or not os.path.isfile(file):
            return None
        with open(os.path.join(_first_folder(file), _FILE), encoding="utf-8") as stream:
            kept = json.load(stream)
        if kept["key"] != _key(file):
            return None
        mirrors: list[dict[str, Any]] = kept["mirrors"]
        for mirror in mirrors:
            if mirror["files"] != _files(mirror["folder"]) or mirror["state"] != _state(mirror["folder"]):
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return mirrors


def keep(file: str, mirrors: Sequence[dict[str, Any]]) -> None:
    """Keep an answer. mirrors: for each `folder`, and what `recall` shall give back."""
    now = time.time_ns()
    try:
        kept = [{**one, "files": _files(one["folder"]), "state": _state(one["folder"])} for one in mirrors]
        stamps = [stamp for one in kept for _, _, stamp, _ in one["files"]]
        if any(stamp > now - _GRAIN_NS for stamp in stamps) or os.stat(file).st_mtime_ns > now - _GRAIN_NS:
            return
        target = os.path.join(_first_folder(file), _FILE)
        temporary = f"{target}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as stream:
            json.dump({"key": _key(file), "mirrors": kept}, stream, ensure_ascii=False)
        os.replace(temporary, target)
    except OSError:
        return  # it only saves time


def _find(folder: str) -> str | None:
    while True:
        file = os.path.join(folder, _CONFIG)
        if os.path.isfile(file):
            return file
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _first_folder(file: str) -> str:
    """Guess the first mirror's folder, where the answer is kept: a wrong guess finds nothing there."""
    path = "."
    with open(file, encoding="utf-8") as stream:
        for line in stream:
            name, equals, value = line.partition("=")
            if equals and name.strip() == "path":
                path = value.strip().partition('"')[2].partition('"')[0] or "."
                break
    return os.path.realpath(os.path.join(os.path.dirname(file), path))


def _key(file: str) -> list[Any]:
    found = os.stat(file)
    site, read_only = (os.environ.get(name, "") for name in ("CONFLUENCE_URL", "CONFSYNC_READ_ONLY"))
    return [_FORMAT, os.path.realpath(file), found.st_size, found.st_mtime_ns, found.st_ino, site, read_only]


def _state(folder: str) -> list[int]:
    """Describe the state file. Raises OSError while somebody writes to it."""
    if os.path.exists(os.path.join(folder, _STATE + "-wal")):
        raise OSError("in use")
    found = os.stat(os.path.join(folder, _STATE))
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _files(folder: str) -> list[list[Any]]:
    """List path, size, time and number of everything in a folder that a scan may look at."""
    return [list(one) for one in sorted(_walk(folder, ""))]


def _walk(folder: str, inner: str) -> Iterator[tuple[str, int, int, int]]:
    with os.scandir(os.path.join(folder, inner)) as entries:
        for entry in entries:
            path = f"{inner}/{entry.name}" if inner else entry.name
            if entry.is_symlink() or (entry.name.startswith(".") and entry.name != ".confsyncignore"):
                continue
            if entry.is_dir():
                yield path + "/", 0, 0, 0
                yield from _walk(folder, path)
            else:
                found = entry.stat(follow_symlinks=False)
                yield path, found.st_size, found.st_mtime_ns, found.st_ino
