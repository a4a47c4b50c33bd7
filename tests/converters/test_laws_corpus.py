"""The laws of the lens on real pages."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from converters import LawError, consistent, pull, push, to_markdown, verify_push
from converters.laws import get_put, style
from converters.markdown.reader import markdown_to_doc
from converters.storage.blocks import storage_to_doc
from tests.converters.edits import random_edit
from tests.converters.restyle import restyled
from tests.corpus import CORPUS, needs_corpus, read, storage_files

pytestmark = needs_corpus
PAGES = storage_files()
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
def test_random_edits_hold_the_laws_both_ways(pages: list[Path]) -> None:
    """PutGet and Locality: a pushed edit says what was written and leaves the rest; a pulled one likewise."""
    made = 0
    for page in pages:
        storage = read(page)
        markdown = to_markdown(storage)
        for seed in range(3):
            edited = random_edit(markdown, random.Random(f"{name(page)}/{seed}"))
            if edited == markdown:
                continue
            made += 1
            try:
                pushed = push(storage, markdown, edited)
            except LawError:
                # Only a page that is not well-formed may be held back: nothing of it can be changed safely.
                assert [block.kind for block in storage_to_doc(storage).blocks] == ["island"], name(page)
                continue
            assert verify_push(storage, markdown, edited, pushed) is None, f"{name(page)} seed {seed}"
            assert consistent(pushed, pull(markdown, storage, pushed)), f"{name(page)} seed {seed}"
    assert made > len(pages)


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
