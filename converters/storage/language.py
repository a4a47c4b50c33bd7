"""Storage format as the lens writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from converters import links
from converters.lens import Context, Edit, apply_edits
from converters.model import Atom, Attrs, Block, Doc, Piece
from converters.site import Site
from converters.splice import Hunk, hunks, place, real_marks, rebuild
from converters.storage.blocks import storage_to_doc
from converters.storage.edits import rename, set_attribute, set_parameters, set_text
from converters.storage.inline_writer import escape_text, join, merge_wraps, new_wrap, write_atom, write_inline
from converters.storage.macro_writer import cdata
from converters.storage.reader import Element, parse
from converters.storage.resources import write_resource
from converters.storage.writer import StorageWriter, paragraph_style


class StorageLanguage:
    """Writes storage format for one site."""

    name = "storage format"

    def __init__(self, site: Site) -> None:
        self.site = site

    def read(self, source: str) -> Doc:
        return storage_to_doc(source, self.site)

    def write(self, blocks: Sequence[Block], parent: Block | None, context: Context) -> str:
        writer = StorageWriter(self.site, lambda block: _element_text(context.moved_text(block)))
        laid_out = any(block.kind == "section" for block in context.target.blocks)
        if parent is not None or laid_out:
            return "".join(map(writer.block, blocks))
        return writer.blocks(blocks)

    def insertion(self, doc: Doc, parent: Block | None, siblings: Sequence[Block], at: int, blocks: Sequence[Block],
                  context: Context) -> list[Edit]:
        text = self.write(blocks, parent, context)
        if at:
            return [Edit(siblings[at - 1].end, siblings[at - 1].end, text)]
        if siblings:
            return [Edit(siblings[0].start, siblings[0].start, text)]
        if parent is None:
            return [Edit(len(doc.source), len(doc.source), text)]
        inside = _inside(parent)
        if inside is not None and inside.empty:
            return set_text(doc.source, inside, text)
        return [Edit(parent.inner[1], parent.inner[1], text)]

    def removal(self, doc: Doc, parent: Block | None, siblings: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
        edits = []
        for index in gone:
            block = siblings[index]
            before = siblings[index - 1].end if index else block.start
            start = before if before <= block.start and doc.source[before : block.start].isspace() else block.start
            edits.append(Edit(start, block.end, ""))
        return edits

    def patch_inline(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        inline = target.inline
        assert inline is not None
        assert base.inline is not None
        assert new.inline is not None
        changes = hunks(base.inline.key, new.inline.key)
        source = context.target.source
        edits = [self._splice(source, target, change) for change in changes] if context.level == 0 else [None]
        if all(edit is not None for edit in edits):
            return [edit for edit in edits if edit is not None]
        if target.inner == (0, 0):
            return None
        return [Edit(*target.inner, self._rebuilt(source, target, changes))]

    def _splice(self, source: str, target: Block, change: Hunk) -> Edit | None:
        inline = target.inline
        assert inline is not None
        patched = self._same_atom(source, target, change)
        if patched is not None:
            return patched
        found = place(inline, change)
        if found is None:
            return None
        around = real_marks(found.wraps)
        return Edit(found.start, found.end, write_inline(tuple((content, marks - around) for content, marks in change.content), self.site))

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
            return apply_edits(text, self._image_edits(text, element, piece.atom[1], atom[1]))
        if piece.atom[1][0] != atom[1][0]:
            return None
        return apply_edits(text, set_parameters(text, element, piece.atom[1][1:], atom[1][1:], self.site))

    def _image_edits(self, source: str, element: Element, old: Attrs, new: Attrs) -> list[Edit]:
        before, after = dict(old), dict(new)
        edits: list[Edit] = []
        for name in ("alt", "width", "height", "title"):
            if before.get(name) != after.get(name):
                edits.extend(set_attribute(source, element, f"ac:{name}", after.get(name)))
        if before["src"] != after["src"]:
            resource = next(child for child in element.elements() if child.name.startswith("ri:"))
            target = links.resolve(after["src"], self.site)
            written = write_resource(target, self.site) or write_atom(("image", new), self.site).partition(">")[2].removesuffix("</ac:image>")
            edits.append(Edit(resource.start, resource.end, written))
        return edits

    def _rebuilt(self, source: str, target: Block, changes: Sequence[Hunk]) -> str:
        assert target.inline is not None
        laid = rebuild(target.inline, changes, lambda mark: new_wrap(mark, self.site))
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
        handler = _HEADS.get(target.kind)
        if handler is None or not isinstance(element, Element):
            return [] if (base.attrs, base.text) == (new.attrs, new.text) and target.kind != "table" else None
        return handler(self, context.target.source, element, base, new)


def _element_text(text: str | None) -> str | None:
    """Only a block with an element of its own can stand anywhere."""
    return text if text is not None and text.startswith("<") else None


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


Head = Callable[[StorageLanguage, str, Element, Block, Block], list[Edit] | None]


def _heading(_language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    return rename(source, element, f"h{new.get('level')}") if base.attrs != new.attrs else []


def _paragraph(_language: StorageLanguage, source: str, element: Element, _base: Block, new: Block) -> list[Edit]:
    style = paragraph_style(new).removeprefix(' style="').removesuffix('"')
    return set_attribute(source, element, "style", style) if style else []


def _list(_language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    if base.get("ordered") != new.get("ordered"):
        edits = rename(source, element, "ol" if new.get("ordered") else "ul")
        return edits + (set_attribute(source, element, "start", new.get("start")) if new.get("ordered") else set_attribute(source, element, "start", None))
    return set_attribute(source, element, "start", new.get("start")) if base.attrs != new.attrs else []


def _task(_language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    status = element.first("ac:task-status")
    if status is None or base.attrs == new.attrs:
        return []
    return set_text(source, status, "complete" if new.get("done") else "incomplete")


def _macro(language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit] | None:
    if element.name != "ac:structured-macro" or base.attrs[0] != new.attrs[0]:
        return None if base.attrs != new.attrs else []
    edits = set_parameters(source, element, base.attrs[1:], new.attrs[1:], language.site)
    if base.text != new.text:
        body = element.first("ac:plain-text-body")
        if body is None:
            return None
        edits.extend(set_text(source, body, cdata(new.text)))
    return edits


def _section(_language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    return set_attribute(source, element, "ac:type", new.get("type")) if base.attrs != new.attrs else []


def _cell(_language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    edits: list[Edit] = []
    if base.get("header") != new.get("header"):
        edits.extend(rename(source, element, "th" if new.get("header") else "td"))
    for name in ("colspan", "rowspan"):
        if base.get(name) != new.get(name):
            edits.extend(set_attribute(source, element, name, new.get(name) or None))
    return edits


def _figure(language: StorageLanguage, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    return language._image_edits(source, element, base.attrs, new.attrs) if base.attrs != new.attrs else []


_HEADS: dict[str, Head] = {
    "heading": _heading, "paragraph": _paragraph, "list": _list, "task": _task, "macro": _macro, "plain": _macro,
    "rich": _macro, "section": _section, "cell": _cell, "figure": _figure,
}  # fmt: skip
