"""`kill -9` in the middle of a push: the next run finds out what happened and goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest

from tests.acceptance.site import Site, confsync, site, start, tree

PAGES = 200
KILLS = int(os.environ.get("CONFSYNC_KILLS", "10"))


def _changed(mirror: Path, word: str) -> None:
    for path in sorted(mirror.rglob("*.md")):
        path.write_text(re.sub(r"state \w+", f"state {word}", path.read_text()))
    for number in range(3):
        (mirror / f"new-{word}-{number}.md").write_text(
            f"# New {word} {number}\n\nstate {word}\n\n![p](new-{word}-{number}.files/p.txt)\n"
        )
        (mirror / f"new-{word}-{number}.files").mkdir()
        (mirror / f"new-{word}-{number}.files" / "p.txt").write_text(f"{word} {number}")


def _versions(wiki: Site) -> dict[str, int]:
    return {title: row["version"]["number"] for title, row in wiki.pages().items()}


def _texts(mirror: Path) -> list[bytes]:
    """All files without what names the page: front matter, and the heading that a new file has its title from."""
    head = re.compile(rb"\A(?:---\n.*?---\n)?\s*(?:# New [^\n]*\n)?", re.DOTALL)
    return sorted(head.sub(b"", text, count=1).strip() for text in tree(mirror).values())


def _assert_equal_sides(wiki: Site, mirror: Path, tmp_path: Path) -> None:
    confsync("clone", wiki.url, "CORPUS", "again", cwd=tmp_path)
    assert _texts(tmp_path / "again") == _texts(mirror)


@pytest.mark.timeout(600)
def test_ten_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    """No loss, also after a crash at any point: both sides equal, no page, attachment or version too many."""
    rnd = random.Random(11)
    with site() as wiki:
        for number in range(PAGES):
            wiki.create(f"Page {number}", f"<p>Page {number} in state zero.</p><p>Kept.</p>")
        confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
        mirror = tmp_path / "m"
        before = _versions(wiki)
        _changed(mirror, "one")
        killed = 0
        for _ in range(KILLS):
            mark = wiki.mark
            process = start("push", "--yes", cwd=mirror)
            wanted = rnd.randint(1, 60)
            while process.poll() is None and len(wiki.writes(mark)) < wanted:
                time.sleep(0.002)
            time.sleep(rnd.random() * 0.01)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
            process.communicate()
        assert killed >= KILLS - 2
        confsync("sync", "--yes", cwd=mirror)
        after = _versions(wiki)
        assert len(after) == len(before) + 3
        grown = {
            title: number - before[title]
            for title, number in after.items()
            if title in before and title.startswith("Page")
        }
        assert set(grown.values()) == {1}, {title: n for title, n in grown.items() if n != 1}
        assert all(number == 1 for title, number in after.items() if title.startswith("New"))
        for title, row in wiki.pages().items():
            if title.startswith("New"):
                found = wiki.api("GET", f"/content/{row['id']}/child/attachment?expand=version")["results"]
                assert [(one["title"], one["version"]["number"]) for one in found] == [("p.txt", 1)]
        mark = wiki.mark
        confsync("sync", "--yes", cwd=mirror)
        assert wiki.writes(mark) == []
        _assert_equal_sides(wiki, mirror, tmp_path)


@pytest.mark.timeout(300)
def test_ctrl_c_says_what_is_done_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """A push with eight requests under way is interrupted: what was begun is finished, nothing is doubled."""
    with site() as wiki:
        for number in range(60):
            wiki.create(f"Page {number}", f"<p>Page {number} in state zero.</p><p>Kept.</p>")
        confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
        mirror = tmp_path / "m"
        before = _versions(wiki)
        _changed(mirror, "one")
        mark = wiki.mark
        process = start("push", "--yes", cwd=mirror)
        while process.poll() is None and len(wiki.writes(mark)) < 20:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 130
        found = re.search(r"interrupted: (\d+) changes are done and recorded", said)
        assert found, said
        changed = sum(number != before.get(title) for title, number in _versions(wiki).items())
        assert 0 < int(found[1]) <= changed + 3 < 60
        confsync("sync", "--yes", cwd=mirror)
        grown = {title: number - before.get(title, 0) for title, number in _versions(wiki).items()}
        assert {number for title, number in grown.items() if title.startswith(("Page", "New"))} == {1}
        _assert_equal_sides(wiki, mirror, tmp_path)
