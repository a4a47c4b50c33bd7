"""Versions of pages as commits: one stream into `git fast-import`, with authors, dates and messages as they were."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from confsync.engine.past import FormerFile
from confsync.errors import LocalError, UsageError
from confsync.history.commits import PAGE, VERSION, data, head
from confsync.history.timeline import seconds

_TRAILERS: Final = re.compile(rf"^{PAGE}: (\d+)\n{VERSION}: (\d+)$", re.MULTILINE)


class Importer:
    """A branch of a repository, which holds imported versions and nothing else.

    root: the repository's folder. host: what stands for the e-mail address of an author whose own is not told.
    Raises UsageError when there are other commits on the branch.
    """

    def __init__(self, root: Path, branch: str, host: str) -> None:
        self.root, self.branch, self.host = root, branch, host
        if not (root / ".git").exists():
            self._git("init", "-q", "-b", branch)
        self.tip = self._git("rev-parse", "-q", "--verify", f"refs/heads/{branch}", check=False).strip()
        self.known = self._known() if self.tip else set()

    def _known(self) -> set[tuple[str, int]]:
        said = self._git("log", "--format=%B%x00", self.tip)
        found: set[tuple[str, int]] = set()
        for message in said.split("\0")[:-1]:
            trailers = _TRAILERS.search(message)
            if trailers is None:
                remedy = "clone --history wants a folder of its own; confsync log shows the versions of a page"
                raise UsageError("has commits that are no versions of pages", place=str(self.root), remedy=remedy)
            found.add((trailers[1], int(trailers[2])))
        return found

    def has(self, page: str, number: int) -> bool:
        """Tell whether a version is a commit already."""
        return (page, number) in self.known

    def write(self, files: Iterable[FormerFile], read: Callable[[str], bytes]) -> int:
        """Write a commit for each version, in this order; give how many. read: gives the bytes of an attachment.

        What was written before an interruption stays: the next import goes on behind it.
        """
        command = ["git", "-C", str(self.root), "fast-import", "--quiet", "--date-format=raw", "--done"]
        count = 0
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603  (git)
            assert process.stdin is not None  # noqa: S101  (it is a pipe)
            assert process.stderr is not None  # noqa: S101
            broken = False
            try:
                for file in files:
                    self._commit(process.stdin, file, read, first=not count)
                    count += 1
                process.stdin.flush()
            except BrokenPipeError:
                broken = True  # git has given up: what it says about it is raised below
            finally:
                with suppress(BrokenPipeError):
                    process.stdin.write(b"done\n")
                with suppress(BrokenPipeError):
                    process.stdin.close()
                errors = process.stderr.read().decode("utf-8", "replace")
        if process.returncode or broken:
            raise LocalError(f"git fast-import failed: {errors.strip()}", place=str(self.root))
        if count:
            self._git("read-tree", self.branch)  # the folder is as the last versions are, and now the index is, too
        return count

    def _commit(self, stream: IO[bytes], file: FormerFile, read: Callable[[str], bytes], *, first: bool) -> None:
        version, subject = file.version, f"{file.title}: version {file.version.number}"
        parent = self.tip if first else ""
        ref = f"refs/heads/{self.branch}"
        stream.write(head(ref, file.page, version, int(seconds(version.when)), self.host, subject, parent))
        stream.write(f"M 100644 inline {_quoted(file.path)}\n".encode() + data(file.text.encode()))
        for path in file.files:
            stream.write(f"M 100644 inline {_quoted(path)}\n".encode() + data(read(path)))

    def _git(self, *words: str, check: bool = True) -> str:
        try:
            done = subprocess.run(  # noqa: S603  (git, with words of ours)
                ["git", "-C", str(self.root), *words], capture_output=True, text=True, encoding="utf-8", check=False  # noqa: S607
            )
        except OSError as error:
            raise LocalError("git is not on this machine", remedy="install git, or leave --history out") from error
        if check and done.returncode:
            raise LocalError(f"git {words[0]} failed: {done.stderr.strip()}", place=str(self.root))
        return done.stdout


def _quoted(path: str) -> str:
    """Write a path as fast-import reads it."""
    if path[0] != '"' and "\n" not in path:
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
