"""Signing in: by consent in a browser, by a token that is pasted, as an app; and what is said when something lacks."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from confsync.cli import keys
from confsync.remote.oauth import SCOPES, Token
from confsync.sandbox import Server, create_app
from tests.cli.conftest import SPACE, Cli, Wiki
from tests.kept import MemoryKeyring

BROWSER = f"{sys.executable} {Path(__file__).with_name('consenting.py')} %s"


class Clock:
    """A clock that runs as the machine's, and can be put forward."""

    def __init__(self) -> None:
        self.more = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.more


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wiki(clock: Clock) -> Iterator[Wiki]:
    """A Cloud as it is: version 1 is gone for tokens, too."""
    app = create_app(clock=clock, flavour="cloud-current")
    app.sandbox.create_space(SPACE, "Documentation")
    app.sandbox.create_user("ada", "Ada Lovelace", "secret", "ada-token")
    with Server(app) as server:
        yield Wiki(server)
    app.sandbox.close()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A user who accepts, unless told otherwise."""
    monkeypatch.setenv("BROWSER", BROWSER)
    return monkeypatch


@pytest.fixture
def signed_in(cli: Cli, wiki: Wiki, browser: pytest.MonkeyPatch) -> Any:
    """The answer of a login by consent."""
    return cli.json("login", wiki.url, "--port", "0")


def kept(wiki: Wiki) -> Token:
    found = keys.token_of(wiki.url)
    assert found is not None
    return found


def test_login_ends_with_a_token_in_the_keyring(
    cli: Cli, wiki: Wiki, signed_in: Any, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    """All that is asked for is granted, it is told who that is, and a clone works with it: through the gateway."""
    assert (signed_in["user"], signed_in["missing_scopes"]) == ("Admin", [])
    token = kept(wiki)
    assert set(token.scopes) == set(SCOPES)
    assert list(keyring.entries) == [("confsync", wiki.url)]
    cli("clone", wiki.url, SPACE, "docs")
    (tmp_path / "docs/new.md").write_text("# New\n\nText.\n", encoding="utf-8")
    cli("--config", "docs", "sync", "--yes")
    asked = [entry["path"] for entry in wiki.server.log if "/ex/confluence/" in entry["path"] or "/api/v2/" in entry["path"]]
    assert asked
    assert cli.json("whoami", wiki.url)["with"] == "consent in the browser (OAuth 2.0)"


def test_no_secret_is_written_to_a_file_or_said(cli: Cli, wiki: Wiki, signed_in: Any, tmp_path: Path) -> None:
    """Not to the list of sites, not to the mirror, not to the log of a verbose run."""
    token = kept(wiki)
    cli("clone", wiki.url, SPACE, "docs")
    cli("-v", "--config", "docs", "sync", "--yes")
    said = cli.out + cli.err
    files = [file for folder in (tmp_path, keys.config_folder()) for file in folder.rglob("*") if file.is_file()]
    assert keys.config_folder() / "sites.json" in files
    texts = [said, *(file.read_bytes().decode("utf-8", "replace") for file in files)]
    assert not [text for text in texts if token.access in text or token.refresh in text]


def test_a_token_that_has_ended_is_renewed(cli: Cli, wiki: Wiki, signed_in: Any, clock: Clock) -> None:
    """After an hour by the site's clock, and after an hour by this machine's; the new pair is kept."""
    first = kept(wiki)
    clock.more = timedelta(hours=2)
    assert cli.json("whoami", wiki.url)["user"] == "Admin"
    second = kept(wiki)
    assert (second.access != first.access, second.refresh != first.refresh) == (True, True)
    keys.Vault(wiki.url).save(second._replace(ends=0.0))
    assert cli.json("whoami", wiki.url)["user"] == "Admin"
    assert kept(wiki).access != second.access


def test_many_that_renew_at_once_do_it_once(cli: Cli, wiki: Wiki, signed_in: Any, clock: Clock) -> None:
    """A refresh token is good once: whoever comes second takes what the first one has got."""
    clock.more = timedelta(hours=2)
    found: list[str] = []

    def ask() -> None:
        from confsync.cli.access import access
        from confsync.cli.init import api_of

        found.append(api_of(wiki.url, access(wiki.url)).user().name)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == ["Admin"] * 6
    renewed = [entry for entry in wiki.server.log if entry["path"].endswith("/oauth/token") and entry["status"] == 200]
    assert len(renewed) == 2  # the first one was the login


def test_a_consent_that_was_taken_back_is_said(cli: Cli, wiki: Wiki, signed_in: Any) -> None:
    """What can be done about it is to sign in again."""
    keys.Vault(wiki.url).save(kept(wiki)._replace(access="x", refresh="y"))
    cli("whoami", wiki.url, code=4)
    assert "confsync login" in cli.err


def test_a_scope_that_is_missing_is_said_in_words(
    cli: Cli, wiki: Wiki, browser: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """At once by login, later by the call that needs it, and by the doctor by its name."""
    browser.setenv("WITHOUT", "write:page:confluence")
    assert cli.json("login", wiki.url, "--port", "0")["missing_scopes"] == ["write:page:confluence"]
    cli("clone", wiki.url, SPACE, "docs")
    (tmp_path / "docs/new.md").write_text("# New\n\nText.\n", encoding="utf-8")
    cli("--config", "docs", "sync", "--yes", code=4)
    assert "does not include what POST /api/v2/pages needs" in cli.out + cli.err
    assert "confsync login" in cli.out + cli.err
    cli("--config", "docs", "doctor")
    assert "not granted: write:page:confluence" in cli.out


def test_somebody_who_says_no_is_believed(cli: Cli, wiki: Wiki, browser: pytest.MonkeyPatch) -> None:
    """Nothing is kept, and the words are those of the site."""
    browser.setenv("DECISION", "deny")
    cli("login", wiki.url, "--port", "0", code=4)
    assert "did not authorize" in cli.err
    assert keys.signed_in() == {}


def test_logout_forgets(cli: Cli, wiki: Wiki, signed_in: Any, keyring: MemoryKeyring) -> None:
    """Keyring and list are empty again, and a second time there is nobody."""
    assert cli.json("logout", wiki.url)["forgotten"] is True
    assert (keyring.entries, keys.signed_in()) == ({}, {})
    assert cli.json("logout", wiki.url)["forgotten"] is False
    assert cli.json("whoami", wiki.url)["with"] == "the sandbox's ready user"


def test_a_token_that_is_pasted_is_tried_before_it_is_kept(
    cli: Cli, wiki: Wiki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By basic access or as a bearer; one that the site does not know is not kept."""
    for words, typed in ((("token", "--user", "ada"), "ada-token\n"), (("personal",), "ada-token\n")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert cli.json("login", wiki.url, "--with", *words)["user"] == "Ada Lovelace"
        assert cli.json("whoami", wiki.url)["user"] == "Ada Lovelace"
        cli("logout", wiki.url)
    monkeypatch.setattr(sys, "stdin", io.StringIO("wrong\n"))
    cli("login", wiki.url, "--with", "personal", code=4)
    assert keys.signed_in() == {}


def test_a_site_that_is_no_sandbox_needs_a_registered_program(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words say where to register it, and what else can be done."""
    monkeypatch.delenv("CONFSYNC_OAUTH_CLIENT_ID", raising=False)
    cli("login", "https://acme.invalid/wiki", code=2)
    assert "developer.atlassian.com" in cli.err
    assert "--with token" in cli.err


def test_an_app_signs_its_requests(cli: Cli, wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect: the key and the shared secret come from the environment; a wrong secret is refused in words."""
    app = wiki.server.app.sandbox.install_app("docs-bot", ["READ"])  # type: ignore[attr-defined]  # a Site
    monkeypatch.setenv("CONFLUENCE_CONNECT_KEY", "docs-bot")
    monkeypatch.setenv("CONFLUENCE_CONNECT_SECRET", app.shared_secret)
    found = json.loads(cli("api", "GET", "/api/v2/spaces", "-f", "keys=DOCS", "-f", "limit=5", "--site", wiki.url))
    assert [one["key"] for one in found["results"]] == ["DOCS"]
    assert cli.json("whoami", wiki.url)["with"].startswith("the environment (CONFLUENCE_CONNECT_KEY")
    monkeypatch.setenv("CONFLUENCE_CONNECT_SECRET", "another secret that is long enough for the algorithm")
    cli("api", "GET", "/api/v2/spaces", "--site", wiki.url, code=4)
    assert "401" in cli.err
