"""Hostile and odd input: bounded, refused with its place, or carried through unharmed."""

from __future__ import annotations

import contextlib

import pytest

from converters import NotationError, check, consistent, push, to_markdown, to_storage
from converters.laws import get_put
from converters.storage.blocks import storage_to_doc
from converters.storage.reader import parse


@pytest.mark.parametrize("tag", ["strong", "span", "div", "blockquote", "ul><li", "ac:inline-comment-marker"])
@pytest.mark.parametrize("depth", [40, 99, 5_000])
def test_deep_nesting_is_bounded(tag: str, depth: int) -> None:
    """A page nested a thousand deep is kept whole, not a crash."""
    names = tag.split("><")
    page = (
        "".join(f"<{name}>" for name in names) * depth + "x" + "".join(f"</{name}>" for name in reversed(names)) * depth
    )
    assert get_put(page) is None


def test_an_entity_bomb_is_kept_as_text() -> None:
    """Entity declarations inside a body are refused: the page is one island."""
    page = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><p>&b;</p>'
    assert [block.kind for block in storage_to_doc(page).blocks] == ["island"]
    assert get_put(page) is None


@pytest.mark.parametrize("text", ["&nosuch;", "<p>a", "a & b", "<p a=b>x</p>", "<![CDATA[x", "</p>", "\ud800"])
def test_what_confluence_refuses_is_one_island(text: str) -> None:
    """Storage that is not well-formed is never half converted."""
    assert [block.kind for block in storage_to_doc(text).blocks] == ["island"]


def test_a_control_character_is_named_with_its_place() -> None:
    """What storage format cannot hold is said before a push, not by the server."""
    with pytest.raises(NotationError, match=r"2:3: character U\+0007"):
        to_storage("ab\ncd\x07e\n")
    assert check("ab\ncd\x07e\n")[0].line == 2


@pytest.mark.parametrize(
    "text",
    ["[" * 3000, "*a " * 3000, "<u>" * 2000, "> " * 500 + "x", "`" * 3001, "- " * 400 + "x", "&" * 5000, "|a" * 2000],
)
def test_hostile_markdown_is_read_in_bounded_time(text: str) -> None:
    """No input makes the reader run away or overflow; what is too deep is refused, not left out."""
    with contextlib.suppress(NotationError):
        assert to_storage(text + "\n") or "<u>" in text


def test_many_paragraphs_are_linear_enough() -> None:
    """A long page is converted and edited without a quadratic pass: this would take minutes with one."""
    page = "".join(f"<p>Paragraph {number} with some words.</p><ul><li>a {number}</li></ul>" for number in range(2500))
    markdown = to_markdown(page)
    pushed = push(page, markdown, markdown.replace("Paragraph 1200 ", "Section 1200 "))
    assert pushed == page.replace("Paragraph 1200 ", "Section 1200 ")


def test_scripts_are_not_passed_on() -> None:
    """HTML that runs in a reader's browser never reaches a page."""
    storage = to_storage("a\n\n<script>alert(1)</script>\n\n<div onclick='x'>b</div>\n\n<iframe src='x'></iframe>\n")
    assert "script" not in storage
    assert "iframe" not in storage
    assert "b" in storage


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ('<![<img src="a.png">\n', "a.png"),
        ('<div @click="x">kept</div>\n', "kept"),
        ("<p>one <b>two</p>\n", "two"),
        ("<?php echo 1 ?>\n\nafter\n", "after"),
        ("<!DOCTYPE html>\n\nafter\n", "after"),
        ("<button onclick='x()'>press</button>\n", "press"),
    ],
)
def test_html_that_is_none_becomes_well_formed_and_keeps_its_text(markdown: str, words: str) -> None:
    """Bad input is never sent as it is: Confluence would refuse it. What it shows is not lost."""
    storage = to_storage(markdown)
    parse(storage)
    assert words in storage
    assert consistent(storage, markdown)


def test_what_is_not_passed_on_may_stand_in_what_is_cut_out() -> None:
    assert to_storage("<div>\n<svg><form>a</form></svg>b <form><p>c<form>d\n") == "<p>b</p><p>cd</p>"


@pytest.mark.parametrize("name", ["a_x110000_", "a_xFFFFFFFFFF_", "a_x0_", "a_xD800_"])
def test_an_escape_that_stands_for_no_character_is_kept(name: str) -> None:
    """Bad input is carried as it is, and never makes a page that Confluence would refuse."""
    storage = to_storage(f'<!-- ac:x {name}="b" -->\n')
    parse(storage)
    assert name in storage


def test_a_lone_carriage_return_is_refused_with_its_place() -> None:
    """Bad input gets a clear error with file, line and column."""
    with pytest.raises(NotationError) as caught:
        to_storage("a\n\nb\rc\n")
    assert (caught.value.line, caught.value.column) == (3, 2)


def test_a_page_that_no_notation_fits_is_carried_whole() -> None:
    """No loss: a section without its layout comes back byte for byte."""
    page = '<ac:layout-section ac:type="single"><ac:layout-cell><p>x</p></ac:layout-cell></ac:layout-section>'
    assert get_put(page) is None
