"""Live sync, measured: from a save to the new version, and what an idle watch costs. Ratios and shares of one run."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import requests

from confsync.cli.main import main
from confsync.sandbox import Server, create_app
from tests.watch.test_live import Watching

SAVES = int(os.environ.get("CONFSYNC_BENCHMARK_SAVES", "20"))
FILES = int(os.environ.get("CONFSYNC_BENCHMARK_WATCHED", "300"))
IDLE = 5.0
DEBOUNCE = 0.3


def test_from_a_save_to_the_new_version(tmp_path: Path) -> None:
    """Less the debounce, against one bare read and write of the same page on the same site."""
    app = create_app()
    app.sandbox.create_space("DOCS", "Documentation")
    with Server(app) as server:
        site = requests.Session()
        site.trust_env, site.auth = False, ("admin", "admin")
        home = site.get(f"{server.url}/rest/api/space/DOCS?expand=homepage", timeout=30).json()["homepage"]["id"]
        for number in range(20):
            put(site, server.url, f"Page {number}", "<p>word 0</p>", home)
        assert main(["-q", "clone", server.url, "DOCS", str(tmp_path / "docs")]) == 0
        bare = [timed(lambda: again(site, server.url, home)) for _ in range(SAVES)]
        one = Watching(tmp_path / "docs", "--poll", "600")
        try:
            assert one.next() == "watching"
            while not one.silent(1.0):
                pass  # the home page has changed
            waits = []
            for number in range(SAVES):
                waits.append(saved(app, tmp_path / "docs" / f"page-{number % 20}.md", number))
                assert one.next() == f"pushed page-{number % 20}.md"  # its run is over: the next save is a new one
        finally:
            one.close()
        site.close()
    app.sandbox.close()
    yardstick = statistics.median(bare)
    median, late = statistics.median(waits), sorted(waits)[int(len(waits) * 0.95)]
    print(  # noqa: T201
        f"\nfrom a save to the new version, less the debounce, over {SAVES} saves, against one GET and PUT: "
        f"median {median / yardstick:.1f}, 95 % {late / yardstick:.1f}"
    )
    assert all(wait > 0 for wait in waits)


def put(site: requests.Session, url: str, title: str, body: str, parent: str) -> str:
    new = {"type": "page", "title": title, "space": {"key": "DOCS"}, "ancestors": [{"id": parent}],
           "body": {"storage": {"value": body, "representation": "storage"}}}  # fmt: skip
    return str(site.post(f"{url}/rest/api/content", json=new, timeout=30).json()["id"])


def again(site: requests.Session, url: str, page: str) -> None:
    now = site.get(f"{url}/rest/api/content/{page}?expand=version,body.storage", timeout=30).json()
    body = {"storage": {"value": f"<p>{time.monotonic_ns()}</p>", "representation": "storage"}}
    change = {"type": "page", "title": now["title"], "version": {"number": now["version"]["number"] + 1}, "body": body}
    assert site.put(f"{url}/rest/api/content/{page}", json=change, timeout=30).ok


def timed(act: object) -> float:
    began = time.perf_counter()
    act()  # type: ignore[operator]
    return time.perf_counter() - began


def saved(app: object, file: Path, number: int) -> float:
    """Save a word and wait until the site has it: seconds, less the debounce."""
    text, word = file.read_text(encoding="utf-8"), f"word {number + 1}"
    file.write_text(text.rstrip("\n").rpartition("word ")[0] + word + "\n", encoding="utf-8")
    began = time.perf_counter()
    store = app.sandbox.store  # type: ignore[attr-defined]
    while True:
        with store.lock:
            found = store.value("SELECT count(*) FROM version WHERE body = ?", f"<p>{word}</p>")
        if found:
            return time.perf_counter() - began - DEBOUNCE
        assert time.perf_counter() - began < 60
        time.sleep(0.002)


def test_an_idle_watch_costs_next_to_nothing(tmp_path: Path) -> None:
    """The share of one processor that a watch takes while nothing happens, whatever the number of files."""
    app = create_app()
    app.sandbox.create_space("DOCS", "Documentation")
    with Server(app) as server:
        with requests.Session() as site:
            site.trust_env, site.auth = False, ("admin", "admin")
            home = site.get(f"{server.url}/rest/api/space/DOCS?expand=homepage", timeout=30).json()["homepage"]["id"]
            for number in range(FILES):
                put(site, server.url, f"Page {number}", "<p>word 0</p>", home)
        assert main(["-q", "clone", server.url, "DOCS", str(tmp_path / "docs")]) == 0
        one = Watching(tmp_path / "docs", "--poll", "600")
        try:
            assert one.next() == "watching"
            assert one.silent(3.0)  # its first look
            before = spent(one.process.pid)
            assert one.silent(IDLE)
            share = (spent(one.process.pid) - before) / IDLE
        finally:
            one.close()
    app.sandbox.close()
    print(f"\nidle watch on {FILES} files: {share:.1%} of one processor")  # noqa: T201
    assert share < 0.5


def spent(pid: int) -> float:
    """Seconds of a processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
