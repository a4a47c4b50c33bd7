"""Storage format to a tree with exact spans, over the standard library's expat.

Confluence refuses what is not well-formed, and so does expat, with row and column. Every node knows where it stands:
offsets count characters of the text handed in. Measured facts this module rests on:

- with the named entities declared in an internal subset and a default handler set, an entity in text arrives at the
  skipped-entity handler with its exact offset, and one inside an attribute value is expanded; without the declaration
  it is an error, which is wanted for unknown names;
- the end event of `<p />` comes at the offset after the tag;
- text is handed over whole, with a buffer that holds it, when the next event is: its end is that event's offset;
- a start tag ends where its first child begins, or where its end tag does.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import name2codepoint
from typing import Protocol
from xml.parsers import expat

from converters.errors import StorageError

_LONGEST = max(map(len, name2codepoint)) + 1
_CONTINUED = re.compile(rb"[\x80-\xbf]+")
_PARTS = re.compile(r"&[^;]*;|\r\n?|[^&\r]+")
_CDATA_PARTS = re.compile(r"\r\n?|[^\r]+")
_START_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ENDED = frozenset(
    expat.errors.codes[error]
    for error in (expat.errors.XML_ERROR_UNCLOSED_TOKEN, expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION)
)
# Numbers that HTML reads otherwise than XML, and white space: all but the printable characters of ASCII.
_UNUSUAL_REFERENCE = re.compile(r"&#(?!(?:3[3-9]|[4-9][0-9]|1[01][0-9]|12[0-6]);)")
_UNUSUAL_LINK = re.compile(r"<ac:plain-text-link-body>(?!<!\[CDATA\[)")
_PART = 1 << 16  # bytes
_ROOT_END = b"</r>"
_NO_ATTRS: dict[str, str] = {}  # one for all elements that have none
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


class Source(Protocol):
    """A text that spans are cut out of."""

    def __getitem__(self, part: slice, /) -> str: ...


class Utf8:
    """A source whose spans count bytes."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __getitem__(self, part: slice, /) -> str:
        return self.data[part].decode("utf-8", "surrogatepass")


def parse(source: str) -> list[Node]:
    """Parse storage format into its top-level nodes. Raises StorageError with the place of the first fault."""
    return list(_Parser(source).nodes())


def _references(source: str) -> set[str]:
    """What stands between `&` and `;`, and may be the name of an entity."""
    return {part[:end] for part in source.split("&")[1:] if (end := part.find(";", 0, _LONGEST)) > 0}


def _said_by_xml(source: str) -> bool:
    """Does expat say of all text what `parse` does, which looks at how it is written?"""
    if "\r" in source or ("&#" in source and _UNUSUAL_REFERENCE.search(source)):
        return False
    return "<ac:plain-text-link-body>" not in source or _UNUSUAL_LINK.search(source) is None


def parse_said(source: str) -> tuple[Iterator[Node], Source]:
    """What `parse` gives, without what says nothing and without the places of text, each node when it is complete.

    Elements have their outer span in the source that is handed back with them. Texts are whole, their references
    resolved.
    """
    if not _said_by_xml(source):
        return iter(parse(source)), source
    data = source.encode("utf-8", "surrogatepass")
    return _SayingParser(source, data).nodes(), Utf8(data)


class _Parser:
    """Expat's handlers: each event adds one node, so the work in each is kept to the least."""

    __slots__ = (
        "after_cdata",
        "cdata",
        "data",
        "expat",
        "later",
        "length",
        "next",
        "offset",
        "root",
        "shift",
        "source",
        "stack",
    )

    def __init__(self, source: str, data: bytes | None = None) -> None:
        self.source = source
        self.data = source.encode("utf-8", "surrogatepass") if data is None else data
        self.root = Element("", {}, 0)
        self.stack = [self.root]
        self.cdata = False
        self.after_cdata = 0  # where the text goes on after the latest CDATA section's tag

    def nodes(self) -> Iterator[Node]:
        """The top-level nodes; those that are complete are handed on before the rest is read."""
        data = self.data
        names = sorted(_references(self.source) & (name2codepoint.keys() - _XML_OWN))
        subset = "".join(f'<!ENTITY {name} "&#{name2codepoint[name]};">' for name in names)
        head = f"<!DOCTYPE r [{subset}]>\n<r>".encode()
        self.shift = self.offset = len(head)
        # Offsets count bytes: each run of bytes that continue a character moves what comes after it.
        self.later = iter(()) if len(data) == len(self.source) else _CONTINUED.finditer(data)
        self.next, self.length = 0, 0
        self._advance(0)
        self.expat = expat.ParserCreate()
        children = self.root.children
        try:
            self.expat.Parse(head, False)
            self._listen(len(data))
            for part in self._parts(data):
                self.expat.Parse(part, False)
                yield from children[:-1]  # the last one may be open
                del children[:-1]
            self.expat.Parse(b"", True)
        except expat.ExpatError as error:
            raise self._error(error, len(data)) from None
        except UnicodeEncodeError as error:
            raise StorageError(f"a character that no text can hold: {error.reason}") from None
        finally:
            del self.expat  # its handlers lead back here: a circle would keep the whole tree
        yield from children

    def _parts(self, data: bytes) -> Iterator[bytes]:
        """What expat is given at a time: all of it, since text that is cut does not end where the event says."""
        yield data + _ROOT_END

    def _error(self, error: expat.ExpatError, length: int) -> StorageError:
        ended = error.code in _ENDED or self.expat.CurrentByteIndex - self.offset >= length
        if ended and len(self.stack) > 1:
            return self._unclosed(self.stack[-1])
        # The root's start tag stands before the first row of the body.
        row = error.lineno - 1
        column = error.offset + (1 if row > 1 else -2)
        return StorageError(expat.errors.messages[error.code], row, max(column, 1))

    def _unclosed(self, element: Element) -> StorageError:
        before = self.source[: element.start]
        return StorageError(f"<{element.name}> is not closed", before.count("\n") + 1, len(before) - before.rfind("\n"))

    def _listen(self, length: int) -> None:
        p = self.expat
        # Text arrives once, when what comes after it does, and then the current offset is its end. A buffer that could
        # overflow would hand some of it over at its start.
        p.buffer_size = length + 1
        p.buffer_text = True
        p.StartElementHandler, p.EndElementHandler = self._start, self._end
        p.CharacterDataHandler, p.SkippedEntityHandler = self._text, self._entity
        p.StartCdataSectionHandler, p.EndCdataSectionHandler = self._cdata_start, self._cdata_end
        p.CommentHandler, p.ProcessingInstructionHandler = self._comment, self._instruction
        p.DefaultHandler = _ignored

    def _advance(self, byte: int) -> None:
        """Count the runs of continuing bytes before an offset; `next` is the end of the first that is not."""
        while self.next <= byte:
            self.shift += self.length
            run = next(self.later, None)
            if run is None:
                self.next = sys.maxsize
                return
            self.next, self.length = run.end() + self.offset, run.end() - run.start()

    def _at(self) -> int:
        """Offset of the current event in characters."""
        byte: int = self.expat.CurrentByteIndex
        if byte >= self.next:
            self._advance(byte)
        return byte - self.shift

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        byte = self.expat.CurrentByteIndex
        if byte >= self.next:
            self._advance(byte)
        element = Element(name, attrs or _NO_ATTRS, byte - self.shift, 0, 0, 0, [])
        stack = self.stack
        if len(stack) > MAX_DEPTH:
            raise StorageError(f"elements are nested more than {MAX_DEPTH} deep")
        stack[-1].children.append(element)
        stack.append(element)

    def _end(self, _name: str) -> None:
        byte = self.expat.CurrentByteIndex
        if byte >= self.next:
            self._advance(byte)
        place = byte - self.shift
        element = self.stack.pop()
        if element is self.root:
            if place != len(self.source):
                raise StorageError("a closing tag that nothing opens")
            return
        if not element.inner_start:
            if element.children:
                first = element.children[0]
                element.inner_start = first.start
            elif self.source.startswith("/>", place - 2):
                element.inner_start = element.inner_end = element.end = place
                return
            else:
                element.inner_start = place
        element.inner_end = place
        element.end = self.source.index(">", place) + 1

    def _text(self, text: str) -> None:
        byte = self.expat.CurrentByteIndex
        if byte >= self.next:
            self._advance(byte)
        end = byte - self.shift
        start = end - len(text)
        # Text that stands in the source as it is, from the markup before it on: no reference in it, no carriage return.
        if self.source.startswith(text, start) and (not start or self.source[start - 1] in ">;["):
            self.stack[-1].children.append(Text(text, start, end, self.cdata))
        else:
            self._spelled(end)

    def _spelled(self, end: int) -> None:
        """Text with references or carriage returns: one node for each, and for what stands between."""
        children = self.stack[-1].children
        for found in (_CDATA_PARTS if self.cdata else _PARTS).finditer(self.source, self._text_start(), end):
            part = found.group()
            text = "\n" if part[0] == "\r" else html.unescape(part) if part[0] == "&" and not self.cdata else part
            children.append(Text(text, *found.span(), self.cdata))

    def _text_start(self) -> int:
        """Where the text begins that has just ended: after the markup before it."""
        parent = self.stack[-1]
        before = parent.children[-1].end if parent.children else 0
        if before or parent is self.root or self.after_cdata > parent.start:
            return max(before, self.after_cdata)
        tag = _START_TAG.match(self.source, parent.start)
        return tag.end() if tag is not None else parent.start

    def _entity(self, name: str, _parameter: bool) -> None:
        place = self._at()
        self.stack[-1].children.append(Text(chr(name2codepoint[name]), place, place + len(name) + 2))

    def _comment(self, _data: str) -> None:
        place = self._at()
        self.stack[-1].children.append(Ghost(place, self.source.index("-->", place + len("<!--")) + 3))

    def _instruction(self, _target: str, _data: str) -> None:
        place = self._at()
        self.stack[-1].children.append(Ghost(place, self.source.index("?>", place) + 2))

    def _cdata_start(self) -> None:
        place = self._at()
        self.cdata = True
        self.after_cdata = place + len("<![CDATA[")
        parent = self.stack[-1]
        if not parent.children and not parent.inner_start:
            parent.inner_start = place

    def _cdata_end(self) -> None:
        self.after_cdata = self._at() + len("]]>")
        self.cdata = False


class _SayingParser(_Parser):
    """Only what is said: expat itself resolves references and joins texts, and nothing asks where a text stands."""

    __slots__ = ()

    def _listen(self, length: int) -> None:
        p = self.expat
        p.buffer_text = True
        p.StartElementHandler, p.EndElementHandler = self._start, self._end
        p.CharacterDataHandler = self._text
        p.StartCdataSectionHandler, p.EndCdataSectionHandler = self._cdata_start, self._cdata_end

    def _parts(self, data: bytes) -> Iterator[bytes]:
        """Cut after paragraphs: text that is cut anywhere else would be two texts."""
        at = 0
        while (end := data.find(b"</p>", at + _PART)) >= 0:
            yield data[at : end + 4]
            at = end + 4
        yield data[at:] + _ROOT_END

    def _text(self, text: str) -> None:
        self.stack[-1].children.append(Text(text, 0, len(text), self.cdata))

    def _start(self, name: str, attrs: dict[str, str]) -> None:
        element = Element(name, attrs or _NO_ATTRS, self.expat.CurrentByteIndex - self.offset, 0, 0, 0, [])
        stack = self.stack
        if len(stack) > MAX_DEPTH:
            raise StorageError(f"elements are nested more than {MAX_DEPTH} deep")
        stack[-1].children.append(element)
        stack.append(element)

    def _end(self, _name: str) -> None:
        place = self.expat.CurrentByteIndex - self.offset
        element = self.stack.pop()
        if element is self.root:
            if place != len(self.data):
                raise StorageError("a closing tag that nothing opens")
        elif not element.children and self.data.startswith(b"/>", place - 2):
            element.end = element.inner_end = place
        else:
            element.end = element.inner_end = self.data.index(b">", place) + 1

    def _cdata_start(self) -> None:
        self.cdata = True

    def _cdata_end(self) -> None:
        self.cdata = False

    def _unclosed(self, element: Element) -> StorageError:
        return StorageError(f"<{element.name}> is not closed")


def _ignored(_data: str) -> None:
    pass
