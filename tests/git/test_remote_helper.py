"""A space as a git remote: real git, and the real site over a socket."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.history.names import Names
from confsync.history.repository import imported, places
from confsync.history.sending import PushError, send
from confsync.remote import Api, NewVersion, RemotePage, Session
from confsync.sandbox import Server, create_app
from confsync.sandbox.flavours import CLOUD, CURRENT, DATACENTER

ROOT = Path(__file__).resolve().parents[2]


class World:
    """A site with a space that two people write in, and a folder in which git is run."""

    def __init__(self, app: Any, server: Server, folder: Path) -> None:
        self.app, self.url, self.folder = app, server.url, folder
        program = folder / "bin" / "git-remote-confluence"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m confsync.cli.remote_helper "$@"\n')
        program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CONFLUENCE_"))}
        self.env = {
            **kept, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Git Writer"), ("EMAIL", "git@acme.example"))},
        }  # fmt: skip
        app.sandbox.create_user("jane", "Jane Doe", "jane", "jane")

    def git(self, where: str, *words: str, code: int = 0) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder / where, env=self.env, capture_output=True, text=True)
        assert done.returncode == code, f"git {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + (done.stderr if code or words[0] == "push" else "")

    def clone(self, name: str) -> None:
        self.git(".", "clone", "-q", f"confluence::{self.url}/DOCS", name)

    def head(self, name: str) -> str:
        return self.git(name, "rev-parse", "HEAD").strip()

    def call(self, method: str, path: str, who: str = "admin", **given: Any) -> Any:
        answer = requests.request(method, f"{self.url}/rest/api{path}", auth=(who, who), timeout=30, **given)
        answer.raise_for_status()
        return answer.json()

    def create(self, title: str, body: str, who: str = "admin") -> str:
        given = {"type": "page", "title": title, "space": {"key": "DOCS"}, "body": _storage(body)}
        return str(self.call("POST", "/content", who, json=given)["id"])

    def write(self, page: str, number: int, title: str, body: str, message: str = "", who: str = "admin") -> None:
        version = {"number": number, "message": message}
        given = {"type": "page", "title": title, "version": version, "body": _storage(body)}
        self.call("PUT", f"/content/{page}", who, json=given)

    def find(self, title: str) -> Any:
        asked = {"spaceKey": "DOCS", "title": title, "expand": "body.storage,version"}
        return self.call("GET", "/content", params=asked)["results"][0]


def _storage(body: str) -> dict[str, Any]:
    return {"storage": {"value": body, "representation": "storage"}}


@pytest.fixture
def flavour() -> str:
    return CLOUD


@pytest.fixture
def world(tmp_path: Path, flavour: str) -> Iterator[World]:
    app = create_app(flavour=flavour)
    app.sandbox.create_space("DOCS", "Documentation")
    with Server(app) as server:
        yield World(app, server, tmp_path)
    app.sandbox.close()


@pytest.fixture
def guide(world: World) -> str:
    """A page with two versions, by two people, of which the second has a message and names the write that made it."""
    page = world.create("Guide", "<p>One.</p><p>Other.</p>")
    world.write(page, 2, "Guide", "<p>Two.</p><p>Other.</p>", "Say two\n\nand why [confsync 0123abcd]", "jane")
    return page


def test_a_clone_has_a_commit_for_each_version(world: World, guide: str) -> None:
    """With its author, date and message; two clones have the same ids, and blame names who wrote a line."""
    world.clone("a")
    world.clone("b")
    assert world.head("a") == world.head("b")
    log = world.git("a", "log", "--follow", "--format=%an|%ae|%s|%at", "guide.md").splitlines()
    (name, mail, subject, when), first = log[0].split("|"), log[1].split("|")
    told = world.call("GET", f"/content/{guide}/version")["results"][0]
    assert (name, subject, first[0] == name, first[2]) == ("Jane Doe", "Say two", False, "Create Guide")
    assert mail == f"{told['by']['accountId']}@127.0.0.1"
    shown = world.git("a", "log", "-1", "--format=%b", "guide.md")
    assert f"and why\n\nConfluence-Page: {guide}\nConfluence-Version: 2" in shown
    assert int(when) == int(dt.datetime.fromisoformat(told["when"]).timestamp())
    blamed = world.git("a", "blame", "--line-porcelain", "guide.md").split("\n\t")
    assert any("author Jane Doe" in one and blamed[at + 1].startswith("Two.") for at, one in enumerate(blamed[:-1]))


def test_a_space_with_500_versions_is_cloned(world: World) -> None:
    """All of them are there, in the order of time, and a later clone has the same ids."""
    pages = [world.create(f"Page {number}", "<p>Text 1.</p>") for number in range(10)]
    for number in range(2, 51):
        for at, page in enumerate(pages):
            who = ("admin", "jane")[number % 2]
            world.write(page, number, f"Page {at}", f"<p>Text {number}.</p>", f"Edit {number}", who)
    world.clone("a")
    world.clone("b")
    times = world.git("a", "log", "--format=%at", "--reverse").split()
    assert (len(times) >= 500, times == sorted(times)) == (True, True)
    assert world.head("a") == world.head("b")


def test_a_pull_brings_new_versions(world: World, guide: str) -> None:
    """A page that was renamed moves its file, and the ids are those of a fresh clone."""
    world.clone("a")
    before = world.head("a")
    world.git("a", "pull", "-q")
    assert world.head("a") == before
    world.write(guide, 3, "Manual", "<p>Three.</p>")
    other = world.create("Guide", '<p><ac:link><ri:page ri:content-title="Manual" /></ac:link></p>')
    world.write(other, 2, "Guide", "<p>New.</p>", "Again")
    world.git("a", "pull", "-q")
    world.clone("b")
    assert world.head("a") == world.head("b")
    assert world.git("a", "ls-files").split() == ["guide.md", "index.md", "manual.md"]
    assert "(manual.md)" in world.git("a", "show", "HEAD~1:guide.md")


def test_a_pushed_commit_is_a_version(world: World, guide: str) -> None:
    """With the commit's message; after a pull both clones have the site's commit, and one paragraph has changed."""
    world.clone("a")
    file = world.folder / "a" / "guide.md"
    for old, new in (("Two.", "Three."), ("Other.", "Another.")):
        file.write_text(file.read_text().replace(old, new))
        world.git("a", "commit", "-qam", f"Say {new}\n\nBecause.")
    said = world.git("a", "push", "origin", "main")
    assert "git pull --rebase" in said
    versions = world.call("GET", f"/content/{guide}/version")["results"]
    assert [one["message"] for one in versions[:2]] == ["Say Another.\n\nBecause.", "Say Three.\n\nBecause."]
    assert world.find("Guide")["body"]["storage"]["value"] == "<p>Three.</p><p>Another.</p>"
    world.git("a", "pull", "-q", "--rebase")
    world.clone("b")
    assert world.head("a") == world.head("b")
    assert world.git("a", "log", "-1", "--format=%s").strip() == "Say Another."
    assert world.git("a", "status", "--porcelain") == ""


def test_a_new_file_is_a_new_page(world: World) -> None:
    """Below the home page, with the commit's message on the version that has the text."""
    world.clone("a")
    (world.folder / "a" / "notes.md").write_text("---\ntitle: Notes\n---\n\nSee [home](index.md).\n")
    world.git("a", "add", ".")
    world.git("a", "commit", "-qm", "Add notes")
    world.git("a", "push", "origin", "main")
    page = world.find("Notes")
    assert (page["version"]["message"], "ri:page" in page["body"]["storage"]["value"]) == ("Add notes", True)
    world.git("a", "pull", "-q", "--rebase")
    world.clone("b")
    assert world.head("a") == world.head("b")


def test_what_was_made_in_the_meantime_is_not_overwritten(world: World, guide: str) -> None:
    """The push is refused as git does it, and nothing of it is written."""
    world.clone("a")
    file = world.folder / "a" / "guide.md"
    file.write_text(file.read_text().replace("Other.", "Mine."))
    world.git("a", "commit", "-qam", "Mine")
    world.write(guide, 3, "Guide", "<p>Theirs.</p><p>Other.</p>")
    assert "fetch first" in world.git("a", "push", "origin", "main", code=1)
    assert world.find("Guide")["version"]["number"] == 3
    world.git("a", "fetch", "-q")
    assert "non-fast" in world.git("a", "push", "origin", "main", code=1)
    assert world.find("Guide")["version"]["number"] == 3
    world.git("a", "pull", "-q", "--rebase")
    world.git("a", "push", "origin", "main")
    assert world.find("Guide")["body"]["storage"]["value"] == "<p>Theirs.</p><p>Mine.</p>"


@pytest.mark.parametrize(("what", "says"), [("delete", "delete the page in Confluence"), ("attach", "not a page")])
def test_what_cannot_be_pushed_is_refused_as_a_whole(world: World, guide: str, what: str, says: str) -> None:
    """Also the commits before it are not written."""
    world.clone("a")
    file = world.folder / "a" / "guide.md"
    file.write_text(file.read_text().replace("Other.", "Mine."))
    world.git("a", "commit", "-qam", "Mine")
    if what == "delete":
        file.unlink()
    else:
        (world.folder / "a" / "image.png").write_bytes(b"\x89PNG")
    world.git("a", "add", "-A")
    world.git("a", "commit", "-qm", "More")
    assert says in world.git("a", "push", "origin", "main", code=1)
    assert world.find("Guide")["version"]["number"] == 2


@pytest.mark.parametrize("flavour", [CURRENT, DATACENTER])
def test_other_sites_are_remotes_as_well(world: World, flavour: str) -> None:
    """Whatever a site speaks: versions become commits under their former names, and commits versions."""
    world.clone("a")
    (world.folder / "a" / "notes.md").write_text("---\ntitle: Notes\n---\n\nOne.\n\nOther.\n")
    world.git("a", "add", ".")
    world.git("a", "commit", "-qm", "Add notes")
    world.git("a", "push", "origin", "main")
    world.git("a", "pull", "-q", "--rebase")
    file = world.folder / "a" / "notes.md"
    file.write_text(file.read_text().replace("Other.", "Mine.").replace("title: Notes", "title: News"))
    world.git("a", "commit", "-qam", "Rename notes")
    world.git("a", "push", "origin", "main")
    world.git("a", "pull", "-q", "--rebase")
    world.clone("b")
    assert world.head("a") == world.head("b")
    assert world.git("b", "log", "--follow", "--format=%s", "--", "news.md").splitlines()[:2] == ["Rename notes", "Add notes"]
    assert world.git("b", "ls-files").split() == ["index.md", "news.md"]


class Late(Api):
    """A site on which somebody writes right after all was looked at."""

    def page(self, page: str, *, body: bool = False, status: str | None = None) -> tuple[RemotePage, str]:
        now, _ = super().page(page)
        if now.version == 2:
            self.update(page, NewVersion(3, now.title, "<p>Theirs.</p><p>Other.</p>"))
        return super().page(page, body=body, status=status)


def test_somebody_who_writes_during_a_push_is_not_overwritten(
    world: World, guide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their text stays, and the push is refused."""
    world.clone("a")
    old, file = world.head("a"), world.folder / "a" / "guide.md"
    file.write_text(file.read_text().replace("Other.", "Mine."))
    world.git("a", "commit", "-qam", "Mine")
    monkeypatch.chdir(world.folder / "a")
    api = Late(Session(world.url, "admin", "admin", sleep=lambda s: None, random=lambda: 0.5))
    names = Names(world.url, "DOCS", None, places(old))
    with pytest.raises(PushError, match="fetch first"):
        send(api, "DOCS", names, imported(old), old, world.head("a"))
    assert world.find("Guide")["body"]["storage"]["value"] == "<p>Theirs.</p><p>Other.</p>"


def test_read_only_is_kept_to(world: World, guide: str) -> None:
    """What refuses every write to a site refuses a push."""
    world.clone("a")
    file = world.folder / "a" / "guide.md"
    file.write_text(file.read_text().replace("Other.", "Mine."))
    world.git("a", "commit", "-qam", "Mine")
    world.env["CONFSYNC_READ_ONLY"] = "1"
    assert "switched off" in world.git("a", "push", "origin", "main", code=1)
    assert world.find("Guide")["version"]["number"] == 2


def test_a_space_that_is_not_there_is_said(world: World) -> None:
    """In a line, without a traceback."""
    said = world.git(".", "clone", "-q", f"confluence::{world.url}/NOSUCH", "a", code=128)
    assert ("NOSUCH" in said, "Traceback" in said) == (True, False)
