"""What an import says when git stops in the middle of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.engine.past import FormerFile
from confsync.errors import LocalError
from confsync.git.imports import Importer
from confsync.remote import PageVersion
from tests.git.test_history import git

LONG = "A line of a page.\n" * 20_000  # more than a pipe holds: git is gone before all of it is written


def versions(paths: list[str]) -> Iterator[FormerFile]:
    for number, path in enumerate(paths, 1):
        version = PageVersion(number, "2026-01-05T09:00:00Z", "jane", "Jane Doe", "", minor=False)
        yield FormerFile("7", path, "Guide", version, LONG)


@pytest.mark.parametrize("after", [0, 5], ids=["at the end", "midway"])
def test_what_git_refuses_is_said_in_its_words_and_what_was_there_stays(tmp_path: Path, after: int) -> None:
    Importer(tmp_path, "confluence", "example.com").write(versions(["guide.md"]), lambda path: b"")
    before = git(tmp_path, "rev-parse", "confluence")
    refused = ["guide.md", "no//folder.md", *["guide.md"] * after]
    with pytest.raises(LocalError, match=r"git fast-import failed: fatal: (?i:empty path)"):
        Importer(tmp_path, "confluence", "example.com").write(versions(refused), lambda path: b"")
    assert git(tmp_path, "rev-parse", "confluence") == before
