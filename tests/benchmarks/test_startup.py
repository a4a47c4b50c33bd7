"""How long a command takes to start, beside Python itself; `pytest -s` shows the table.

No time is asserted, only what costs it: the modules that are loaded and the files that are opened. More rounds give
steadier figures: CONFSYNC_BENCHMARK_ROUNDS=25.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confsync.cli.main import main
from confsync.sandbox import Server, create_app

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("CONFSYNC_BENCHMARK_ROUNDS", "5"))
PAGES = 20
HEAVY = ("requests", "bs4", "markdown_it", "git", "rich", "flask", "jinja2", "waitress", "tomlkit", "lark")
TARGET = 5

# Runs a command, then says which modules it has loaded and which files it has opened.
WATCHED = """
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from confsync.cli.main import main
code = main(sys.argv[1:])
import json
print(json.dumps({"code": code, "modules": sorted(sys.modules), "opened": opened}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of a small space, whose files are older than the grain of the file system's clock."""
    folder = tmp_path_factory.mktemp("startup") / "docs"
    app = create_app()
    app.sandbox.create_space("DOCS", "Documentation")
    try:
        with Server(app) as server:
            assert main(["--quiet", "clone", server.url, "DOCS", str(folder)]) == 0
            for number in range(PAGES):
                (folder / f"page-{number}.md").write_text(f"# Page {number}\n\nText of page {number}.\n")
            (folder / "page-0.files").mkdir()
            (folder / "page-0.files" / "data.bin").write_bytes(bytes(10_000))
            assert main(["--quiet", "--config", str(folder), "sync"]) == 0
    finally:
        app.sandbox.close()
    settle(folder)
    return folder


def settle(folder: Path) -> None:
    """Make every file old, and let a status see it so."""
    for path in folder.rglob("*"):
        if ".confsync" not in path.relative_to(folder).parts:
            os.utime(path, (1_700_000_000, 1_700_000_000))
    assert watched(folder, "status")["code"] == 0


def environment(folder: Path) -> dict[str, str]:
    """Compiled modules are kept, whatever the surroundings say: an installed command has them, too."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}


def watched(folder: Path, *words: str) -> dict[str, Any]:
    command = [sys.executable, "-c", WATCHED, *words]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return found


def test_start_up_is_measured_against_python_itself(tree: Path) -> None:
    """`--help` and `status` take a few times what an empty program takes."""

    def edit() -> None:
        (tree / "page-1.md").touch()

    cases: dict[str, tuple[list[str], Callable[[], None] | None]] = {
        "python -c pass": (["-c", "pass"], None),
        "confsync --help": (["-m", "confsync", "--help"], None),
        "confsync status, nothing touched": (["-m", "confsync", "status"], None),
        "confsync status, after an edit": (["-m", "confsync", "status"], edit),
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS + 1):
        for name, (words, before) in cases.items():
            if before is None:
                os.utime(tree / "page-1.md", (1_700_000_000, 1_700_000_000))
                watched(tree, "status")
            else:
                before()
            start = time.perf_counter()
            done = subprocess.run([sys.executable, *words], cwd=tree, env=environment(tree), capture_output=True)
            times[name].append(time.perf_counter() - start)
            assert done.returncode == 0, done.stderr
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}  # the first one compiles
    bare = medians["python -c pass"]
    lines = [f"{'start-up':34} {'ms':>6} {'ratio':>6}   target {TARGET}"]
    lines += [f"{name:34} {seconds * 1000:6.1f} {seconds / bare:6.1f}" for name, seconds in medians.items()]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


@pytest.mark.parametrize("words", [["--help"], ["status"], ["status", "--json"], ["push", "--help"]])
def test_starting_loads_nothing_heavy(tree: Path, words: list[str]) -> None:
    """Neither help nor an unchanged status loads what talks, converts or draws, nor what reads front matter."""
    settle(tree)
    found = watched(tree, *words)
    assert found["code"] == 0
    assert not {*HEAVY, "yaml", "dataclasses"} & set(found["modules"])
    assert "confsync.engine.observe" not in found["modules"]  # nothing was touched: the last result still holds


def test_a_status_after_an_edit_loads_nothing_heavy(tree: Path) -> None:
    """A file that was edited is read, and nothing more is loaded than that takes."""
    (tree / "page-1.md").touch()
    found = watched(tree, "status")
    assert not set(HEAVY) & set(found["modules"])
    assert [name for name in found["opened"] if name.endswith((".md", ".bin"))] == [str(tree / "page-1.md")]


def test_an_unchanged_status_opens_no_file_of_the_tree(tree: Path) -> None:
    """One `stat` a file is enough: no page and no attachment is read or hashed."""
    settle(tree)
    opened = [Path(name) for name in watched(tree, "status")["opened"]]
    assert [path for path in opened if tree in path.parents and path.name != ".confsync.toml"] == []
