"""Inline Markdown: markdown-it's tokens, with their places, as marks, atoms and text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from converters import notation, targets
from converters.errors import NotationError
from converters.markdown.elements import ELEMENTS, element_atom
from converters.markdown.parser import SourceMap
from converters.model import BREAK, Atom, Attrs, Mark, Piece, Wrap
from converters.site import Site
from converters.storage.parameters import canonical_attribute

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)(.*?)\s*(/?)>\Z", re.DOTALL)  # markdown-it has checked the attributes
# Tags of blocks that people write inside a line, mostly in cells: what they part is kept apart by a line break.
BLOCK_TAGS = frozenset({"p", "div", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_TOKEN_MARKS = {"strong": "strong", "em": "em", "s": "del"}


class InlineReader:
    """Collects the pieces of one leaf; offsets count characters of the leaf's content until `place` maps them."""

    def __init__(self, content: str, places: SourceMap, site: Site, line: int) -> None:
        self.content = content
        self.places = places
        self.site = site
        self.line = line
        self.pieces: list[Piece] = []
        self.shift = places.shift()
        self.wraps: list[Wrap] = []  # the marks that are open, innermost last
        self._around: tuple[tuple[Wrap, ...], frozenset[Mark]] | None = ((), frozenset())
        self.at = 0
        self._closers: tuple[Sequence[Token], dict[int, int]] = ((), {})

    def closers(self, tokens: Sequence[Token]) -> dict[int, int]:
        """The closing tags of one token list, found out once."""
        if self._closers[0] is not tokens:
            self._closers = (tokens, _closers(tokens))
        return self._closers[1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        if self.shift is not None:
            return start + self.shift, max(start, end) + self.shift
        return self.places.start(start), self.places.end(end) if end > start else self.places.start(start)

    def text(self, text: str, start: int, end: int, solid: bool = False) -> None:
        """Text that stands at start:end of the content, cut where the source does not map character by character."""
        (wraps, marks), shift = self.around(), self.shift
        if len(text) != end - start or solid:
            self.pieces.append(Piece(text, *self.span(start, end), marks, wraps, None, True))
        elif shift is not None:
            self.pieces.append(Piece(text, start + shift, end + shift, marks, wraps))
        else:
            for low, high in self.places.cuts(start, end):
                self.pieces.append(Piece(text[low - start : high - start], *self.span(low, high), marks, wraps))

    def around(self) -> tuple[tuple[Wrap, ...], frozenset[Mark]]:
        """The open marks as pieces have them, made only where something stands inside."""
        if self._around is None:
            self._around = tuple(self.wraps), notation.marks_inside([wrap.mark for wrap in self.wraps if wrap.mark])
        return self._around

    def atom(self, atom: Atom, start: int, end: int) -> None:
        wraps, marks = self.around()
        self.pieces.append(Piece("", *self.span(start, end), marks, wraps, atom))

    def ghost(self, start: int, end: int) -> None:
        wraps, marks = self.around()
        self.pieces.append(Piece("", *self.span(start, end), marks, wraps))

    def open(self, mark: Mark | None, start: int, end: int) -> None:
        first, last = self.span(start, end)
        self.wraps.append(Wrap(mark, first, last, open=self.content[start:end]))
        self._around = None

    def close(self, start: int, end: int) -> Wrap:
        wrap = self.wraps.pop()
        self._around = None
        wrap.end = self.span(start, end)[1]
        wrap.close = self.content[start:end]
        return wrap

    def read(self, tokens: Sequence[Token]) -> None:
        index = 0
        while index < len(tokens):
            index = self.token(tokens, index)

    def token(self, tokens: Sequence[Token], index: int) -> int:
        token = tokens[index]
        span = token.meta.get("span")
        start, end = span if span is not None else (self.at, self.at + len(token.content))
        handler = _TOKENS.get(token.type)
        if token.type == "text":
            if token.content:
                self.text(token.content, start, end)
        elif handler is not None:
            index = handler(self, tokens, index, start, end)
        elif token.type.endswith("_open"):
            # Of the two delimiters of a strong mark, the token is the inner one.
            self.open((_TOKEN_MARKS[token.type[:-5]], ""), start - (token.markup == "**" or token.markup == "__"), end)
        elif token.type.endswith("_close"):
            self.close(start, end + (token.markup == "**" or token.markup == "__"))
        if end > self.at:
            self.at = end
        return index + 1


def _text(reader: InlineReader, tokens: Sequence[Token], index: int, start: int, end: int) -> int:
    token = tokens[index]
    if token.type == "softbreak":
        reader.text(" ", reader.at, end, solid=True)
    elif token.type == "hardbreak":
        reader.atom(BREAK, reader.at, end)
    elif token.content:
        reader.text(token.content, start, end, solid=token.type == "text_special" and end - start > 1)
    return index


def _code(reader: InlineReader, tokens: Sequence[Token], index: int, start: int, end: int) -> int:
    ticks, text = len(tokens[index].markup), tokens[index].content
    low, high = start + ticks, end - ticks
    if high - low == len(text) + 2:
        low, high = low + 1, high - 1
    reader.open(("code", ""), start, low)
    reader.text(text, low, high, solid="\n" in reader.content[low:high])
    reader.close(high, end)
    return index


def _link(reader: InlineReader, tokens: Sequence[Token], index: int, start: int, end: int) -> int:
    token = tokens[index]
    destination = html_free(str(token.attrGet("href") or ""))
    target = targets.resolve(destination, reader.site)
    stop = _closing(tokens, index, "link")
    mark = ("link", targets.with_title(targets.spell(target, reader.site), str(token.attrGet("title") or "")))
    if token.markup == "autolink":
        reader.open(mark, start, start + 1)
        reader.text(tokens[index + 1].content, start + 1, end - 1)
        reader.close(end - 1, end)
        reader.at = end
        return stop
    inner = tokens[index + 1 : stop]
    shown = "".join(child.content for child in inner if child.type in ("text", "text_special"))
    close = tokens[stop].meta.get("span", (start, end))
    if target.kind == "user" and (shown.startswith("@") or not inner):
        reader.atom(("mention", target.values), start, close[1])
    elif not inner:
        reader.atom(("link", (("href", mark[1]),)), start, close[1])
    else:
        reader.open(mark, start, start + 1)
        reader.at = start + 1
        reader.read(inner)
        reader.close(reader.at, close[1])
    reader.at = close[1]
    return stop


def html_free(destination: str) -> str:
    return destination.replace("\n", "%0A")


def _closing(tokens: Sequence[Token], index: int, name: str) -> int:
    depth = 0
    for at in range(index, len(tokens)):
        if tokens[at].type == f"{name}_open":
            depth += 1
        elif tokens[at].type == f"{name}_close":
            depth -= 1
            if not depth:
                return at
    raise AssertionError(f"markdown-it left {name} open")


def _image(reader: InlineReader, tokens: Sequence[Token], index: int, start: int, end: int) -> int:
    token = tokens[index]
    alt = _plain(token.children or [])
    source = targets.canonical(str(token.attrGet("src") or ""), reader.site)
    reader.atom(("image", image_attrs(source, alt, title=str(token.attrGet("title") or ""))), start, end)
    return index


def _plain(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(_plain(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)


def image_attrs(source: str, alt: str = "", width: str = "", height: str = "", title: str = "") -> Attrs:
    given = (("alt", alt), ("width", width), ("height", height), ("title", title))
    return (("src", source), *((name, value) for name, value in given if value))


def _html(reader: InlineReader, tokens: Sequence[Token], index: int, start: int, end: int) -> int:
    found = _TAG.match(tokens[index].content)
    if found is None:  # a comment or an instruction
        reader.ghost(start, end)
        return index
    closing, name, rest, _empty = found.groups()
    name = name.lower()
    attrs = dict(notation.read_attributes(rest) or ())
    if name == "br":
        reader.atom(BREAK, start, end)
    elif name == "img":
        source = targets.canonical(attrs.get("src", ""), reader.site)
        sized = image_attrs(
            source, attrs.get("alt", ""), attrs.get("width", ""), attrs.get("height", ""), attrs.get("title", "")
        )
        reader.atom(("image", sized), start, end)
    elif name == "ac-title":
        reader.ghost(start, end)  # the first line of a panel that has no title: its text is text
    elif (name.startswith("ac-") or name in ELEMENTS) and not closing:
        return _custom(reader, tokens, index, name, attrs, start)
    elif name == "a" and not closing and "href" not in attrs and (attrs.get("id") or attrs.get("name")):
        return _anchor(reader, tokens, index, attrs.get("id") or attrs["name"], start, end)
    elif name in BLOCK_TAGS:
        reader.atom(BREAK, start, end)
    elif name in ("a", "span") or name in notation.MARK_TAGS:
        _mark_tag(reader, tokens, index, name, attrs, bool(closing), start, end)
    else:
        reader.ghost(start, end)
    return index


def _anchor(reader: InlineReader, tokens: Sequence[Token], index: int, name: str, start: int, end: int) -> int:
    """`<a id="x">`: an anchor where it stands; its text, if it has some, is text."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None and after.type == "html_inline" and after.content.lower().replace(" ", "") == "</a>":
        index, end = index + 1, after.meta["span"][1]
        reader.at = end
    reader.atom(("macro", (("ac:name", "anchor"), ("_", name))), start, end)
    return index


def _mark_tag(
    reader: InlineReader,
    tokens: Sequence[Token],
    index: int,
    name: str,
    attrs: dict[str, str],
    closing: bool,
    start: int,
    end: int,
) -> None:
    if closing:
        # Closes the innermost mark that a tag of this name opened, if that is the innermost mark at all.
        if reader.wraps and reader.wraps[-1].open.lower().startswith(f"<{name}"):
            reader.close(start, end)
        else:
            reader.ghost(start, end)
        return
    if index not in reader.closers(tokens):
        reader.ghost(start, end)
        return
    mark: Mark | None = (notation.MARK_TAGS.get(name, name), "")
    if name == "a":
        mark = (
            ("link", targets.with_title(targets.canonical(attrs.get("href", ""), reader.site), attrs.get("title", "")))
            if "href" in attrs
            else None
        )
    elif name == "span":
        mark = (
            ("span", notation.colour_style(attrs.get("style", "")))
            if notation.colour_style(attrs.get("style", ""))
            else None
        )
    reader.open(mark, start, end)


def _closers(tokens: Sequence[Token]) -> dict[int, int]:
    """For each opening HTML tag that is closed, without crossing the mark around it, the index of its closing tag."""
    out: dict[int, int] = {}
    open_at: list[list[tuple[str, int]]] = [[]]
    for index, token in enumerate(tokens):
        if token.nesting > 0:
            open_at.append([])
        elif token.nesting < 0 and len(open_at) > 1:
            open_at.pop()
        found = _TAG.match(token.content) if token.type == "html_inline" else None
        if found is None or found.group(4):
            continue
        name = found.group(2).lower()
        if not found.group(1):
            open_at[-1].append((name, index))
        elif any(name == other for other, _ in open_at[-1]):
            while (last := open_at[-1].pop())[0] != name:
                pass
            out[last[1]] = index
    return out


def _custom(
    reader: InlineReader, tokens: Sequence[Token], index: int, name: str, attrs: dict[str, str], start: int
) -> int:
    """A custom element and all up to its closing tag, as one atom."""
    stop = reader.closers(tokens).get(index, -1)
    if stop < 0:
        raise NotationError(f"<{name}> is not closed in its paragraph", reader.line + 1, start + 1)
    end = tokens[stop].meta["span"][1]
    shown = " ".join(_plain([t for t in tokens[index + 1 : stop] if t.type != "html_inline"]).split())
    given = dict(canonical_attribute(key, value, reader.site) for key, value in attrs.items())
    try:
        atom = element_atom(name, given, shown)
    except ValueError as error:
        raise NotationError(str(error), reader.line + 1, start + 1) from None
    if atom is None:  # it says nothing to Confluence: its text stays text
        reader.ghost(start, tokens[index].meta["span"][1])
        return index
    reader.atom(atom, start, end)
    reader.at = end
    return stop


_TOKENS: dict[str, Callable[[InlineReader, Sequence[Token], int, int, int], int]] = {
    "text_special": _text,
    "softbreak": _text,
    "hardbreak": _text,
    "code_inline": _code,
    "link_open": _link,
    "image": _image,
    "html_inline": _html,
}
