"""Markers of inline comments: they stand around the chosen text, and nothing else of the body changes."""

from __future__ import annotations

import pytest

from confsync.sandbox import xhtml
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.markers import Selection, mark, refs

START, END = '<ac:inline-comment-marker ac:ref="r">', "</ac:inline-comment-marker>"


@pytest.mark.parametrize(
    ("storage", "wanted", "marked"),
    [
        ("<p>a b c</p>", Selection("b"), "<p>a [b] c</p>"),
        ("<p>b b b</p>", Selection("b", 3, 1), "<p>b [b] b</p>"),
        ("<p>a&nbsp;&amp;\n  b</p>", Selection("a & b"), "<p>[a&nbsp;&amp;\n  b]</p>"),
        ("<p>x &lt;y&#62; z</p>", Selection("<y>"), "<p>x [&lt;y&#62;] z</p>"),
        ("<p>a<em>b</em>c</p>", Selection("abc"), "<p>[a]<em>[b]</em>[c]</p>"),
        ("<ul><li>one</li> <li>two</li></ul>", Selection("one two"), "<ul><li>[one]</li> <li>[two]</li></ul>"),
        ("<p>one<br />two</p>", Selection("one\ntwo"), "<p>[one]<br />[two]</p>"),
        (
            '<ac:link><ri:page ri:content-title="b" /><ac:link-body>b</ac:link-body></ac:link>',
            Selection("b"),
            '<ac:link><ri:page ri:content-title="b" /><ac:link-body>[b]</ac:link-body></ac:link>',
        ),
        (
            '<p><ac:inline-comment-marker ac:ref="o">ab</ac:inline-comment-marker></p>',
            Selection("b"),
            '<p><ac:inline-comment-marker ac:ref="o">a[b]</ac:inline-comment-marker></p>',
        ),
    ],
)
def test_the_chosen_text_is_marked_and_nothing_else_changes(storage: str, wanted: Selection, marked: str) -> None:
    """A comment shows on the text that the reader chose, however it is written and in however many pieces."""
    found = mark(storage, "r", wanted)
    assert found == marked.replace("[", START).replace("]", END)
    xhtml.check(found)
    assert "r" in refs(found)


@pytest.mark.parametrize(
    ("storage", "wanted"),
    [
        ("<p>onetwo</p>", Selection("one two")),
        ("<p>one</p><p>two</p>", Selection("onetwo")),
        ("<p>a a</p>", Selection("a")),
        ("<p>a a</p>", Selection("a", 2, 2)),
        ("<p>A</p>", Selection("a")),
        ("<p>a</p>", Selection("")),
        ("<ac:task-list><ac:task><ac:task-id>7</ac:task-id></ac:task></ac:task-list>", Selection("7")),
        ("<ac:plain-text-body><![CDATA[a]]></ac:plain-text-body><!-- a -->", Selection("a")),
    ],
)
def test_a_text_that_no_reader_sees_so_is_refused(storage: str, wanted: Selection) -> None:
    """No marker goes to a place that was not meant, or where the format allows none."""
    with pytest.raises(BadRequest):
        mark(storage, "r", wanted)


def test_a_body_without_markers_has_no_references() -> None:
    """What only speaks of markers is none."""
    assert refs("<p>ac:inline-comment-marker ac:ref=&quot;x&quot;</p>") == frozenset()
