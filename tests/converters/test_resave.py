"""A page that somebody opened and saved in the editor: everything is written anew, and nothing has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from converters import StorageError, pull, push, to_markdown
from converters.storage.raw import Raw
from converters.storage.reader import parse
from tests.converters.resave import resaved
from tests.corpus import CORPUS, needs_corpus, read, storage_files

PAGES = storage_files()


def well_formed(storage: str) -> bool:
    try:
        parse(storage)
    except StorageError:
        return False
    return True


@needs_corpus
@pytest.mark.parametrize("pages", [PAGES[start::8] for start in range(8)], ids=range(8))
def test_a_save_without_an_edit_changes_no_line(pages: list[Path]) -> None:
    """No churn: new ids, columns, paragraphs in items and another order of attributes are no edit of the Markdown."""
    rewritten = 0
    for page in pages:
        storage = read(page)
        if not well_formed(storage):
            continue
        markdown, saved = to_markdown(storage), resaved(storage)
        rewritten += saved != storage
        assert pull(markdown, storage, saved) == markdown, page.relative_to(CORPUS)
        assert push(saved, markdown, markdown) == saved, page.relative_to(CORPUS)
    assert rewritten > len(pages) * 3 // 4


def test_an_edit_made_with_the_save_is_all_that_arrives() -> None:
    """No churn: of a page that the editor has rebuilt only the words that a colleague changed are pulled."""
    storage = (
        "<h1>Plan</h1>\n<ul>\n<li>first of all</li>\n<li>second</li>\n</ul>\n"
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td>d</td></tr></tbody></table>"
    )
    author = "Plan\n====\n\n* first\n  of all\n* second\n\n| a  | b  |\n|----|----|\n| c  | d  |\n"
    saved = resaved(storage).replace("second", "another")
    assert saved.count("local-id") > 5
    assert pull(author, storage, saved) == author.replace("second", "another")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("<x><p>a</p>\n <p>b</p></x>", "<x><p>a</p><p>b</p></x>"),
        ("<x>\n a\n b</x>", "<x>a b</x>"),
        ("<x>caf&eacute; &#38; x</x>", "<x>café &amp; x</x>"),
        ("<x>a <!-- c -->b</x>", "<x>a b</x>"),
    ],
)
def test_islands_that_look_alike_to_a_reader_are_equal(one: str, two: str) -> None:
    """No churn: white space between tags and the spelling of a character are no edit."""
    assert Raw(one) == Raw(two)
    assert hash(Raw(one)) == hash(Raw(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("<x>one <strong>two</strong></x>", "<x>one<strong>two</strong></x>"),
        ("<x><em>a</em> <em>b</em></x>", "<x><em>a</em><em>b</em></x>"),
        ("<x>a<em> b</em></x>", "<x>a<em>b</em></x>"),
        ("<x>a &amp; b</x>", "<x>a&amp;b</x>"),
        ("<x>a&nbsp;b</x>", "<x>a b</x>"),
        ("<pre><em>a  b</em></pre>", "<pre><em>a b</em></pre>"),
    ],
)
def test_islands_that_differ_to_a_reader_are_not_equal(one: str, two: str) -> None:
    """No loss: a space between two words is an edit, in exact storage format as well."""
    assert Raw(one) != Raw(two)
