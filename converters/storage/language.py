"""Storage format as the lens writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converters.align import Pairs, align_blocks
from converters.lens import Context, Edit, apply_edits
from converters.model import Atom, Block, Doc, Piece, inline_of
from converters.pool import Pool
from converters.site import Site
from converters.splice import Hunk, hunks, place, real_marks, rebuild
from converters.storage.blocks import storage_to_doc
from converters.storage.comments import put_back
from converters.storage.edits import set_attribute, set_parameters, set_text
from converters.storage.heads import HEADS, image_edits
from converters.storage.inline_writer import escape_text, join, merge_wraps, new_wrap, write_atom, write_inline
from converters.storage.reader import Element, parse
from converters.storage.tables import column_edits, emptied_sections
from converters.storage.writer import StorageWriter

_CLOSING = re.compile(r"\s*</p\s*>")


class StorageLanguage:
    """Writes storage format for one site."""

    name = "storage format"

    def __init__(self, site: Site) -> None:
        self.site = site

    def read(self, source: str) -> Doc:
        return storage_to_doc(source, self.site)

    def write(self, blocks: Sequence[Block], parent: Block | None, context: Context) -> str:
        writer = StorageWriter(self.site, lambda block: _moved_text(block, context.target, context.pool))
        if parent is not None or (context.target.laid_out and all(block.kind == "section" for block in blocks)):
            return "".join(map(writer.block, blocks))
        return writer.blocks(blocks)

    def whole(self, target: Doc, base: Doc, new: Doc) -> str | None:
        """Write a page that is taken into sections or out of them: nothing of the old arrangement can stay."""
        if base.laid_out == new.laid_out:
            return None
        pool = Pool()
        for there, block in zip(target.blocks, base.blocks, strict=True):
            pool.add(there, block)
        return StorageWriter(self.site, lambda block: _moved_text(block, target, pool)).blocks(new.blocks)

    def columns(self, doc: Doc, table: Block, pairs: Pairs) -> list[Edit]:
        if all(old == new for old, new in pairs) or not isinstance(table.node, Element):
            return []
        return column_edits(doc.source, table.node, pairs)

    def settle(self, target: Doc, out: Doc) -> str:
        return put_back(target, out, self.site)

    def relay(self, context: Context, base: Doc) -> str | None:
        """Write a page of sections anew where they and what stands between them come in another order."""
        if not context.target.laid_out:
            return None  # storage format has no lines that an edit could run together
        kept: dict[int, str] = {}
        pool = Pool()
        for old, fresh in align_blocks(base.blocks, context.new.blocks):
            new = context.new.blocks[fresh] if fresh is not None else None
            if old is not None and new is not None and base.blocks[old].key == new.key:
                kept[id(new)] = context.target.slice(context.target.blocks[old])
            elif old is not None:
                pool.add(context.target.blocks[old], base.blocks[old])
        writer = StorageWriter(self.site, lambda block: kept.get(id(block)) or _moved_text(block, context.target, pool))
        return writer.blocks(context.new.blocks)

    def insertion(
        self,
        doc: Doc,
        parent: Block | None,
        siblings: Sequence[Block],
        at: int,
        blocks: Sequence[Block],
        context: Context,
    ) -> list[Edit]:
        beside = [siblings[near] for near in (at - 1, at) if 0 <= near < len(siblings)]
        if parent is None and blocks[0].kind != "section" and any(block.kind == "section" for block in beside):
            return [_beside_layout(doc, siblings, at, self.write(blocks, parent, context))]
        text = self.write(blocks, parent, context)
        if at:
            return [_after(doc.source, siblings[at - 1], text)]
        if siblings:
            return [_before(doc.source, siblings[0], text)]
        if parent is None:
            return [Edit(len(doc.source), len(doc.source), text)]
        inside = _inside(parent)
        if inside is not None and inside.empty:
            return set_text(doc.source, inside, text)
        return [Edit(parent.inner[1], parent.inner[1], text)]

    def removal(self, doc: Doc, parent: Block | None, siblings: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
        edits = []
        table = parent.node if parent is not None and parent.kind == "table" else None
        emptied = emptied_sections(table, siblings, set(gone)) if isinstance(table, Element) else {}
        for index in gone:
            if index in emptied:
                section = emptied[index]
                edits.append(Edit(section.start, section.end, ""))
                continue
            block = siblings[index]
            before = siblings[index - 1].end if index else block.start
            start = before if before <= block.start and doc.source[before : block.start].isspace() else block.start
            edits.append(Edit(start, block.end, ""))
        return list(dict.fromkeys(edits)) + self._kept_apart(siblings, set(gone))

    @staticmethod
    def _kept_apart(siblings: Sequence[Block], gone: set[int]) -> list[Edit]:
        """Two runs of bare text that would flow together once what parted them is gone: the second gets a paragraph."""
        edits = []
        bare = [block.kind == "paragraph" and block.node is None for block in siblings]
        for index in range(1, len(siblings)):
            if index - 1 in gone and index not in gone and bare[index]:
                before = next((at for at in range(index - 1, -1, -1) if at not in gone), None)
                if before is not None and bare[before]:
                    block = siblings[index]
                    edits.extend([Edit(block.start, block.start, "<p>"), Edit(block.end, block.end, "</p>")])
        return edits

    def patch_inline(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        changes = hunks(inline_of(base).key, inline_of(new).key)
        source = context.target.source
        edits = [self._splice(source, target, change) for change in changes] if context.level == 0 else [None]
        if all(edit is not None for edit in edits):
            return [edit for edit in edits if edit is not None]
        if target.inner == (0, 0):
            return None
        return [Edit(*target.inner, self._rebuilt(source, target, changes))]

    def _splice(self, source: str, target: Block, change: Hunk) -> Edit | None:
        patched = self._same_atom(source, target, change)
        if patched is not None:
            return patched
        found = place(inline_of(target), change)
        if found is None:
            return None
        around = real_marks(found.wraps)
        return Edit(
            found.start,
            found.end,
            write_inline(tuple((content, marks - around) for content, marks in change.content), self.site),
        )

    def _same_atom(self, source: str, target: Block, change: Hunk) -> Edit | None:
        """An atom that becomes another of its kind keeps what it does not say."""
        if len(change.content) != 1 or change.end - change.start != 1 or isinstance(change.content[0][0], str):
            return None
        at = 0
        for piece in target.inline.pieces if target.inline else ():
            if at == change.start and piece.atom is not None:
                text = self._patched_atom(source[piece.start : piece.end], piece, change.content[0][0])
                return Edit(piece.start, piece.end, text) if text and piece.marks == change.content[0][1] else None
            at += 0 if piece.ghost else len(piece.text) if piece.atom is None else 1
        return None

    def _patched_atom(self, text: str, piece: Piece, atom: Atom) -> str | None:
        if piece.atom is None or piece.atom[0] != atom[0] or atom[0] not in ("image", "macro", "date"):
            return None
        element = parse(text)[0]
        if not isinstance(element, Element):
            return None
        if atom[0] == "date":
            return apply_edits(text, set_attribute(text, element, "datetime", dict(atom[1])["datetime"]))
        if atom[0] == "image":
            return apply_edits(text, image_edits(self.site, text, element, piece.atom[1], atom[1]))
        if piece.atom[1][0] != atom[1][0]:
            return None
        return apply_edits(text, set_parameters(text, element, piece.atom[1][1:], atom[1][1:], self.site))

    def _rebuilt(self, source: str, target: Block, changes: Sequence[Hunk]) -> str:
        laid = rebuild(inline_of(target), changes, lambda mark: new_wrap(mark, self.site))
        pieces = []
        for wraps, content in laid:
            if isinstance(content, Piece):
                text = source[content.start : content.end]
            elif isinstance(content[0], str):
                text = escape_text(content[0])
            else:
                text = write_atom(content[0], self.site)
            pieces.append((wraps, text))
        return join(merge_wraps(pieces))

    def patch_head(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        element = target.node
        handler = HEADS.get(target.kind)
        if handler is None or not isinstance(element, Element):
            same = (base.kind, base.attrs, base.text) == (new.kind, new.attrs, new.text)
            return [] if same and target.kind != "table" else None
        return handler(self.site, context.target.source, element, base, new)


def _after(source: str, block: Block, text: str) -> Edit:
    """Put text after a block; where that shares a paragraph with others, the paragraph ends before it."""
    place = block.end
    if block.prefix:
        closing = _CLOSING.match(source, place)
        if closing is None:
            return Edit(place, place, f"</p>{text}<p>")
        place = closing.end()
    return Edit(place, place, text)


def _before(source: str, block: Block, text: str) -> Edit:
    """Put text before a block, and before the paragraph that it begins."""
    place = source.rindex("<p", 0, block.start) if block.prefix else block.start
    return Edit(place, place, text)


def _beside_layout(doc: Doc, siblings: Sequence[Block], at: int, text: str) -> Edit:
    """Put text beside layout sections: before or after their layout, or in between two layouts."""
    before = siblings[at - 1].end if at else 0
    after = siblings[at].start if at < len(siblings) else len(doc.source)
    for tag, end in (("</ac:layout>", True), ("<ac:layout>", False)):
        found = doc.source.find(tag, before, after)
        if found >= 0:
            place = found + len(tag) if end else found
            return Edit(place, place, text)
    if at and siblings[at - 1].kind != "section":
        return Edit(before, before, text)
    return Edit(before, before, f"</ac:layout>{text}<ac:layout>")


def _moved_text(block: Block, origin: Doc, pool: Pool) -> str | None:
    """The bytes of a block that was moved; bare text gets a paragraph of its own."""
    moved = pool.take(block.key)
    if moved is None:
        return None
    text = origin.slice(moved)
    return f"<p>{text}</p>" if moved.kind == "paragraph" and moved.node is None else text


def _inside(block: Block) -> Element | None:
    """The element whose content the block's children are, where it may be written as `<x />`."""
    element = block.node
    if not isinstance(element, Element):
        return None
    found: list[Element] = [element]
    while found:
        one = found.pop()
        if (one.inner_start, one.inner_end) == block.inner:
            return one
        found.extend(one.elements())
    return None
