"""confluence.js drives the site over a socket: a judge that validates every answer against models of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Server, create_app

PACKAGE = "confluence.js@3.2.0"
SCRIPT = Path(__file__).parent / "confluence_js" / "main.mjs"
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")
Steps = dict[str, Any]  # what each step saw


@pytest.fixture(scope="module")
def modules() -> Path:
    """The folder of node_modules with the package in it, installed once a version."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        pytest.skip("node is not there")
    ready = Path(tempfile.gettempdir()) / PACKAGE
    if not ready.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f"{PACKAGE}-"))
        command = [npm, "install", "--prefix", str(fresh), "--no-audit", "--no-fund", "--fetch-retries=0", PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        if done.returncode and any(word in done.stderr for word in UNREACHABLE):
            shutil.rmtree(fresh)
            pytest.skip("the registry of npm is not there")
        assert done.returncode == 0, done.stderr
        _put(fresh, ready)
    return ready / "node_modules"


def _put(fresh: Path, ready: Path) -> None:
    """Move a finished installation to its place; another process may have been faster."""
    try:
        fresh.rename(ready)
    except OSError:
        assert ready.is_dir()
        shutil.rmtree(fresh)


@pytest.fixture(scope="module")
def answers(modules: Path) -> list[dict[str, Any]]:
    """What the script said of its steps on a fresh site."""
    app = create_app()
    app.sandbox.create_space("DOC", "Handbook")
    with Server(app) as server:
        command = ["node", str(SCRIPT), str(modules), f"http://127.0.0.1:{server.port}"]
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=environment)
    app.sandbox.close()
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def seen(answers: list[dict[str, Any]]) -> Steps:
    return {one["step"]: one.get("seen") for one in answers}


def test_every_answer_fits_the_models_of_the_client(answers: list[dict[str, Any]]) -> None:
    """No call fails, and none is answered in a shape that the client does not know."""
    assert [f"{one['step']}: {one['error']}" for one in answers if not one["ok"]] == []
    assert len(answers) > 100


def test_an_address_and_a_token_log_in(seen: Steps) -> None:
    """The e-mail address is a login name, and a wrong token is none."""
    assert (seen["site: me"], seen["refused: a wrong token"]) == ("admin@example.com", 403)


def test_pages_are_kept_in_their_tree(seen: Steps) -> None:
    """What is written is read back, below its parent and in the order it was moved to."""
    assert seen["pages: create"] == ["Top", True, 1]
    assert seen["pages: update"] == [2, "second", "<p>tea</p>"]
    assert seen["pages: children"] == ["First", "Chores"]
    assert seen["pages: move"] == ["Chores", "First"]
    assert seen["pages: descendants, v1"] == [["First", "Chores"]] * 2


def test_what_would_do_harm_is_refused(seen: Steps) -> None:
    """An old version, a title that is taken and a page that is gone are told apart."""
    names = ("a stale version", "a title twice", "a page that is not there")
    assert [seen[f"refused: {name}"] for name in names] == [409, 400, 404]


def test_content_is_found(seen: Steps) -> None:
    """By its words, by a query in pages, and by its label."""
    assert seen["search: content"] == ["Top"]
    assert seen["search: all"] == [["Chores", "First"], 4]
    assert seen["labels: info"] == seen["labels: all"] == ["Top"]
    assert (seen["labels: remove"], seen["labels: remove by query"]) == (["blue"], [])


def test_files_come_back_in_each_of_their_versions(seen: Steps) -> None:
    """Bytes are replaced and the old ones stay."""
    assert seen["attachments: download"] == ["three", "one"]
    assert seen["attachments: versions"] == [[3, 2, 1], 1]
    assert seen["attachments: list"] == ["notes.txt", "renamed.txt"]
    assert seen["attachments: delete"] == ["notes.txt"]


def test_comments_are_answered_and_resolved(seen: Steps) -> None:
    """Replies hang below their comment; an inline comment knows its words and that it is done."""
    assert seen["comments: footer"] == ["<p>why?</p>", "<p>so</p>"]
    assert seen["comments: update footer"] == ["<p>why not?</p>", 2]
    assert (seen["comments: inline"], seen["comments: resolve"]) == (["tea", 1], "resolved")


def test_old_versions_are_restored_and_deleted(seen: Steps) -> None:
    """Restoring writes the old text as the newest version; deleting one takes a number away."""
    assert seen["versions: list"] == [2, 1]
    assert seen["versions: restore"] == ["as it was", "<p>one</p>"]
    assert seen["versions: delete"] == 1


def test_people_are_let_in_told_and_reminded(seen: Steps) -> None:
    """Restrictions name people and groups, watches begin and end, a task is ticked off in its page."""
    assert seen["restrictions: read"] == ["Admin", "editors"]
    assert seen["restrictions: delete"] == 0
    assert seen["watches: page"] == ["Admin", True, False]
    assert seen["watches: space"] == [True, False]
    assert seen["tasks: list"] == [1, "incomplete"]
    assert (seen["tasks: complete"], seen["tasks: read"]) == ("complete", ["complete", True])


def test_data_of_programs_is_kept(seen: Steps) -> None:
    """Properties of pages, spaces and people hold any value and are deleted whole."""
    assert seen["properties: page"] == [[1, 2], 2, 1, 0]
    assert seen["spaces: property"] == [2, 1]
    assert seen["site: user property"] == {"value": {"is": "red"}, "keys": 1}


def test_templates_states_and_folders_have_a_life(seen: Steps) -> None:
    """Each is made, changed, found and removed."""
    assert (seen["templates: read"], seen["templates: list"]) == ("<p>who?</p>", ["Protocol"])
    assert seen["templates: delete"] == []
    assert (seen["states: read"], seen["states: remove"]) == ("Checked", "none")
    assert seen["folders: fill"] == [["Inside"], True, ["Inside"], "folder"]


def test_pages_and_trees_are_copied(seen: Steps) -> None:
    """A copy has the text, and a copied tree has all its pages under their new names."""
    assert seen["copies: page"] == ["First again", True]
    tree = ["Copy of Chores", "Copy of First", "Copy of First again", "Copy of Top"]
    assert seen["copies: tree"] == [True, tree]


def test_spaces_are_made_and_deleted(seen: Steps) -> None:
    """A space has a number and a key, can be renamed, and goes away in a long task."""
    assert seen["spaces: create"] == ["number", "TMP", "Passing"]
    assert (seen["spaces: update"], seen["spaces: delete"]) == ("Lasting", True)


def test_version_1_still_does_its_work(seen: Steps) -> None:
    """Pages are created, saved, listed and thrown away over the addresses that older programs use."""
    assert (seen["version 1: create"], seen["version 1: update"]) == (["Old way", 1], [2, "more"])
    assert (seen["version 1: read"], seen["version 1: old version"]) == (["<p>a</p>", "Top"], "<p>a</p>")
    assert (seen["version 1: versions"], seen["version 1: property"]) == ([[2, 1], 1], [{"a": 2}, 1])
    assert seen["version 1: children"] == ["Chores", "First", "Old way"]
    assert (seen["version 1: list"], seen["version 1: delete"]) == (["Old way"], ["Old way"])


def test_blog_posts_comments_and_files_have_parts_of_their_own(seen: Steps) -> None:
    """A blog post keeps its versions and comments, a state finds its pages, and who writes a page watches it."""
    assert (seen["parts: of a blog post"], seen["parts: of a site"]) == ([1, 2], ["Gossip"])
    assert (seen["parts: contents with a state"], seen["parts: creator watches"]) == (["First"], True)
    assert (seen["parts: bulk conversion"], seen["parts: space, v2"]) == (1, "NEW")
