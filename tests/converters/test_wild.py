"""Markdown of the wild: the examples of the specifications and whole docs trees, none of it written by confsync."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import partial
from itertools import islice

import pytest

from converters import consistent, pull, push, to_markdown, to_storage
from converters.laws import locality_of_pull, put_get
from converters.storage.reader import parse
from tests.converters import wild
from tests.converters.edits import named_edit
from tests.corpus import needs_corpus

pytestmark = needs_corpus
EDITS = int(os.environ.get("CONFSYNC_WILD_EDITS", "5"))  # seeded edits a page

BARE = "an address that stands in the text becomes a link; a plain renderer leaves it text"
NO_TEXT = "a link around nothing is nothing to click on"
TEXTLESS = "an empty destination leads to the page itself"
AUTO = "www. without a scheme and e-mail addresses stay text"
FOOTNOTE = "footnotes stay as they are written; `check` names them"
FILTER = "GitHub shows the tags that it filters as text; here they say nothing, and the text between them stays"
UNSEEN = "a comment, in HTML: nobody sees it on a page"

# Every difference between what a reader sees elsewhere and here, and why it is one.
EXPLAINED = {
    "extensions:19": AUTO, "extensions:24": AUTO, "extensions:25": AUTO,
    "extensions:20": "the example only shows that nothing crashes: its HTML is not compared there either",
    "extensions:22": FILTER, "spec:653": FILTER,
    "extensions:23": FOOTNOTE, "regression:13": FOOTNOTE,
    "spec:120": BARE, "spec:575": BARE, "spec:610": BARE, "spec:616": BARE, "spec:619": BARE,
    "spec:169": TEXTLESS, "spec:495": TEXTLESS, "spec:496": TEXTLESS,
    "spec:151": UNSEEN, "spec:645": UNSEEN,
    **dict.fromkeys((f"spec:{number}" for number in (156, 317, 327, 354, 485, 486, 650, 651, 663, 664)), NO_TEXT),
    **dict.fromkeys((f"spec:{number}" for number in range(621, 632)), AUTO),
    "mkdocs-material/docs/reference/buttons.md": "a javascript: address is a link like any other; Confluence refuses it",
    "mkdocs-material/docs/reference/lists.md": "task boxes inside other text stay text",
}  # fmt: skip


def explained(name: str, html: str, storage: str) -> bool:
    """Is what a reader sees the same, or is the difference known? More links are bare addresses."""
    there, here = wild.seen_in_html(html), wild.seen_in_storage(storage)
    more = here.things | {"links": min(here.things["links"], there.things["links"])}
    return (there.words, there.things) == (here.words, more) or name in EXPLAINED


def check(name: str, markdown: str, html: str) -> None:
    storage = to_storage(markdown)
    parse(storage)
    assert consistent(storage, markdown), name
    assert push(storage, markdown, markdown) == storage, name
    assert pull(markdown, storage, storage) == markdown, name
    again = to_markdown(storage)
    assert consistent(storage, again), name
    assert explained(name, html, storage), name


@pytest.mark.parametrize("source", [wild.examples, wild.pages], ids=["examples", "pages"])
def test_what_others_wrote_keeps_all_that_a_reader_sees(source: partial[Iterator[tuple[str, str, str]]]) -> None:
    """No loss: well-formed storage, the same model there and back, every word, link, image, table and piece of code."""
    count = 0
    for name, markdown, html in source():
        check(name, markdown, html)
        count += 1
    assert count >= 300


def test_no_explanation_is_left_over() -> None:
    """A list of exceptions is only as good as it is short."""
    differing = set()
    for name, markdown, html in [*wild.examples(), *wild.pages()]:
        there, here = wild.seen_in_html(html), wild.seen_in_storage(to_storage(markdown))
        if there != here:
            differing.add(name)
    assert set(EXPLAINED) <= differing


@pytest.mark.parametrize("part", range(4))
def test_a_remote_edit_leaves_the_rest_of_what_others_wrote(part: int) -> None:
    """No churn: an edit made on the site changes its own lines in an author's text, whatever the author's habits are."""
    made = 0
    for name, markdown, _ in islice(wild.pages(), part, None, 12):
        storage = to_storage(markdown)
        canonical = to_markdown(storage)
        for seed in range(EDITS):
            kind, edited = named_edit(canonical, random.Random(f"{name}/{seed}"))
            saved = push(storage, canonical, edited)
            pulled = pull(markdown, storage, saved)
            made += 1
            assert put_get(saved, pulled) is None, (name, seed, kind)
            assert locality_of_pull(markdown, storage, saved, pulled) is None, (name, seed, kind)
    assert made >= 100
