"""How long the engine takes over large spaces, and what it asks the site for; `pytest -s` shows the tables.

No time is asserted, only counts: of requests, of conversions, of rows written. CONFSYNC_BENCHMARK_FILES=100000 and
CONFSYNC_BENCHMARK_PAGES=10000 measure large spaces, CONFSYNC_BENCHMARK_ROUNDS=9 steadier.
"""

from __future__ import annotations

import math
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import unwrap
from pathlib import Path
from types import FrameType

import pytest

from confsync.config import Config, Credentials, MirrorConfig
from confsync.engine import Engine, Options, open_engine
from converters.markdown.reader import markdown_to_doc
from converters.storage.blocks import storage_to_doc
from tests.benchmarks.spaces import PAST, SPACE, Served, environment, served, unchanged

FILES = int(os.environ.get("CONFSYNC_BENCHMARK_FILES", "1000"))
PAGES = int(os.environ.get("CONFSYNC_BENCHMARK_PAGES", "300"))
ROUNDS = int(os.environ.get("CONFSYNC_BENCHMARK_ROUNDS", "5"))
CHANGED = 3
LATENCY = 0.1
PUSHED = max(24, min(500, PAGES // 10))

# Runs a command and prints the peak resident size in KiB. Not ru_maxrss: a child inherits its parent's across fork.
MEASURED = """
import re, sys, time
from confsync.cli.main import main
start = time.perf_counter()
code = main(sys.argv[1:])
took = time.perf_counter() - start
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1), took, file=sys.stderr)
sys.exit(code)
"""


def show(*lines: str) -> None:
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


# -- status ------------------------------------------------------------------------------------------------------


def test_status_is_measured_against_git(tmp_path: Path) -> None:
    """Of a folder in which nothing was touched, and of one with a single edit."""
    folder = tmp_path / "docs"
    unchanged(folder, FILES)
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"]):
        subprocess.run([*git, *words], check=True, capture_output=True)
    edited = folder / "part-0" / "page-1.md"
    text = edited.read_text()
    status = [sys.executable, "-m", "confsync", "status", "--exit-code"]

    def edit() -> None:
        edited.write_text(text + "More.\n")
        os.utime(edited, (PAST + 60, PAST + 60))

    def put_back() -> None:
        edited.write_text(text)
        os.utime(edited, (PAST, PAST))
        subprocess.run(status, cwd=folder, env=environment(), check=True, capture_output=True)

    cases: dict[str, tuple[list[str], Callable[[], None] | None, int]] = {
        "git status": ([*git, "status", "--short"], None, 0),
        "confsync status, nothing touched": (status, put_back, 0),
        "confsync status, after an edit": (status, edit, 6),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS + 1):
        for name, (command, before, code) in cases.items():
            if before:
                before()
            start = time.perf_counter()
            done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)
            times[name].append(time.perf_counter() - start)
            assert done.returncode == code, done.stdout + done.stderr
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}
    target = "   target 3" if FILES >= 100_000 else "   target 5" if FILES >= 10_000 else ""  # Python has to start, too
    base = medians["git status"]
    show(f"{f'status of {FILES:,} files':40} {'ms':>8} {'ratio':>6}{target}", *(f"{name:40} {took * 1000:8.1f} {took / base:6.1f}" for name, took in medians.items()))


# -- runs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("large"), PAGES) as running:
        yield running


@contextmanager
def opened(site: Served, folder: Path) -> Iterator[Engine]:
    """An engine on a fresh clone."""
    folder.mkdir()
    mirror = MirrorConfig(SPACE)
    engine = open_engine(Config(site.url, (mirror,), folder=folder), mirror, Credentials("admin", "admin"))
    try:
        engine.clone()
        yield engine
    finally:
        engine.close()


def asked(site: Served, run: Callable[[], object]) -> tuple[list[str], float]:
    """The requests of a run, and how long it took."""
    before, start = len(site.requests()), time.perf_counter()
    run()
    took = time.perf_counter() - start
    return site.requests()[before:], took


def test_an_idle_sync_is_measured(site: Served, tmp_path: Path) -> None:
    """While the listing is fresh one question is enough; a new one lists two hundred pages at once, and no body."""
    with opened(site, tmp_path / "docs") as engine:
        fresh, soon = asked(site, engine.sync)
        listed, later = asked(site, lambda: engine.sync(Options(full=True)))
    assert len(fresh) <= 2
    assert len(listed) <= math.ceil((PAGES + 1) / 200) + 2
    assert not [request for request in fresh + listed if "body" in request]
    show(
        f"{f'idle sync of {PAGES:,} pages':40} {'requests':>8} {'s':>6}   target",
        f"{'with a fresh listing':40} {len(fresh):8} {soon:6.2f}   2",
        f"{'with a new one':40} {len(listed):8} {later:6.2f}   {math.ceil((PAGES + 1) / 200) + 2}",
    )


class Conversions:
    """How many texts were read in a block of code: each conversion, merge and law reads some."""

    CODES = frozenset(unwrap(function).__code__ for function in (storage_to_doc, markdown_to_doc))

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Conversions:
        threading.setprofile(self.see)
        sys.setprofile(self.see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def see(self, frame: FrameType, event: str, argument: object) -> None:
        self.count += event == "call" and frame.f_code in self.CODES


def costs(folder: Path, pages: int) -> dict[str, tuple[int, ...]]:
    """Requests, conversions and rows written of runs that bring a few changes each way, in a space of its own."""
    folder.mkdir()
    with served(folder, pages) as site, opened(site, folder / "docs") as engine, opened(site, folder / "other") as other:
        root, elsewhere, db = folder / "docs", folder / "other", engine.world.state.db

        def cost(run: Callable[[], object]) -> tuple[int, ...]:
            written = db.total_changes
            with Conversions() as conversions:
                requests, _ = asked(site, run)
            return len(requests), conversions.count, db.total_changes - written

        for file in root.rglob("*.md"):
            os.utime(file, (PAST, PAST))  # a young file is read, and noted, at each look
        engine.sync()
        for number in range(1, CHANGED + 1):
            edit(elsewhere / f"part-0/page-{number}.md", "line 3", "row 3")
            edit(root / f"part-0/page-{number + CHANGED}.md", "line 3", "row 3")
        other.push()
        found = {"pull": cost(engine.pull), "push": cost(engine.push)}
        edit(elsewhere / "part-0/page-1.md", "line 9", "row 9")
        other.push()
        edit(root / "part-0/page-1.md", "line 15", "row 15")
        return {**found, "merge of one page": cost(engine.sync)}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_few_changes_cost_the_same_in_a_large_space(tmp_path: Path) -> None:
    """Requests, conversions and rows written depend on what has changed, not on what has not."""
    small, large = costs(tmp_path / "small", PAGES // 3), costs(tmp_path / "large", PAGES)
    show(
        f"{f'{CHANGED} of {PAGES:,} pages changed':40} {'requests':>8} {'read':>6} {'rows':>6}",
        *(f"{name:40} {one[0]:8} {one[1]:6} {one[2]:6}" for name, one in large.items()),
    )
    for name, (requests, read, rows) in large.items():
        assert read == small[name][1]
        assert requests - small[name][0] in (0, 1)  # one more page of hints
        assert rows <= 20 * CHANGED  # not always as many: a young file is noted again at each look
    assert large["pull"][0] <= 2 * CHANGED + 2
    assert large["push"][0] <= 4 * CHANGED + 2


# -- clone -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_clone_is_measured(site: Served, tmp_path: Path) -> None:
    """Fifty pages a request with their bodies, none a page; memory grows with the number of pages, not their texts."""

    def clone(space: Served, name: str) -> tuple[int, float, int]:
        command = [sys.executable, "-c", MEASURED, "clone", space.url, SPACE, name]
        before = len(space.requests())
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
        )
        peak, took = done.stderr.split()[-2:]
        return len(space.requests()) - before, float(took), int(peak) // 1024

    with served(tmp_path, PAGES // 10) as little:
        _, _, low = clone(little, "small")
    requests, took, peak = clone(site, "large")
    assert len(list((tmp_path / "large").rglob("*.md"))) == PAGES + 1
    assert requests <= math.ceil((PAGES + 1) / 200) + math.ceil((PAGES + 1) / 50) + 8
    show(
        f"clone of {PAGES:,} pages: {requests} requests, {PAGES / took:.0f} pages/s",
        f"peak memory {peak} MB, {low} MB with a tenth of the pages   target +{max(1, 30 * PAGES // 10_000)}",
    )


# -- push --------------------------------------------------------------------------------------------------------


def test_a_push_of_many_pages_is_measured(tmp_path: Path) -> None:
    """The time on the wire is shared by all workers: compared with what so many requests take at the least."""
    with served(tmp_path, PUSHED) as site, opened(site, tmp_path / "docs") as engine:
        for file in (tmp_path / "docs").rglob("page-*.md"):
            edit(file, "line 3", "row 3")
        changed = len(list((tmp_path / "docs").rglob("page-*.md")))
        site.slow_down(LATENCY)
        requests, took = asked(site, engine.push)
        site.slow_down(0)
        workers = engine.world.config.sync.workers
    per_page = len(requests) / changed
    writes = [request for request in requests if re.match(r"PUT \S+/content/\d+\?", request)]
    assert len(writes) == changed
    assert len(requests) <= 4 * changed + 2
    ideal = len(requests) * LATENCY / workers
    show(
        f"push of {changed} pages at {LATENCY * 1000:.0f} ms: {took:.1f} s, {per_page:.1f} requests a page",
        f"{100 * ideal / took:.0f} % of what {workers} workers can do at best   target 80 %",
    )
