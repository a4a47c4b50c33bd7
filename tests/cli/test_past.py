"""`clone --history`: the versions of a space as commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Wiki


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def past(wiki: Wiki) -> Wiki:
    """A page that was renamed and edited, with a label, and one below it."""
    wiki.replace("Guide", "First", "Erster")
    page = wiki.find("Guide")
    wiki.api("POST", f"/content/{page['id']}/label", json=[{"prefix": "global", "name": "alpha"}])
    given = {"type": "page", "title": "Manual", "version": {"number": 3, "message": "Call it so"}}
    wiki.api("PUT", f"/content/{page['id']}", json=given)
    wiki.replace("Manual", "Second", "Zweiter")
    return wiki


def test_a_clone_brings_the_history(cli: Cli, past: Wiki, tmp_path: Path) -> None:
    """A commit for each version; the files are those of the last ones, and a second clone has the same ids."""
    for name in ("a", "b"):
        cli("clone", "--history", past.url, "DOCS", name)
    assert "versions imported as commits" in cli.err
    a = tmp_path / "a"
    assert git(a, "rev-parse", "HEAD") == git(tmp_path / "b", "rev-parse", "HEAD")
    subjects = git(a, "log", "--format=%s", "--", "manual.md").splitlines()
    assert subjects == ["Edit Manual", "Call it so", "Edit Guide", "Create Guide"]
    assert "First paragraph" in git(a, "show", "HEAD~3:manual.md")
    assert "title: Guide" in git(a, "show", "HEAD~3:manual.md")
    assert git(a, "status", "--porcelain", "--untracked-files=no") == ""
    assert "Confluence-Version: 4" in git(a, "log", "-1", "--format=%b")


def test_an_import_goes_on_where_it_was_cut_off(cli: Cli, past: Wiki, tmp_path: Path) -> None:
    """With the same commits in the end, and without reading again what is there."""
    cli("clone", "--history", past.url, "DOCS", "a")
    a = tmp_path / "a"
    head = git(a, "rev-parse", "HEAD")
    git(a, "update-ref", "refs/heads/main", "HEAD~2")
    before = len(past.server.log)
    cli("clone", "--history", past.url, "DOCS", "a")
    asked = [one["path"] for one in list(past.server.log)[before:]]
    read = [sum(part in one for one in asked) for part in ("/version?", "status=historical")]
    assert (git(a, "rev-parse", "HEAD"), read) == (head, [1, 1])


def test_a_foreign_repository_is_left_alone(cli: Cli, past: Wiki, tmp_path: Path) -> None:
    """A clone inside somebody's repository gets none of its own, and the words say so."""
    git(tmp_path, "init", "-q")
    cli("clone", "--history", past.url, "DOCS", "a", code=2)
    assert "lies in a repository" in cli.err
