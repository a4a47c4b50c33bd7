"""markdown-it-py, with the place of everything it finds.

markdown-it gives line numbers of blocks only. Its rules know more while they run: the block rules see the exact
offset of a line's content (container prefixes already consumed), the inline rules start and stop at exact offsets.
`converters.markdown.tokenizer` writes it down, and text tokens are kept unjoined.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from converters.errors import NotationError
from converters.markdown.tokenizer import PlacedInlines, placed


@dataclass(slots=True)
class SourceMap:
    """From offsets in a token's content to offsets in the source, as segments in order.

    A segment (content_start, content_end, source_start, source_end) of equal lengths maps character by character; any
    other (a line break with the next line's prefix, an escaped pipe) is one indivisible character of content.
    """

    origin: int = 0  # where empty content stands
    segments: list[tuple[int, int, int, int]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def add(self, length: int, source_start: int, source_end: int) -> None:
        at = self.segments[-1][1] if self.segments else 0
        if length or source_end > source_start:
            self._starts.append(at)
            self.segments.append((at, at + length, source_start, source_end))

    def shift(self) -> int | None:
        """What to add to any offset, where the whole content stands in one line character for character; else None."""
        if len(self.segments) != 1:
            return None
        low, high, source, stop = self.segments[0]
        return source - low if high - low == stop - source else None

    def _segment(self, offset: int) -> tuple[int, int, int, int]:
        if not self.segments:
            return 0, 0, self.origin, self.origin
        return self.segments[max(0, bisect_right(self._starts, offset) - 1)]

    def start(self, offset: int) -> int:
        """Source offset where the content at `offset` begins."""
        low, high, source, stop = self._segment(offset)
        return source + offset - low if high - low == stop - source else (source if offset == low else stop)

    def end(self, offset: int) -> int:
        """Source offset where the content before `offset` ends."""
        low, high, source, stop = self._segment(offset - 1) if offset else self._segment(0)
        return source + offset - low if high - low == stop - source else (stop if offset > low else source)

    def cuts(self, start: int, end: int) -> list[tuple[int, int]]:
        """Split a content range at segment bounds."""
        edges = [start]
        edges.extend(self._starts[bisect_right(self._starts, start) : bisect_left(self._starts, end)])
        edges.append(end)
        return [(a, b) for a, b in pairwise(edges) if a < b]


MAX_NESTING = 100
Env = dict[str, Any]  # what a text defines for all of itself: the destinations of its reference links


@dataclass(slots=True)
class Part:
    """One block-level thing: a leaf with inline content, or a container with its parts.

    `type` is markdown-it's token type without `_open`. `env` is what the text defines, and None where nothing inline
    is to be read; `places` makes the map of its content.
    """

    type: str
    start: int
    end: int
    line: int = 0
    content: str = ""
    info: str = ""
    markup: str = ""
    attrs: dict[str, Any] = field(default_factory=dict)
    places: Callable[[Part], SourceMap] | None = None
    env: Env | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def map(self) -> SourceMap:
        """From `content` to the source: made when it is asked for, as it is once, when the leaf is read."""
        return _NOWHERE if self.places is None else self.places(self)

    @property
    def plain(self) -> bool:
        """Is all of the inline content text, whatever stands around it?"""
        return _inlines().stop(self.content) is None

    @property
    def tokens(self) -> list[Token]:
        """The inline tokens. They are made when they are asked for: those of a whole page would fill the memory."""
        return [] if self.env is None else _inlines().parse(self.content, _markdown(), self.env, [])


_NOWHERE = SourceMap()  # of a part that has no content of its own
_NO_ATTRS: dict[str, Any] = {}


def _same(link: str) -> str:
    return link


@cache
def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    md.core.ruler.disable(["inline", "text_join"])
    md.inline.ruler2.disable("fragments_join")
    for name in ("normalizeLink", "normalizeLinkText"):
        setattr(md, name, _same)  # destinations are kept as they are written
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    return placed(md)


def _inlines() -> PlacedInlines:
    inline = _markdown().inline
    if not isinstance(inline, PlacedInlines):
        raise TypeError("not the inline loop that writes down places")
    return inline


def parse(source: str, env: Env | None = None) -> list[Part]:
    """Parse Markdown with `\\n` line ends into its top-level parts; `env` takes what the text defines."""
    env = {} if env is None else env
    tokens = _markdown().parse(source, env)
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    tokens.reverse()
    return _Builder(source, starts, env).build(tokens, "")


def _not_too_deep(token: Token) -> None:
    """Refuse what markdown-it would leave out."""
    if token.level >= MAX_NESTING - 2:
        raise NotationError(f"nested more than {MAX_NESTING - 2} deep", (token.map or [0])[0] + 1, 1)


class _Builder:
    def __init__(self, source: str, starts: list[int], env: Env) -> None:
        self.source = source
        self.starts = starts
        self.env = env

    def line(self, number: int) -> str:
        return self.source[self.starts[number] : self.starts[number + 1] - 1]

    def build(self, tokens: list[Token], closer: str) -> list[Part]:
        """The parts up to the closing token. The tokens, the next one last, are used up."""
        out: list[Part] = []
        while tokens:
            token = tokens.pop()
            if token.type == closer:
                return out
            _not_too_deep(token)
            start, end = token.meta.get("place", (0, 0))
            part = Part(
                token.type.removesuffix("_open"),
                start,
                end,
                (token.map or [0])[0],
                token.content,
                token.info,
                token.markup,
                token.attrs or _NO_ATTRS,
            )
            if token.nesting == 1 and tokens[-1].type == "inline":
                inline = tokens.pop()
                _not_too_deep(inline)
                part.content, part.env, part.places = inline.content, self.env, self._lines
                tokens.pop()  # what closes it
            elif token.nesting == 1:
                part.parts = self.build(tokens, part.type + "_close")
                self._settle(part)
            out.append(part)
        return out

    def _settle(self, part: Part) -> None:
        """Give a container its end."""
        if part.type == "table":
            self._table(part)
        elif part.parts and part.type in ("blockquote", "list_item", "bullet_list", "ordered_list"):
            part.end = part.parts[-1].end

    def _lines(self, part: Part) -> SourceMap:
        """Map a leaf's content: each of its lines is the end of a source line, but for trailing white space."""
        out = SourceMap(part.end)
        lines = part.content.split("\n")
        for number, text in enumerate(lines):
            line = self.line(part.line + number)
            base = self.starts[part.line + number]
            if part.type == "heading" and part.markup.startswith("#"):
                place = part.start + len(part.markup)
                place = self.source.index(text, place) if text else place
            elif number == len(lines) - 1:
                place = base + line.rfind(text) if text else base
            else:
                place = base + len(line) - len(text)
            if number:
                out.add(1, out.segments[-1][3] if out.segments else place, place)
            out.add(len(text), place, place + len(text))
        return out

    def _table(self, part: Part) -> None:
        """Split each row's line as markdown-it does, keeping the places."""
        rows = [row for section in part.parts for row in section.parts]
        for row in rows:
            row.start, row.end = self._row_place(part, row)
            spans = split_row(self.source, row.start, row.end)
            for cell, (start, end) in zip(row.parts, spans + [(row.end, row.end)] * len(row.parts), strict=False):
                cell.line, cell.start, cell.end, cell.places = row.line, start, end, self._cell
        part.parts = rows

    def _row_place(self, table: Part, row: Part) -> tuple[int, int]:
        """A row's first line stands as its table does; further lines lose the same prefix."""
        end = self.starts[row.line + 1] - 1
        if row.line == table.line:
            return table.start, end
        prefix = self.source[self.starts[table.line] : table.start]
        line = self.line(row.line)
        at = 0
        for char in prefix:
            if at < len(line) and (line[at] in " \t" or line[at] == char):
                at += 1
        while at < len(line) and line[at] in " \t":
            at += 1
        return self.starts[row.line] + at, end

    def _cell(self, part: Part) -> SourceMap:
        start, end = part.start, part.end
        out = SourceMap(start)
        at = start
        while at < end:
            pipe = self.source.find("\\|", at, end)
            stop = end if pipe < 0 else pipe
            out.add(stop - at, at, stop)
            if pipe >= 0:
                out.add(1, pipe, pipe + 2)
                stop += 2
            at = stop
        return out


def split_row(source: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the cells of one table row, trimmed, by markdown-it's own rule: `|` ends a cell unless escaped."""
    while end > start and source[end - 1] in " \t\r":
        end -= 1
    edges: list[tuple[int, int]] = []
    last = start
    pipe = source.find("|", start, end)
    while pipe >= 0:
        if pipe == start or source[pipe - 1] != "\\":
            edges.append((last, pipe))
            last = pipe + 1
        pipe = source.find("|", pipe + 1, end)
    edges.append((last, end))
    if edges and not source[edges[0][0] : edges[0][1]].strip():
        edges.pop(0)
    if edges and not source[edges[-1][0] : edges[-1][1]].strip():
        edges.pop()
    return [_trimmed(source, low, high) for low, high in edges]


def _trimmed(source: str, low: int, high: int) -> tuple[int, int]:
    while low < high and source[low] in " \t":
        low += 1
    while high > low and source[high - 1] in " \t":
        high -= 1
    return low, high
