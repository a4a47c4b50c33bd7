"""Bad days of this machine: a disk that is full, a process that is killed, a clock that jumps."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from confsync.engine import Options
from tests.engine.machines import Site, cloned, machine, quiet

FULL = Options(full=True)


@contextmanager
def disk(code: int) -> Iterator[None]:
    """A disk that takes nothing more: what `fsync` says on it."""
    real = os.fsync

    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    os.fsync = refuse
    try:
        yield
    finally:
        os.fsync = real


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "make room"), (errno.EROFS, ""), (errno.EIO, "")])
def test_a_disk_that_takes_nothing_loses_nothing(site: Site, tmp_path: Path, code: int, words: str) -> None:
    """Files that could not be written are named and as they were, no half file stays, pushes go on, the next run ends it."""
    pages = [site.create(title) for title in ("Page", "Other", "Third")]
    one = cloned(site, tmp_path / "m")
    before = one.files()
    site.edit(pages[0], "<p>Remote.</p>")
    site.create("New")
    site.attach(pages[1], "x.txt", b"x", tmp_path)
    one.replace("third.md", "Text.", "Edited.")
    with disk(code):
        result = one.engine.sync(FULL)
    assert result.exit_code == 3
    assert {found.place for found in result.problems} == {"page.md", "new.md", "other.files/x.txt"}
    assert all(words in found.remedy for found in result.problems), result.problems
    assert {path: data for path, data in one.files().items() if path != "third.md"} == {
        path: data for path, data in before.items() if path != "third.md"
    }
    assert site.body(pages[2]) == "<p>Edited.</p>"
    assert one.engine.sync(FULL).exit_code == 0
    assert "Remote." in one.read("page.md")
    assert one.read("other.files/x.txt") == "x"
    quiet(one)


def test_a_file_that_cannot_be_written_is_named(site: Site, tmp_path: Path) -> None:
    """A folder that is in the way, and a parent that is a file: the page is held back, the others go on."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    (one.root / "page").write_text("a file where the children shall lie")
    (one.root / "new.md").mkdir()
    site.create("Child", parent=page)
    site.create("New")
    other = site.create("Other")
    result = one.engine.sync(FULL)
    assert {found.place for found in result.problems} == {"page/child.md", "new.md"}
    assert other in one.read("other.md")
    (one.root / "page").unlink()
    (one.root / "new.md").rmdir()
    assert one.engine.sync(FULL).exit_code == 0
    assert {"page/child.md", "new.md"} <= one.files().keys()


def test_a_file_without_the_right_to_write_is_still_replaced_whole(site: Site, tmp_path: Path) -> None:
    """A read-only file gets the new text and keeps its mode: the folder decides who may replace it."""
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    (one.root / "page.md").chmod(0o444)
    site.edit(page, "<p>Remote.</p>")
    result = one.engine.sync(FULL)
    assert result.exit_code in (0, 3)
    assert ("Remote." in one.read("page.md")) is (result.exit_code == 0)
    assert (one.root / "page.md").stat().st_mode & 0o777 == 0o444


def test_a_killed_process_leaves_nothing_that_the_next_cannot_use(site: Site, tmp_path: Path) -> None:
    """SIGKILL while files are written: no lock, no half file, and the next run goes on."""
    for number in range(3):
        site.create(f"Page {number}")
    root = tmp_path / "m"
    code = (
        "import os, sys, pathlib, signal\n"
        "from confsync.local import Folder\n"
        "from confsync.state import MirrorLock, open_state\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "state = open_state(root / '.confsync')\n"
        "state.set_meta('unclean', 'yes')\n"
        "MirrorLock(state.folder).__enter__()\n"
        "def pieces():\n"
        "    yield b'half a '\n"
        "    os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))\n"
        "Folder(root, state.folder, lambda: 'x').write_from('page-0.md', pieces(), '')\n"
    )
    root.mkdir()
    assert subprocess.run([sys.executable, "-c", code, str(root)], check=False).returncode != 0
    assert [file.name for file in root.iterdir() if file.name != ".confsync"] == [".confsync-x.tmp"]
    one = cloned(site, root)
    assert len(one.files()) == 4
    assert not list(root.glob(".confsync-*"))
    quiet(one)


@pytest.mark.parametrize("jump", [{"days": 400}, {"days": -400}, {"hours": -3}, {"minutes": -1}])
def test_a_clock_that_jumps_loses_no_change(site: Site, tmp_path: Path, jump: dict[str, float]) -> None:
    """Forward and back: what both sides changed arrives, without a full listing being asked for."""
    page, other = site.create("Page"), site.create("Other")
    one = cloned(site, tmp_path / "m")
    site.clock.forward(**jump)
    site.edit(page, "<p>Remote.</p>")
    one.replace("other.md", "Text.", "Edited.")
    stamp = datetime(2001, 1, 1, tzinfo=UTC).timestamp()
    os.utime(one.root / "other.md", (stamp, stamp))
    assert one.engine.sync().exit_code == 0
    assert "Remote." in one.read("page.md")
    assert site.body(other) == "<p>Edited.</p>"
    site.clock.forward(**{name: -value for name, value in jump.items()})
    quiet(one)


def test_a_deletion_is_seen_again_after_the_clock_went_back(site: Site, tmp_path: Path) -> None:
    """A listing from the future is not fresh for ever."""
    page = site.create("Page")
    one = machine(site, tmp_path / "m")
    site.clock.forward(days=400)
    one.engine.clone()
    site.clock.forward(days=-400)
    site.api.trash(page)
    one.engine.sync()
    assert list(one.files()) == ["index.md"]
