"""The history of a mirror that was just cloned, as commits in its folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from confsync.errors import LocalError, UsageError
from confsync.local import read_document
from confsync.remote import Api
from converters import Site
from converters.markdown import front_matter

from .repository import git, imported, tip
from .stream import stream
from .timeline import Moment, timeline

View = tuple[str, int, Site]


class Clone:
    """The files of a clone. A page has the file that it has now in all its history, and the head of its file."""

    def __init__(self, folder: Path, views: Mapping[str, View]) -> None:
        self.folder = folder
        self.views = views
        self._sites = {path: site for path, _, site in views.values()}

    def call(self, page: str, kind: str, title: str) -> tuple[str, str]:
        """Give a page's file twice: a title changes nothing about it."""
        path = self.views[page][0]
        return path, path

    def site(self, path: str) -> Site:
        """Give the site as links in one file see it."""
        return self._sites[path]

    def text(self, page: str, title: str, body: str) -> str:
        """Give the file as it is now, with another title and text."""
        path = self.views[page][0]
        now = (self.folder / path).read_bytes().decode("utf-8")
        file, document = read_document(path, now)
        text = document.with_body(body)
        return text if file.title == title else front_matter.set_title(text, title)


def demand_free(folder: Path) -> None:
    """Raise UsageError for a folder that lies in somebody's repository."""
    above = next((one for one in folder.resolve().parents if (one / ".git").exists()), None)
    if above is not None:
        raise UsageError("lies in a repository", place=str(above), remedy="clone elsewhere, or without --history")


def write_past(
    api: Api, space: str, folder: Path, views: Mapping[str, View], branch: str, tell: Callable[[str], None]
) -> int:
    """Import all versions of a clone's pages into its repository, which is made. Gives their number.

    What an import that was cut off has left is not read again. Files are not touched. Raises LocalError.
    """
    if not (folder / ".git").exists():
        git("init", "-q", "-b", branch, folder=folder)
    ref = f"refs/heads/{branch}"
    parent = tip(ref, folder)
    known = imported(parent, folder) if parent else {}
    if parent and not known:
        raise UsageError("is a repository with commits of its own", place=str(folder), remedy="use another folder")
    wanted = {page: version for page, (_, version, _) in views.items()}
    moments = timeline(api, space, known, wanted)
    count = 0

    def told(moment: Moment) -> None:
        nonlocal count
        count += 1
        if count % 100 == 0:
            tell(f"history: {count} of {len(moments)} versions")

    words = ["git", "fast-import", "--quiet", "--done"]
    with subprocess.Popen(words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as git_:  # noqa: S603
        assert git_.stdin is not None  # noqa: S101  (it was asked for)
        for piece in stream(api, api.session.site, Clone(folder, views), moments, ref, parent, told):
            git_.stdin.write(piece)
        git_.stdin.write(b"done\n")
    if git_.returncode:
        raise LocalError("git fast-import failed", place=str(folder))
    git("reset", "-q", folder=folder)
    return count
