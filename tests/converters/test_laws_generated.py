"""The laws of the lens on pages that nobody would write, and that therefore find what nobody thought of."""

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from converters import LawError, consistent, pull, push, to_markdown, to_storage, verify_push
from converters.laws import get_put, locality_of_pull, put_get, two_cycle
from tests.converters.documents import pages
from tests.converters.edits import random_edit

# A few hundred here; set CONFSYNC_EXAMPLES=10000 for a night.
EXAMPLES = int(os.environ.get("CONFSYNC_EXAMPLES", "200"))
thorough = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(pages)
@example('<p>https://e.org/a_b&amp;amp; alpha</p>')
def test_no_edit_changes_no_byte(storage: str) -> None:
    """GetPut on any page."""
    assert get_put(storage) is None


@thorough
@given(pages)
def test_markdown_alone_makes_the_page_again(storage: str) -> None:
    """Self-contained: without its base, the Markdown makes storage that says the same, and again the same Markdown."""
    markdown = to_markdown(storage)
    again = to_storage(markdown)
    assert consistent(again, markdown)
    assert to_storage(to_markdown(again)) == again


@thorough
@given(pages)
def test_nothing_is_lost_on_the_way_and_a_second_trip_changes_nothing(storage: str) -> None:
    """Two-cycle on any page."""
    assert two_cycle(storage) is None


@thorough
@given(pages, st.integers(0, 2**16))
@example(
    '<h1><ac:inline-comment-marker ac:ref="r">alpha </ac:inline-comment-marker></h1><blockquote><p local-id="p">'
    '<ac:inline-comment-marker ac:ref="r">alpha </ac:inline-comment-marker></p></blockquote>',
    239,
)
@example(
    '<hr /><ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><a'
    'c:task-body><ac:inline-comment-marker ac:ref="r">* </ac:inline-comment-marker><table><tbody><tr><th>'
    '<p><ac:inline-comment-marker ac:ref="r"><ac:inline-comment-marker ac:ref="r"><ac:link><ri:page ri:co'
    'ntent-title="alpha " /><ac:link-body>alpha </ac:link-body></ac:link></ac:inline-comment-marker></ac:'
    'inline-comment-marker></p></th><th><h1><ac:link><ri:user ri:account-id="712020:a-b" /></ac:link></h1'
    '></th></tr></tbody></table></ac:task-body></ac:task></ac:task-list>',
    0,
)
def test_edits_hold_the_laws_both_ways(storage: str, seed: int) -> None:
    """PutGet, Locality, no id lost, there and back. An edit that cannot be carried over is refused, never half done."""
    markdown = to_markdown(storage)
    edited = random_edit(markdown, random.Random(seed))
    try:
        pushed = push(storage, markdown, edited)
    except LawError:
        event("refused")
        return
    assert verify_push(storage, markdown, edited, pushed) is None
    pulled = pull(markdown, storage, pushed)
    assert put_get(pushed, pulled) is None
    assert locality_of_pull(markdown, storage, pushed, pulled) is None
