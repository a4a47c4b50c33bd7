"""Edits that a writer might make, drawn at random from a seed: a word, a block, an item, a row, a column, a mark…

Each editor gives back the whole text, or the same text where the page has nothing of the kind it edits. `random_edit`
draws until an editor finds something to do, so that every seed is an edit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from converters.markdown.reader import GFM, markdown_to_doc
from converters.model import Block, Doc

Editor = Callable[[str, Doc, random.Random], str]
_WORD = re.compile(r"\w{3,}")


def random_edit(markdown: str, rnd: random.Random) -> str:
    """One edit; the text itself only where no editor has anything to do."""
    return named_edit(markdown, rnd)[1]


def named_edit(markdown: str, rnd: random.Random) -> tuple[str, str]:
    """The name of the editor that was drawn, and the edited text."""
    doc = markdown_to_doc(markdown)
    if not doc.blocks:
        return "first", markdown + "A first paragraph.\n"
    for editor in rnd.sample(list(EDITORS.items()), len(EDITORS)):
        out = editor[1](markdown, doc, rnd)
        if out != markdown:
            return editor[0], out
    return "none", markdown


def _without(markdown: str, block: Block) -> str:
    return markdown[: block.start] + markdown[block.end :].lstrip("\n")


def _some(doc: Doc, rnd: random.Random, *kinds: str) -> Block | None:
    found = [block for block in doc.walk() if block.kind in kinds]
    return rnd.choice(found) if found else None


def _at(markdown: str, place: int, text: str) -> str:
    return markdown[:place] + text + markdown[place:]


def word(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """Another word anywhere in the text."""
    pieces = [p for b in doc.walk() if b.inline for p in b.inline.pieces if p.exact and _WORD.search(p.text)]
    if not pieces:
        return markdown
    piece = rnd.choice(pieces)
    found = rnd.choice(list(_WORD.finditer(piece.text)))
    return markdown[: piece.start + found.start()] + "Zebra" + markdown[piece.start + found.end() :]


def emphasis(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A word made strong."""
    pieces = [
        p for b in doc.walk() if b.inline for p in b.inline.pieces if p.exact and not p.marks and _WORD.search(p.text)
    ]
    if not pieces:
        return markdown
    piece = rnd.choice(pieces)
    found = rnd.choice(list(_WORD.finditer(piece.text)))
    low, high = piece.start + found.start(), piece.start + found.end()
    return f"{markdown[:low]}**{markdown[low:high]}**{markdown[high:]}"


def insert(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A new paragraph after any top-level block."""
    block = rnd.choice(doc.blocks)
    return f"{markdown[: block.end]}\n\nA **new** paragraph & more.\n\n{markdown[block.end :].lstrip(chr(10))}"


def delete(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A top-level block taken out."""
    return _without(markdown, rnd.choice(doc.blocks))


def move(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A top-level block moved to the end."""
    block = rnd.choice(doc.blocks)
    return f"{_without(markdown, block).rstrip(chr(10))}\n\n{doc.slice(block)}\n"


def heading(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """Another level for a heading."""
    block = _some(doc, rnd, "heading")
    if block is None:
        return markdown
    level = int(block.get("level"))
    return markdown[: block.start] + "#" * (level % 6 + 1) + markdown[block.start + level :]


def task(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A task ticked, or taken back."""
    block = _some(doc, rnd, "task")
    if block is None:
        return markdown
    box = markdown.index("[", block.start)
    return markdown[: box + 1] + (" " if block.get("done") else "x") + markdown[box + 2 :]


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


def _lists(doc: Doc) -> list[Block]:
    return [block for block in doc.walk() if block.kind in ("list", "tasks")]


def new_item(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A new item after any item of any list."""
    lists = _lists(doc)
    if not lists:
        return markdown
    one = rnd.choice(lists)
    item = rnd.choice(one.children)
    marker = "- [ ] " if one.kind == "tasks" else "1. " if one.get("ordered") else markdown[item.start] + " "
    # HTML that ends an item goes on to the next blank line.
    gap = "\n" if item.children and item.children[-1].inline is not None else f"\n{one.prefix.rstrip()}\n"
    return _at(markdown, item.end, f"{gap}{one.prefix}{marker}A *new* item")


def gone_item(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """An item taken out of a list that has others."""
    lists = [one for one in _lists(doc) if len(one.children) > 1]
    if not lists:
        return markdown
    one = rnd.choice(lists)
    at = rnd.randrange(1, len(one.children))
    return markdown[: one.children[at - 1].end] + markdown[one.children[at].end :]


def nested_item(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """An item of one line moved into the list of the one before it."""
    pairs = [
        (one, at)
        for one in _lists(doc)
        for at in range(1, len(one.children))
        if len(one.children[at].children) == 1 and [c.kind for c in one.children[at - 1].children] == ["paragraph"]
        and "\n" not in markdown[one.children[at].start : one.children[at].end]
    ]  # fmt: skip
    if not pairs:
        return markdown
    one, at = rnd.choice(pairs)
    before, item = one.children[at - 1], one.children[at]
    lead = "\n" + before.prefix
    return markdown[: before.end] + lead + markdown[item.start : item.end] + markdown[item.end :]


def _tables(doc: Doc) -> list[Block]:
    return [block for block in doc.walk() if block.kind == "table" and block.node == GFM]


def new_row(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A new last row of a pipe table."""
    tables = _tables(doc)
    if not tables:
        return markdown
    table = rnd.choice(tables)
    return _at(markdown, table.end, f"\n{table.prefix}|" + " new |" * len(table.children[0].children))


def gone_row(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A row of a table taken out."""
    tables = [block for block in doc.walk() if block.kind == "table" and len(block.children) > 2]
    if not tables:
        return markdown
    table = rnd.choice(tables)
    at = rnd.randrange(2, len(table.children))
    return markdown[: table.children[at - 1].end] + markdown[table.children[at].end :]


def new_column(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A new last column of a pipe table."""
    tables = [table for table in _tables(doc) if all(len(row.children) > 1 for row in table.children)]
    if not tables:
        return markdown
    table = rnd.choice(tables)
    lines = markdown[table.start : table.end].split("\n")
    if not all(line.rstrip().endswith("|") for line in lines):
        return markdown
    lines = [line.rstrip() + (" --- |" if number == 1 else f" c{number} |") for number, line in enumerate(lines)]
    return markdown[: table.start] + "\n".join(lines) + markdown[table.end :]


def gone_column(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A column of a pipe table taken out."""
    tables = [table for table in _tables(doc) if all(len(row.children) > 2 for row in table.children)]
    if not tables:
        return markdown
    table = rnd.choice(tables)
    width = len(table.children[0].children)
    at = rnd.randrange(width)
    cells = [[markdown[cell.start : cell.end] for cell in row.children] for row in table.children]
    rows = [[text for number, text in enumerate(row) if number != at] for row in cells]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * (width - 1))
    return markdown[: table.start] + ("\n" + table.prefix).join(lines) + markdown[table.end :]


def split(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A paragraph cut in two between two words."""
    found = []
    for block in doc.blocks:
        for piece in block.inline.pieces if block.kind == "paragraph" and block.inline else ():
            if piece.exact and not piece.marks:
                found += [piece.start + one.start() for one in re.finditer(r"(?<=\w{3}) (?=\w{3})", piece.text)]
    if not found:
        return markdown
    at = rnd.choice(found)
    return markdown[:at] + "\n\n" + markdown[at + 1 :]


def join(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """Two paragraphs made one."""
    pairs = [
        (a, b)
        for a, b in zip(doc.blocks, doc.blocks[1:], strict=False)
        if a.kind == b.kind == "paragraph" and markdown[a.end : b.start] == "\n\n" and markdown[b.start].isalnum()
    ]
    if not pairs:
        return markdown
    a, b = rnd.choice(pairs)
    return markdown[: a.end] + " " + markdown[b.start :]


def quoted(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """A paragraph made a quote."""
    found = [block for block in doc.blocks if block.kind == "paragraph"]
    if not found:
        return markdown
    block = rnd.choice(found)
    text = markdown[block.start : block.end].replace("\n", "\n> ")
    around = "\n\n<!-- -->\n\n"
    return f"{markdown[: block.start].rstrip()}{around}> {text}{around}{markdown[block.end :].lstrip()}".lstrip()


def code(markdown: str, doc: Doc, rnd: random.Random) -> str:
    """Another line in a fence."""
    found = [block for block in doc.walk() if block.kind == "plain" and "\n" in markdown[block.start : block.end]]
    if not found:
        return markdown
    block = rnd.choice(found)
    return _at(markdown, markdown.index("\n", block.start), f"\n{block.prefix}new = [line[0]] > 3")


EDITORS: dict[str, Editor] = {
    "word": word,
    "emphasis": emphasis,
    "insert": insert,
    "delete": delete,
    "move": move,
    "heading": heading,
    "task": task,
    "item": appended("item"),
    "cell": appended("cell"),
    "new item": new_item,
    "gone item": gone_item,
    "nested item": nested_item,
    "new row": new_row,
    "gone row": gone_row,
    "new column": new_column,
    "gone column": gone_column,
    "split": split,
    "join": join,
    "quoted": quoted,
    "code": code,
}
