"""Storage format to a tree with exact spans, over the standard library's expat.

Confluence refuses what is not well-formed, and so does expat, with row and column. Every node knows where it stands:
offsets count characters of the text handed in. Measured facts this module rests on:

- with the named entities declared in an internal subset and a default handler set, an entity in text arrives at the
  skipped-entity handler with its exact offset, and one inside an attribute value is expanded; without the declaration
  it is an error, which is wanted for unknown names;
- the end event of `<p />` comes at the offset after the tag;
- the end of a start tag, and of a piece of text, is the offset of the next event, whichever it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.entities import name2codepoint
from xml.parsers import expat

from converters.errors import StorageError

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
# expat refuses what XML forbids; a depth bound keeps hostile nesting from exhausting the interpreter's stack.
MAX_DEPTH = 100


@dataclass(slots=True)
class Text:
    """Character data: its decoded text and its span; `cdata` where it stands inside a CDATA section."""

    text: str
    start: int
    end: int = 0
    cdata: bool = False


@dataclass(slots=True)
class Ghost:
    """A comment or a processing instruction."""

    start: int
    end: int = 0


@dataclass(slots=True)
class Element:
    """An element; `start`/`end` is its outer span, `inner_start`/`inner_end` what stands between its tags."""

    name: str
    attrs: dict[str, str]
    start: int
    end: int = 0
    inner_start: int = 0
    inner_end: int = 0
    children: list[Node] = field(default_factory=list)

    def elements(self, *names: str) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element) and (not names or child.name in names)]

    def first(self, name: str) -> Element | None:
        return next((child for child in self.children if isinstance(child, Element) and child.name == name), None)

    @property
    def empty(self) -> bool:
        """Written as `<x />`."""
        return self.inner_start == self.end

    def text(self) -> str:
        return "".join(
            child.text if isinstance(child, Text) else child.text() if isinstance(child, Element) else ""
            for child in self.children
        )


Node = Element | Text | Ghost


def parse(source: str) -> list[Node]:
    """Parse storage format into its top-level nodes. Raises StorageError with the place of the first fault."""
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.data = source.encode("utf-8", "surrogatepass")
        self.plain = len(self.data) == len(source)
        self.root = Element("", {}, 0)
        self.stack = [self.root]
        self.open: Text | Ghost | Element | None = None  # the node whose (start tag's) end is the next event's offset
        self.cdata = False
        self.byte = self.char = 0
        self.expat = expat.ParserCreate()

    def run(self) -> list[Node]:
        names = sorted(set(_ENTITY.findall(self.source)) & (name2codepoint.keys() - _XML_OWN))
        subset = "".join(f'<!ENTITY {name} "&#{name2codepoint[name]};">' for name in names)
        head = f"<!DOCTYPE r [{subset}]>\n<r>".encode()
        self._connect()
        self.offset = len(head)
        try:
            self.expat.Parse(head, False)
            self._listen()
            self.expat.Parse(self.data, False)
            self._silence()
            self._mark(len(self.data))
            if len(self.stack) != 1:
                raise self._unclosed(self.stack[-1])
            self.expat.Parse(b"</r>", True)
        except expat.ExpatError as error:
            # The root's start tag stands before the first row of the body.
            row = error.lineno - 1
            column = error.offset + (1 if row > 1 else -2)
            raise StorageError(expat.errors.messages[error.code], row, max(column, 1)) from None
        except UnicodeEncodeError as error:
            raise StorageError(f"a character that no text can hold: {error.reason}") from None
        return self.root.children

    def _unclosed(self, element: Element) -> StorageError:
        before = self.source[: element.start]
        return StorageError(f"<{element.name}> is not closed", before.count("\n") + 1, len(before) - before.rfind("\n"))

    def _connect(self) -> None:
        self.expat.buffer_text = False
        self.expat.ordered_attributes = False

    def _listen(self) -> None:
        p = self.expat
        p.StartElementHandler, p.EndElementHandler = self._start, self._end
        p.CharacterDataHandler, p.SkippedEntityHandler = self._text, self._entity
        p.StartCdataSectionHandler, p.EndCdataSectionHandler = self._cdata_start, self._cdata_end
        p.CommentHandler, p.ProcessingInstructionHandler = self._ghost, self._instruction
        p.DefaultHandler = self._default

    def _silence(self) -> None:
        p = self.expat
        p.StartElementHandler = p.EndElementHandler = p.CharacterDataHandler = p.DefaultHandler = None

    def _at(self) -> int:
        """Offset of the current event in characters; also closes the node that ends here."""
        byte = self.expat.CurrentByteIndex - self.offset
        if self.plain:
            place = byte
        else:
            self.char += len(self.data[self.byte : byte].decode("utf-8", "surrogatepass"))
            self.byte = byte
            place = self.char
        self._mark_char(place)
        return place

    def _mark(self, byte: int) -> None:
        self._mark_char(byte if self.plain else len(self.source))

    def _mark_char(self, place: int) -> None:
        node = self.open
        if node is None:
            return
        if isinstance(node, Element):
            node.inner_start = place
        else:
            node.end = place
        self.open = None

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        element = Element(name, attrs, self._at())
        if len(self.stack) > MAX_DEPTH:
            raise StorageError(f"elements are nested more than {MAX_DEPTH} deep")
        self.stack[-1].children.append(element)
        self.stack.append(element)
        self.open = element

    def _end(self, name: str) -> None:
        fresh = self.open is self.stack[-1]
        place = self._at()
        if len(self.stack) == 1:
            raise StorageError("a closing tag that nothing opens")
        element = self.stack.pop()
        if fresh and self.source[place - 2 : place] == "/>":
            element.inner_start = element.inner_end = element.end = place
        else:
            element.inner_end = place
            element.end = self.source.index(">", place) + 1

    def _text(self, text: str) -> None:
        previous = self.open
        place = self._at()
        if (
            isinstance(previous, Text)
            and previous.cdata == self.cdata
            and previous.end - previous.start == len(previous.text)
            and self._verbatim(place, text)
        ):
            previous.text += text
            self.open = previous
            return
        node = Text(text, place, cdata=self.cdata)
        self.stack[-1].children.append(node)
        self.open = node

    def _verbatim(self, place: int, text: str) -> bool:
        return self.source.startswith(text, place)

    def _entity(self, name: str, _parameter: bool) -> None:
        node = Text(chr(name2codepoint[name]), self._at())
        self.stack[-1].children.append(node)
        self.open = node

    def _ghost(self, _data: str) -> None:
        node = Ghost(self._at())
        self.stack[-1].children.append(node)
        self.open = node

    def _instruction(self, _target: str, data: str) -> None:
        self._ghost(data)

    def _cdata_start(self) -> None:
        self._at()
        self.cdata = True

    def _cdata_end(self) -> None:
        self._at()
        self.cdata = False

    def _default(self, _data: str) -> None:
        self._at()
