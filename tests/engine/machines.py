"""A sandbox and machines that work on it: real folders, real state files, the real application without sockets."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from confsync.config import Config, Credentials, MirrorConfig, SyncConfig
from confsync.engine import Engine, Options, open_engine
from confsync.model import Effect
from confsync.remote import Api, NewPage, NewVersion, RemotePage, Session
from confsync.report import Reporter, RunResult
from confsync.sandbox import Faults, create_app
from confsync.sandbox.store import users
from tests.wire import SITE, WsgiAdapter, mounted, transport

SPACE = "DOCS"
# Requests as patterns, for what happens before one or to it: they are others in each version of the API.
SAVE, MAKE = r"/(?:content|pages|blogposts)/\d+(?:\?|$)", r"/(?:content|pages|blogposts)(?:\?|$)"


_flavours = ["cloud"]  # what new sites pass for; the last one counts


@contextmanager
def passing_for(flavour: str) -> Iterator[None]:
    """Let new sites pass for another Confluence."""
    _flavours.append(flavour)
    try:
        yield
    finally:
        _flavours.remove(flavour)


def at(page: str) -> str:
    """The pattern of requests for a page itself."""
    return SAVE.replace(r"\d+", page)


class Killed(BaseException):
    """The process ends here."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


class Site:
    """The sandbox, and what a colleague does in the web editor."""

    def __init__(self) -> None:
        self.flavour = flavour = _flavours[-1]
        self.faults = Faults(sleep=lambda seconds: None)
        self.app = create_app(faults=self.faults, flavour=flavour)
        self.app.sandbox.create_space(SPACE, "Documentation")
        self.clock = Clock()
        # A colleague needs no API; the whole of version 1 stands for what can be done in the browser.
        session, _ = transport(self.app.passing_for("cloud"))
        self.api = Api(Session(SITE, "admin", "admin", transport=session, sleep=lambda s: None, random=lambda: 0.5))
        self.home = str(self.api.space(SPACE).home)

    def create(self, title: str, body: str = "<p>Text.</p>", parent: str | None = None) -> str:
        return self.api.create(NewPage(SPACE, title, body, parent or self.home))[0].id

    @property
    def only_cloud_has(self) -> bool:
        """Whether there are states, archived pages and folders that people can make."""
        return self.flavour != "datacenter"

    def me(self) -> str:
        """The name by which a machine knows its user."""
        return self.api.me() if self.only_cloud_has else users.key(self.api.me())

    def page(self, page: str) -> RemotePage:
        return self.api.page(page)[0]

    def body(self, page: str) -> str:
        return self.api.page(page, body=True)[1]

    def edit(self, page: str, body: str | None = None, title: str | None = None) -> None:
        now, stored = self.api.page(page, body=True)
        wanted = stored if body is None else body
        self.api.update(page, NewVersion(now.version + 1, title or now.title, wanted, now.kind))

    def replace(self, page: str, old: str, new: str) -> None:
        body = self.body(page)
        assert old in body
        self.edit(page, body.replace(old, new))

    def titles(self) -> dict[str, str]:
        return {page.title: page.id for page, _ in self.api.pages(SPACE)}

    def attach(self, page: str, name: str, data: bytes, folder: Path) -> None:
        """Upload a file as the web page does: without confsync's mark in its comment."""
        file = folder / f"upload-{random.random()}"
        file.write_bytes(data)
        there = {asset.name: asset.id for asset in self.api.assets(page)}
        self.api.attach(page, there.get(name), name, file, "", "application/octet-stream")
        file.unlink()

    def properties(self, page: str, *keys: str) -> dict[str, Any]:
        """The values of content properties; those that are not there are left out."""
        found = self.api.named(page, [f"properties.{key}" for key in keys])
        return {key: value for key in keys if (value := json.loads(found[f"properties.{key}"])) is not None}

    def restricted(self, page: str, operation: str) -> dict[str, list[str]]:
        """Who alone may read or update a page: "users" and "groups"."""
        names = {kind: f"restrictions.{operation}.{kind}" for kind in ("users", "groups")}
        found = self.api.named(page, list(names.values()))
        return {kind: json.loads(found[name]) for kind, name in names.items()}

    def bytes_of(self, page: str, name: str) -> bytes:
        asset = next(asset for asset in self.api.assets(page) if asset.name == name)
        return b"".join(self.api.download(asset))


@dataclass
class Machine:
    """One working copy."""

    engine: Engine
    root: Path
    wire: WsgiAdapter

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, text
        self.write(path, text.replace(old, new))

    def files(self) -> dict[str, bytes]:
        own = {".confsync", ".git"}
        found = (file for file in self.root.rglob("*") if file.is_file() and own.isdisjoint(file.parts))
        return dict(sorted((file.relative_to(self.root).as_posix(), file.read_bytes()) for file in found))

    def trash(self) -> str:
        """All texts in the trash, as one."""
        folder = self.root / ".confsync" / "trash"
        return "\n".join(file.read_text(errors="replace") for file in sorted(folder.rglob("*")) if file.is_file())

    def asked(self) -> list[tuple[str, str]]:
        """The requests since this was last asked."""
        found = list(self.wire.requests)
        self.wire.requests.clear()
        return found

    def writes(self) -> list[tuple[str, str]]:
        return [request for request in self.asked() if request[0] != "GET"]


def machine(
    site: Site, root: Path, *, hook: Callable[[str, Effect], None] | None = None, mirror: MirrorConfig | None = None,
    sync: SyncConfig | None = None, wire: WsgiAdapter | None = None, ids: Callable[[], str] | None = None,
    reporter: Reporter | None = None,
) -> Machine:  # fmt: skip
    """Open a machine on a folder; the same folder may be opened again, as after a crash.

    wire: the way to the site, when it is not to be the plain one. ids: where marks and names come from.
    """
    root.mkdir(parents=True, exist_ok=True)
    wire = wire or WsgiAdapter(site.app)
    mirror = mirror or MirrorConfig(SPACE)
    config = Config(SITE, (mirror,), sync or SyncConfig(), folder=root)
    engine = open_engine(
        config, mirror, Credentials("admin", "admin"), transport=mounted(wire), clock=site.clock,
        sleep=lambda s: None, random=lambda: 0.5, hook=hook, reporter=reporter, **({"ids": ids} if ids else {}),
    )  # fmt: skip
    return Machine(engine, root, wire)


class Saved:
    """A site and the folders of its machines at one moment, from which one may start again and again."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.store = sqlite3.connect(":memory:")
        site.app.sandbox.store.connection.backup(self.store)

    def again(self, root: Path) -> Site:
        """Put the site back, and the folders as a copy at `root`."""
        sandbox = self.site.app.sandbox
        self.store.backup(sandbox.store.connection)
        sandbox.requests.entries.clear()
        self.site.faults.clear()
        shutil.copytree(self.folder, root)
        return self.site

    def close(self) -> None:
        self.store.close()
        self.site.app.sandbox.close()


def in_memory() -> Path:
    """A new folder in memory where there is such a thing: writing files through to a disk takes longer than the test."""
    memory = Path("/dev/shm")  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="confsync-", dir=memory if memory.is_dir() else None))


def cloned(site: Site, root: Path, **options: object) -> Machine:
    """A machine with a fresh clone."""
    one = machine(site, root, **options)  # type: ignore[arg-type]
    one.engine.clone()
    one.asked()
    return one


class Notes:
    """A reporter that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def stage(self, name: str, total: int | None = None) -> None:
        self.said.append(name)

    def step(self, text: str = "") -> None:
        """Nothing to keep."""

    def note(self, text: str) -> None:
        self.said.append(text)


def quiet(one: Machine) -> RunResult:
    """Another run, with everything listed anew, writes nothing on either side."""
    before, _ = one.files(), one.asked()
    result = one.engine.sync(Options(full=True))
    assert (result.done, one.writes(), one.files()) == ((), [], before)
    return result


def settled(one: Machine) -> None:
    """All is quiet, and nothing waits for anybody."""
    assert quiet(one).problems == ()
