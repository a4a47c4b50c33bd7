"""Markdown as the lens writes it: in the author's own style where that can be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from converters.align import Pairs
from converters.lens import Coarser, Context, Edit
from converters.markdown import tables
from converters.markdown.escape import escape_text
from converters.markdown.heads import HEADS, NUMBER
from converters.markdown.inline_writer import write_inline
from converters.markdown.reader import GFM, markdown_to_doc
from converters.markdown.speller import Speller, relay
from converters.markdown.writer import MarkdownWriter, indent, inline_cell, separator
from converters.model import Block, Doc, inline_of
from converters.splice import Hunk, hunks, place, real_marks

_BULLET = re.compile(r"([-+*])([ \t]+|$)", re.MULTILINE)
_GAP = re.compile(r"[ \t>\n]*\Z")


class MarkdownLanguage(Speller):
    """Writes Markdown for one site."""

    name = "Markdown"

    def read(self, source: str) -> Doc:
        return markdown_to_doc(source, self.site)

    def write(self, blocks: Sequence[Block], parent: Block | None, context: Context) -> str:
        prefix = parent.prefix if parent is not None else ""
        writer = MarkdownWriter(self.site, override=lambda block: self.fresh(block, context))
        return indent(writer.blocks(blocks), prefix)

    def insertion(
        self,
        doc: Doc,
        parent: Block | None,
        siblings: Sequence[Block],
        at: int,
        blocks: Sequence[Block],
        context: Context,
    ) -> list[Edit]:
        if parent is not None and parent.kind in _BOX_INSERTIONS:
            return _BOX_INSERTIONS[parent.kind](self, doc, parent, siblings, at, blocks, context)
        text = self.write(blocks, parent, context)
        prefix = parent.prefix if parent is not None else ""
        if parent is not None and parent.node == GFM:
            return [
                Edit(
                    parent.start, parent.start, MarkdownWriter(self.site).gfm_cell(Block("cell", children=list(blocks)))
                )
            ]
        if at:
            between = (
                "\n"
                if _joins(doc.source, parent, siblings[at - 1], blocks[0])
                else separator(siblings[at - 1], blocks[0])
            )
            lead = indent(between + "x", prefix)[:-1]
            tail = ""
            if at < len(siblings) and "<!--" in separator(blocks[-1], siblings[at]):
                tail = indent("\n\n<!-- -->x", prefix)[:-1]
            return [Edit(siblings[at - 1].end, siblings[at - 1].end, lead + text + tail)]
        if siblings:
            return [
                Edit(
                    siblings[0].start,
                    siblings[0].start,
                    text + indent(separator(blocks[-1], siblings[0]) + "x", prefix)[:-1],
                )
            ]
        if parent is None:
            return [Edit(len(doc.source), len(doc.source), _line_break(doc.source) + text + "\n")]
        if (
            parent.kind in ("rich", "column", "cell", "figure")
            and not doc.source[parent.inner[0] : parent.inner[1]].strip()
        ):
            around = indent("\n\nx", prefix)[:-1]
            return [Edit(*parent.inner, around + text + around)]
        raise Coarser

    def _items(
        self, doc: Doc, parent: Block, siblings: Sequence[Block], at: int, blocks: Sequence[Block], context: Context
    ) -> list[Edit]:
        """New items take the marker and the spacing of their neighbours."""
        if not siblings:
            raise Coarser
        near = siblings[at - 1] if at else siblings[0]
        marker, number = _marker(doc.source, near)
        loose = len(siblings) > 1 and doc.source[siblings[0].end : siblings[1].start].count("\n") > 1
        between = indent(("\n\n" if loose else "\n") + "x", parent.prefix)[:-1]
        texts = []
        for offset, block in enumerate(blocks):
            shown = (
                marker if number is None else re.sub(r"\d+", str(number + offset + (1 if at else 0)), marker, count=1)
            )
            writer = MarkdownWriter(self.site, override=lambda inner: self.fresh(inner, context))
            texts.append(indent(writer.item(block, shown, not loose), parent.prefix))
        if at:
            return [Edit(near.end, near.end, between + between.join(texts))]
        return [Edit(near.start, near.start, between.join(texts) + between)]

    def _rows(
        self, doc: Doc, parent: Block, siblings: Sequence[Block], at: int, blocks: Sequence[Block], context: Context
    ) -> list[Edit]:
        """New rows of a table, in the author's kind of table."""
        if parent.node == GFM:
            if siblings and any(len(row.children) != len(siblings[0].children) for row in blocks):
                raise Coarser
            return tables.insert_rows(doc, parent, siblings, at, [MarkdownWriter(self.site).row(row) for row in blocks])
        writer = MarkdownWriter(self.site, override=lambda inner: self.fresh(inner, context))
        rows = [
            indent("<tr>\n" + "\n".join(map(writer.cell, row.children)) + "\n</tr>", parent.prefix) for row in blocks
        ]
        return tables.insert_rows(doc, parent, siblings, at, rows)

    def _cells(
        self, doc: Doc, parent: Block, siblings: Sequence[Block], at: int, blocks: Sequence[Block], context: Context
    ) -> list[Edit]:
        """New cells of a row."""
        if parent.node == GFM:
            if not all(inline_cell(cell) for cell in blocks):
                raise Coarser
            return tables.insert_cells(
                parent, siblings, at, [MarkdownWriter(self.site).gfm_cell(cell) for cell in blocks]
            )
        writer = MarkdownWriter(self.site, override=lambda inner: self.fresh(inner, context))
        return tables.insert_cells(parent, siblings, at, [indent(writer.cell(cell), parent.prefix) for cell in blocks])

    def columns(self, doc: Doc, table: Block, pairs: Pairs) -> list[Edit]:
        same = all(old == new for old, new in pairs)
        return [] if same or table.node != GFM else tables.delimiter_edits(doc, table, pairs)

    def settle(self, target: Doc, out: Doc) -> str:
        return out.source

    @staticmethod
    def _coarser(*_args: object) -> list[Edit]:
        raise Coarser

    def removal(self, doc: Doc, parent: Block | None, siblings: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
        if parent is not None and parent.kind == "row":
            return tables.remove_cells(doc, parent, siblings, gone)
        if parent is not None and parent.kind in ("list", "tasks", "table") and len(gone) == len(siblings):
            raise Coarser
        if parent is not None and parent.node == GFM and parent.kind == "table" and 0 in gone:
            raise Coarser
        edits = []
        for index in gone:
            block = siblings[index]
            start, end = block.start, block.end
            if index and _GAP.match(doc.source, siblings[index - 1].end, start):
                start = siblings[index - 1].end
                if index + 1 < len(siblings) and _tighter(doc.source, siblings[index - 1 : index + 2]):
                    start, end = block.start, siblings[index + 1].start
            elif index + 1 < len(siblings) and _GAP.match(doc.source, end, siblings[index + 1].start):
                end = siblings[index + 1].start
            edits.append(Edit(start, end, ""))
        return _joined(edits) + _first_number(doc.source, parent, siblings, gone)

    def whole(self, target: Doc, base: Doc, new: Doc) -> str | None:
        return None

    def relay(self, context: Context, base: Doc) -> str | None:
        return relay(self, context, base)

    # Changes in place

    def patch_inline(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        single = target.kind == "heading" or target.node == GFM
        if context.level == 0:
            edits = self.patch_hunks(target, hunks(inline_of(base).key, inline_of(new).key), context)
            if edits is not None:
                return edits
        text = self.leaf(new, single)
        if text is None:
            return None
        if target.node == GFM:
            text = text.replace("|", "\\|")
        return [Edit(*target.inner, indent(text, target.prefix))]

    def patch_hunks(self, target: Block, changes: Sequence[Hunk], context: Context) -> list[Edit] | None:
        """Edits for changes of a line's words, in place; None where one of them cannot be made so."""
        edits = [self._splice(context.target.source, target, change) for change in changes]
        made = [edit for edit in edits if edit is not None]
        return made if len(made) == len(edits) else None

    def _splice(self, source: str, target: Block, change: Hunk) -> Edit | None:
        found = place(inline_of(target), change)
        if found is None:
            return None
        around = real_marks(found.wraps)
        content = tuple((text, marks - around) for text, marks in change.content)
        before = after = ""
        if found.start > target.inner[0]:
            before = source[found.start - 1]
        if found.end < target.inner[1]:
            after = source[found.end]
        if ("code", "") in around:
            text = "".join(str(part) for part, _ in content)
            return (
                None
                if "`" in text or any(not isinstance(part, str) for part, _ in content)
                else Edit(found.start, found.end, text)
            )
        text = self._spelled(content, before, after)
        if target.node == GFM:
            text = text.replace("|", "\\|")
        return Edit(found.start, found.end, text)

    def _spelled(self, content: tuple[tuple[object, frozenset[tuple[str, str]]], ...], before: str, after: str) -> str:
        """Write new content between two characters of what stands there already."""
        if len(content) == 1 and isinstance(content[0][0], str) and not content[0][1]:
            return escape_text(content[0][0], before, after)
        return write_inline(content, self.site)  # type: ignore[arg-type]  # the shape of an InlineKey

    def patch_head(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        if base.attrs == new.attrs and base.text == new.text:
            return []  # side facts of storage format have no place in Markdown
        handler = HEADS.get(target.kind) if base.kind == new.kind else None
        if context.level and target.kind == "plain":
            return None  # what could not be read as meant in the author's fence gets one of its own
        return handler(self.site, context.target.source, target, base, new) if handler else None


def _tighter(source: str, three: Sequence[Block]) -> bool:
    """Does the third block follow the second without a blank line, as it may not follow the first?"""
    first, second, third = three
    before, after = source[first.end : second.start], source[second.end : third.start]
    return _GAP.fullmatch(after) is not None and after.count("\n") < before.count("\n")


def _line_break(source: str) -> str:
    """What has to stand before text that is added at the end."""
    return "" if not source or source.endswith("\n\n") else "\n" if source.endswith("\n") else "\n\n"


def _marker(source: str, item: Block) -> tuple[str, int | None]:
    """An item's marker with the white space after it, and its number."""
    bullet = _BULLET.match(source, item.start)
    if bullet is not None:
        return bullet.group(1) + (bullet.group(2) or " "), None
    number = NUMBER.match(source, item.start)
    if number is None:
        raise Coarser
    return number.group(1) + number.group(2) + (number.group(3) or " "), int(number.group(1))


def _joins(source: str, parent: Block | None, before: Block, new: Block) -> bool:
    """Does a new list follow an item's text without a blank line, as the items around it do?"""
    if parent is None or parent.kind not in ("item", "task") or before.kind != "paragraph":
        return False
    tight = "\n\n" not in source[parent.start : parent.end] and source[parent.end : parent.end + 2] != "\n\n"
    return tight and new.kind in ("list", "tasks") and new.get("start", "1") == "1"


def _first_number(source: str, parent: Block | None, siblings: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
    """A numbered list starts with its first item's number: when that goes, the next one takes the number over."""
    if parent is None or not parent.get("ordered") or 0 not in gone:
        return []
    first = next(item for at, item in enumerate(siblings) if at not in gone)
    old, new = NUMBER.match(source, siblings[0].start), NUMBER.match(source, first.start)
    return [Edit(first.start, new.end(1), old.group(1))] if old and new else []


def _joined(edits: list[Edit]) -> list[Edit]:
    """Neighbouring removals as one."""
    out: list[Edit] = []
    for edit in edits:
        if out and out[-1].end >= edit.start:
            out[-1] = Edit(out[-1].start, max(out[-1].end, edit.end), "")
        else:
            out.append(edit)
    return out


Insertion = Callable[[MarkdownLanguage, Doc, Block, Sequence[Block], int, Sequence[Block], Context], list[Edit]]
_BOX_INSERTIONS: dict[str, Insertion] = {
    "list": MarkdownLanguage._items,
    "tasks": MarkdownLanguage._items,
    "table": MarkdownLanguage._rows,
    "row": MarkdownLanguage._cells,
    "section": lambda language, *rest: language._coarser(),
}
