"""Real pages: a clone of hundreds of them, edited and pushed, without a character changed elsewhere."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

import pytest

from confsync.config import MirrorConfig
from confsync.engine import Options
from tests.engine.machines import SAVE, Machine, Site, machine

CORPUS = Path(os.environ.get("CONFSYNC_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
MIRROR = MirrorConfig("CORPUS")
WORDS = re.compile(r"(?m)^([A-Z][a-z]+) ([a-z]+) (?=[a-z]+)")


@pytest.fixture
def corpus(site: Site) -> Site:
    """A site with every page of the corpus."""
    folder = CORPUS / "storage"
    if not folder.is_dir():
        if os.environ.get("CONFSYNC_REQUIRE_CORPUS") == "1":
            pytest.fail(f"the corpus is not at {folder}: set CONFSYNC_CORPUS")
        pytest.skip("no corpus: set CONFSYNC_CORPUS")
    site.app.sandbox.load_storage(folder, MIRROR.space)
    return site


def edit_a_word(one: Machine, path: str) -> bool:
    head, fence, body = one.read(path).partition("---\n\n")
    changed = WORDS.sub(r"\1 editedword ", body, count=1)
    one.write(path, head + fence + changed)
    return changed != body


def test_a_space_of_real_pages_is_cloned_and_left_alone(corpus: Site, tmp_path: Path) -> None:
    """All pages are brought by listings alone; sync makes no write on either side; a second clone is identical."""
    one = machine(corpus, tmp_path / "one", mirror=MIRROR)
    result = one.engine.clone()
    assert result.problems == ()
    assert result.pages >= 597
    assert len(one.asked()) < result.pages / 20
    assert one.engine.status().clean
    before = one.files()
    assert one.engine.sync(Options(full=True)).done == ()
    assert one.writes() == []
    two = machine(corpus, tmp_path / "two", mirror=MIRROR)
    two.engine.clone()
    assert two.files() == before == one.files()


def test_one_word_in_each_of_a_hundred_pages(corpus: Site, tmp_path: Path) -> None:
    """What is sent differs from what was there in that word only, and the pull after it changes no file."""
    one = machine(corpus, tmp_path / "one", mirror=MIRROR)
    one.engine.clone()
    before = {page.id: body for page, body in corpus.api.pages(MIRROR.space, body=True)}
    edited = list(islice((path for path in one.files() if edit_a_word(one, path)), 100))
    result = one.engine.push()
    assert result.problems == ()
    assert {receipt.path for receipt in result.receipts} >= set(edited)
    sent = [e for e in corpus.app.sandbox.log if e["method"] == "PUT" and re.search(SAVE, e["path"])]
    assert len(sent) == len(result.receipts) >= 90
    for entry in sent:
        page = re.search(r"/(?:content|pages)/(\d+)", entry["path"])[1]  # type: ignore[index]
        old, new = before[page], entry["storage"]
        assert new.count("editedword") == 1
        start, _, end = new.partition("editedword")
        assert old.startswith(start)
        assert old.endswith(end)
        assert "<" not in old[len(start) : len(old) - len(end)]
    files = one.files()
    one.engine.pull(Options(full=True))
    assert one.files() == files
