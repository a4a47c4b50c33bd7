"""Every row of the notation, as a reader sees it: storage format above, Markdown below, in `notation.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from converters import PageRef, Pages, Site, consistent, push, to_markdown, to_storage
from converters.laws import get_put

SITE = Site(
    base_url="https://acme.atlassian.net/wiki",
    space="DOCS",
    path="guide.md",
    pages=Pages([PageRef("guide.md", "DOCS", "Guide", "1"), PageRef("setup/install.md", "DOCS", "Install", "2")]),
    people={"712020:abc": "Jane Doe"},
)
SECTION = re.compile(r"^## ([^\n]+)\n\n~~~~xml\n(.*?)\n~~~~\n\n~~~~markdown\n(.*?\n)~~~~$", re.MULTILINE | re.DOTALL)
ROWS = SECTION.findall((Path(__file__).parent / "notation.md").read_text(encoding="utf-8"))
rows = pytest.mark.parametrize(("storage", "markdown"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])


def test_the_fixture_has_a_section_for_every_row() -> None:
    """A section that the pattern does not match would be a test that never runs."""
    text = (Path(__file__).parent / "notation.md").read_text(encoding="utf-8")
    assert len(ROWS) == text.count("\n~~~~xml\n") >= 27


@rows
def test_storage_is_written_as_the_notation_says(storage: str, markdown: str) -> None:
    """Readable: one canonical spelling for each construct."""
    assert to_markdown(storage, SITE) == markdown


@rows
def test_the_notation_comes_back(storage: str, markdown: str) -> None:
    """Self-contained: without any base, the Markdown makes storage that says the same."""
    again = to_storage(markdown, SITE)
    assert consistent(again, markdown, SITE)
    assert consistent(storage, markdown, SITE)
    assert to_markdown(again, SITE) == markdown


@rows
def test_no_edit_changes_no_byte(storage: str, markdown: str) -> None:
    """No churn."""
    assert get_put(storage, SITE) is None


@rows
def test_an_edit_beside_it_leaves_it_alone(storage: str, markdown: str) -> None:
    """No churn: a paragraph added before and one added after keep every byte between them."""
    edited = f"Before.\n\n{markdown}\n<!-- -->\n\nAfter.\n"
    pushed = push(storage, markdown, edited, SITE)
    inside = storage.removeprefix("<ac:layout>").removesuffix("</ac:layout>")
    assert inside in pushed
    assert "<p>Before.</p>" in pushed
    assert "<p>After.</p>" in pushed
