"""Edits that a writer might make, drawn at random: a word, a block, an item, a cell, a heading's level, a task."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from converters.markdown.reader import markdown_to_doc
from converters.model import Block, Doc

Editor = Callable[[str, Doc, random.Random], str]


def random_edit(markdown: str, rnd: random.Random) -> str:
    """One edit; the text itself where it has nothing of the kind that was drawn."""
    doc = markdown_to_doc(markdown)
    if not doc.blocks:
        return markdown + "A first paragraph.\n"
    return rnd.choice(EDITORS)(markdown, doc, rnd)


def _without(markdown: str, block: Block) -> str:
    return markdown[: block.start] + markdown[block.end :].lstrip("\n")


def word(markdown: str, doc: Doc, rnd: random.Random) -> str:
    pieces = [p for b in doc.walk() if b.inline for p in b.inline.pieces if p.exact and re.search(r"\w{3}", p.text)]
    if not pieces:
        return markdown
    piece = rnd.choice(pieces)
    found = rnd.choice(list(re.finditer(r"\w{3,}", piece.text)))
    return markdown[: piece.start + found.start()] + "Zebra" + markdown[piece.start + found.end() :]


def insert(markdown: str, doc: Doc, rnd: random.Random) -> str:
    block = rnd.choice(doc.blocks)
    return f"{markdown[: block.end]}\n\nA **new** paragraph & more.\n\n{markdown[block.end :].lstrip(chr(10))}"


def delete(markdown: str, doc: Doc, rnd: random.Random) -> str:
    return _without(markdown, rnd.choice(doc.blocks))


def move(markdown: str, doc: Doc, rnd: random.Random) -> str:
    block = rnd.choice(doc.blocks)
    return f"{_without(markdown, block).rstrip(chr(10))}\n\n{doc.slice(block)}\n"


def heading(markdown: str, doc: Doc, rnd: random.Random) -> str:
    found = [block for block in doc.walk() if block.kind == "heading"]
    if not found:
        return markdown
    block = rnd.choice(found)
    level = int(block.get("level"))
    return markdown[: block.start] + "#" * (level % 6 + 1) + markdown[block.start + level :]


def task(markdown: str, doc: Doc, rnd: random.Random) -> str:
    return markdown.replace("- [ ] ", "- [x] ", 1)


def appended(kind: str) -> Editor:
    """Words added to the first paragraph of an item or cell."""

    def edit(markdown: str, doc: Doc, rnd: random.Random) -> str:
        found = [b.children[0] for b in doc.walk() if b.kind == kind and b.children and b.children[0].inline]
        if not found:
            return markdown
        inline = rnd.choice(found).inline
        assert inline is not None
        return f"{markdown[: inline.end]} added & more{markdown[inline.end :]}"

    return edit


EDITORS: list[Editor] = [word, insert, delete, move, heading, task, appended("item"), appended("cell")]
