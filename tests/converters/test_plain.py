"""What is taken at its word does read back as itself: `to_markdown` rests on it."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from converters import Pages, Site, to_markdown
from converters.judge import Judge
from converters.markdown.plain import doubtful, is_plain
from converters.markdown.reader import markdown_to_doc
from converters.markdown.writer import MarkdownWriter
from converters.model import Block
from converters.site import DEFAULT_SITE, PageRef
from converters.storage.blocks import storage_to_doc
from tests.benchmarks.pages import SHAPES, macros, page
from tests.converters.documents import pages
from tests.corpus import needs_corpus, read, storage_files

EXAMPLES = int(os.environ.get("CONFSYNC_EXAMPLES", "300"))
# What cannot stand outside its box; a section of one cell says nothing where it stands alone.
PARTS = {"item", "task", "row", "cell", "column", "section"}
KNOWN = Site(
    "https://acme.atlassian.net/wiki", "ENG", "eng/home.md",
    Pages([PageRef("eng/home.md", "ENG", "Home", "1"), PageRef("eng/other.md", "ENG", "Other", "2")]),
    {"712020:a-b": "Ann_B [Ops]"},
)  # fmt: skip


def misread(storage: str, site: Site = DEFAULT_SITE) -> tuple[list[Block], int]:
    """The blocks of a page that are called plain and are not; and how many are called so."""
    plain = [
        block
        for block in storage_to_doc(storage, site).walk()
        if block.kind not in PARTS and (is_plain(block, site) or not doubtful([block], site))
    ]
    return [block for block in plain if not reads_back(block, site)], len(plain)


def reads_back(block: Block, site: Site) -> bool:
    doc = markdown_to_doc(MarkdownWriter(site).blocks([block]), site)
    return Judge(site).same_blocks(doc.blocks, [block])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(pages)
def test_plain_blocks_of_any_page_read_back(storage: str) -> None:
    """Whatever is written without being read back would be read back as itself, one by one and all together."""
    for site in (DEFAULT_SITE, KNOWN):
        assert misread(storage, site)[0] == []
        doc = storage_to_doc(storage, site)
        assert Judge(site).same_docs(markdown_to_doc(to_markdown(storage, site), site), doc)


@needs_corpus
def test_plain_blocks_of_the_corpus_read_back() -> None:
    """So do those of real pages, most of which are plain."""
    found = 0
    for path in storage_files():
        wrong, count = misread(read(path))
        assert wrong == [], str(path)
        found += count
    assert found > 5_000


@pytest.mark.parametrize("storage", [page(20_000), macros(20, 20_000), *[make(20) for make in SHAPES.values()]])
def test_plain_blocks_of_made_up_pages_read_back(storage: str) -> None:
    """So do those of the pages that the benchmarks measure."""
    assert misread(storage)[0] == []


@pytest.mark.parametrize(
    "storage",
    [
        "<p>a * b</p>",
        "<p>_a</p>",
        "<p>a!<ac:link><ri:user ri:account-id='1' /></ac:link></p>",
        "<p>a<strong>!b</strong>c</p>",
        "<p>* a</p>",
        "<p>&gt; a</p>",
        "<p># a</p>",
        "<p>a<em>b</em><em>c</em><strong>d</strong></p>",
        "<ul><li><hr /></li></ul>",
        "<odd:thing />",
        "<ac:structured-macro ac:name='x'><ac:rich-text-body><ac:structured-macro ac:name='x' /></ac:rich-text-body>"
        "</ac:structured-macro>",
    ],
)
def test_what_depends_on_its_surroundings_is_read_back(storage: str) -> None:
    """Whatever the list of plain things does not name is doubtful, and still comes out right."""
    doc = storage_to_doc(storage)
    assert doubtful(doc.blocks, DEFAULT_SITE)
    assert Judge(DEFAULT_SITE).same_docs(markdown_to_doc(to_markdown(storage)), doc)


def test_an_ordinary_page_has_nothing_to_read_back() -> None:
    """Prose, lists, tables, code and panels are written without being parsed again: that is what makes it fast."""
    assert doubtful(storage_to_doc(page(20_000)).blocks, DEFAULT_SITE) == []
