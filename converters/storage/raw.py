"""Exact storage format as a value: kept to the letter, compared by what it says.

The editor rewrites ids, the order of attributes and the white space between tags of what nobody has edited; an island
that differs in nothing else is the same island.
"""

from __future__ import annotations

import re

from converters import notation
from converters.errors import StorageError
from converters.storage.reader import Element, Node, Text, parse

# Made by the editor or the server: complement (see the notation), wherever it stands.
UNSAID_ATTRIBUTES = frozenset(
    {"ac:macro-id", "ac:schema-version", "ac:local-id", "local-id", "ri:local-id", "ri:version-at-save",
     "ac:task-list-id", "data-table-width", "data-table-display-mode", "data-layout", "data-uuid", "ac:card-appearance"}
)  # fmt: skip
_UNSAID_ELEMENTS = frozenset({"ac:task-uuid", "colgroup", "ac:adf-fallback"})
_TRANSPARENT = frozenset({"tbody", "thead"})
_IN_LINES = notation.MARK_TAGS.keys() | {
    "a", "span", "ac:link", "ac:link-body", "ac:inline-comment-marker", "ac:emoticon", "time", "ac:placeholder",
}  # fmt: skip
_WHITE = re.compile(r"[ \t\r\n]+")  # a no-break space is a character like any other
_EXACT = frozenset({"ac:plain-text-body", "ac:plain-text-link-body", "pre"})


class Raw(str):
    """A piece of storage format; two are equal when they differ in ids, order and layout of tags only."""

    __slots__ = ("_said",)

    def said(self) -> object:
        """What it says, in a form that compares: the text itself where it is not well-formed."""
        if not hasattr(self, "_said"):
            try:
                self._said: object = _said(parse(str(self)), exact=False)
            except StorageError:
                self._said = str(self)
        return self._said

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Raw):
            return str.__eq__(self, other) or self.said() == other.said()
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.said())


def _said(nodes: list[Node], exact: bool, inline: bool = False) -> tuple[object, ...]:
    """What stands in one element; `inline`: it is part of a line, so that a space at its edge is one that shows."""
    items = _items(nodes)
    out: list[object] = []
    parameters: list[object] = []
    for at, item in enumerate(items):
        if isinstance(item, str):
            left, right = items[at - 1] if at else None, items[at + 1] if at + 1 < len(items) else None
            text = item.replace("\r\n", "\n") if exact else _spaced(item, _shows(left, inline), _shows(right, inline))
            out += [text] if text else []
        elif item.name in _TRANSPARENT:
            out.extend(_said(item.children, exact))
        elif item.name == "ac:parameter":
            parameters.append(_element(item, exact))
        else:
            out.append(_element(item, exact))
    return (*sorted(parameters, key=repr), *out)


def _items(nodes: list[Node]) -> list[str | Element]:
    """Elements and the text between them in one piece, however it is spelled; what says nothing is left out."""
    items: list[str | Element] = []
    for node in nodes:
        if isinstance(node, Element):
            items += [node] if node.name not in _UNSAID_ELEMENTS else []
        elif isinstance(node, Text) and items and isinstance(items[-1], str):
            items[-1] += node.text
        elif isinstance(node, Text):
            items.append(node.text)
    return items


def _shows(neighbour: str | Element | None, inline: bool) -> bool:
    """Is a space beside this neighbour (None: the edge of the element around) one that a reader sees?"""
    return inline if neighbour is None else isinstance(neighbour, Element) and neighbour.name in _IN_LINES


def _spaced(text: str, left: bool, right: bool) -> str:
    text = _WHITE.sub(" ", text)
    text = text if left else text.removeprefix(" ")
    return text if right else text.removesuffix(" ")


def _element(element: Element, exact: bool) -> object:
    kept = tuple(sorted((name, value) for name, value in element.attrs.items() if name not in UNSAID_ATTRIBUTES))
    return element.name, kept, _said(element.children, exact or element.name in _EXACT, element.name in _IN_LINES)
