"""A space's history as git's: every version a commit, with who, when and why; the same ids wherever it is imported."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from confsync.cli.main import main
from confsync.sandbox import Server, create_app
from tests.cli.conftest import SPACE

VERSIONS = 25


class Days:
    """A clock on which each look is an hour later."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=7)
        return self.now


@pytest.fixture(params=["cloud", "cloud-current", "datacenter"])
def site(request: pytest.FixtureRequest) -> Iterator[str]:
    """A space whose pages two people have written, version by version."""
    app = create_app(clock=Days(), flavour=request.param)
    app.sandbox.create_space(SPACE, "Documentation")
    app.sandbox.create_user("jane", "Jane Doe", "secret")
    full = app.passing_for("cloud")
    with Server(full) as people:
        api = f"{people.url}/rest/api"

        def ask(method: str, path: str, user: str = "admin", **given: object) -> dict[str, object]:
            auth = (user, "admin" if user == "admin" else "secret")
            answer = requests.request(method, api + path, auth=auth, timeout=30, **given)  # type: ignore[arg-type]
            answer.raise_for_status()
            found: dict[str, object] = answer.json()
            return found

        home = ask("GET", f"/space/{SPACE}?expand=homepage")["homepage"]["id"]  # type: ignore[index]
        pages = []
        for name in ("Guide", "Ünïcode"):
            new = {"type": "page", "title": name, "space": {"key": SPACE}, "ancestors": [{"id": home}], "body": body(0)}
            pages.append(str(ask("POST", "/content", json=new)["id"]))
        for number in range(2, VERSIONS + 2):
            for page, name in zip(pages, ("Guide", "Ünïcode"), strict=True):
                version = {"number": number, "message": f"Change {number}" if number % 2 else ""}
                change = {"type": "page", "title": name, "version": version, "body": body(number)}
                ask("PUT", f"/content/{page}", "jane" if number % 3 else "admin", json=change)
        form = {"file": ("a.txt", b"bytes")}
        place = f"/content/{pages[0]}/child/attachment"
        ask("POST", place, files=form, headers={"X-Atlassian-Token": "no-check"})
    with Server(app) as server:
        yield server.url
    app.sandbox.close()


def body(number: int) -> dict[str, object]:
    return {"storage": {"value": f"<p>Kept.</p><p>Version {number}.</p>", "representation": "storage"}}


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_every_version_is_a_commit(site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Authors, dates and messages are those of the site; blame and follow work; the folder is as the last commit."""
    folder = tmp_path / "docs"
    assert main(["clone", "--history", site, SPACE, str(folder)]) == 0
    assert f"{2 * (VERSIONS + 1) + 1} versions imported as commits" in capsys.readouterr().out
    log = git(folder, "log", "--format=%an|%aI|%s|%(trailers:key=Confluence-Version,valueonly,separator=%x2C)", "--", "guide.md")
    rows = [line.split("|") for line in log.splitlines()]
    assert [int(row[3]) for row in rows] == list(range(VERSIONS + 1, 0, -1))
    assert {row[0] for row in rows} == {"Admin", "Jane Doe"}
    assert (rows[0][2], rows[1][2]) == ("Guide: version 26", "Change 25")
    assert rows[0][1] > rows[-1][1] > "2026-01-05"
    assert git(folder, "status", "--porcelain") == "?? .confsync.toml\n"
    assert git(folder, "show", "HEAD:guide.files/a.txt") == "bytes"
    blamed = git(folder, "blame", "--line-porcelain", "guide.md")
    assert "summary Guide: version 1" in blamed
    assert "summary Guide: version 26" in blamed
    assert git(folder, "fsck", "--strict") == ""


def test_another_import_has_the_same_commits(site: str, tmp_path: Path) -> None:
    """To the last id; and importing again imports nothing."""
    for name in ("one", "two"):
        assert main(["-q", "clone", "--history", site, SPACE, str(tmp_path / name)]) == 0
    one, two = (git(tmp_path / name, "rev-parse", "HEAD") for name in ("one", "two"))
    assert one == two
    assert main(["-q", "clone", "--history", site, SPACE, str(tmp_path / "one")]) == 0
    assert git(tmp_path / "one", "rev-parse", "HEAD") == one


def test_an_import_that_was_cut_off_goes_on(site: str, tmp_path: Path) -> None:
    """What is there stays, and the end is the same as without the interruption."""
    for name in ("whole", "cut"):
        assert main(["-q", "clone", "--history", site, SPACE, str(tmp_path / name)]) == 0
    git(tmp_path / "cut", "update-ref", "refs/heads/main", "HEAD~30")
    assert main(["-q", "clone", "--history", site, SPACE, str(tmp_path / "cut")]) == 0
    assert git(tmp_path / "cut", "rev-parse", "HEAD") == git(tmp_path / "whole", "rev-parse", "HEAD")


def test_a_history_of_ones_own_is_not_mixed_with_it(site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Commits of somebody's own stay as they are, and the words say why nothing was imported."""
    folder = tmp_path / "docs"
    assert main(["-q", "clone", site, SPACE, str(folder)]) == 0
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=J", "-c", "user.email=j@x", "commit", "-qm", "Mine")
    before = git(folder, "rev-parse", "HEAD")
    assert main(["-q", "clone", "--history", site, SPACE, str(folder)]) == 2
    assert "no versions of pages" in capsys.readouterr().err
    assert git(folder, "rev-parse", "HEAD") == before
