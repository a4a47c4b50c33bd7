"""Former texts of a file, out of the repository's history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

COMMITS: Final = 50  # how far back one file is looked for


def find_text(file: Path, wanted: Callable[[str], bool]) -> str | None:
    """Give the newest committed text of a file that is wanted, also under its former names; None when there is none."""
    root = next((one for one in file.parents if (one / ".git").exists()), None)
    if root is None:
        return None
    from git import Repo
    from git.exc import GitError

    try:
        with Repo(root) as repo:
            return next((text for text in _texts(repo, file.relative_to(root).as_posix()) if wanted(text)), None)
    except (GitError, ValueError, OSError):
        return None  # no history that git can read


def _texts(repo: object, path: str) -> Iterator[str]:
    from git import Repo

    assert isinstance(repo, Repo)  # noqa: S101  (the type is imported where it is used)
    # A line for each commit, then the name that the file had in it.
    said = repo.git.log("--follow", f"--max-count={COMMITS}", "--format=%H", "--name-only", "-z", "--", path)
    sha = ""
    for word in str(said).replace("\n", "\0").split("\0"):
        if len(word) == 40 and not word.strip("0123456789abcdef"):
            sha = word
        elif word and sha:
            try:
                data = (repo.commit(sha).tree / word).data_stream.read()
            except KeyError:
                continue  # the commit that took the file away
            yield data.decode("utf-8", "replace")
