"""Blocks as Markdown, in the one canonical spelling of the notation."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from converters import notation
from converters.markdown.html import RICH_MACROS
from converters.markdown.inline_writer import write_inline
from converters.model import Attrs, Block
from converters.site import Site

SEPARATOR = "<!-- -->"
_COMMENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]*\Z")
_ATTRIBUTE_NAME = re.compile(r"[^\s=<>\"'/`]+\Z")
_BULLETS = frozenset({"list", "tasks"})


class MarkdownWriter:
    """Writes blocks; `override` may hand in the text of a block instead (unprefixed, as at the top level)."""

    def __init__(
        self,
        site: Site,
        safe: bool = False,
        override: Callable[[Block], str | None] = lambda block: None,
        bullet: str = "-",
    ) -> None:
        self.site = site
        self.safe = safe
        self.override = override
        self.bullet = bullet

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Write blocks one after the other, without a final line end."""
        if not blocks:
            return ""
        out = [self.block(blocks[0])]
        for one, next_one in pairwise(blocks):
            out.append(separator(one, next_one))
            out.append(self.block(next_one))
        return "".join(out)

    def block(self, block: Block) -> str:
        given = self.override(block)
        return given if given is not None else _WRITERS[block.kind](self, block)

    def inline(self, block: Block, single: bool = False) -> str:
        return write_inline(block.inline.key, self.site, single, self.safe) if block.inline is not None else ""

    def paragraph(self, block: Block) -> str:
        return self.inline(block)

    def heading(self, block: Block) -> str:
        text = self.inline(block, single=True)
        if text.endswith("#"):
            text = text[:-1] + "\\#"
        return "#" * int(block.get("level")) + " " + text

    def list(self, block: Block) -> str:
        tight = all(_tight(item) for item in block.children)
        ordered = block.get("ordered") == "true"
        start = int(block.get("start", "1"))
        items = [
            self.item(item, f"{start + number}. " if ordered else f"{self.bullet} ", tight)
            for number, item in enumerate(block.children)
        ]
        return ("\n" if tight else "\n\n").join(items)

    def item(self, item: Block, marker: str, tight: bool = True) -> str:
        """Write one list item or task with its marker."""
        head = marker
        if item.kind == "task":
            head += "[x] " if item.get("done") else "[ ] "
            if item.children and item.children[0].kind != "paragraph":
                return (
                    head.rstrip() + "\n\n" + indent(self.blocks(item.children), " " * len(marker), first=True)
                ).rstrip()
        if not item.children:
            return head.rstrip()
        parts = [self.block(item.children[0])]
        if parts[0] == "---":
            parts = ["***"]
        for one, next_one in pairwise(item.children):
            close = tight and next_one.kind in _BULLETS and next_one.get("start", "1") == "1"
            parts.append("\n" if close and one.kind == "paragraph" else separator(one, next_one))
            parts.append(self.block(next_one))
        return head + indent("".join(parts), " " * len(marker))

    def tasks(self, block: Block) -> str:
        tight = all(_tight(item) for item in block.children)
        return ("\n" if tight else "\n\n").join(self.item(item, f"{self.bullet} ", tight) for item in block.children)

    def quote(self, block: Block) -> str:
        return indent(self.blocks(block.children), "> ", first=True)

    def plain(self, block: Block) -> str:
        name, given = block.attrs[0][1], dict(block.attrs[1:])
        if name == "code":
            language = given.get("language", "")
            head = language if re.fullmatch(r"[^\s=\"'`~:]+", language) and language not in notation.CODE_FLAGS else ""
            rest = {key: value for key, value in given.items() if not (key == "language" and head)}
        else:
            name = name.removeprefix(notation.ELEMENT_PREFIX)
            reserved = {"xml", "macro", "code", *notation.ELEMENT_WORDS}
            legal = name != block.attrs[0][1] or (_COMMENT_NAME.match(name) and name not in reserved)
            head = f"text ac:{name}" if legal else "text ac:macro"
            rest = given if legal else {"name": name, **given}
        words = [
            head,
            *(
                key
                if key in notation.CODE_FLAGS and value == "true"
                else notation.write_attributes(((key, value),))[1:].replace("`", "&#96;")
                for key, value in rest.items()
            ),
        ]
        return fence(" ".join(word for word in words if word), block.text)

    def island(self, block: Block) -> str:
        return fence("xml ac:xml", block.text)

    def macro(self, block: Block) -> str:
        return f"<!-- {self._macro_head(block)} -->"

    def _macro_head(self, block: Block) -> str:
        name, attrs = block.attrs[0][1], block.attrs[1:]
        word = comment_name(name, block.kind)
        if word == "ac:macro":
            attrs = (("name", name), *attrs)
        if not all(_ATTRIBUTE_NAME.match(key) for key, _ in attrs):
            raise ValueError("a parameter's name cannot be an attribute's")
        return word + notation.write_attributes(attrs, comment=True)

    def rich(self, block: Block) -> str:
        name, attrs = block.attrs[0][1], block.attrs[1:]
        only_title = not attrs or (len(attrs) == 1 and attrs[0][0] == "title")
        if name in notation.ALERT_OF_MACRO and (not attrs or (only_title and attrs[0][1].strip())):
            return self._alert(block, name, attrs)
        if name.startswith(notation.ELEMENT_PREFIX):
            element = name.removeprefix(notation.ELEMENT_PREFIX)
            between = "\n" if element == "dl" else "\n\n"
            inside = "\n".join(map(self.block, block.children)) if element == "dl" else self.blocks(block.children)
            return f"<{element}>{between}{inside}{between}</{element}>" if inside else f"<{element}>\n</{element}>"
        if name == "expand" and only_title:
            summary = f"\n<summary>{html.escape(attrs[0][1], quote=False)}</summary>" if attrs else ""
            return wrap(f"<details>{summary}", self.blocks(block.children), "</details>")
        return wrap(
            f"<!-- {self._macro_head(block)} -->",
            self.blocks(block.children),
            f"<!-- /{comment_name(name, 'rich')} -->",
        )

    def _alert(self, block: Block, name: str, attrs: Attrs) -> str:
        head = f"[!{notation.ALERT_OF_MACRO[name]}]"
        body = self.blocks(block.children)
        if attrs:
            title = write_inline(((attrs[0][1], frozenset()),), self.site, single=True)
            body = f"**<ac-title>{title}</ac-title>**" + (f"\n\n{body}" if body else "")
        elif block.children and block.children[0].kind != "paragraph":
            body = "\n" + body
        return indent(f"{head}\n{body}" if body else head, "> ", first=True)

    def section(self, block: Block) -> str:
        kind = block.get("type")
        shown = (
            f" {kind}" if re.fullmatch(r"[\w-]+", kind) else notation.write_attributes((("type", kind),), comment=True)
        )
        return wrap(f"<!-- ac:layout-section{shown} -->", self.blocks(block.children), "<!-- /ac:layout-section -->")

    def column(self, block: Block) -> str:
        return wrap("<!-- ac:layout-cell -->", self.blocks(block.children), "<!-- /ac:layout-cell -->")

    def figure(self, block: Block) -> str:
        href = block.get("href")
        atom = ("image", tuple(pair for pair in block.attrs if pair[0] != "href"))
        image = write_inline(((atom, frozenset({("link", href)} if href else ())),), self.site)
        caption = wrap("<figcaption>", self.blocks(block.children), "</figcaption>")
        return f"<figure>\n\n{image}\n\n{caption}\n</figure>"

    def table(self, block: Block) -> str:
        if simple_table(block):
            rows = [self.row(row) for row in block.children]
            aligned = block.hint("align").split(",") if block.hint("align") else [""] * len(block.children[0].children)
            return "\n".join([rows[0], "| " + " | ".join(_ALIGN[one] for one in aligned) + " |", *rows[1:]])
        rows = ["<tr>\n" + "\n".join(self.cell(cell) for cell in row.children) + "\n</tr>" for row in block.children]
        caption = html.escape(block.get("caption"), quote=False)
        head = f"<table>\n<caption>{caption}</caption>" if caption else "<table>"
        return "\n".join([head, *rows, "</table>"])

    def row(self, row: Block) -> str:
        """Write one line of a GFM table."""
        return "| " + " | ".join(self.gfm_cell(cell) for cell in row.children) + " |"

    def gfm_cell(self, cell: Block) -> str:
        text = self.inline(cell.children[0], single=True) if cell.children else ""
        return text.replace("|", "\\|") + (" " if text.endswith("\\") else "")

    def cell(self, cell: Block) -> str:
        tag = "th" if cell.get("header") else "td"
        spans = notation.write_attributes(tuple(pair for pair in cell.attrs if pair[0] != "header"))
        if not cell.children:
            return f"<{tag}{spans}></{tag}>"
        return wrap(f"<{tag}{spans}>", self.blocks(cell.children), f"</{tag}>")


_ALIGN = {"": "---", "left": ":---", "center": ":---:", "right": "---:"}


def comment_name(name: str, kind: str) -> str:
    """The word that stands for a macro in a comment; `ac:macro` where its name would be taken for something else."""
    if name.startswith(notation.ELEMENT_PREFIX):
        return f"ac:{name.removeprefix(notation.ELEMENT_PREFIX)}"
    legal = _COMMENT_NAME.match(name) and name not in notation.RESERVED
    if not legal or (kind != "rich" and name in RICH_MACROS):
        return "ac:macro"
    return f"ac:{name}"


def wrap(head: str, body: str, tail: str) -> str:
    return f"{head}\n\n{body}\n\n{tail}" if body else f"{head}\n{tail}"


def fence(info: str, text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}{info}\n{text}\n{ticks}" if text else f"{ticks}{info}\n{ticks}"


def indent(text: str, prefix: str, first: bool = False) -> str:
    """Put a prefix before each line (but the first, unless asked for); empty lines get no trailing spaces."""
    lines = text.split("\n")
    out = [prefix + line if line else prefix.rstrip() for line in (lines if first else lines[1:])]
    return "\n".join(out if first else [lines[0], *out])


def separator(one: Block, next_one: Block) -> str:
    """What stands between two blocks; two that would fuse are kept apart by an empty comment."""
    fuse = one.kind in _BULLETS and next_one.kind in _BULLETS and one.get("ordered") == next_one.get("ordered")
    quoted = _quoted(one) and _quoted(next_one)
    return f"\n\n{SEPARATOR}\n\n" if fuse or quoted else "\n\n"


def _quoted(block: Block) -> bool:
    return block.kind == "quote" or (block.kind == "rich" and block.attrs[0][1] in notation.ALERT_OF_MACRO)


def _tight(item: Block) -> bool:
    """Can an item stand without blank lines? One paragraph, then lists that may interrupt it."""
    rest = item.children[1:] if item.children and item.children[0].kind == "paragraph" else item.children
    return all(child.kind in _BULLETS and child.get("start", "1") == "1" for child in rest) and len(rest) < 2


def simple_table(block: Block) -> bool:
    """Does a GFM table say it all? One header row, inline cells, nothing merged."""
    rows = [row.children for row in block.children]
    if block.attrs or not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        return False
    for number, row in enumerate(rows):
        for cell in row:
            if cell.attrs != ((("header", "true"),) if number == 0 else ()) or not inline_cell(cell):
                return False
    return True


def inline_cell(cell: Block) -> bool:
    """Can a cell stand between two bars?"""
    return not cell.children or (len(cell.children) == 1 and cell.children[0].kind == "paragraph")


_WRITERS: dict[str, Callable[[MarkdownWriter, Block], str]] = {
    "paragraph": MarkdownWriter.paragraph,
    "heading": MarkdownWriter.heading,
    "list": MarkdownWriter.list,
    "tasks": MarkdownWriter.tasks,
    "quote": MarkdownWriter.quote,
    "plain": MarkdownWriter.plain,
    "island": MarkdownWriter.island,
    "macro": MarkdownWriter.macro,
    "rich": MarkdownWriter.rich,
    "section": MarkdownWriter.section,
    "column": MarkdownWriter.column,
    "figure": MarkdownWriter.figure,
    "table": MarkdownWriter.table,
    "rule": lambda writer, block: "---",
    "item": lambda writer, block: writer.item(block, "- "),
    "task": lambda writer, block: writer.item(block, "- "),
    "row": MarkdownWriter.row,
    "cell": MarkdownWriter.cell,
}
