"""Large spaces for benchmarks: a sandbox in a process of its own, and a mirror in which nothing has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from confsync.local.document import digest
from confsync.model import Page, Pair, Row
from confsync.remote import RemotePage
from confsync.state import State, open_state

ROOT = Path(__file__).resolve().parents[2]
SPACE = "DOCS"
PART = 100  # pages under one parent
PAST = 1_700_000_000
SETTINGS = f'site = "{{site}}"\n\n[[mirror]]\nspace = "{SPACE}"\n'

# Serves a folder of storage files; every line on its input is a latency in seconds from then on, answered with "ok".
SERVED = """
import sys, threading
from pathlib import Path
from confsync.sandbox import Faults, Server, create_app
faults = Faults()
app = create_app(log=sys.argv[2], faults=faults)
app.sandbox.load_storage(Path(sys.argv[1]), sys.argv[3])
with Server(app) as server:
    print(server.url, flush=True)
    for line in sys.stdin:
        faults.latency = float(line)
        print("ok", flush=True)
"""


def environment() -> dict[str, str]:
    """Compiled modules are kept, whatever the surroundings say: an installed command has them, too."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT)}


class Served(NamedTuple):
    """A running sandbox. log: its request log."""

    url: str
    log: Path
    process: subprocess.Popen[str]

    def requests(self) -> list[str]:
        """Method and path of every request so far."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [f"{one['method']} {one['path']}" for one in map(json.loads, lines)]

    def slow_down(self, seconds: float) -> None:
        """Let every request take this much longer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ok\n"


@contextmanager
def served(folder: Path, pages: int) -> Iterator[Served]:
    """Serve a space of so many pages, a hundred under each parent."""
    source, log = folder / "storage", folder / "requests.log"
    for number in range(pages):
        path = source / f"part-{number // PART}{f'/page-{number}' if number % PART else ''}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body(number), encoding="utf-8")
    command = [sys.executable, "-c", SERVED, str(source), str(log), SPACE]
    process = subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Served(process.stdout.readline().strip(), log, process)
    finally:
        process.communicate()  # the end of its input ends it


def body(number: int) -> str:
    """A page of 2 KB: a heading, paragraphs that name the page, and a list."""
    lines = "".join(f"<p>Page {number}, line {line}, with <strong>strong</strong> words in it.</p>" for line in range(20))
    return f"<h2>Heading</h2>{lines}<ul><li>one</li><li>two</li></ul>"


def unchanged(folder: Path, pages: int) -> None:
    """Make a mirror of so many old files, all of them as agreed, whose site need not run."""
    folder.mkdir()
    (folder / ".confsync.toml").write_text(SETTINGS.format(site="http://127.0.0.1:1/wiki"))
    state = open_state(folder / ".confsync")
    with state.transaction():
        listed = [_page(folder, state, "1", "index.md", "Home", ())]
        for number in range(pages):
            name, above = f"part-{number // PART}", str(10 + number // PART * PART)
            path = f"{name}/page-{number}.md" if number % PART else f"{name}.md"
            ancestors = ("1", above) if number % PART else ("1",)
            listed.append(_page(folder, state, str(10 + number), path, f"Page {number}", ancestors))
        state.set_listing((page.id, page.to_facts()) for page in listed)
        for name, value in (("listed", datetime.now(UTC).isoformat()), ("root", "1"), ("root_title", "Home")):
            state.set_meta(name, value)
    state.close()


def _page(
    folder: Path, state: State, key: str, path: str, title: str, ancestors: tuple[str, ...]
) -> RemotePage:
    file, text = folder / path, f"Text of {title}.\n\nMore of it.\n"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f'---\nconfluence_page_id: "{key}"\ntitle: {title}\n---\n{text}', encoding="utf-8")
    os.utime(file, (PAST, PAST))
    storage, parent = digest(f"<p>{text}</p>"), ancestors[-1] if ancestors else None
    state.set_row(Row(key, Page(parent, title, body=storage), Pair(1, storage, digest(text)), path))
    when = "2026-01-01T00:00:00.000Z"
    return RemotePage(key, title, 1, when, ancestors, author="5b10a2844c20165700ede21g", position=int(key))
