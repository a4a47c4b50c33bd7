"""`doctor`: settings, state, git, credentials, the site, rights and clock; each with what to do."""

from __future__ import annotations

import os
import sqlite3
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from confsync.config import Credentials
from confsync.errors import AccessError, ConfsyncError, GuardStop, NotFound
from confsync.remote.oauth import SCOPES

from . import keys
from .access import access, source, transport
from .login import missing_scopes
from .output import Output
from .session import Mirror, mirrors
from .whoami import words_for

_SKEW = 60.0  # seconds of difference between the clocks that are worth a word
_MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's. level: ok, warn or fail; remedy: what to do."""

    subject: str
    level: str
    text: str
    remedy: str = ""
    denied: bool = False

    def to_json(self) -> dict[str, object]:
        """Give the finding as plain data."""
        return {"subject": self.subject, "level": self.level, "text": self.text, "remedy": self.remedy}


def arguments(parser: ArgumentParser, name: str) -> None:
    """There are none."""


def run(args: Namespace, out: Output) -> int:
    """Look at everything, and leave with 0 when nothing fails, 4 when access does, else 1."""
    findings = list(_findings(args))
    lines = []
    for one in findings:
        lines.append(f"{_MARKS[one.level]}  {one.subject:<12} {one.text}")
        lines += [f"                    → {one.remedy}"] if one.remedy else []
    out.result({"findings": [one.to_json() for one in findings]}, lines)
    failed = [one for one in findings if one.level == "fail"]
    return 0 if not failed else 4 if all(one.denied for one in failed) else 1


def _findings(args: Namespace) -> Iterator[Finding]:
    try:
        found = mirrors(args)
    except ConfsyncError as error:
        yield _failed("settings", error)
        return
    config = found[0].config
    yield Finding("settings", "ok", f"{config.folder}/.confsync.toml, site {config.site}")
    if config.read_only:
        yield Finding("settings", "ok", "read-only: nothing is written to the site")
    for mirror in found:
        yield from _folder(mirror)
        yield from _state(mirror.folder)
        yield _git(mirror)
    yield from _site(found)


def _failed(subject: str, error: ConfsyncError) -> Finding:
    where = f"{error.place}: " if error.place else ""
    return Finding(subject, "fail", where + error.message, error.remedy, isinstance(error, AccessError))


def _folder(mirror: Mirror) -> Iterator[Finding]:
    folder = mirror.folder
    if not folder.is_dir():
        yield Finding("folder", "warn", f"{folder} is not there yet", "confsync pull makes it")
    elif not os.access(folder, os.W_OK):
        yield Finding("folder", "fail", f"{folder} cannot be written", "check the folder's rights")
    else:
        yield Finding("folder", "ok", f"{folder} for space {mirror.settings.space}")


def _state(folder: Path) -> Iterator[Finding]:
    file = folder / ".confsync" / "state.db"
    if not file.exists():
        yield Finding("state", "ok", "none yet: the first run makes it")
        return
    broken = f"move {file} away; the next run builds it anew"
    try:
        database = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        try:
            (health,) = database.execute("PRAGMA quick_check").fetchone()
            (pages,) = database.execute("SELECT count(*) FROM rows").fetchone()
            (begun,) = database.execute("SELECT count(*) FROM intents").fetchone()
        finally:
            database.close()
    except sqlite3.Error as error:
        yield Finding("state", "fail", f"{file}: {error}", broken)
        return
    if health != "ok":
        yield Finding("state", "fail", f"{file}: {health}", broken)
        return
    yield Finding("state", "ok", f"healthy, {pages} pages agreed")
    if begun:
        remedy = "the next run finds out what became of them"
        yield Finding("state", "warn", f"{begun} changes were begun and not finished", remedy)


def _git(mirror: Mirror) -> Finding:
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from confsync.git import find_repository, guard_repository

    repository = find_repository(mirror.folder)
    if repository is None:
        return Finding("git", "ok", "no repository")
    try:
        guard_repository(repository, mirror.config.git.branch)
    except GuardStop as stop:
        return Finding("git", "warn", stop.message, stop.remedy)
    return Finding("git", "ok", f"{repository.root}, branch {repository.branch or 'none'}")


def _site(found: list[Mirror]) -> Iterator[Finding]:
    site = found[0].config.site
    try:
        who = access(site)
    except ConfsyncError as error:
        yield _failed("credentials", error)
        return
    yield Finding("credentials", "ok", words_for(site, who))
    yield from _scopes(site)
    dialect: list[str] = []
    try:
        api = _quick(site, who, dialect.append)
        started = time.time()
        answer = api.session.request("GET", "/user/current")
        took = time.time() - started
        user = api.user()
    except ConfsyncError as error:
        yield _failed("site", error)
        return
    yield Finding("site", "ok", f"{_flavour(dialect[0], answer)}, answers in {took * 1000:.0f} ms")
    yield Finding("user", "ok", user.name)
    yield _clock(answer.headers.get("Date", ""), (started + time.time()) / 2)
    for mirror in found:
        yield _space(api, mirror)


def _scopes(site: str) -> Iterator[Finding]:
    """Name what a consent does not include."""
    token = keys.token_of(site) if keys.signed_in().get(site) == "oauth" and not source() else None
    missing = missing_scopes(token) if token else ()
    if missing:
        remedy = "confsync login, and grant all that is asked for"
        yield Finding("scopes", "warn", f"not granted: {', '.join(missing)}", remedy)
    elif token:
        yield Finding("scopes", "ok", f"all {len(SCOPES)} are granted")


def _quick(site: str, who: Credentials, learned: Callable[[str], None]) -> Any:
    """Give calls that do not wait long for a site that does not answer."""
    from confsync.remote import Session, connect

    waits: Callable[[float], None] = lambda seconds: time.sleep(min(seconds, 0.2))  # noqa: E731
    http = transport(site)
    session = Session(
        site, who.user, who.secret, transport=http, sleep=waits, random=lambda: 0.5, signer=who.signer
    )
    return connect(session, learned=learned)


def _flavour(dialect: str, answer: Any) -> str:
    from confsync.remote.probe import DIALECTS

    words = DIALECTS[dialect].words
    return f"a sandbox that speaks {words}" if answer.headers.get("Server") == "confsync-sandbox" else words


def _clock(date: str, now: float) -> Finding:
    try:
        difference = now - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return Finding("clock", "ok", "the site does not tell its time")
    if abs(difference) > _SKEW:
        word = "ahead of" if difference > 0 else "behind"
        text = f"{abs(difference):.0f} s {word} the site's"
        return Finding("clock", "warn", text, "set this machine's clock: listings are judged by their age")
    return Finding("clock", "ok", "agrees with the site's")


def _space(api: Any, mirror: Mirror) -> Finding:
    key = mirror.settings.space
    try:
        facts = api.space(key)
        if mirror.settings.root is not None:
            from confsync.remote import find_root

            find_root(api, key, mirror.settings.root)
    except NotFound as error:
        remedy = "check space and root in the settings, and that this user may view them"
        return Finding("space", "fail", f"{key}: {error.message}", remedy)
    except ConfsyncError as error:
        return _failed("space", error)
    if not _may_write(api, key):
        remedy = "ask the space's admins for the right to add pages"
        return Finding("space", "warn", f"{key}: may be read, not edited", remedy)
    return Finding("space", "ok", f"{key}: {facts.name!r}")


def _may_write(api: Any, key: str) -> bool:
    try:
        return bool(api.may_create(key))
    except ConfsyncError:
        return True
