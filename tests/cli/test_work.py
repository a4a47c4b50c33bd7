"""A working day at the command line: clone, look, sync, settle, undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SPACE, Cli, Wiki, edit


def test_a_clone_needs_no_credentials_for_a_sandbox_and_is_clean(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """One command, no variables to export; the settings hold no secret, and nothing is left to do."""
    assert "3 pages" in cli("clone", wiki.url, SPACE, "docs")
    assert sorted(path.name for path in (tmp_path / "docs").glob("*.md")) == ["guide.md", "index.md", "other.md"]
    settings = (tmp_path / "docs" / ".confsync.toml").read_text()
    assert wiki.url in settings
    assert "admin" not in settings
    before = len(wiki.writes())
    assert "Nothing to do" in cli("sync", "--config", "docs")
    assert len(wiki.writes()) == before


def test_a_page_s_address_clones_what_lies_under_it(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """An address as copied from the browser is enough: a page gives its subtree."""
    page = wiki.find("Guide")["id"]
    cli("clone", f"{wiki.url}/spaces/{SPACE}/pages/{page}/Guide", "part")
    assert [path.name for path in (tmp_path / "part").glob("*.md")] == ["index.md"]
    cli("clone", f"{wiki.url}/spaces/{SPACE}/overview", "whole")
    assert len(list((tmp_path / "whole").glob("*.md"))) == 3


def test_a_folder_that_holds_something_is_not_cloned_into(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """Somebody's files are nobody's mirror; init takes them on purpose."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "mine.md").write_text("Mine.\n")
    cli("clone", wiki.url, SPACE, "docs", code=2)
    assert "not empty" in cli.err
    cli("init", wiki.url, SPACE, "docs")
    assert cli.json("plan", "--config", "docs")["effects"]


def test_status_and_diff_tell_what_has_changed(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Offline, on both sides, as text and as one document; --exit-code says 6."""
    assert "Clean" in cli("status")
    assert cli("diff", "--exit-code") == ""
    edit(mirror / "guide.md", "Second", "Third")
    (mirror / "new.md").write_text("New.\n")
    asked = len(wiki.server.log)
    out = cli("status", "--exit-code", code=6)
    assert "edited   guide.md" in out
    assert "added    new.md" in out
    assert {change["path"] for change in cli.json("status")["local"]} == {"guide.md", "new.md"}
    assert "guide.md" not in cli("status", "new.md")
    out = cli("diff", "guide.md", "--exit-code", code=6)
    assert "-Second paragraph there." in out
    assert "+Third paragraph there." in out
    assert len(wiki.server.log) == asked
    assert "+<p>Third paragraph there.</p>" in cli("diff", "--storage", "guide.md")
    wiki.replace("Other", "Text.", "Changed.")
    assert "other.md" in cli("status", "--remote")
    assert cli.json("status")["remote"][0]["path"] == "other.md"


def test_a_status_given_again_notices_every_kind_of_change(
    cli: Cli, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that are not read again are judged rightly: after an edit of the same size, a new, a moved, a removed file."""
    import os

    def age(seconds: int) -> None:
        for path in (*mirror.rglob("*"), mirror / ".confsync.toml"):
            if ".confsync" not in path.parts:
                os.utime(path, (1_700_000_000 + seconds, 1_700_000_000 + seconds))

    age(0)
    assert cli.json("status")["clean"]
    assert cli.json("status")["clean"]
    edit(mirror / "guide.md", "First", "Fifth")
    age(1)
    assert [one["kind"] for one in cli.json("status")["local"]] == ["edited"]
    assert [one["kind"] for one in cli.json("status")["local"]] == ["edited"]
    (mirror / "guide.md").rename(mirror / "guide2.md")
    assert {one["path"] for one in cli.json("status")["local"]} == {"guide2.md"}
    (mirror / "new.md").write_text("New.\n")
    assert len(cli.json("status")["local"]) == 3
    monkeypatch.chdir(mirror.parent)
    assert len(cli.json("status", "--config", "m/.confsync.toml")["local"]) == 3
    cli("sync", "--config", "m")
    assert cli.json("status", "--config", "m")["clean"]


def test_a_plan_is_what_sync_does(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Every change is shown with its reason, on paper too, and nothing is done before."""
    edit(mirror / "guide.md", "Second", "Third")
    wiki.replace("Other", "Text.", "Changed.")
    before = len(wiki.writes())
    out = cli("plan", "-o", "plan.json", "--exit-code", code=6)
    assert "push update guide.md  (text changed in the folder)" in out
    assert "pull update other.md  (text changed in Confluence)" in out
    (mirror / "plan.json").rename(mirror.parent / "plan.json")
    planned = json.loads((mirror.parent / "plan.json").read_text())["effects"]
    assert cli.json("sync", "--dry-run")["planned"] == planned
    assert len(wiki.writes()) == before
    done = cli.json("sync", "-m", "A reason")["done"]
    assert [one["path"] for one in done] == [one["path"] for one in planned]
    assert "Third" in wiki.body("Guide")
    assert "Changed." in (mirror / "other.md").read_text()
    assert "A reason" in wiki.find("Guide")["version"]["message"]


def test_push_and_pull_go_one_way(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Each leaves the other side alone, and paths keep a run to a part."""
    edit(mirror / "guide.md", "Second", "Third")
    edit(mirror / "other.md", "Text.", "Mine.")
    out = cli("push", "guide.md")
    assert "bytes" in out
    assert "Third" in wiki.body("Guide")
    assert wiki.body("Other") == "<p>Text.</p>"
    wiki.replace("Guide", "First", "Zeroth")
    before = len(wiki.writes())
    cli("pull")
    assert "Zeroth" in (mirror / "guide.md").read_text()
    assert len(wiki.writes()) == before


@pytest.mark.parametrize(
    ("accept", "file", "page"),
    [
        ("local", "Mine", "Mine"),
        ("remote", "Theirs", "Theirs"),
        ("both", "Theirs", "Theirs"),
        ("merged", "Ours", "Ours"),
    ],
)
def test_a_conflict_is_listed_and_settled(
    cli: Cli, wiki: Wiki, mirror: Path, accept: str, file: str, page: str
) -> None:
    """The same word on both sides: exit code 3 until it is settled, four ways, and the loser is kept."""
    edit(mirror / "guide.md", "First", "Mine")
    wiki.replace("Guide", "First", "Theirs")
    assert "conflict guide.md" in cli("sync", code=3)
    assert cli.json("conflicts", code=3)["conflicts"][0]["path"] == "guide.md"
    if accept == "merged":
        cli("resolve", "guide.md", "--accept", "merged", code=2)
        text = (mirror / "guide.md").read_text()
        head, tail = text.partition("<<<<<<<")[0], text.partition(">>>>>>>")[2].partition("\n")[2]
        (mirror / "guide.md").write_text(f"{head}Ours paragraph here.\n{tail}")
        for _ in range(2):  # to say it again does no harm
            assert "next: confsync sync guide.md" in cli("resolve", "guide.md", "--accept", "merged")
    else:
        cli("resolve", "guide.md", "--accept", accept)
        kept = [*(mirror / ".confsync" / "trash").rglob("*.md"), *mirror.glob("*.conflict-*.md")]
        loser = "Theirs" if accept == "local" else "Mine"
        assert any(loser in one.read_text() for one in kept)
    cli("sync")
    assert file in (mirror / "guide.md").read_text()
    assert page in wiki.body("Guide")
    assert "No conflicts" in cli("conflicts")


def test_on_conflict_decides_at_once(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """A policy on the command line settles what clashes without asking."""
    edit(mirror / "guide.md", "First", "Mine")
    wiki.replace("Guide", "First", "Theirs")
    cli("sync", "--on-conflict", "local")
    assert "Mine" in wiki.body("Guide")


def test_undo_puts_back_what_a_pull_overwrote(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """The file is as it was before the run; with nothing to undo it says so."""
    before = (mirror / "guide.md").read_text()
    wiki.replace("Guide", "First", "Changed")
    cli("pull")
    assert "guide.md" in cli("undo")
    assert (mirror / "guide.md").read_text() == before


def test_mass_deletion_stops_and_asks(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Exit code 5 with the list; the number that is meant lets it pass."""
    for number in range(8):
        wiki.create(f"Page {number}")
    cli("pull", "--full")
    for file in mirror.glob("page-*.md"):
        file.unlink()
    cli("push", code=5)
    assert "page-3.md" in cli.err
    assert "--allow-deletes 8" in cli.err
    assert wiki.find("Page 3")
    cli("push", "--allow-deletes", "8")
    assert cli.json("status")["clean"]


def test_several_mirrors_of_one_site_run_together(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """Each has its part of the answer, and a path chooses the mirror that holds it."""
    guide, other = wiki.find("Guide")["id"], wiki.find("Other")["id"]
    cli("init", wiki.url, SPACE, ".", "--root", guide, "--path", "a")
    cli("init", wiki.url, SPACE, ".", "--root", other, "--path", "b")
    cli("pull")
    assert (tmp_path / "a" / "index.md").exists()
    assert [one["pages"] for one in cli.json("status")["mirrors"]] == [1, 1]
    assert cli.json("status", "b")["folder"].endswith("/b")
    edit(tmp_path / "b" / "index.md", "Text.", "Edited.")
    cli("push", "a")
    assert wiki.body("Other") == "<p>Text.</p>"
    cli("push", "b/index.md")
    assert wiki.body("Other") == "<p>Edited.</p>"


def test_git_in_the_middle_of_a_merge_stops_a_run(cli: Cli, mirror: Path) -> None:
    """Half-merged files would be taken for edits."""
    import subprocess

    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=mirror, check=True)
    (mirror / ".git" / "MERGE_HEAD").write_text("0" * 40 + "\n")
    cli("sync", code=5)
    assert "merge" in cli.err
    cli("plan")
    assert "merge" in cli("doctor")
