"""Which blocks need no reading back: their Markdown cannot be read as anything but themselves.

`to_markdown` promises that what it writes reads back as the same document. Reading all of it back would cost several
times the writing; so blocks that hold only what is listed here are taken at their word, and all others (`doubtful`)
are read back. The list is kept on the safe side: whatever is not named in it is doubtful. Its reasons:

- blocks stand between blank lines, and `separator` keeps apart those that would fuse, so one says nothing of another;
- comments and tags that wrap blocks stand on lines of their own, and their values are escaped, so what is inside is
  read as if it stood alone; only a bodyless macro of the wrapper's own name would be taken for its beginning;
- a fence is longer than any run of backticks in it.

What makes inline content plain is said in `converters.markdown.plain_inline`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from converters import notation
from converters.markdown.html import RICH_MACROS
from converters.markdown.plain_inline import PARAMETER, VALUE, WORDS, plain_image, plain_inline
from converters.markdown.writer import comment_name, simple_table
from converters.model import BREAK, Block
from converters.site import Site

_LANGUAGE = re.compile(r"[a-z0-9+#-]+\Z")
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_FENCE_SIGNS = frozenset("`\\")
_LISTS = frozenset({"list", "tasks"})
_IN_ITEMS = frozenset({"paragraph", "list", "tasks", "plain"})
_WRAPPED = frozenset({"figure", "rich", "table", "macro"})
MAX_DEPTH = 10  # of lists in lists: far from the depth at which markdown-it stops


def doubtful(blocks: Sequence[Block], site: Site) -> list[Block]:
    """The blocks that have to be read back, in order; of wrappers and tables, only what is doubtful inside them."""
    out: list[Block] = []
    for at, block in enumerate(blocks):
        split = _SPLIT.get(block.kind)
        if split is not None and (parts := split(block, site)) is not None:
            out.extend(parts)
        elif block.kind == "section":
            beside = [near for near in (at - 1, at + 1) if 0 <= near < len(blocks)]
            alone = not any(blocks[near].kind == "section" for near in beside)
            out.extend(_section(block, alone, site))
        elif not is_plain(block, site):
            out.append(block)
    return out


def is_plain(block: Block, site: Site, depth: int = 0) -> bool:
    """Can this block's Markdown be read as nothing but itself, wherever `separator` keeps it from its neighbours?"""
    judge = _PLAIN.get(block.kind)
    return judge is not None and judge(block, site, depth)


# Wrappers: what is inside is judged, and read back, without them.


def _section(block: Block, alone: bool, site: Site) -> list[Block]:
    """A section of one cell that stands alone is read as its blocks; any other keeps its cells apart."""
    kept = not alone or len(block.children) != 1
    nested = any(child.kind == "section" for cell in block.children for child in cell.children)
    if not kept or nested or not re.fullmatch(r"[\w-]+", block.get("type")):
        return [block]
    return [one for cell in block.children for one in doubtful(cell.children, site)]


def _rich(block: Block, site: Site) -> list[Block] | None:
    name = block.attrs[0][1]
    titled = len(block.attrs) == 2 and block.attrs[1][0] == "title"
    if name in notation.ALERT_OF_MACRO and (titled or len(block.attrs) == 1):
        return None
    if name == "expand" and titled:
        shell = WORDS.match(block.attrs[1][1]) is not None
    else:
        shell = (name in RICH_MACROS or _NAME.match(name) is not None) and _parameters(block)
    mistaken = any(
        child.kind == "section" or (child.kind == "macro" and child.attrs[0][1] == name) for child in block.children
    )
    return doubtful(block.children, site) if shell and block.children and not mistaken else None


def _parameters(block: Block) -> bool:
    return comment_name(block.attrs[0][1], block.kind) != "ac:macro" and all(
        PARAMETER.match(name) and VALUE.match(value) for name, value in block.attrs[1:]
    )


def _figure(block: Block, site: Site) -> list[Block] | None:
    return doubtful(block.children, site) if block.children and plain_image(block.attrs, site) else None


def _table(block: Block, site: Site) -> list[Block] | None:
    """A table of tags wraps its cells' blocks; of a table of pipes, each row is a line that is read on its own."""
    if not simple_table(block):
        cells = [cell for row in block.children for cell in row.children]
        plain = block.children and all(row.children for row in block.children)
        spans = (value for cell in cells for _, value in cell.attrs)
        if not plain or not all(value == "true" or (value.isascii() and value.isdigit()) for value in spans):
            return None
        return [one for cell in cells for one in doubtful(cell.children, site)]
    head = block.children[0]
    if len(head.children) < 2 or not all(cell.children for cell in head.children):
        return None
    rows = [row for row in block.children[1:] if not _row(row, site)]
    return [Block("table", children=[head, *rows])] if rows or not _row(head, site) else []


def _row(row: Block, site: Site) -> bool:
    for cell in row.children:
        inline = cell.children[0].inline if cell.children else None
        if inline is not None and not plain_inline(inline.key, site, single=True, cell=True):
            return False
    return True


_SPLIT: dict[str, Callable[[Block, Site], list[Block] | None]] = {"rich": _rich, "figure": _figure, "table": _table}


# Blocks that are plain as a whole, or not. `depth` counts the items and quotations around.


def _paragraph(block: Block, site: Site, depth: int) -> bool:
    if block.inline is None:
        return False
    key = block.inline.key
    # An image with a size, alone on its line, is a block of HTML, which ends at a blank line only.
    if len(key) == 1 and key[0][0][0] == "image" and not key[0][1]:
        return depth == 0 and plain_image(key[0][0][1], site)  # type: ignore[arg-type]  # the attributes of an atom
    return plain_inline(key, site)


def _heading(block: Block, site: Site, depth: int) -> bool:
    if block.inline is None or depth:
        return False
    key = block.inline.key
    return plain_inline(key, site, single=True) and not str(key[-1][0]).endswith("#") and key[0][0] != BREAK


def _list(block: Block, site: Site, depth: int) -> bool:
    fits = depth < MAX_DEPTH and len(block.get("start", "1")) < 8
    return fits and all(_item(item, site, depth + 1) for item in block.children)


def _item(item: Block, site: Site, depth: int) -> bool:
    """A paragraph, and after it what stands in the item's own column."""
    children = item.children
    if not children or children[0].kind != "paragraph":
        return False
    before = ""
    for child in children:
        if before in _LISTS and child.kind in _LISTS:
            return False
        if child.kind in _WRAPPED and depth == 1:  # the list is loose: in its items, blocks stand as they do outside
            if doubtful([child], site) or any("\t" in part.text for part in child.walk()):
                return False
        elif child.kind not in _IN_ITEMS or "\t" in child.text or not is_plain(child, site, depth):
            return False
        before = child.kind
    return True


def _quote(block: Block, site: Site, depth: int) -> bool:
    return depth == 0 and _item(block, site, 1)


def _alert(block: Block, site: Site, depth: int) -> bool:
    """An alert begins with its title, if any, and a paragraph."""
    titles = [value for name, value in block.attrs[1:] if name == "title"]
    alert = block.attrs[0][1] in notation.ALERT_OF_MACRO and len(block.attrs) == 1 + len(titles)
    return alert and all(map(WORDS.match, titles)) and _quote(block, site, depth)


def _plain(block: Block, _site: Site, _depth: int) -> bool:
    name = block.attrs[0][1]
    if "\r" in block.text or _NAME.match(name) is None or name in ("xml", "macro"):
        return False
    for key, value in block.attrs[1:]:
        if key == "language" and name == "code":
            known = notation.fence_language(value) == value and value not in notation.CODE_FLAGS
            if not known or _LANGUAGE.match(value) is None:
                return False
        else:
            flag = key not in notation.CODE_FLAGS or value == "true"  # a flag is a word of its own
            if not (flag and PARAMETER.match(key) and VALUE.match(value)) or _FENCE_SIGNS & set(value):
                return False
    return True


def _macro(block: Block, _site: Site, depth: int) -> bool:
    name = block.attrs[0][1]
    return depth == 0 and name not in RICH_MACROS and _NAME.match(name) is not None and _parameters(block)


_PLAIN: dict[str, Callable[[Block, Site, int], bool]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "list": _list,
    "tasks": _list,
    "quote": _quote,
    "rich": _alert,
    "plain": _plain,
    "macro": _macro,
    "rule": lambda block, site, depth: depth == 0,
}
