"""Markdown as a `Doc` of blocks: markdown-it's parts, with Confluence's notation read into them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

from converters import notation
from converters.collector import undisturbed
from converters.errors import NotationError
from converters.inline import canonical, canonical_text
from converters.markdown import parser
from converters.markdown.info import read_info
from converters.markdown.inline import InlineReader
from converters.markdown.parser import Part, SourceMap
from converters.markdown.rawhtml import raw_blocks, starts_inline
from converters.markdown.wrappers import Note, WrapperReader
from converters.model import Attrs, Block, Doc, Inline, InlineKey
from converters.site import DEFAULT_SITE, Site
from converters.storage.blocks import storage_to_doc
from converters.storage.raw import Raw

_UNSTORABLE = re.compile("[\x01-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")  # what XML 1.0 cannot hold
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|\Z)", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\](?:[ \t]+|\Z)")
_TITLE = re.compile(r"\*\*<ac-title>(.*?)</ac-title>\*\*\Z", re.DOTALL)

_CONTENTS = frozenset({"[TOC]", "[[_TOC_]]"})  # a table of contents elsewhere: read, not written
GFM = "gfm"  # the `node` of tables, rows and cells written with pipes
INDENTED = "indented"  # the `node` of code that is told by its indent


@undisturbed
def markdown_to_doc(source: str, site: Site = DEFAULT_SITE, notes: list[Note] | None = None, exact: bool = True) -> Doc:
    """Read Markdown with `\\n` line ends; `notes` takes what was hardly meant as it was read.

    exact: without it, inline content has a key only, which is enough for a writer.
    Raises NotationError for a wrapper that is not closed, and for a character that storage format cannot hold.
    """
    bad = _UNSTORABLE.search(source)
    if bad is not None:
        line = source.count("\n", 0, bad.start()) + 1
        column = bad.start() - source.rfind("\n", 0, bad.start())
        raise NotationError(
            f"character U+{ord(bad.group()):04X} cannot be stored in Confluence: take it out", line, column
        )
    env: parser.Env = {}
    parts = parser.parse(source, env)
    reader = _Reader(source, site, env, exact)
    doc = Doc(source, reader.blocks(parts, ""), "markdown")
    if notes is not None:
        notes.extend(reader.notes)
    return doc


class _Reader(WrapperReader):
    """Reads the parts that markdown-it found."""

    def __init__(self, source: str, site: Site, env: parser.Env, exact: bool) -> None:
        super().__init__(source, site)
        self.env = env
        self.exact = exact  # are pieces to be kept with the places of their characters?

    def part(self, part: Part, prefix: str) -> list[Block]:
        handler = _PARTS.get(part.type)
        if handler is None:
            raise AssertionError(f"no reader for {part.type}")
        return handler(self, part, prefix)

    def _leaf(self, part: Part, kind: str, attrs: Attrs, prefix: str) -> list[Block]:
        inline = self._inline(part)
        if not inline.key:
            return []
        macro = _block_macro(inline.key) if kind == "paragraph" else None
        if macro is not None:
            return [Block("macro", macro, None, [], "", part.start, part.end, (part.end, part.end), prefix)]
        return [Block(kind, attrs, inline, [], "", part.start, part.end, (inline.start, inline.end), prefix)]

    def _inline(self, part: Part) -> Inline:
        places = part.map
        shift = places.shift()
        if shift is not None and part.plain:
            plain = canonical_text(part.content, shift, shift, shift + len(part.content))
            if plain is not None:
                return plain
        reader = InlineReader(part.content, places, self.site, part.line)
        reader.read(part.tokens)
        start, end = reader.span(0, len(part.content))
        inline = canonical(reader.pieces, start, max(start, end))
        return inline if self.exact else Inline.of_key(inline.key, start, start, max(start, end))

    def paragraph(self, part: Part, prefix: str) -> list[Block]:
        if part.content in _CONTENTS:
            end = (part.end, part.end)
            return [Block("macro", (("ac:name", "toc"),), start=part.start, end=part.end, inner=end, prefix=prefix)]
        return self._leaf(part, "paragraph", (), prefix)

    def heading(self, part: Part, prefix: str) -> list[Block]:
        level = "12"["=-".index(part.markup)] if part.markup in "=-" else str(len(part.markup))
        return self._leaf(part, "heading", (("level", level),), prefix)

    def rule(self, part: Part, prefix: str) -> list[Block]:
        return [Block("rule", start=part.start, end=part.end, prefix=prefix)]

    def code(self, part: Part, prefix: str) -> list[Block]:
        """Indented code begins with its indent: without it the text would be a paragraph."""
        margin = self.source.rfind("\n", 0, part.start) + 1 + len(prefix)
        start = margin if not self.source[margin : part.start].strip(" \t") else part.start
        text = part.content.removesuffix("\n")
        attrs = (("ac:name", "code"),)
        return [Block("plain", attrs, text=text, start=start, end=part.end, prefix=prefix, node=INDENTED)]

    def fence(self, part: Part, prefix: str) -> list[Block]:
        name, attrs = read_info(part.info, self.site)
        text = part.content.removesuffix("\n")
        if name == "xml":
            return self._islands(text, part, prefix)
        return [Block("plain", (("ac:name", name), *attrs), text=text, start=part.start, end=part.end, prefix=prefix)]

    def _islands(self, text: str, part: Part, prefix: str) -> list[Block]:
        """One island for each block of storage format in the fence; the first has the fence's place."""
        inside = storage_to_doc(text, self.site)
        texts = [text] if len(inside.blocks) == 1 else [inside.slice(block) for block in inside.blocks]
        return [
            Block("island", text=Raw(one), start=part.end if number else part.start, end=part.end, prefix=prefix)
            for number, one in enumerate(texts)
        ]

    def items(self, part: Part, prefix: str) -> list[Block]:
        ordered = part.type == "ordered_list"
        marks = [] if ordered else [_TASK.match(_first_paragraph(item)) for item in part.parts]
        tasks = bool(marks) and all(marks)
        items = [self._item(item, prefix, marks[number] if tasks else None) for number, item in enumerate(part.parts)]
        prefix = self._margin(part.start, prefix)
        start = str(int(part.attrs.get("start", 1)))
        attrs = (("ordered", "true"), ("start", start)) if ordered else ()
        return [
            Block(
                "tasks" if tasks else "list",
                attrs,
                None,
                items,
                "",
                part.start,
                part.end,
                (part.start, part.end),
                prefix,
            )
        ]

    def _item(self, part: Part, prefix: str, task: re.Match[str] | None) -> Block:
        same_line = bool(part.parts) and part.parts[0].line == part.line and part.parts[0].type != "code_block"
        lead = part.parts[0].start - part.start if same_line else len(part.markup) + 1
        tab = same_line and "\t" in self.source[part.start : part.parts[0].start]
        inner = self._margin(part.start, prefix) + ("\t" if tab else " " * max(lead, 2))
        content = [_cut_front(part.parts[0], task.end()), *part.parts[1:]] if task else part.parts
        children = self.blocks(content, inner)
        start = children[0].start if children else part.end
        attrs = (("done", "true"),) if task and task.group(1) != " " else ()
        kind = "task" if task else "item"
        return Block(kind, attrs, None, children, "", part.start, max(part.end, part.start), (start, part.end), inner)

    def _margin(self, place: int, prefix: str) -> str:
        """What stands before a place on its line, where that is the prefix and white space: an author's own indent."""
        before = self.source[self.source.rfind("\n", 0, place) + 1 : place]
        return prefix if before.removeprefix(prefix).strip(" \t") else before

    def quote(self, part: Part, prefix: str) -> list[Block]:
        inner = prefix + "> "
        first = part.parts[0] if part.parts else None
        alert = _ALERT.match(first.content) if first is not None and first.type == "paragraph" else None
        if first is None or alert is None:
            children = self.blocks(part.parts, inner)
            return (
                [Block("quote", (), None, children, "", part.start, part.end, (part.start, part.end), inner)]
                if children
                else []
            )
        rest = [_cut_front(first, alert.end())] if alert.end() < len(first.content) else []
        content = [*rest, *part.parts[1:]]
        name = notation.MACRO_OF_ALERT[alert.group(1).upper()]
        attrs: Attrs = (("ac:name", name),)
        title = _TITLE.match(content[0].content) if content and content[0].type == "paragraph" else None
        if title is not None and name != "adf-note":  # such a panel has no title of its own, only a first paragraph
            attrs = (*attrs, ("title", _title_text(title.group(1))))
            content = content[1:]
        children = self.blocks(content, inner)
        begin = children[0].start if children else part.end
        return [Block("rich", attrs, None, children, "", part.start, part.end, (begin, part.end), inner)]

    def table(self, part: Part, prefix: str) -> list[Block]:
        rows = []
        aligned = []
        for number, row in enumerate(part.parts):
            cells = []
            for cell in row.parts:
                header = (("header", "true"),) if number == 0 else ()
                content = self._leaf(cell, "paragraph", (), prefix)
                for leaf in content:
                    leaf.node = GFM
                place = (cell.start, cell.end)
                cells.append(Block("cell", header, None, content, "", *place, place, prefix, node=GFM))
                if number == 0:
                    aligned.append(str(cell.attrs.get("style", "")).removeprefix("text-align:"))
            rows.append(Block("row", (), None, cells, "", row.start, row.end, (row.start, row.end), prefix, node=GFM))
        hints = (("align", ",".join(aligned)),) if any(aligned) else ()
        return [Block("table", (), None, rows, "", part.start, part.end, (part.start, part.end), prefix, hints, GFM)]

    def html(self, part: Part, prefix: str) -> list[Block]:
        content = part.content.rstrip("\n")
        if starts_inline(content):
            return self.text_run(content, part.start, part.line, prefix)
        return raw_blocks(content, part.start, part.end, self.site, prefix)

    def text_run(self, content: str, start: int, line: int, prefix: str) -> list[Block]:
        """Inline Markdown that stands where markdown-it saw HTML."""
        places = SourceMap(start)
        at = start
        rows = content.split("\n")
        for number, row in enumerate(rows):
            if number:
                places.add(1, at, at + 1 + len(prefix))
                at += 1 + len(prefix)
            places.add(len(row), at, at + len(row))
            at += len(row)
        part = Part("paragraph", start, at, line, content, places=lambda part: places, env=self.env)
        return self._leaf(part, "paragraph", (), prefix)


def _block_macro(key: InlineKey) -> Attrs | None:
    """The attributes of a macro that is a block wherever it has a paragraph to itself; None for all else."""
    (content, marks), *rest = key
    if rest or marks or isinstance(content, str) or content[0] != "macro":
        return None
    return content[1] if content[1][0][1] in notation.BLOCK_MACROS else None


def _first_paragraph(item: Part) -> str:
    return item.parts[0].content if item.parts and item.parts[0].type == "paragraph" else ""


def _cut_front(part: Part, length: int) -> Part:
    """A paragraph without its first `length` characters of content."""
    places = SourceMap(part.end)
    for low, high, start, stop in part.map.segments:
        if high > length:
            cut = max(0, length - low) if high - low == stop - start else 0
            places.add(high - low - cut, start + cut, stop)
    start = places.segments[0][2] if places.segments else part.end
    return replace(part, start=start, content=part.content[length:], places=lambda part: places)


def _title_text(markdown: str) -> str:
    return " ".join(html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)).split())


_PARTS: dict[str, Callable[[_Reader, Part, str], list[Block]]] = {
    "paragraph": _Reader.paragraph,
    "heading": _Reader.heading,
    "hr": _Reader.rule,
    "code_block": _Reader.code,
    "fence": _Reader.fence,
    "bullet_list": _Reader.items,
    "ordered_list": _Reader.items,
    "blockquote": _Reader.quote,
    "table": _Reader.table,
    "html_block": _Reader.html,
}
