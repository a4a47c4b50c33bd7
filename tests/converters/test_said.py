"""A writer's reader, which asks for no places, reads what the exact one reads: the same keys from every page."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from converters.storage import reader
from converters.storage.blocks import storage_to_blocks, storage_to_doc
from tests.benchmarks.pages import SHAPES, macros, page
from tests.converters.documents import pages
from tests.corpus import needs_corpus, read, storage_files

EXAMPLES = int(os.environ.get("CONFSYNC_EXAMPLES", "300"))
thorough = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))

# What stands in a line, balanced or not: white space of all kinds, references, sections, marks, links, breaks, addresses.
_BITS = [
    " ", " ", "  ", "\n", "\t", "a", "b c", " d", "e ", ":", "://", "https", "https://e.org/x", "https://e.org/x.", "é",
    "漢字", "&nbsp;", "&amp;", "&lt;", "&#39;", "&#32;", "&#10;", "&#150;", "&#xA0;", "&ndash;", "<!-- c -->", "<br />",
    "<br/> ", "\r\n", "\r", "<![CDATA[ x ]]>", "<![CDATA[a\nb]]>", "<![CDATA[]]>", "<strong>", "</strong>", "<em> ",
    "</em>", " </em>", "<code>", "</code>", "<strong></strong>", "<strong> </strong>", '<span style="color: red;">',
    '<span style="background-color: red;">', "</span>", "<u>", "</u>", '<a href="https://e.org/x">', "</a>",
    '<ac:inline-comment-marker ac:ref="1">', "</ac:inline-comment-marker>", '<ac:emoticon ac:name="smile" />',
    '<ac:link><ri:page ri:content-title="T" /></ac:link>', '<img src="a.png" />', "</p><p>", "<p>", "</p>", "<unknown />", "<unknown>é</unknown>",
    '<ac:link ac:anchor="x"><ac:plain-text-link-body><![CDATA[ y ]]></ac:plain-text-link-body></ac:link>',
    '<ac:link ac:anchor="x"><ac:plain-text-link-body> a &amp; b </ac:plain-text-link-body></ac:link>',
    '<ac:link ac:anchor="x"><ac:link-body> z</ac:link-body></ac:link>',
]  # fmt: skip
lines = st.lists(st.sampled_from(_BITS), max_size=12).map("".join)


def said(storage: str) -> tuple[object, ...]:
    return tuple(block.key for block in storage_to_blocks(storage))


@thorough
@given(pages)
def test_a_light_reading_of_any_page_says_what_the_exact_one_says(storage: str) -> None:
    """No loss: what is written from keys alone is what the lens, which needs places, will compare it with."""
    assert said(storage) == storage_to_doc(storage).key


@settings(thorough, max_examples=20 * EXAMPLES)
@given(lines)
@example("<strong>a<![CDATA[ ]]></strong>b")
@example("<![CDATA[a ]]><br />b")
@example("https:<!-- c -->//e.org/x")
@example('dé<ac:link ac:anchor="x"><ac:plain-text-link-body><![CDATA[ y ]]></ac:plain-text-link-body></ac:link>')
@example("é漢<strong>https://e.org/é</strong><em> é</em><unknown>é</unknown>")
def test_a_light_reading_of_any_line_says_what_the_exact_one_says(text: str) -> None:
    """Most lines of this kind are not well-formed; so each is tried inside elements that close what it may leave open."""
    for storage in (text, f"<p>{text}</p>", f"<p>x <strong>{text}</strong>y</p>", f"<h1>{text}</h1>"):
        assert said(storage) == storage_to_doc(storage).key


def test_what_confluence_refuses_is_one_island_to_both_readings() -> None:
    """Bad input is kept whole, whichever way it is read."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>&b;</p>'
    for storage in (
        "&nosuch;",
        "<p>é&nosuch;</p>",
        "</p>",
        "a</r><r>b",
        "<p a=b>x</p>",
        "<![CDATA[x",
        "\ud800",
        "<p>\0</p>",
        bomb,
    ):
        assert said(storage) == storage_to_doc(storage).key
        assert [block.kind for block in storage_to_blocks(storage)] == ["island"]


def test_pages_that_are_read_in_parts_say_the_same() -> None:
    """Also where a part ends in code, in a table and in a layout."""
    code = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[<p>x</p>]]></ac:plain-text-body></ac:structured-macro>'
    long = page(4 * reader._PART)
    layout = f'<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell>{long}</ac:layout-cell></ac:layout-section></ac:layout>'
    for storage in (long, layout, code * 4000, macros(100, 4 * reader._PART), f"{long}<p>not closed", f"{long}</p>"):
        assert said(storage) == storage_to_doc(storage).key
    for make in SHAPES.values():
        assert said(make(300)) == storage_to_doc(make(300)).key


@needs_corpus
def test_real_pages_say_the_same_to_both_readings() -> None:
    """No loss, on every page of the corpus."""
    for path in storage_files():
        storage = read(path)
        assert said(storage) == storage_to_doc(storage).key, path
