"""A sandbox over a socket and the command line against it: what a person has."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from confsync.sandbox import Faults, Server, create_app

SPACE = "CORPUS"
AUTH = ("admin", "admin")


@dataclass
class Site:
    """One running sandbox; `api` speaks to it as a colleague with a browser would."""

    server: Server

    @property
    def url(self) -> str:
        return self.server.url

    def api(self, method: str, path: str, **given: Any) -> Any:
        answer = requests.request(method, f"{self.url}/rest/api{path}", auth=AUTH, timeout=30, **given)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def page(self, page_id: str) -> dict[str, Any]:
        return self.api("GET", f"/content/{page_id}?expand=body.storage,version,ancestors")  # type: ignore[no-any-return]

    def body(self, page_id: str) -> str:
        return str(self.page(page_id)["body"]["storage"]["value"])

    def pages(self) -> dict[str, dict[str, Any]]:
        """Every page by title."""
        found: dict[str, dict[str, Any]] = {}
        start = 0
        while True:
            part = self.api(
                "GET", f"/content?type=page&spaceKey={SPACE}&expand=version,ancestors&limit=200&start={start}"
            )
            found.update({row["title"]: row for row in part["results"]})
            if "next" not in part["_links"]:
                return found
            start += part["size"]

    def create(self, title: str, storage: str, parent: str | None = None) -> str:
        given: dict[str, Any] = {
            "type": "page",
            "title": title,
            "space": {"key": SPACE},
            "body": {"storage": {"value": storage, "representation": "storage"}},
        }
        if parent:
            given["ancestors"] = [{"id": parent}]
        return str(self.api("POST", "/content", json=given)["id"])

    def edit(
        self, page_id: str, storage: str | None = None, title: str | None = None, parent: str | None = None
    ) -> None:
        """Change a page as the web page would."""
        now = self.page(page_id)
        given: dict[str, Any] = {
            "type": "page",
            "title": title or now["title"],
            "version": {"number": now["version"]["number"] + 1},
        }
        if storage is not None:
            given["body"] = {"storage": {"value": storage, "representation": "storage"}}
        if parent is not None:
            given["ancestors"] = [{"id": parent}]
        self.api("PUT", f"/content/{page_id}", json=given)

    def writes(self, since: int = 0) -> list[dict[str, Any]]:
        return [entry for entry in list(self.server.log)[since:] if entry["method"] != "GET"]

    @property
    def mark(self) -> int:
        return len(self.server.log)


@contextmanager
def site(load: Path | None = None, data: str = ":memory:", faults: Faults | None = None) -> Iterator[Site]:
    app = create_app(data=data, faults=faults)
    if load is None:
        app.sandbox.create_space(SPACE, "Corpus")
    else:
        app.sandbox.load_storage(load, SPACE)
    with Server(app) as server:
        yield Site(server)
    app.sandbox.close()


def start(*args: str, cwd: Path) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    command = [sys.executable, "-m", "confsync", *args]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def confsync(*args: str, cwd: Path, code: int | None = 0) -> str:
    """Run the command line to its end; what it printed."""
    process = start(*args, cwd=cwd)
    out, errors = process.communicate(timeout=280)
    assert code is None or process.returncode == code, (
        f"confsync {' '.join(args)}: {process.returncode}\n{out}\n{errors}"
    )
    return out


def confsync_json(*args: str, cwd: Path, code: int | None = 0) -> Any:
    return json.loads(confsync("--json", *args, cwd=cwd, code=code))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a mirror by its path, without confsync's own state."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".confsync" not in path.relative_to(folder).parts and path.name != ".confsync.toml"
    }
