"""What goes wrong is said in a line or two, with the place and the remedy, and an exit code of its own."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import requests

from confsync.cli.access import READY_USER, access, is_loopback
from confsync.errors import AccessError
from tests.cli.conftest import SPACE, Cli, Wiki, edit


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "COMMAND"),
        (["stauts"], "did you mean 'status'?"),
        (["status"], "no .confsync.toml here or above"),
        (["clone", "nonsense"], "no address of a site"),
        (["clone", "https://acme.example/wiki"], "names no space"),
        (["clone", "https://acme.example/wiki", "A", "b", "c"], "one word too many"),
        (["sync", "--on-conflict", "maybe"], "invalid choice"),
        (["convert", "x.md", "--onto", "y.md"], "--base"),
        (["check", "nowhere"], "is not there"),
        (["sandbox", "--load", "nowhere"], "is no folder"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(cli: Cli, words: list[str], part: str) -> None:
    """Exit code 2, a line or two, no traceback."""
    cli(*words, code=2)
    assert part in cli.err
    assert "Traceback" not in cli.err
    assert cli.err.count("\n") <= 3


def test_an_unknown_key_of_the_settings_names_the_nearest(cli: Cli, tmp_path: Path) -> None:
    """The file, the key, and what was probably meant."""
    (tmp_path / ".confsync.toml").write_text('site = "https://acme.example"\nmiror = []\n')
    cli("status", code=2)
    assert ".confsync.toml, miror" in cli.err
    assert "'mirror'" in cli.err


def test_an_error_with_json_is_one_document(cli: Cli) -> None:
    """A script reads the error where it reads results."""
    error = json.loads(cli("status", "--json", code=2))["error"]
    assert error["kind"] == "UsageError"
    assert error["remedy"]


def test_without_credentials_nothing_is_asked(cli: Cli) -> None:
    """Exit code 4 and the variables to set; the ready user is for this machine only."""
    cli("clone", "https://acme.example/wiki", "DOCS", code=4)
    assert "CONFLUENCE_API_TOKEN" in cli.err


def test_the_ready_user_is_for_a_sandbox_on_this_machine_only(wiki: Wiki) -> None:
    """Another host never gets it, whatever its name looks like, and neither does another server here."""
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    assert access(wiki.url, {}) is READY_USER
    for host in ("acme.example", "127.0.0.1.acme.example", "localhost.acme.example"):
        assert not is_loopback(f"https://{host}/wiki")
        with pytest.raises(AccessError):
            access(f"https://{host}/wiki", {})
    seen: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = Thread(target=other.handle_request)
        thread.start()
        with pytest.raises(AccessError):
            access(f"http://127.0.0.1:{other.server_port}/wiki", {})
        thread.join()
    assert seen == [""]


def test_wrong_credentials_are_said_in_words_and_never_printed(
    cli: Cli, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4; not a letter of the token, also with -v and in doctor."""
    monkeypatch.setenv("CONFLUENCE_USERNAME", "jane")
    monkeypatch.setenv("CONFLUENCE_API_TOKEN", "s3cr3t-t0ken")
    cli("sync", code=4)
    assert "not accepted" in cli.err or "credentials" in cli.err
    said = cli.out + cli.err
    cli("sync", "-v", code=4)
    said += cli.out + cli.err
    cli("doctor", code=4)
    said += cli.out + cli.err
    assert "CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN" in cli.out
    assert "s3cr3t" not in said
    assert not any(b"s3cr3t" in file.read_bytes() for file in mirror.rglob("*") if file.is_file())


def test_a_site_that_does_not_answer_is_named(cli: Cli) -> None:
    """At once, with the command that would start a sandbox there."""
    port = free_port()
    cli("clone", f"http://127.0.0.1:{port}/wiki", SPACE, code=1)
    assert f"confsync sandbox --port {port}" in cli.err


def test_a_space_that_is_not_there_is_named(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """Before anything is written."""
    cli("clone", wiki.url, "NOPE", code=1)
    assert "no space 'NOPE'" in cli.err
    assert not (tmp_path / "nope").exists()


def test_read_only_refuses_to_push(cli: Cli, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4, and a sync only pulls."""
    edit(mirror / "guide.md", "First", "Mine")
    monkeypatch.setenv("CONFSYNC_READ_ONLY", "1")
    cli("push", code=4)
    assert "switched off" in cli.err
    cli("sync")
    assert "read-only" in cli.err


def test_the_first_write_to_a_real_site_is_confirmed(
    cli: Cli, wiki: Wiki, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With credentials of one's own the plan is shown and asked about; where nobody can answer, it stops with 5."""
    monkeypatch.setenv("CONFLUENCE_USERNAME", "admin")
    monkeypatch.setenv("CONFLUENCE_API_TOKEN", "admin")
    edit(mirror / "guide.md", "First", "Mine")
    cli("sync", code=5)
    assert "--yes" in cli.err
    assert "guide.md" in cli.err
    assert "Mine" not in wiki.body("Guide")
    cli("sync", "--yes")
    assert "Mine" in wiki.body("Guide")
    edit(mirror / "guide.md", "Mine", "Yours")
    cli("sync")


def test_one_bad_file_holds_back_only_itself(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Exit code 3, the file with line and column, and the others go on."""
    edit(mirror / "guide.md", "First", "Mine")
    (mirror / "bad.md").write_text("---\ntitle: [x\n---\n\nText.\n")
    out = cli("push", code=3)
    assert "held back bad.md:3:1" in out
    assert "Mine" in wiki.body("Guide")


def test_a_new_sandbox_at_the_same_address_is_another_site(cli: Cli, tmp_path: Path, wiki: Wiki) -> None:
    """What was agreed with the former one is put aside: nothing is taken for deleted."""
    from confsync.sandbox import Server, create_app

    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "page.md").write_text("Text.\n")
    port = free_port()
    settings = f'site = "http://127.0.0.1:{port}/wiki"\n[[mirror]]\nspace = "NEW"\npath = "t"\nidentity = "property"\n'
    (tmp_path / ".confsync.toml").write_text(settings)
    for _ in range(2):
        app = create_app()
        app.sandbox.create_space("NEW", "New")
        with Server(app, port=port) as server:
            assert any(one["path"] == "page.md" for one in cli.json("push")["done"])
            found = requests.get(f"{server.url}/rest/api/content?title=page", auth=("admin", "admin"), timeout=10)
            assert found.json()["size"] == 1
        app.sandbox.close()
    assert "another sandbox" in cli.err
    assert (tmp_path / "t" / "page.md").read_text() == "Text.\n"


def test_an_unknown_option_names_the_command_that_has_none_such(cli: Cli) -> None:
    """The help that is pointed at is the command's own."""
    cli("push", "--on-conflict", "both", code=2)
    assert cli.err == "confsync push: there is no option --on-conflict\ntry: confsync push --help\n"


def test_undo_tells_files_that_are_back_from_files_that_are_gone(cli: Cli, mirror: Path) -> None:
    """What a clone has made is taken away again, and lies in the trash."""
    out = cli("undo")
    assert "took away guide.md" in out
    assert "put back" not in out
    assert not (mirror / "guide.md").exists()
    assert [*(mirror / ".confsync" / "trash").rglob("guide.md")]


def test_a_path_that_is_not_there_is_not_clean(cli: Cli, mirror: Path) -> None:
    """Exit code 2 and the path; a file that was deleted is no such thing."""
    cli("status", "giude.md", code=2)
    assert "giude.md: is not there" in cli.err
    cli("diff", "giude.md", code=2)
    (mirror / "guide.md").unlink()
    assert "deleted" in cli("status", "guide.md")
