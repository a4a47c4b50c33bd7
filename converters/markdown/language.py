"""Markdown as the lens writes it: in the author's own style where that can be seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from converters.align import Pairs, align_blocks
from converters.judge import Judge
from converters.lens import Coarser, Context, Edit
from converters.markdown import tables
from converters.markdown.escape import escape_text
from converters.markdown.heads import HEADS, NUMBER
from converters.markdown.inline_writer import write_inline
from converters.markdown.reader import GFM, markdown_to_doc
from converters.markdown.writer import MarkdownWriter, fence, indent, inline_cell, separator
from converters.model import BOXES, Block, Doc, inline_of
from converters.site import Site
from converters.splice import Hunk, hunks, place, real_marks

_BULLET = re.compile(r"([-+*])([ \t]+|$)")
_GAP = re.compile(r"[ \t>\n]*\Z")


_BOXED = frozenset(BOXES.values())  # written by the boxes that they stand in


class MarkdownLanguage:
    """Writes Markdown for one site."""

    name = "Markdown"

    def __init__(self, site: Site) -> None:
        self.site = site
        self.judge = Judge(site)

    def read(self, source: str) -> Doc:
        return markdown_to_doc(source, self.site)

    # New blocks

    def express(self, block: Block, doc: Doc) -> str:
        """Write one block so that it reads back as itself: readable if possible, else with tags, else as an island.

        `doc` is the document that the block was read from: only a storage document has the bytes for an island.
        """
        for safe in (False, True):
            text = self._attempt(block, safe)
            if text is not None:
                return text
        if doc.language != "storage":
            raise Coarser
        if block.children and block.kind not in ("table", "list", "tasks", "section", "figure"):
            writer = MarkdownWriter(
                self.site, override=lambda inner: self.express(inner, doc) if inner in block.children else None
            )
            text = writer.block(block)
            if self._reads_as(text, block):
                return text
        return fence("xml ac:xml", doc.slice(block))

    def _attempt(self, block: Block, safe: bool) -> str | None:
        try:
            text = MarkdownWriter(self.site, safe).block(block)
        except ValueError:
            return None
        return text if self._reads_as(text, block) else None

    def _reads_as(self, text: str, block: Block) -> bool:
        try:
            return self.judge.same_blocks(self._read_one(text), [block])
        except ValueError:
            return False

    def _read_one(self, text: str) -> list[Block]:
        return markdown_to_doc(text, self.site).blocks

    def write(self, blocks: Sequence[Block], parent: Block | None, context: Context) -> str:
        prefix = parent.prefix if parent is not None else ""
        writer = MarkdownWriter(self.site, override=lambda block: self._fresh(block, parent, context))
        return indent(writer.blocks(blocks), prefix)

    def _fresh(self, block: Block, parent: Block | None, context: Context) -> str | None:
        """Write a new block; what was taken away elsewhere and comes again here keeps the author's characters."""
        if block.kind in _BOXED:
            return None
        moved = self._again(block, context)
        if moved is not None:
            return moved
        used = len(context.pool.used)
        bullet = _bullet(context)
        if block.children:
            text = MarkdownWriter(self.site, override=lambda inner: self._again(inner, context), bullet=bullet).block(
                block
            )
            if (bullet != "-" or len(context.pool.used) > used) and self._reads_as(text, block):
                return text
        del context.pool.used[used:]
        return self.express(block, context.new)

    @staticmethod
    def _again(block: Block, context: Context) -> str | None:
        moved = context.pool.take(block.key) if block.kind not in _BOXED else None
        if moved is None or moved.node == GFM:
            return None
        lines = context.target.slice(moved).split("\n")
        if not all(line.startswith(moved.prefix) or line == moved.prefix.rstrip() for line in lines[1:]):
            return None
        return "\n".join([lines[0], *(line[len(moved.prefix) :] for line in lines[1:])])

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
            writer = MarkdownWriter(self.site, override=lambda inner: self._fresh(inner, parent, context))
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
        writer = MarkdownWriter(self.site, override=lambda inner: self._fresh(inner, parent, context))
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
        writer = MarkdownWriter(self.site, override=lambda inner: self._fresh(inner, parent, context))
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
        if (
            parent is not None
            and parent.kind in ("list", "tasks", "table", "item", "task")
            and len(gone) == len(siblings)
        ):
            raise Coarser
        if parent is not None and parent.node == GFM and parent.kind == "table" and 0 in gone:
            raise Coarser
        edits = []
        for index in gone:
            block = siblings[index]
            start, end = block.start, block.end
            if index and _GAP.match(doc.source, siblings[index - 1].end, start):
                start = siblings[index - 1].end
            elif index + 1 < len(siblings) and _GAP.match(doc.source, end, siblings[index + 1].start):
                end = siblings[index + 1].start
            edits.append(Edit(start, end, ""))
        return _joined(edits) + _first_number(doc.source, parent, siblings, gone)

    def whole(self, target: Doc, base: Doc, new: Doc) -> str | None:
        return None

    def relay(self, context: Context, base: Doc) -> str | None:
        """Lay the text out again: kept blocks and what stands between them as they are, blank lines between all."""
        target = context.target
        chunks: list[str] = []
        previous: Block | None = None
        gaps = self._gaps(target)
        for old, fresh in align_blocks(base.blocks, context.new.blocks):
            if old is not None and gaps[old]:
                chunks.append(gaps[old])
                previous = None
            if fresh is None:
                continue
            new = context.new.blocks[fresh]
            if old is not None and base.blocks[old].key == new.key:
                line = target.source.rfind("\n", 0, target.blocks[old].start) + 1
                text = target.source[line : target.blocks[old].end]
            else:
                text = self.express(new, context.new)
            if previous is not None and "<!--" in separator(previous, new):
                chunks.append("<!-- -->")
            chunks.append(text)
            previous = new
        if gaps[-1]:
            chunks.append(gaps[-1])
        return "\n\n".join(chunks) + "\n" if chunks else ""

    @staticmethod
    def _gaps(doc: Doc) -> list[str]:
        """What stands before each block, and after the last, that is no block: link definitions, comments."""
        edges = [0, *(block.end for block in doc.blocks)]
        starts = [*(block.start for block in doc.blocks), len(doc.source)]
        return [doc.source[low:high].strip() for low, high in zip(edges, starts, strict=True)]

    # Changes in place

    def patch_inline(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        single = target.kind == "heading" or target.node == GFM
        if context.level == 0:
            edits = self.patch_hunks(target, hunks(inline_of(base).key, inline_of(new).key), context)
            if edits is not None:
                return edits
        text = self._leaf(new, single)
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

    def _leaf(self, new: Block, single: bool) -> str | None:
        for safe in (False, True):
            text = write_inline(inline_of(new).key, self.site, single, safe)
            probe = self._read_one(("# " if single else "") + text)
            if len(probe) == 1 and probe[0].inline is not None and probe[0].inline.key == inline_of(new).key:
                return text
        return None

    def _splice(self, source: str, target: Block, change: Hunk) -> Edit | None:
        found = place(inline_of(target), change)
        if found is None:
            return None
        around = real_marks(found.wraps)
        content = tuple((text, marks - around) for text, marks in change.content)
        before, after = source[:0], source[:0]
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
        return handler(self.site, context.target.source, target, base, new) if handler else None


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


def _bullet(context: Context) -> str:
    """The sign that the author's first list has."""
    if "bullet" not in context.style:
        found = (block.children[0] for block in context.target.walk() if block.kind in ("list", "tasks"))
        signs = (context.target.source[item.start : item.start + 1] for item in found)
        context.style["bullet"] = next((sign for sign in signs if sign and sign in "-+*"), "-")
    return context.style["bullet"]


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
