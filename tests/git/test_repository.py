"""What git says of the mirror's folder, asked of real repositories."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from confsync.errors import ConfigError, GuardStop
from confsync.git import find_repository, guard_repository, version_message


def git(folder: Path, *args: str, check: bool = True) -> None:
    identity = ["-c", "user.name=Jane Doe", "-c", "user.email=jane@acme.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *args], cwd=folder, check=check, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.md").write_text("one\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Say one\n\nand why")
    return tmp_path


def test_a_folder_without_git_has_nothing_to_guard(tmp_path: Path) -> None:
    """The tool works as well without git."""
    assert find_repository(tmp_path) is None
    guard_repository(None, "main")
    assert version_message("{subject}", None) == ""


def test_a_run_on_another_branch_is_stopped(repository: Path) -> None:
    """No surprise: a feature branch is not published by accident."""
    (repository / "docs").mkdir()
    guard_repository(find_repository(repository / "docs"), "main")
    git(repository, "switch", "-qc", "feature")
    guard_repository(find_repository(repository), "")
    with pytest.raises(GuardStop, match="on branch 'feature'"):
        guard_repository(find_repository(repository), "main")
    git(repository, "switch", "-q", "--detach")
    with pytest.raises(GuardStop, match="on no branch"):
        guard_repository(find_repository(repository), "main")


def test_a_run_in_the_middle_of_a_merge_is_stopped(repository: Path) -> None:
    """No loss: files of a half-done merge are not edits."""
    git(repository, "switch", "-qc", "feature")
    (repository / "a.md").write_text("two\n")
    git(repository, "commit", "-qam", "two")
    git(repository, "switch", "-q", "main")
    (repository / "a.md").write_text("three\n")
    git(repository, "commit", "-qam", "three")
    git(repository, "merge", "feature", check=False)
    with pytest.raises(GuardStop, match="in the middle of a merge"):
        guard_repository(find_repository(repository), "")


def test_the_version_message_comes_from_the_last_commit(repository: Path) -> None:
    """A version in Confluence names the commit it was made from."""
    found = find_repository(repository)
    assert found is not None
    assert version_message("{subject} by {author}", found) == "Say one by Jane Doe"
    assert len(version_message("{sha}", found)) == 10
    assert version_message("Published", None) == "Published"


def test_an_unknown_field_names_the_known_ones() -> None:
    """Bad input gets a clear error."""
    with pytest.raises(ConfigError, match=r"no field \{title\}.*\{sha\}, \{subject\}, \{author\}"):
        version_message("{title}", None)


def test_a_repository_without_a_commit_is_no_obstacle(tmp_path: Path) -> None:
    """A fresh `git init` may be synced into."""
    git(tmp_path, "init", "-q", "-b", "main")
    guard_repository(find_repository(tmp_path), "main")
    assert version_message("{subject}", find_repository(tmp_path)) == ""
