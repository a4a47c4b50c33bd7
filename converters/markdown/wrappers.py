"""Wrappers in Markdown: comments and tags that hold Markdown between them, read into blocks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

from converters import notation
from converters.errors import NotationError
from converters.markdown.html import STRAY, Event, events, pair
from converters.markdown.info import macro_attrs
from converters.markdown.parser import Part
from converters.model import Attrs, Block
from converters.site import Site

Item = Part | Event


class Note(NamedTuple):
    """Something that could be read, but hardly as it was meant; lines count from 1."""

    line: int
    rule: str
    message: str


class WrapperReader(ABC):
    """Reads one container after the other; what markdown-it found itself is left to `part` and `text_run`."""

    def __init__(self, source: str, site: Site) -> None:
        self.source = source
        self.site = site
        self.notes: list[Note] = []

    def blocks(self, parts: Sequence[Part], prefix: str) -> list[Block]:
        """Read the parts of one container; `prefix` is what its further lines begin with."""
        sequence: list[Item] = []
        for part in parts:
            cut = events(part.content.rstrip("\n"), part.start, part.line) if part.type == "html_block" else None
            sequence.extend(self._without_prefix(cut, part, prefix) if cut is not None else [part])
        pair(sequence)  # type: ignore[arg-type]
        out, at = self._until(sequence, 0, "", prefix)
        if at < len(sequence):
            raise AssertionError("an event was left over")
        return _without_single_layout(out)

    def _without_prefix(self, cut: list[Event], part: Part, prefix: str) -> list[Event]:
        """Event offsets count the block's own text: add the prefix that each of its further lines has in the source."""
        if prefix and "\n" in part.content.rstrip("\n"):
            for event in cut:
                extra = len(prefix) * (event.line - part.line)
                event.start += extra
                event.end += extra
        return cut

    def _until(self, sequence: list[Item], at: int, closer: str, prefix: str) -> tuple[list[Block], int]:
        """Read up to the closing event `closer`; the index returned is that event's (or the end)."""
        out: list[Block] = []
        hint: Attrs = ()
        while at < len(sequence):
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "close":
                return out, at
            if isinstance(item, Event) and item.name == "ac:p":
                hint = item.attrs
                at += 1
                continue
            if isinstance(item, Event):
                found, at = self._event(sequence, at, prefix)
            else:
                found, at = self.part(item, prefix), at + 1
            if hint and found and found[0].kind == "paragraph":
                found[0].hints = hint
            hint = ()
            out.extend(found)
        return out, at

    # Wrappers

    def _event(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = _event(sequence[at])
        if event.kind == "text":
            return self.text_run(event.text, event.start, event.line, prefix), at + 1
        if event.kind == "single":
            return self._single(event, prefix), at + 1
        if event.name == "table":
            return self._table(sequence, at, prefix)
        if event.name == "figure":
            return self._figure(sequence, at, prefix)
        if event.name in ("td", "th", "tr", "figcaption"):
            raise NotationError(
                f"<{event.name}> stands outside its {'figure' if event.name == 'figcaption' else 'table'}",
                event.line + 1,
                1,
            )
        return self._wrapper(sequence, at, prefix)

    def _single(self, event: Event, prefix: str) -> list[Block]:
        if event.name == STRAY:
            self.notes.append(Note(event.line + 1, "stray-tag", "a tag is closed that nothing opens"))
        if not event.name.startswith("ac:"):
            return []
        attrs = macro_attrs(event.name[3:], event.attrs, self.site)
        kind = "plain" if attrs[0][1] in ("code", "noformat") else "macro"
        return [Block(kind, attrs, start=event.start, end=event.end, inner=(event.end, event.end), prefix=prefix)]

    def _body(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], Event, int]:
        """The blocks between an opening event and its closing one; the index returned is after the latter."""
        opener = _event(sequence[at])
        children, stop = self._until(sequence, at + 1, opener.name, prefix)
        closer = _event(sequence[stop])
        return children, closer, stop + 1

    def _wrapper(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = _event(sequence[at])
        title = sequence[at + 1] if at + 1 < len(sequence) else None
        children, closer, after = self._body(sequence, at, prefix)
        block = Block("rich", (), None, children, "", event.start, closer.end, (event.end, closer.start), prefix)
        if event.name == "details":
            named = isinstance(title, Event) and title.name == "summary"
            if isinstance(title, Event) and named:
                block.inner = (title.end, closer.start)
            block.attrs = (
                ("ac:name", "expand"),
                *((("title", title.text),) if isinstance(title, Event) and named else ()),
            )
        elif event.name == "ac:layout-section":
            block.kind = "section"
            block.attrs = (("type", dict(event.attrs).get("type", "single")),)
            self._only(children, "column", event)
        elif event.name == "ac:layout-cell":
            block.kind = "column"
        elif event.name in notation.ELEMENT_WORDS:
            block.attrs = (("ac:name", notation.ELEMENT_PREFIX + event.name),)
        else:
            block.attrs = macro_attrs(event.name[3:], event.attrs, self.site)
        return [block], after

    def _only(self, children: list[Block], kind: str, event: Event) -> None:
        if any(child.kind != kind for child in children):
            raise NotationError("only <!-- ac:layout-cell --> may stand in a layout section", event.line + 1, 1)

    def _figure(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = _event(sequence[at])
        image: list[Block] = []
        caption: list[Block] = []
        inner = (event.end, event.end)
        at += 1
        while True:
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "open" and item.name == "figcaption":
                caption, closer, at = self._body(sequence, at, prefix)
                inner = (item.end, closer.start)
            elif isinstance(item, Event) and item.kind == "close":
                break
            else:
                found, at = (
                    self._event(sequence, at, prefix) if isinstance(item, Event) else (self.part(item, prefix), at + 1)
                )
                image.extend(found)
        key = image[0].inline.key if len(image) == 1 and image[0].inline else ()
        atom, marks = key[0] if len(key) == 1 else ("", frozenset())
        href = next((value for kind, value in marks if kind == "link"), "")
        if not isinstance(atom, tuple) or atom[0] != "image" or len(marks) > bool(href):
            return [*image, *caption], at + 1  # anything else in a figure stands for itself
        closing = _event(sequence[at])
        attrs = (*atom[1], ("href", href)) if href else atom[1]
        return [Block("figure", attrs, None, caption, "", event.start, closing.end, inner, prefix)], at + 1

    def _table(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = _event(sequence[at])
        title = sequence[at + 1]
        caption = title.text if isinstance(title, Event) and title.name == "caption" else ""
        attrs = (("caption", caption),) if caption else ()
        at += bool(caption)
        rows, stop = self._inside(
            sequence, at + 1, ("tr",), prefix, lambda where: self._table_row(sequence, where, prefix)
        )
        closer = _event(sequence[stop])
        return [
            Block("table", attrs, None, rows, "", event.start, closer.end, (event.end, closer.start), prefix)
        ], stop + 1

    def _table_row(self, sequence: list[Item], at: int, prefix: str) -> tuple[Block, int]:
        event = _event(sequence[at])
        cells, stop = self._inside(
            sequence, at + 1, ("td", "th"), prefix, lambda where: self._table_cell(sequence, where, prefix)
        )
        closer = _event(sequence[stop])
        return Block("row", (), None, cells, "", event.start, closer.end, (event.end, closer.start), prefix), stop + 1

    def _table_cell(self, sequence: list[Item], at: int, prefix: str) -> tuple[Block, int]:
        event = _event(sequence[at])
        children, closer, after = self._body(sequence, at, prefix)
        given = dict(event.attrs)
        spans = tuple((name, given[name]) for name in ("colspan", "rowspan") if given.get(name, "1") != "1")
        attrs = (*((("header", "true"),) if event.name == "th" else ()), *spans)
        return Block(
            "cell", attrs, None, children, "", event.start, closer.end, (event.end, closer.start), prefix
        ), after

    def _inside(
        self,
        sequence: list[Item],
        at: int,
        names: tuple[str, ...],
        prefix: str,
        read: Callable[[int], tuple[Block, int]],
    ) -> tuple[list[Block], int]:
        """The rows of a table, or the cells of a row; what stands there without a cell around it gets one."""
        out: list[Block] = []
        while True:
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "close":
                return out, at
            if isinstance(item, Event) and item.name in names:
                block, at = read(at)
                out.append(block)
                continue
            if isinstance(item, Event) and item.name in ("td", "th"):
                cell, at = self._table_cell(sequence, at, prefix)
                out.append(_row_of(cell))
                continue
            found, at = (
                self._event(sequence, at, prefix) if isinstance(item, Event) else (self.part(item, prefix), at + 1)
            )
            if found:
                message = f"only <{'> and <'.join(names)}> may stand here: this gets a cell of its own"
                self.notes.append(Note(item.line + 1, "table", message))
                place = (found[0].start, found[-1].end)
                cell = Block("cell", (), None, found, "", *place, place, prefix)
                out.append(cell if "td" in names else _row_of(cell))

    @abstractmethod
    def part(self, part: Part, prefix: str) -> list[Block]:
        """Read one part that markdown-it found."""

    @abstractmethod
    def text_run(self, content: str, start: int, line: int, prefix: str) -> list[Block]:
        """Read inline Markdown that stands where markdown-it saw HTML."""


def _event(item: Item) -> Event:
    """An item that pairing has shown to be an event."""
    if not isinstance(item, Event):
        raise TypeError(f"{item.type} stands where a tag was expected")
    return item


def _row_of(cell: Block) -> Block:
    place = (cell.start, cell.end)
    return Block("row", (), None, [cell], "", *place, place, cell.prefix)


def _without_single_layout(blocks: list[Block]) -> list[Block]:
    """A layout of one section with one cell says nothing: its blocks stand for themselves."""
    out: list[Block] = []
    for at, block in enumerate(blocks):
        beside = [blocks[near] for near in (at - 1, at + 1) if 0 <= near < len(blocks)]
        alone = block.kind == "section" and len(block.children) == 1 and all(near.kind != "section" for near in beside)
        out.extend(block.children[0].children if alone else [block])
    return out
