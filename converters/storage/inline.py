"""Inline content of storage format: elements inside a paragraph, heading or cell, as marks, atoms and text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from converters import notation, targets
from converters.inline import canonical, canonical_key, canonical_text
from converters.model import BREAK, Atom, Attrs, Inline, Mark, Piece, Wrap
from converters.site import Site
from converters.storage.macros import read_macro
from converters.storage.raw import Raw
from converters.storage.reader import Element, Node, Source, Text
from converters.storage.resources import read_resource


class InlineReader:
    """Collects the pieces of one run of inline nodes."""

    def __init__(self, source: Source, site: Site) -> None:
        self.source = source
        self.site = site
        self.pieces: list[Piece] = []
        self.wraps: tuple[Wrap, ...] = ()
        self.marks: frozenset[Mark] = frozenset()

    def read(self, nodes: Iterable[Node]) -> None:
        pieces, marks, wraps = self.pieces, self.marks, self.wraps
        for node in nodes:
            if node.__class__ is Text:
                text = node.text
                if "\r" in text:
                    text = text.replace("\r\n", "\n")
                # Text in a CDATA section is spelled by other rules: it is kept or replaced whole.
                pieces.append(Piece(text, node.start, node.end, marks, wraps, None, node.cdata))
            elif node.__class__ is Element:
                self.element(node)
            else:
                self.ghost(node.start, node.end)

    def ghost(self, start: int, end: int) -> None:
        self.pieces.append(Piece("", start, end, self.marks, self.wraps))

    def atom(self, element: Element, atom: Atom) -> None:
        self.pieces.append(Piece("", element.start, element.end, self.marks, self.wraps, atom))

    def solid(self, element: Element, text: str, mark: Mark | None = None) -> None:
        """Text that the element stands for as a whole."""
        marks = self.marks | {mark} if mark else self.marks
        self.pieces.append(Piece(text, element.start, element.end, marks, self.wraps, solid=True))

    def island(self, element: Element) -> None:
        raw = Raw(self.source[element.start : element.end].replace("\r\n", "\n"))
        self.atom(element, ("island", (("v", raw),)))

    def element(self, element: Element) -> None:
        handler = _HANDLERS.get(element.name)
        if handler is not None:
            handler(self, element)
        elif element.name in notation.MARK_TAGS:
            self.wrapped(element, (notation.MARK_TAGS[element.name], ""))
        else:
            self.island(element)

    def wrapped(
        self,
        element: Element,
        mark: Mark | None,
        nodes: Iterable[Node] | None = None,
        inner: tuple[int, int] | None = None,
    ) -> None:
        """Read what an element wraps; `inner` is where the wrapped content stands in the source."""
        if element.empty:
            self.ghost(element.start, element.end)
            return
        low, high = inner or (element.inner_start, element.inner_end)
        wrap = Wrap(mark, element.start, element.end, *self.tags(element, low, high))
        outer = self.wraps, self.marks
        self.wraps = (*self.wraps, wrap)
        if mark is not None:
            self.marks = notation.with_mark(self.marks, mark)
        count = self.count()
        self.read(element.children if nodes is None else nodes)
        self.wraps, self.marks = outer
        if self.says_nothing(count):
            self.forget(count)
            self.ghost(element.start, element.end)

    def picture(self, element: Element, atom: Atom, mark: Mark) -> None:
        """An atom that is a link by itself."""
        self.pieces.append(Piece("", element.start, element.end, self.marks | {mark}, self.wraps, atom))

    def tags(self, element: Element, low: int, high: int) -> tuple[str, str]:
        """What stands before and after the content of an element."""
        return self.source[element.start : low], self.source[high : element.end]

    def count(self) -> int:
        return len(self.pieces)

    def says_nothing(self, count: int) -> bool:
        """Are all pieces from the index `count` on ghosts?"""
        return all(piece.ghost for piece in self.pieces[count:])

    def forget(self, count: int) -> None:
        """Drop all pieces from the index `count` on."""
        del self.pieces[count:]


class UnplacedReader(InlineReader):
    """Collects pieces from nodes that do not know their places: for their key only."""

    def tags(self, element: Element, low: int, high: int) -> tuple[str, str]:
        return "", ""


class KeyReader(InlineReader):
    """Collects what is said only, with its marks: a reader that nobody asks for places."""

    def __init__(self, source: Source, site: Site) -> None:
        super().__init__(source, site)
        self.parts: list[tuple[str | Atom, frozenset[Mark]]] = []

    def read(self, nodes: Iterable[Node]) -> None:
        parts, marks = self.parts, self.marks
        for node in nodes:
            if node.__class__ is Text:
                parts.append((node.text, marks))
            elif node.__class__ is Element:
                self.element(node)

    def ghost(self, start: int, end: int) -> None:
        pass

    def atom(self, element: Element, atom: Atom) -> None:
        self.parts.append((atom, self.marks))

    def solid(self, element: Element, text: str, mark: Mark | None = None) -> None:
        self.parts.append((text, self.marks | {mark} if mark else self.marks))

    def picture(self, element: Element, atom: Atom, mark: Mark) -> None:
        self.parts.append((atom, self.marks | {mark}))

    def wrapped(
        self,
        element: Element,
        mark: Mark | None,
        nodes: Iterable[Node] | None = None,
        inner: tuple[int, int] | None = None,
    ) -> None:
        outer = self.marks
        if mark is not None:
            self.marks = notation.with_mark(outer, mark)
        self.read(element.children if nodes is None else nodes)
        self.marks = outer

    def count(self) -> int:
        return len(self.parts)

    def says_nothing(self, count: int) -> bool:
        return len(self.parts) == count

    def forget(self, count: int) -> None:
        del self.parts[count:]


def read_inline(source: Source, nodes: Sequence[Node], site: Site, start: int, end: int) -> Inline:
    """Read inline nodes into canonical inline content that stands at start:end of the source."""
    only = nodes[0] if len(nodes) == 1 else None
    if only.__class__ is Text and not only.cdata and only.end - only.start == len(only.text):
        plain = canonical_text(only.text, only.start, start, end)
        if plain is not None:
            return plain
    reader = InlineReader(source, site)
    reader.read(nodes)
    return canonical(reader.pieces, start, end)


def read_key(source: Source, nodes: Sequence[Node], site: Site, start: int, end: int) -> Inline:
    """Read the key alone of what `read_inline` reads."""
    if len(nodes) == 1 and nodes[0].__class__ is Text:
        plain = canonical_text(nodes[0].text, 0, 0, 0)
        if plain is not None:
            return plain
    reader = KeyReader(source, site)
    reader.read(nodes)
    key = canonical_key(reader.parts)
    if key is None:
        whole = UnplacedReader(source, site)
        whole.read(nodes)
        key = canonical(whole.pieces, start, end).key
    return Inline.of_key(key)


def _span(reader: InlineReader, element: Element) -> None:
    style = notation.colour_style(element.attrs.get("style", ""))
    reader.wrapped(element, ("span", style) if style else None)


def _paragraph(reader: InlineReader, element: Element) -> None:
    """A paragraph where only a line can stand, as in a heading, says nothing."""
    reader.wrapped(element, None)


def _font(reader: InlineReader, element: Element) -> None:
    colour = element.attrs.get("color", "")
    reader.wrapped(element, ("span", f"color: {colour};") if colour else None)


def _anchor_tag(reader: InlineReader, element: Element) -> None:
    href = element.attrs.get("href")
    if href is None:
        reader.wrapped(element, None)
        return
    count = reader.count()
    mark = ("link", targets.with_title(targets.canonical(href, reader.site), element.attrs.get("title", "")))
    reader.wrapped(element, mark)
    if reader.says_nothing(count):
        reader.forget(count)
        reader.atom(element, mark_atom(mark))


def mark_atom(mark: Mark) -> Atom:
    """A link that shows no text of its own."""
    return ("link", (("href", mark[1]),))


_LINK_PARTS = frozenset({"ac:link-body", "ac:plain-text-link-body"})


def _ac_link(reader: InlineReader, element: Element) -> None:
    body = [child for child in element.elements() if child.name in _LINK_PARTS]
    resource = [child for child in element.elements() if child.name not in _LINK_PARTS]
    anchor = element.attrs.get("ac:anchor", "")
    if any(isinstance(child, Text) and child.text.strip() for child in element.children):
        reader.island(element)  # a text that no editor shows, but somebody's
        return
    if len(body) > 1 or len(resource) > 1 or not (resource or anchor or body):
        reader.island(element)
        return
    target = read_resource(resource[0], anchor, reader.site) if resource else targets.Target("anchor", anchor=anchor)
    if target is None:
        reader.island(element)
        return
    if target.kind == "user" and not body:
        reader.atom(element, ("mention", target.values))
        return
    mark = ("link", targets.with_title(targets.spell(target, reader.site), element.attrs.get("ac:tooltip", "")))
    if not body:
        shown = (
            target.get("name")
            or target.get("title")
            or target.get("key")
            or (target.page.title if target.page else "")
            or anchor
        )
        # A page's title is what the link shows; a page whose title the site does not know shows nothing here.
        text = resource[0].attrs.get("ri:content-title", shown) if resource else shown
        reader.solid(element, text, mark) if text else reader.atom(element, mark_atom(mark))
        return
    _link_body(reader, element, body[0], mark)


def _link_body(reader: InlineReader, element: Element, body: Element, mark: Mark) -> None:
    count = reader.count()
    if body.name == "ac:plain-text-link-body":
        text = body.text().replace("\r\n", "\n")
        only = body.children[0] if len(body.children) == 1 else None
        if isinstance(only, Text) and only.end - only.start == len(only.text):
            reader.wrapped(element, mark, [replace(only, cdata=False)], (only.start, only.end))
        elif text.strip():
            reader.solid(element, text, mark)
    else:
        reader.wrapped(element, mark, body.children, (body.inner_start, body.inner_end))
    if reader.says_nothing(count):
        reader.forget(count)
        reader.atom(element, mark_atom(mark))


def image_attrs(element: Element, site: Site) -> Attrs | None:
    """What a writer may edit of an `ac:image`: where it comes from, its alternative text and its size."""
    resources = [child for child in element.elements() if child.name.startswith("ri:")]
    if len(resources) != 1:
        return None
    target = read_resource(resources[0], "", site)
    if target is None or target.kind not in ("attachment", "url"):
        return None
    names = (("alt", "ac:alt"), ("width", "ac:width"), ("height", "ac:height"), ("title", "ac:title"))
    given = tuple((short, element.attrs[name]) for short, name in names if element.attrs.get(name))
    return (("src", targets.spell(target, site)), *given)


def _image(reader: InlineReader, element: Element) -> None:
    attrs = image_attrs(element, reader.site)
    href = element.attrs.get("ac:href", "")
    if attrs is None or element.first("ac:caption") is not None:
        reader.island(element)
    elif href:
        mark = ("link", targets.canonical(href, reader.site))
        reader.picture(element, ("image", attrs), mark)
    else:
        reader.atom(element, ("image", attrs))


def _html_image(reader: InlineReader, element: Element) -> None:
    """An image as older pages and templates have it."""
    names = ("alt", "width", "height", "title")
    given = tuple((name, element.attrs[name]) for name in names if element.attrs.get(name))
    source = element.attrs.get("src", "")
    if source:
        reader.atom(element, ("image", (("src", targets.canonical(source, reader.site)), *given)))
    else:
        reader.island(element)


def _emoticon(reader: InlineReader, element: Element) -> None:
    fallback = element.attrs.get("ac:emoji-fallback", "")
    name = element.attrs.get("ac:name", "")
    if fallback and not fallback.startswith(":") and not fallback.isascii():
        reader.solid(element, fallback)
    elif not fallback and name in notation.EMOTICONS and "ac:emoji-id" not in element.attrs:
        reader.solid(element, notation.EMOTICONS[name])
    elif element.attrs.get("ac:emoji-id"):
        shown = element.attrs.get("ac:emoji-shortname") or fallback or f":{name}:"
        reader.atom(element, ("emoji", (("id", element.attrs["ac:emoji-id"]), ("name", shown))))
    elif element.attrs.get("ac:emoji-shortname") or name:
        shown = element.attrs.get("ac:emoji-shortname") or f":{name}:"
        reader.atom(element, ("emoji", (("name", f":{shown.strip(':')}:"),)))
    else:
        reader.island(element)


def _time(reader: InlineReader, element: Element) -> None:
    date = element.attrs.get("datetime", "")
    if date and not element.text().strip():
        reader.atom(element, ("date", (("datetime", date),)))
    else:
        reader.island(element)


def _macro(reader: InlineReader, element: Element) -> None:
    macro = read_macro(element, reader.site)
    if macro is None or macro.body != "none":
        reader.island(element)
    else:
        reader.atom(element, ("macro", (("ac:name", macro.name), *macro.parameters)))


def _placeholder(reader: InlineReader, element: Element) -> None:
    kind = element.attrs.get("ac:type", "")
    given = (("type", kind),) if kind else ()
    reader.atom(element, ("placeholder", (*given, ("text", " ".join(element.text().split())))))


def _variable(reader: InlineReader, element: Element) -> None:
    name = element.attrs.get("at:name", "")
    raw = element.attrs.get("at:rawxhtml", "")
    if name and not element.children and element.attrs.keys() <= {"at:name", "at:rawxhtml"}:
        reader.atom(element, ("var", (("name", name), *((("rawxhtml", raw),) if raw else ()))))
    else:
        reader.island(element)


_HANDLERS: dict[str, Callable[[InlineReader, Element], None]] = {
    "br": lambda reader, element: reader.atom(element, BREAK),
    "span": _span,
    "a": _anchor_tag,
    "ac:link": _ac_link,
    "ac:image": _image,
    "ac:emoticon": _emoticon,
    "time": _time,
    "ac:structured-macro": _macro,
    "ac:macro": _macro,
    "img": _html_image,
    "ac:inline-comment-marker": lambda reader, element: reader.wrapped(element, None),
    "ac:adf-mark": lambda reader, element: reader.ghost(element.start, element.end),
    "ac:adf-fragment-mark": lambda reader, element: reader.ghost(element.start, element.end),
    "p": _paragraph,
    "div": _paragraph,
    "font": _font,
    "ac:placeholder": _placeholder,
    "at:var": _variable,
}
