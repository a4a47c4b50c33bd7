"""Inline comments on real pages: a thousand edits around them, and not one that loses its words."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from converters import push, receipt, to_markdown, verify_push
from converters.errors import ConversionError
from converters.markdown.reader import markdown_to_doc
from converters.model import Block, Doc, plain_text
from converters.storage.blocks import storage_to_doc
from converters.storage.comments import covered
from tests.corpus import CORPUS, needs_corpus, read, storage_files

EDITS = int(os.environ.get("CONFSYNC_COMMENT_EDITS", "1000"))
PARTS = 8
PAGES = [page for page in storage_files() if re.search("<ac:inline-comment-marker[^>]*[^/]>[^<]", read(page))]

Edit = Callable[[str, Doc, Block, random.Random], str]


def leaves(doc: Doc) -> list[Block]:
    return [block for block in doc.walk() if block.inline is not None]


def words(markdown: str, block: Block) -> list[re.Match[str]]:
    """The words of a block that stand in the source as they are."""
    inline = block.inline
    assert inline is not None
    spans = [(piece.start, piece.end) for piece in inline.pieces if piece.exact and piece.text]
    return [word for low, high in spans for word in re.compile(r"\w+").finditer(markdown, low, high)]


def another_word(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    found = words(markdown, block)
    word = rnd.choice(found) if found else None
    return f"{markdown[: word.start()]}Zebra{markdown[word.end() :]}" if word else markdown


def new_words(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    found = words(markdown, block)
    word = rnd.choice(found) if found else None
    return f"{markdown[: word.end()]} and more{markdown[word.end() :]}" if word else markdown


def no_word(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    found = words(markdown, block)
    word = rnd.choice(found) if len(found) > 1 else None
    return markdown[: word.start()] + markdown[word.end() :].lstrip(" ") if word else markdown


def strong_words(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    found = words(markdown, block)
    if not found:
        return markdown
    word = rnd.choice(found)
    return f"{markdown[: word.start()]}**{word.group()}**{markdown[word.end() :]}"


def split(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    found = words(markdown, block)
    if len(found) < 2 or block.kind != "paragraph" or block.node:
        return markdown
    at = rnd.choice(found[1:]).start()
    return f"{markdown[:at].rstrip(' ')}\n{block.prefix.rstrip()}\n{block.prefix}{markdown[at:]}"


def joined(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    if block not in doc.blocks or block is doc.blocks[-1]:
        return markdown
    after = doc.blocks[doc.blocks.index(block) + 1]
    return f"{markdown[: block.end]} {markdown[after.start :]}"


def other_kind(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    if block not in doc.blocks:
        return markdown
    text = markdown[block.start : block.end].lstrip("# ").replace("\n", " ")
    return f"{markdown[: block.start]}{rnd.choice(['> ', '- ', '## ', '1. ', '- [ ] '])}{text}{markdown[block.end :]}"


def moved(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    top = next(one for one in doc.blocks if block in one.walk())
    rest = f"{markdown[: top.start].rstrip()}\n\n{markdown[top.end :].lstrip()}"
    return f"{rest.strip()}\n\n<!-- -->\n\n{markdown[top.start : top.end]}\n"


def moved_and_edited(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    edited = new_words(markdown, doc, block, rnd)
    again = markdown_to_doc(edited)
    same = leaves(again)[leaves(doc).index(block)]
    return moved(edited, again, same, rnd)


def beside(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    top = next(one for one in doc.blocks if block in one.walk())
    return f"{markdown[: top.start]}A new paragraph.\n\n{markdown[top.start :]}"


def nested(markdown: str, doc: Doc, block: Block, rnd: random.Random) -> str:
    for one in doc.walk():
        for before, item in zip(one.children, one.children[1:], strict=False):
            if item.kind in ("item", "task") and block in item.walk() and "\n" not in doc.slice(item):
                return f"{markdown[: before.end]}\n{before.prefix}{doc.slice(item)}{markdown[item.end :]}"
    return markdown


EDITORS: list[Edit] = [
    another_word, new_words, no_word, strong_words, split, joined, other_kind, moved, moved_and_edited, beside, nested,
]  # fmt: skip


def drawn(count: int, part: int = 0) -> Iterator[tuple[str, str, str, str, str]]:
    """Seeded edits near comments: page, editor, storage, Markdown before and after. Each part has seeds of its own."""
    made, seed = 0, part
    while made < count:
        page = PAGES[seed % len(PAGES)]
        rnd = random.Random(f"{page.name}/{seed}")
        seed += PARTS + 1  # so that each part sees all pages
        storage, markdown, doc, there = opened(page)
        block, editor = rnd.choice(there), rnd.choice(EDITORS)
        edited = editor(markdown, doc, block, rnd)
        try:
            changed = markdown_to_doc(edited).key != doc.key
        except ConversionError:
            continue
        if changed:
            made += 1
            yield str(page.relative_to(CORPUS)), editor.__name__, storage, markdown, edited


@cache
def opened(page: Path) -> tuple[str, str, Doc, list[Block]]:
    """A page with its Markdown, as read, and the blocks of that whose text is commented on."""
    storage = read(page)
    markdown = to_markdown(storage)
    doc = markdown_to_doc(markdown)
    pairs = zip(leaves(doc), leaves(storage_to_doc(storage)), strict=True)
    there = [block for block, said in pairs if any(covered(Doc(storage, [said], "storage")).values())]
    return storage, markdown, doc, there


def text_of(doc: Doc) -> str:
    return "\n".join(plain_text(leaf) for leaf in leaves(doc))


@needs_corpus
@pytest.mark.parametrize("part", range(PARTS))
def test_no_comment_is_lost_whose_words_are_still_there(part: int) -> None:
    """No loss: words that were commented on keep their comment, wherever the edit takes them."""
    kept = 0
    for page, editor, storage, markdown, edited in drawn(EDITS // PARTS, part):
        pushed = push(storage, markdown, edited)
        assert verify_push(storage, markdown, edited, pushed) is None, (page, editor)
        old, new = text_of(markdown_to_doc(markdown)), text_of(markdown_to_doc(edited))
        left = covered(storage_to_doc(pushed))
        for ref, text in covered(storage_to_doc(storage)).items():
            if text.strip("\0 ") and new.count(text) >= old.count(text):
                assert left.get(ref), (page, editor, ref, text)
                kept += 1
    assert kept > EDITS // PARTS // 2


def test_a_receipt_counts_comments_and_names_those_whose_text_is_gone() -> None:
    """No surprise: a comment that is parted over two blocks is one that was kept; one without its words was lost."""
    marker = '<ac:inline-comment-marker ac:ref="{}">{}</ac:inline-comment-marker>'
    storage = f"<p>{marker.format('a', 'first words')} and {marker.format('b', 'others')}.</p>"
    markdown = to_markdown(storage)
    edited = markdown.replace("first words", "first\n\nwords").replace(" and others", "")
    pushed = push(storage, markdown, edited)
    assert pushed.count('ac:ref="a"') == 2
    found = receipt(storage, pushed, markdown, edited)
    assert (found.blocks, found.comments_kept, found.comments_lost) == (2, 1, 1)


def test_a_comment_goes_with_the_column_that_is_moved() -> None:
    """No loss: columns in another order take their comments, colours, ids and widths along."""
    marked = '<ac:inline-comment-marker ac:ref="r1">one</ac:inline-comment-marker>'
    cells = [f'<td local-id="2"><p>{marked} y</p></td>', '<td data-highlight-colour="#fff"><p>two</p></td>']
    heads = ['<th local-id="1"><p>A</p></th>', "<th><p>B</p></th>"]
    cols = ['<col style="width: 1px;" />', '<col style="width: 2px;" />']

    def table(order: tuple[int, int]) -> str:
        col, head, cell = ("".join(parts[at] for at in order) for parts in (cols, heads, cells))
        return f"<table><colgroup>{col}</colgroup><tbody><tr>{head}</tr><tr>{cell}</tr></tbody></table>"

    moved = "| B | A |\n| --- | --- |\n| two | one y |\n"
    assert push(table((0, 1)), to_markdown(table((0, 1))), moved) == table((1, 0))


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        (("one", "two"), "| one | two |", "| two | one |", ("two", "one")),
        (("one", "two"), "| one | two |", "| uno | two |", ("uno", "two")),
    ],
)
def test_a_comment_goes_with_its_words_into_another_cell(
    page: tuple[str, str], old: str, new: str, expected: tuple[str, str]
) -> None:
    """No loss: swapped texts take their comments along; a word that is only spelled anew keeps its own."""

    def table(words: tuple[str, str]) -> str:
        marked = {word: f'<ac:inline-comment-marker ac:ref="{ref}">{word}</ac:inline-comment-marker>'
                  for word, ref in (("one", "1"), ("uno", "1"), ("two", "2"))}  # fmt: skip
        cells = "".join(f"<td><p>{marked[word]}</p></td>" for word in words)
        return f"<table><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr><tr>{cells}</tr></tbody></table>"

    markdown = to_markdown(table(page))
    assert push(table(page), markdown, markdown.replace(old, new)) == table(expected)
