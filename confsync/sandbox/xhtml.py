"""Storage format as text: is it well-formed, and which tags does it consist of.

Well-formedness is expat's judgement, with HTML 4's named entities known. Everything else works on the lexical tokens
of a well-formed text, so that what nobody has reason to touch keeps its bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import codepoint2name, name2codepoint
from xml.parsers import expat

from .errors import BadRequest

_XML_OWN = {"lt", "gt", "amp", "quot", "apos"}
_HEAD = (
    "<!DOCTYPE xml ["
    + "".join(f'<!ENTITY {name} "&#{code};">' for name, code in name2codepoint.items() if name not in _XML_OWN)
    + "]><xml>\n"
)
TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</[^>]*>|<[^\s/>!?](?:[^>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+|<", re.DOTALL
)
ATTRIBUTE = re.compile(r"([^\s=/<>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
REFERENCE = re.compile(r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
NAME = re.compile(r"<([^\s/>]+)")
WRITTEN = re.compile(REFERENCE.pattern + r"|[<>&\"]|[^\x00-\x7f]")  # what may be written otherwise
_TEXT_OWN = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;"}
_ATTRIBUTE_OWN = {"<": "&lt;", "&": "&amp;", '"': "&quot;"}


@dataclass(slots=True)
class Tag:
    """A start tag or an empty element: its name and its attributes in order, values as they are written."""

    name: str
    attributes: dict[str, str]
    empty: bool

    def __str__(self) -> str:
        """Print the tag as Confluence does: one space between attributes, and one before `/>`."""
        inside = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.name}{inside}{' />' if self.empty else '>'}"


def wrapped(storage: str) -> bytes:
    """Return a body as a document whose root is `xml`, with HTML 4's entities declared."""
    return f"{_HEAD}{storage}</xml>".encode("utf-8", "surrogatepass")


def check(storage: str) -> None:
    """Raise `BadRequest` with row and column when a body is not well-formed XHTML."""
    source = wrapped(storage)
    try:
        expat.ParserCreate(encoding="utf-8").Parse(source, True)
    except expat.ExpatError:
        _explain(source)


def _explain(source: bytes) -> None:
    """Parse again what is not well-formed, with an eye on what is open, and raise `BadRequest`."""
    parser = expat.ParserCreate(encoding="utf-8")
    opened: list[str] = []
    parser.StartElementHandler = lambda name, _attributes: opened.append(name)
    parser.EndElementHandler = lambda _name: opened.pop() and None
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        reason = _reason(error, source[parser.ErrorByteIndex :], opened)
        row, column = max(error.lineno - 1, 1), error.offset + 1
        raise BadRequest(f"Error parsing xhtml: {reason}\n at [row,col {{unknown-source}}]: [{row},{column}]") from None


def _reason(error: expat.ExpatError, rest: bytes, opened: list[str]) -> str:
    here = rest[:200].decode("utf-8", "replace")
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH]:
        name = re.match(r"(?:</)?([^\s>]*)", here)
        return f"Unexpected close tag </{name[1] if name else ''}>; expected </{opened[-1]}>."
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
        name = REFERENCE.match(here)
        return f'Undeclared general entity "{name[1] if name else ""}"'
    return expat.ErrorString(error.code).capitalize()


def tokens(storage: str) -> Iterator[str]:
    """Yield comments, CDATA sections, tags and texts; joined again they are the source, whatever it is."""
    return (found[0] for found in TOKEN.finditer(storage))


def start_tag(token: str) -> Tag | None:
    """Return the start tag or empty element that a token is, or None."""
    if len(token) < 3 or token[0] != "<" or token[1] in "/!?":
        return None
    name = NAME.match(token)
    if name is None:
        return None
    attributes = {}
    for found in ATTRIBUTE.finditer(token, name.end()):
        double = found[2] is not None
        attributes[found[1]] = found[2] if double else found[3].replace('"', "&quot;")
    return Tag(name[1], attributes, token.endswith("/>"))


def end_name(token: str) -> str:
    """Return the name of the element that a token closes, or an empty string."""
    return token[2:-1].strip() if token.startswith("</") else ""


def unescape(value: str) -> str:
    """Return the characters that escaped text stands for."""
    return REFERENCE.sub(_character, value)


def escape_attribute(value: str) -> str:
    """Return a value as it is written between double quotes."""
    return "".join(_ATTRIBUTE_OWN.get(char) or _named(char) for char in value)


def plainest_part(text: str) -> str:
    """Return the longest part of a text that is written the same everywhere: no character of it has a name."""
    return max(re.split(r"[<>&\"']|[^\x00-\x7f]", text), key=len)


def text_entities(text: str) -> str:
    """Return text as Confluence stores it: HTML 4's names where a character has one, everything else literal."""
    return _rewrite(text, _TEXT_OWN)


def attribute_entities(value: str) -> str:
    """Return an attribute's value as Confluence stores it."""
    return _rewrite(value, _ATTRIBUTE_OWN)


def _rewrite(text: str, own: dict[str, str]) -> str:
    if text.isascii() and "&" not in text and '"' not in text and ">" not in text:
        return text

    def stored(found: re.Match[str]) -> str:
        return own.get(found[0]) or _named(found[0]) if found[1] is None else _kept_reference(found, own)

    return WRITTEN.sub(stored, text)


def _kept_reference(found: re.Match[str], own: dict[str, str]) -> str:
    if found[1] in name2codepoint:
        return found[0]  # already in its stored form, also where a literal would do
    char = _character(found)
    return own.get(char) or _named(char)


def _named(char: str) -> str:
    name = codepoint2name.get(ord(char)) if ord(char) > 127 else None
    return f"&{name};" if name else char


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] == "#":
        return chr(int(name[2:], 16) if name[1] in "xX" else int(name[1:]))
    if name in name2codepoint:
        return chr(name2codepoint[name])
    return "'" if name == "apos" else html.unescape(found[0])
