"""A whole space on bad days: edits on both sides, refusals, errors and cut connections, until both sides are equal."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from confsync.sandbox import Faults
from tests.acceptance.site import SPACE, Site, confsync, site, start, tree

PAGES = int(os.environ.get("CONFSYNC_SPACE_PAGES", "600"))
PART = 50  # pages under one parent
RUNS = 12
BAD_DAYS = (("429", 0.05), ("500", 0.02), ("drop_before", 0.005), ("drop_after", 0.005))


def _storage(folder: Path) -> Path:
    for number in range(PAGES):
        file = folder / f"part-{number // PART}{f'/page-{number}' if number % PART else ''}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"<p>Page {number}, <em>line</em> {line}.</p>" for line in range(8)))
    return folder


def _path(number: int) -> Path:
    return Path(f"part-{number // PART}{f'/page-{number}' if number % PART else ''}.md")


def _edit_file(mirror: Path, number: int) -> None:
    file = mirror / _path(number)
    text = file.read_text()
    assert "*line* 2." in text
    file.write_text(text.replace("*line* 2.", "*line* 2, from the folder."))


def _edit_page(wiki: Site, page_id: str) -> None:
    wiki.edit(page_id, wiki.body(page_id).replace("</em> 6.", "</em> 6, from the site."))


def _sync_until_quiet(mirror: Path) -> tuple[int, Counter[int | None]]:
    """Run until a run has nothing to do; how many runs that took, and how they ended."""
    ends: Counter[int | None] = Counter()
    for number in range(1, RUNS + 1):
        process = start("sync", "--yes", cwd=mirror)
        out, errors = process.communicate(timeout=1_000)
        ends[process.returncode] += 1
        assert "Traceback" not in errors, errors
        if process.returncode == 0 and "Nothing to do" in out:
            return number, ends
    raise AssertionError(f"not quiet after {RUNS} runs: {ends}\n{out}\n{errors}")


@pytest.mark.timeout(3_000)
def test_a_space_ends_equal_on_both_sides_whatever_the_network_does(tmp_path: Path) -> None:
    """One page in a hundred edited in the folder, one on the site, one on both: every edit once, on both sides."""
    faults = Faults(seed=5)
    with site(load=_storage(tmp_path / "storage"), faults=faults) as wiki:
        began, mark = time.perf_counter(), wiki.mark
        confsync("clone", wiki.url, SPACE, "m", cwd=tmp_path)
        cloned, listed, mirror = time.perf_counter() - began, wiki.mark - mark, tmp_path / "m"
        ids = {title: row["id"] for title, row in wiki.pages().items()}
        share = max(2, PAGES // 100)
        chosen = range(1, PAGES, PAGES // (3 * share))
        mine, theirs, both = (list(chosen)[part : 3 * share : 3] for part in range(3))
        for number in mine + both:
            _edit_file(mirror, number)
        for number in theirs + both:
            _edit_page(wiki, ids[_path(number).stem])
        for action, chance in BAD_DAYS:
            faults.add("*", "/rest/api/", action, chance=chance)
        began, mark = time.perf_counter(), wiki.mark
        runs, ends = _sync_until_quiet(mirror)
        synced, requests = time.perf_counter() - began, list(wiki.server.log)[mark:]
        faults.clear()
        assert not confsync("sync", "--yes", "--full", "--json", cwd=mirror).count('"action"')

        versions = Counter({ids[_path(number).stem]: 1 for number in mine + both})
        versions.update(ids[_path(number).stem] for number in theirs + both)
        rows = wiki.pages()
        assert rows.keys() == ids.keys()
        assert {row["id"]: row["version"]["number"] - 1 for row in rows.values()} == {
            page: versions[page] for page in ids.values()
        }
        sent = {
            found[1] for one in requests if one["method"] == "PUT" and (found := re.search(r"/content/(\d+)\?", one["path"]))
        }
        assert sent == {ids[_path(number).stem] for number in mine + both}
        for number in both:
            text = (mirror / _path(number)).read_text()
            assert "2, from the folder." in text
            assert "6, from the site." in text
        confsync("clone", wiki.url, SPACE, "again", cwd=tmp_path)
        assert tree(mirror) == tree(tmp_path / "again")
    sys.stdout.write(
        f"\n{PAGES:,} pages cloned in {cloned:.0f} s ({PAGES / cloned:.0f} a second, {listed} requests); "
        f"{len(mine)} + {len(theirs)} + {len(both)} edits synced in {synced:.0f} s: {runs} runs {dict(ends)}, "
        f"{len(requests)} requests answered\n"
    )
