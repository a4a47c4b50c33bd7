"""`confsync watch` as people run it: a process, real file events, a real site, webhooks and git."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Server, create_app
from tests.cli.conftest import SPACE, Wiki

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
SAVES = int(os.environ.get("CONFSYNC_WATCH_SAVES", "18"))


class Watching:
    """A running watch. `next` gives its events as they come."""

    def __init__(self, folder: Path, *words: str, **env: str) -> None:
        nobody = {key: value for key, value in os.environ.items() if not key.startswith(("CONFLUENCE_", "CONFSYNC_"))}
        self.errors = (folder.parent / f"errors-{time.monotonic_ns()}").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "confsync", "watch", "--yes", *words],
            cwd=folder, env={**nobody, "PYTHONPATH": str(ROOT), **env}, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip
        self.said: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(json.loads(line))

    def next(self, patience: float = PATIENCE) -> str:
        """Wait for the next event and give it as `kind path`."""
        found = self.said.get(timeout=patience)
        return f"{found['event']} {found.get('path', '')}".strip()

    def silent(self, seconds: float) -> bool:
        """Whether nothing more is said for a while."""
        try:
            self.said.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def complaints(self) -> str:
        """What stands on its standard error, when it has ended."""
        self.process.wait(60)
        self.errors.seek(0)
        return self.errors.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.listener.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.errors.close()

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    app = create_app()
    app.sandbox.create_space(SPACE, "Documentation")
    with Server(app) as server:
        one = Wiki(server)
        one.create("Guide", "<p>First paragraph here.</p><p>Second paragraph there.</p>")
        yield one
    app.sandbox.close()


@pytest.fixture
def folder(wiki: Wiki, tmp_path: Path) -> Path:
    """A fresh clone."""
    from confsync.cli.main import main

    assert main(["-q", "clone", wiki.url, SPACE, str(tmp_path / "docs")]) == 0
    return tmp_path / "docs"


@pytest.fixture
def watch(folder: Path) -> Iterator[Callable[..., Watching]]:
    """Start a watch on the clone, and have it ended at last."""
    began: list[Watching] = []

    def start(*words: str, **env: str) -> Watching:
        one = Watching(folder, *words, **env)
        began.append(one)
        assert one.next() == "watching"
        return one

    yield start
    for one in began:
        one.close()


def versions(wiki: Wiki, title: str = "Guide") -> int:
    return int(wiki.find(title)["version"]["number"])


def in_place(file: Path, text: str) -> None:
    """VS Code: the file is cut to nothing and written."""
    with file.open("w", encoding="utf-8") as stream:
        for start in range(0, len(text), 40):
            stream.write(text[start : start + 40])
            stream.flush()


def vim(file: Path, text: str) -> None:
    """A file that tries whether one can be made, a swap file, the old file moved aside, a new one, the old one gone."""
    swap, probe, backup = file.with_name(f".{file.name}.swp"), file.with_name("4913"), Path(f"{file}~")
    swap.write_text("b0VIM", encoding="utf-8")
    probe.touch()
    probe.unlink()
    file.rename(backup)
    file.write_text(text, encoding="utf-8")
    backup.unlink()
    swap.unlink()


def emacs(file: Path, text: str) -> None:
    """A lock that is a link to nowhere, an auto-save file, the old file as backup, a new one."""
    lock, auto = file.with_name(f".#{file.name}"), file.with_name(f"#{file.name}#")
    lock.symlink_to("jane@host.1234:1700000000")
    auto.write_text(text[: len(text) // 2], encoding="utf-8")
    file.rename(Path(f"{file}~"))
    file.write_text(text, encoding="utf-8")
    auto.unlink()
    lock.unlink()


def jetbrains(file: Path, text: str) -> None:
    """A temporary file, the old one moved aside, the new one put in its place, the old one gone."""
    new, old = Path(f"{file}___jb_tmp___"), Path(f"{file}___jb_old___")
    new.write_text(text, encoding="utf-8")
    file.rename(old)
    new.rename(file)
    old.unlink()


def slowly(file: Path, text: str) -> None:
    """A slow disk: for longer than the debounce there is no file at all."""
    backup = Path(f"{file}~")
    file.rename(backup)
    time.sleep(0.9)
    file.write_text(text, encoding="utf-8")
    backup.unlink()


def test_every_editors_way_to_save_gives_one_version(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """One push each, whatever moves, links and temporary files it takes; the page is never in the trash meanwhile."""
    one = watch("--poll", "600")
    file = folder / "guide.md"
    for number, save in enumerate((in_place, vim, emacs, jetbrains, slowly), 2):
        text = file.read_text(encoding="utf-8").replace(" paragraph here", f" paragraph here, {save.__name__}", 1)
        save(file, text)
        assert one.next() == "pushed guide.md"
        assert versions(wiki) == number
        assert save.__name__ in wiki.body("Guide")
    assert one.silent(1.0)
    assert not [entry for entry in wiki.server.log if entry["method"] == "DELETE"]
    assert one.stop() == 0


def test_new_folders_moves_and_deletions_arrive(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """A directory that is moved in stands for all that is in it; a file that stays away is deleted, after a while."""
    one = watch("--poll", "600")
    aside = folder.parent / "aside"
    (aside / "guide").mkdir(parents=True)
    (aside / "guide/below.md").write_text("# Below\n\nText.\n", encoding="utf-8")
    (aside / "guide").rename(folder / "guide")
    assert one.next() == "pushed guide/below.md"
    assert wiki.find("Below")
    while not one.silent(0.5):
        pass  # its id was written into the file
    (folder / "guide/below.md").unlink()
    assert one.next().startswith("pushed")
    assert not wiki.api("GET", f"/content?spaceKey={SPACE}&title=Below")["results"]


def test_a_colleagues_change_comes_with_the_next_look(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """And is not pushed back, nor told twice."""
    one = watch("--poll", "1")
    wiki.replace("Guide", "Second", "Zweiter")
    assert one.next() == "pulled guide.md"
    assert "Zweiter" in (folder / "guide.md").read_text(encoding="utf-8")
    writes = len(wiki.writes())
    assert one.silent(2.5)
    assert len(wiki.writes()) == writes


def test_a_webhook_is_faster_than_the_next_look(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """What Data Center registers or a Connect app is told; whoever does not know the secret is not heard."""
    import requests

    port = free_port()
    one = watch("--poll", "600", "--webhook", str(port), CONFSYNC_WEBHOOK_SECRET="a secret between the two of them, at length")
    site = wiki.server.app.sandbox
    site.set_index_lag(3600)  # so that a search would not find it
    hooks = [{"event": name, "url": "/hook"} for name in ("page_updated", "page_created")]
    site.install_app(
        "watcher", ["READ"], f"http://127.0.0.1:{port}", "a secret between the two of them, at length", hooks
    )
    wiki.replace("Guide", "Second", "Zweiter")
    assert one.next(10) == "pulled guide.md"
    forged = requests.post(f"http://127.0.0.1:{port}/hook", json={"page": {"id": 1}}, timeout=10)
    assert forged.status_code == 401
    assert one.silent(0.5)


def free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_branch_is_not_published_by_accident(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """On another branch than at first the watch waits; what was committed there stays there."""

    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=J", "-c", "user.email=j@x", *words], cwd=folder, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "First")
    one = watch("--poll", "1")
    git("switch", "-qc", "draft")
    file = folder / "guide.md"
    file.write_text(file.read_text(encoding="utf-8").replace("First", "Unfinished"), encoding="utf-8")
    assert one.next() == "paused"
    git("commit", "-qam", "Unfinished")
    git("switch", "-q", "main")
    assert one.next() == "resumed"
    assert one.silent(2)
    assert versions(wiki) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(watch: Callable[..., Watching], number: int) -> None:
    """With 0, and the last thing it says is that all is done."""
    one = watch("--poll", "600")
    assert one.stop(number) == 0
    assert one.next() == "stopped"


def test_memory_and_open_files_stay_flat(wiki: Wiki, folder: Path, watch: Callable[..., Watching]) -> None:
    """Save after save, on both sides: a watch may last for months."""
    one = watch("--poll", "1")
    file = folder / "guide.md"
    sizes: list[tuple[int, int]] = []
    for number in range(SAVES):
        file.write_text(file.read_text(encoding="utf-8") + f"\nLine {number}.\n", encoding="utf-8")
        assert one.next() == "pushed guide.md"
        if number % 3 == 0:
            wiki.replace("Guide", "Second", f"Second{number}, ")
            assert one.next() == "pulled guide.md"
        sizes.append((resident(one.process.pid), len(list(Path(f"/proc/{one.process.pid}/fd").iterdir()))))
    third = SAVES // 3
    print(f"\nwatch after {third} and {SAVES} saves: {sizes[third]}, {sizes[-1]} (KiB, open files)")  # noqa: T201
    assert sizes[-1][1] <= sizes[third][1]
    assert sizes[-1][0] < sizes[third][0] * 1.1


def resident(pid: int) -> int:
    """The memory of a process, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def test_what_cannot_be_waited_out_ends_it(watch: Callable[..., Watching]) -> None:
    """Access that is refused: exit code 4, and the words."""
    one = watch("--poll", "600", CONFLUENCE_USERNAME="admin", CONFLUENCE_API_TOKEN="wrong")
    assert "rights" in one.complaints()
    assert one.process.returncode == 4
