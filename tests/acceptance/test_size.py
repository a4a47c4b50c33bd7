"""Cost: requests and memory of a clone, and of a run with nothing to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.site import Site, confsync, site

# Prints the peak resident size in KiB on the last line. Not ru_maxrss: a child inherits its parent's across fork.
MEASURED = """\
import re, sys
from confsync.cli.main import main
code = main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read()).group(1))
sys.exit(code)
"""
PARAGRAPH = "<p>" + "Some words of a long page. " * 40 + "</p>"


def _fill(wiki: Site, pages: int, first: int = 0) -> None:
    for number in range(first, first + pages):
        wiki.create(f"Page {number}", PARAGRAPH * 90)  # about 100 KB


def _peak(wiki: Site, folder: Path, name: str) -> int:
    command = [sys.executable, "-c", MEASURED, "clone", wiki.url, "CORPUS", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_clone_is_listed_and_fits_in_memory(tmp_path: Path) -> None:
    """About N/50 listing requests, none a page; memory does not grow with the sum of the bodies."""
    with site() as wiki:
        _fill(wiki, 150)
        mark = wiki.mark
        small = _peak(wiki, tmp_path, "small")
        assert wiki.mark - mark < 150 / 50 + 14
        _fill(wiki, 200, first=150)
        mark = wiki.mark
        large = _peak(wiki, tmp_path, "large")
        assert wiki.mark - mark < 350 / 50 + 14
        more_bodies = 200 * len(PARAGRAPH) * 90
        assert large - small < more_bodies / 2, f"{small >> 20} MiB for 150 pages, {large >> 20} MiB for 350"


def test_an_idle_run_costs_two_requests_at_most(tmp_path: Path) -> None:
    """While the last full listing is fresh."""
    with site() as wiki:
        _fill(wiki, 30)
        confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
        mark = wiki.mark
        confsync("sync", "--yes", cwd=tmp_path / "m")
        assert wiki.mark - mark <= 2
        mark = wiki.mark
        confsync("sync", "--yes", "--full", cwd=tmp_path / "m")
        assert wiki.mark - mark <= 30 / 200 + 4
