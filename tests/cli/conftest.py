"""A sandbox over a socket, and the command line in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keyring as system
import pytest
import requests

from confsync.cli.main import main
from confsync.sandbox import Server, create_app
from tests.kept import MemoryKeyring

SPACE = "DOCS"


@dataclass
class Wiki:
    """A running sandbox, and what a colleague does in it."""

    server: Server

    @property
    def url(self) -> str:
        return self.server.url

    def api(self, method: str, path: str, **given: Any) -> Any:
        answer = requests.request(method, f"{self.url}/rest/api{path}", auth=("admin", "admin"), timeout=30, **given)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def find(self, title: str) -> dict[str, Any]:
        found = self.api(
            "GET", "/content", params={"spaceKey": SPACE, "title": title, "expand": "body.storage,version"}
        )
        return found["results"][0]  # type: ignore[no-any-return]

    def body(self, title: str) -> str:
        return str(self.find(title)["body"]["storage"]["value"])

    def create(self, title: str, body: str = "<p>Text.</p>") -> str:
        home = self.api("GET", f"/space/{SPACE}?expand=homepage")["homepage"]["id"]
        given = {"type": "page", "title": title, "space": {"key": SPACE}, "body": _storage(body)}
        given["ancestors"] = [{"id": home}]
        return str(self.api("POST", "/content", json=given)["id"])

    def replace(self, title: str, old: str, new: str) -> None:
        page = self.find(title)
        body = page["body"]["storage"]["value"]
        assert old in body
        version = {"number": page["version"]["number"] + 1}
        given = {"type": "page", "title": title, "version": version, "body": _storage(body.replace(old, new))}
        self.api("PUT", f"/content/{page['id']}", json=given)

    def writes(self) -> list[str]:
        return [entry["path"] for entry in self.server.log if entry["method"] != "GET"]


def _storage(body: str) -> dict[str, Any]:
    return {"storage": {"value": body, "representation": "storage"}}


@dataclass
class Cli:
    """The command line; `out` and `err` hold what the last command said."""

    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def __call__(self, *words: str, code: int = 0) -> str:
        self.capture.readouterr()
        found = main(list(words))
        self.out, self.err = self.capture.readouterr()
        assert found == code, f"confsync {' '.join(words)}: {found}\n{self.out}\n{self.err}"
        return self.out

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self("--json", *words, code=code))


@pytest.fixture
def keyring(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """A keyring and a folder of settings that are nobody's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    one, before = MemoryKeyring(), system.get_keyring()
    system.set_keyring(one)
    yield one
    system.set_keyring(before)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, keyring: MemoryKeyring) -> Cli:
    """The command line in an empty folder, with nobody's credentials."""
    for name in ("URL", "USERNAME", "USER_NAME", "API_TOKEN", "API_KEY", "PERSONAL_TOKEN", "CONNECT_KEY", "CONNECT_SECRET"):
        monkeypatch.delenv(f"CONFLUENCE_{name}", raising=False)
    monkeypatch.delenv("CONFSYNC_READ_ONLY", raising=False)
    monkeypatch.chdir(tmp_path)
    return Cli(capsys)


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    """A site with one space that has two pages."""
    app = create_app()
    app.sandbox.create_space(SPACE, "Documentation")
    with Server(app) as server:
        one = Wiki(server)
        one.create("Guide", "<p>First paragraph here.</p><p>Second paragraph there.</p>")
        one.create("Other")
        yield one
    app.sandbox.close()


@pytest.fixture
def mirror(cli: Cli, wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone, and the working directory in it."""
    cli("clone", wiki.url, SPACE, "m")
    monkeypatch.chdir(tmp_path / "m")
    return tmp_path / "m"


def edit(file: Path, old: str, new: str) -> None:
    """Edit a file as a person does."""
    text = file.read_text(encoding="utf-8")
    assert old in text, text
    file.write_text(text.replace(old, new), encoding="utf-8")
