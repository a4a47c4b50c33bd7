"""The versions of a page: listed, shown, and made current again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Wiki


@pytest.fixture
def mirror(cli: Cli, wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of a page with three versions."""
    wiki.replace("Guide", "First", "Erster")
    wiki.replace("Guide", "Second", "Zweiter")
    cli("clone", wiki.url, "DOCS", "docs")
    monkeypatch.chdir(tmp_path / "docs")
    return tmp_path / "docs"


def test_versions_are_listed(cli: Cli, mirror: Path) -> None:
    """The newest first, with who and when; as many as are wanted."""
    lines = cli("log", "guide.md").splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert all("Admin" in line for line in lines)
    assert [one["version"] for one in cli.json("log", "-n", "1", "guide.md")["versions"]] == [3]


def test_a_version_is_shown_as_it_would_stand_in_the_file(cli: Cli, mirror: Path) -> None:
    """As Markdown, or as storage format, byte for byte."""
    assert cli("show", "guide.md@2") == "Erster paragraph here.\n\nSecond paragraph there.\n"
    stored = cli.json("show", "guide.md@1", "--storage")["text"]
    assert stored == "<p>First paragraph here.</p><p>Second paragraph there.</p>"


def test_a_version_is_made_current_again(cli: Cli, mirror: Path, wiki: Wiki) -> None:
    """As a new version with a message; the file follows, and nothing is left to sync."""
    cli("restore", "guide.md@1")
    assert wiki.body("Guide") == "<p>First paragraph here.</p><p>Second paragraph there.</p>"
    page = wiki.find("Guide")["version"]
    assert (page["number"], page["message"]) == (4, "Restored version 1")
    assert "First paragraph" in (mirror / "guide.md").read_text(encoding="utf-8")
    assert cli.json("sync", "--yes")["done"] == []


def test_nothing_is_restored_over_an_edit(cli: Cli, mirror: Path, wiki: Wiki) -> None:
    """The words say what to do first, and page and file stay as they are."""
    file = mirror / "guide.md"
    file.write_text(file.read_text(encoding="utf-8").replace("Erster", "Mine"), encoding="utf-8")
    cli("restore", "guide.md@1", code=5)
    assert "was edited" in cli.err
    assert (wiki.find("Guide")["version"]["number"], "Mine" in file.read_text(encoding="utf-8")) == (3, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "guide.md"), "names no version"),
        (("show", "guide.md@9"), "has no version 9"),
        (("restore", "guide.md@3"), "is the current one"),
        (("log", "nothing.md"), "ever synced"),
    ],
)
def test_what_is_not_there_is_said(cli: Cli, mirror: Path, words: tuple[str, str], says: str) -> None:
    """With what there is instead."""
    cli(*words, code=2)
    assert says in cli.err
