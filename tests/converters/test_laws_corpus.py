"""The laws of the lens on real pages."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from converters import LawError, pull, push, to_markdown, verify_push
from converters.laws import get_put, locality_of_pull, no_silent_loss, put_get, style, two_cycle
from converters.markdown.reader import markdown_to_doc
from converters.storage.blocks import storage_to_doc
from tests.converters.edits import named_edit
from tests.converters.restyle import restyled
from tests.corpus import CORPUS, needs_corpus, read, storage_files

pytestmark = needs_corpus
PAGES = storage_files()
EDITS = int(os.environ.get("CONFSYNC_EDITS", "20"))  # seeded edits a page
# The pages in groups: a test a page would spend its time on reporting.
GROUPS = [PAGES[start::16] for start in range(16)]
groups = pytest.mark.parametrize("pages", GROUPS, ids=[f"group{number}" for number in range(len(GROUPS))])


def name(page: Path) -> str:
    return str(page.relative_to(CORPUS))


def test_the_corpus_is_there() -> None:
    """A run without pages proves nothing."""
    assert len(PAGES) >= 600


@groups
def test_no_edit_changes_no_byte(pages: list[Path]) -> None:
    """GetPut: `push(s, m, m) == s`, also for what is not well-formed."""
    broken = {name(page): law for page in pages if (law := get_put(read(page)))}
    assert not broken


@groups
def test_another_style_is_no_edit(pages: list[Path]) -> None:
    """Style: other bullets, headings, line breaks and line ends give the very bytes of the base."""
    changed = 0
    for page in pages:
        storage = read(page)
        markdown = to_markdown(storage)
        other = restyled(markdown)
        changed += other != markdown
        assert style(storage, markdown, other) is None, name(page)
        assert style(storage, markdown, other.replace("\n", "\r\n")) is None, name(page)
    assert changed > len(pages) // 5


@groups
def test_seeded_edits_hold_all_laws_both_ways(pages: list[Path]) -> None:
    """PutGet, Locality at every depth, no id lost: a pushed edit says what was written and leaves the rest; so back."""
    made = 0
    for page in pages:
        storage = read(page)
        markdown = to_markdown(storage)
        for seed in range(EDITS):
            kind, edited = named_edit(markdown, random.Random(f"{name(page)}/{seed}"))
            where = f"{name(page)} seed {seed}: {kind}"
            try:
                pushed = push(storage, markdown, edited)
            except LawError:
                # Only a page that is not well-formed may be held back: nothing of it can be changed safely.
                assert [block.kind for block in storage_to_doc(storage).blocks] == ["island"], where
                continue
            made += 1
            assert verify_push(storage, markdown, edited, pushed) is None, where
            pulled = pull(markdown, storage, pushed)
            assert put_get(pushed, pulled) is None, where
            assert locality_of_pull(markdown, storage, pushed, pulled) is None, where
    assert made >= EDITS * (len(pages) - 1)


@groups
def test_nothing_is_lost_on_the_way_and_a_second_trip_changes_nothing(pages: list[Path]) -> None:
    """No silent loss, Two-cycle: all words of a page are in its Markdown, which makes a page with the same Markdown."""
    for page in pages:
        storage = read(page)
        assert no_silent_loss(storage, to_markdown(storage)) is None, name(page)
        assert two_cycle(storage) is None, name(page)


@groups
def test_every_character_of_text_maps_back_to_its_place(pages: list[Path]) -> None:
    """The ground that word-level edits stand on: each exact piece of text is found at its offsets, in both languages."""
    seen = 0
    for page in pages:
        storage = read(page)
        for doc in (storage_to_doc(storage), markdown_to_doc(to_markdown(storage))):
            for block in doc.walk():
                for piece in block.inline.pieces if block.inline else ():
                    assert block.start <= piece.start <= piece.end <= block.end, name(page)
                    if piece.exact and piece.text:
                        assert doc.source[piece.start : piece.end] == piece.text, name(page)
                        seen += 1
    assert seen > 100
