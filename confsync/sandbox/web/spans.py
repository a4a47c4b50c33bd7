"""Storage format as a tree that knows where everything lies, so that what is not edited keeps its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from confsync.sandbox import xhtml
from confsync.sandbox.dom import DEEPEST
from confsync.sandbox.errors import BadRequest

CDATA, CDATA_END = "<![CDATA[", "]]>"


@dataclass(slots=True)
class Text:
    """A piece of text or a CDATA section, from and to."""

    start: int
    end: int


@dataclass(slots=True)
class Element:
    """An element, or what is none and shown to nobody, such as a comment (without a name).

    start, end: with its tags; inside: between them, empty at the end of an empty element.
    """

    name: str
    attributes: dict[str, str]
    start: int
    end: int = 0
    inside: tuple[int, int] = (0, 0)
    children: list[Element | Text] = field(default_factory=list)

    def first(self, name: str) -> Element | None:
        """Return the first child element of a name."""
        return next((one for one in self.children if isinstance(one, Element) and one.name == name), None)

    def get(self, name: str) -> str:
        """Return an attribute as it reads."""
        return xhtml.unescape(self.attributes.get(name, ""))


def parse(storage: str) -> list[Element | Text]:
    """Return what a body consists of; raise `BadRequest` when it is not well-formed or too deep."""
    xhtml.check(storage)
    root = Element("", {}, 0)
    open_ = [root]
    place = 0
    for token in xhtml.tokens(storage):
        after = place + len(token)
        tag = xhtml.start_tag(token)
        if tag:
            one = Element(tag.name, tag.attributes, place, after, (after, after))
            open_[-1].children.append(one)
            if not tag.empty:
                open_.append(one)
            if len(open_) > DEEPEST:
                raise BadRequest(f"Elements are nested deeper than {DEEPEST} levels")
        elif token.startswith("</"):
            one = open_.pop()
            one.inside, one.end = (one.inside[0], place), after
        elif token.startswith(("<!--", "<?")):
            open_[-1].children.append(Element("", {}, place, after, (after, after)))
        else:
            open_[-1].children.append(Text(place, after))
        place = after
    return root.children


def text(storage: str, piece: Text) -> str:
    """Return the characters of a piece of text."""
    source = storage[piece.start : piece.end]
    if source.startswith(CDATA):
        return source[len(CDATA) : -len(CDATA_END)]
    return xhtml.unescape(source)
