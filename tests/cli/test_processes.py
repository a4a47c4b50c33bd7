"""Real processes: demo, sandbox, signals and pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cli.conftest import Cli

COMMAND = [sys.executable, "-m", "confsync"]
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def sandbox(*words: str, cwd: Path, end: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    """Start a sandbox on a free port, and stop it as a person or a service manager does."""
    command = [*COMMAND, "--json", "sandbox", "--port", "0", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    text = ""
    try:
        while not text.endswith("\n}\n"):
            line = process.stdout.readline()
            assert line, process.communicate()
            text += line
        yield json.loads(text)
    finally:
        process.send_signal(end)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_sandbox_says_where_it_is_and_stops_when_told(tmp_path: Path, end: signal.Signals) -> None:
    """Address, ready user, a sample to look at, and a log of one JSON line a request."""
    with sandbox("--log", "log.jsonl", cwd=tmp_path, end=end) as facts:
        assert (facts["user"], facts["token"]) == ("admin", "admin")
        found = requests.get(f"{facts['url']}/rest/api/space/HANDBOOK", auth=("admin", "admin"), timeout=10)
        assert found.status_code == 200
        assert requests.get(facts["addresses"][0], timeout=10).status_code == 200
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["status"] for line in lines] == [200, 200]


def test_the_sandbox_loads_storage_and_keeps_it_in_a_file(cli: Cli, tmp_path: Path) -> None:
    """A folder of .xml becomes a space; with --data it is there the next time too."""
    (tmp_path / "in" / "top").mkdir(parents=True)
    (tmp_path / "in" / "top.xml").write_text("<p>Top</p>")
    (tmp_path / "in" / "top" / "below.xml").write_text("<p>Below</p>")
    with sandbox("--load", "in", "--space", "X", "--data", "site.db", cwd=tmp_path) as facts:
        assert facts["pages_loaded"] == 2
        cli("clone", facts["url"], "X", "one")
    with sandbox("--space", "X", "--data", "site.db", cwd=tmp_path) as facts:
        cli("clone", facts["url"], "X", "two")
    for name in ("one", "two"):
        assert "Below" in (tmp_path / name / "top" / "below.md").read_text()


def test_the_sandbox_loads_markdown_and_leaves_the_folder_alone(cli: Cli, tmp_path: Path) -> None:
    """The handbook is published over HTTP, with its tree and attachments, and its files stay as they are."""
    handbook = ROOT / "examples" / "handbook"
    before = {path: path.read_bytes() for path in handbook.rglob("*.md")}
    with sandbox("--load", str(handbook), "--space", "HB", cwd=tmp_path) as facts:
        assert facts["pages_loaded"] == len(before)
        assert "attachments" in cli("clone", facts["url"], "HB", "hb")
        assert cli("check", "hb") == ""
    assert (tmp_path / "hb" / "operations" / "night-watch" / "storm.md").exists()
    assert {path: path.read_bytes() for path in handbook.rglob("*.md")} == before


def test_the_demo_tells_a_true_story(tmp_path: Path) -> None:
    """To its end, with exit code 0, whatever the environment holds, and it leaves nothing behind."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "CONFLUENCE_URL": "https://acme.example",
        "CONFLUENCE_PERSONAL_TOKEN": "s3cr3t", "CONFSYNC_READ_ONLY": "1",
    }  # fmt: skip
    done = subprocess.run([*COMMAND, "demo"], cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    for part in ("$ confsync clone", "$ confsync sync", "<<<<<<< ", "$ confsync resolve", "What to try next"):
        assert part in done.stdout
    assert "s3cr3t" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_in_a_folder_of_one_s_own(cli: Cli, tmp_path: Path) -> None:
    """The folder stays; a second time it is not overwritten; with --json the steps are one document."""
    document = cli.json("demo", "here")
    assert document["equal"]
    assert all(step["command"].startswith("confsync ") for step in document["steps"])
    assert "90 seconds" in (tmp_path / "here" / "runbook.md").read_text()
    cli("demo", "here", code=2)


def test_a_reader_that_goes_away_is_no_error_worth_a_traceback(mirror: Path) -> None:
    """`confsync … | head`."""
    shell = f"{sys.executable} -m confsync status | true"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(shell, shell=True, cwd=mirror, capture_output=True, text=True, check=False, env=environment)  # noqa: S602
    assert done.stderr == ""


def test_an_interrupted_run_says_so_and_can_be_repeated(cli: Cli, wiki: Any, mirror: Path) -> None:
    """Ctrl-C in the middle of a push: exit code 130, no traceback, and the next sync makes both sides equal."""
    for number in range(60):
        (mirror / f"new-{number}.md").write_text(f"Page {number}.\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = len(wiki.writes())
    process = subprocess.Popen(
        [*COMMAND, "push"], cwd=mirror, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    while len(wiki.writes()) < before + 5:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted: " in errors
    assert "Traceback" not in errors
    cli("sync")
    titles = [row["title"] for row in wiki.api("GET", "/content?spaceKey=DOCS&limit=200")["results"]]
    assert len(titles) == len(set(titles)) == 63


def test_doctor_says_what_it_found(cli: Cli, wiki: Any, mirror: Path) -> None:
    """Every part is looked at, and all is well with a fresh clone; without settings it says what to do."""
    found = {one["subject"]: one["level"] for one in cli.json("doctor")["findings"]}
    assert set(found) == {"settings", "folder", "state", "git", "credentials", "site", "user", "clock", "space"}
    assert set(found.values()) == {"ok"}
    cli("-q", "doctor", "--config", "nowhere.toml", code=1)
    assert "FAIL" in cli.out
