"""Blocks as storage format, as the Cloud editor writes it: one line, nothing between block tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from converters import notation
from converters.model import Block
from converters.site import Site
from converters.storage.elements import write_declarations, write_panel
from converters.storage.inline_writer import escape_text, write_image, write_inline
from converters.storage.macro_writer import cdata, write_macro_parameters
from converters.storage.resources import attribute


class StorageWriter:
    """Writes blocks; `override` may hand in the text of a block instead."""

    def __init__(self, site: Site, override: Callable[[Block], str | None] = lambda block: None) -> None:
        self.site = site
        self.override = override

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Write blocks one after the other; layout sections side by side share one layout."""
        out: list[str] = []
        for index, block in enumerate(blocks):
            text = self.block(block)
            if is_section(block):
                first = not index or not is_section(blocks[index - 1])
                last = index + 1 == len(blocks) or not is_section(blocks[index + 1])
                text = "<ac:layout>" * first + text + "</ac:layout>" * last
            out.append(text)
        return "".join(out)

    def block(self, block: Block) -> str:
        given = self.override(block)
        return given if given is not None else _WRITERS[block.kind](self, block)

    def inline(self, block: Block) -> str:
        return write_inline(block.inline.key, self.site) if block.inline is not None else ""

    def paragraph(self, block: Block) -> str:
        return f"<p{paragraph_style(block)}>{self.inline(block)}</p>"

    def heading(self, block: Block) -> str:
        level = block.get("level")
        return f"<h{level}>{self.inline(block)}</h{level}>"

    def list(self, block: Block) -> str:
        tag, start = ("ol", attribute("start", block.get("start"))) if block.get("ordered") else ("ul", "")
        return f"<{tag}{start}>{''.join(map(self.block, block.children))}</{tag}>"

    def item(self, block: Block) -> str:
        return f"<li>{self.blocks(block.children)}</li>"

    def tasks(self, block: Block) -> str:
        return f"<ac:task-list>{''.join(map(self.block, block.children))}</ac:task-list>"

    def task(self, block: Block) -> str:
        status = "complete" if block.get("done") else "incomplete"
        # The editor writes a task's own text without a paragraph around it.
        first = block.children[0] if block.children and _may_stand_bare(block.children) else None
        lead = self.override(first) or self.inline(first) if first is not None else ""
        rest = self.blocks(block.children[1:] if lead else block.children)
        return f"<ac:task><ac:task-status>{status}</ac:task-status><ac:task-body>{lead}{rest}</ac:task-body></ac:task>"

    def quote(self, block: Block) -> str:
        return f"<blockquote>{self.blocks(block.children)}</blockquote>"

    def macro(self, block: Block) -> str:
        if block.attrs[0][1] == notation.ELEMENT_PREFIX + "declarations":
            return write_declarations(block.attrs[1:])
        return self._macro(block, "")

    def _macro(self, block: Block, body: str) -> str:
        name = block.attrs[0][1]
        parameters = write_macro_parameters(block.attrs[1:], self.site, name)
        head = f'<ac:structured-macro{attribute("ac:name", name)} ac:schema-version="1">'
        return f"{head}{parameters}{body}</ac:structured-macro>"

    def plain(self, block: Block) -> str:
        if block.attrs[0][1] == notation.ELEMENT_PREFIX + "pre":
            return f"<pre>{escape_text(block.text)}</pre>"
        return self._macro(block, f"<ac:plain-text-body>{cdata(block.text)}</ac:plain-text-body>")

    def rich(self, block: Block) -> str:
        body = self.blocks(block.children)
        name = block.attrs[0][1]
        if name in ("adf-note", "adf-panel"):
            return write_panel((("panel-type", "note"),) if name == "adf-note" else block.attrs[1:], body)
        element = name.removeprefix(notation.ELEMENT_PREFIX)
        if element != name:
            only = block.children[0] if len(block.children) == 1 and element == "dt" else None
            if only is not None and only.kind == "paragraph":
                body = self.override(only) or self.inline(only)
            return f"<{element}>{body}</{element}>"
        return self._macro(block, f"<ac:rich-text-body>{body}</ac:rich-text-body>")

    def section(self, block: Block) -> str:
        columns = "".join(map(self.block, block.children))
        return f"<ac:layout-section{attribute('ac:type', block.get('type'))}>{columns}</ac:layout-section>"

    def column(self, block: Block) -> str:
        return f"<ac:layout-cell>{self.blocks(block.children)}</ac:layout-cell>"

    def figure(self, block: Block) -> str:
        return write_image(dict(block.attrs), self.site, f"<ac:caption>{self.blocks(block.children)}</ac:caption>")

    def table(self, block: Block) -> str:
        align = block.hint("align").split(",")
        rows = []
        for row in block.children:
            cells = [
                self.cell(cell, align[number] if number < len(align) else "")
                for number, cell in enumerate(row.children)
            ]
            rows.append(f"<tr>{''.join(cells)}</tr>")
        caption = f"<caption>{escape_text(block.get('caption'))}</caption>" if block.get("caption") else ""
        return f"<table>{caption}<tbody>{''.join(rows)}</tbody></table>"

    def row(self, block: Block) -> str:
        return f"<tr>{''.join(map(self.block, block.children))}</tr>"

    def cell(self, block: Block, align: str = "") -> str:
        given = self.override(block)
        if given is not None:
            return given
        if align and block.children:
            block.children[0].hints = (("align", align),)
        tag = "th" if block.get("header") else "td"
        spans = "".join(attribute(name, value) for name, value in block.attrs if name != "header")
        return f"<{tag}{spans}>{self.blocks(block.children) or '<p />'}</{tag}>"


def _may_stand_bare(children: Sequence[Block]) -> bool:
    """Is the first block a paragraph that is one without its element? A macro in it, or after it, would be in doubt."""
    first = children[0]
    if first.kind != "paragraph" or first.inline is None or (len(children) > 1 and children[1].kind == "macro"):
        return False
    return not any(isinstance(content, tuple) and content[0] == "macro" for content, _ in first.inline.key)


def is_section(block: Block) -> bool:
    """Is this a layout section, also one that is carried raw? It may stand in a layout only."""
    return block.kind == "section" or (block.kind == "island" and block.text.startswith("<ac:layout-section"))


def paragraph_style(block: Block) -> str:
    """Alignment and indent that a writer asked for."""
    styles = []
    if block.hint("align") in ("center", "right", "left", "justify"):
        styles.append(f"text-align: {block.hint('align')};")
    if block.hint("indent").isdigit():
        styles.append(f"margin-left: {30 * int(block.hint('indent'))}.0px;")
    return attribute("style", "".join(styles))


_WRITERS: dict[str, Callable[[StorageWriter, Block], str]] = {
    "paragraph": StorageWriter.paragraph,
    "heading": StorageWriter.heading,
    "list": StorageWriter.list,
    "item": StorageWriter.item,
    "tasks": StorageWriter.tasks,
    "task": StorageWriter.task,
    "quote": StorageWriter.quote,
    "rule": lambda writer, block: "<hr />",
    "macro": StorageWriter.macro,
    "plain": StorageWriter.plain,
    "rich": StorageWriter.rich,
    "section": StorageWriter.section,
    "column": StorageWriter.column,
    "figure": StorageWriter.figure,
    "table": StorageWriter.table,
    "row": StorageWriter.row,
    "cell": StorageWriter.cell,
    "island": lambda writer, block: block.text,
}
