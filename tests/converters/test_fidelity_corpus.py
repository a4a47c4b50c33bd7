"""The figures on real pages, as `fidelity` prints them."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from converters.fidelity import Fidelity, measure, total
from tests.corpus import CORPUS, needs_corpus, read, storage_files

pytestmark = needs_corpus


@cache
def measured() -> dict[Path, Fidelity]:
    """Every page of the corpus, measured once."""
    return {page: measure(read(page)) for page in storage_files()}


def real_pages() -> list[Path]:
    """The pages that people wrote in Confluence, not fixtures of somebody's tests."""
    with (CORPUS / "storage" / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        return [CORPUS / "storage" / row["file"] for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "real"]


def test_real_pages_are_expressed_in_the_notation() -> None:
    """At least 97 % of the elements, and at least 95 % of the visible words outside fences and tags."""
    whole = total(measured()[page] for page in real_pages())
    assert whole.pages > 150
    assert whole.element_share >= 0.97, whole.islands
    assert whole.word_share >= 0.95, whole.islands


def test_every_page_comes_back_byte_for_byte_or_is_refused_with_its_place() -> None:
    """GetPut, and a second trip that changes nothing; what is not well-formed is carried whole, and named."""
    for page, figures in measured().items():
        assert figures.stable, page
        assert figures.exact or figures.refusals, page
        for refusal in figures.refusals:
            assert refusal.line >= 1, page
            assert refusal.column >= 1, page
            assert refusal.message, page
            assert figures.islands[0].construct == "page", page
    assert sum(bool(figures.refusals) for figures in measured().values()) < len(measured()) / 100
