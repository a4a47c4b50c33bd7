"""Exact storage format as a value: kept to the letter, compared by what it says.

The editor rewrites ids, the order of attributes and the white space between tags of what nobody has edited; an island
that differs in nothing else is the same island.
"""

from __future__ import annotations

from converters.errors import StorageError
from converters.storage.reader import Element, Ghost, Node, Text, parse

# Made by the editor or the server: complement (see the notation), wherever it stands.
UNSAID_ATTRIBUTES = frozenset(
    {"ac:macro-id", "ac:schema-version", "ac:local-id", "local-id", "ri:local-id", "ri:version-at-save",
     "ac:task-list-id", "data-table-width", "data-table-display-mode", "data-layout", "data-uuid", "ac:card-appearance"}
)  # fmt: skip
_UNSAID_ELEMENTS = frozenset({"ac:task-uuid", "colgroup", "ac:adf-fallback"})
_TRANSPARENT = frozenset({"tbody", "thead"})
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


def _said(nodes: list[Node], exact: bool) -> tuple[object, ...]:
    out: list[object] = []
    parameters: list[object] = []
    for node in nodes:
        if isinstance(node, Text):
            text = node.text.replace("\r\n", "\n") if exact else " ".join(node.text.split())
            if text:
                out.append(text)
        elif isinstance(node, Ghost) or node.name in _UNSAID_ELEMENTS:
            continue
        elif node.name in _TRANSPARENT:
            out.extend(_said(node.children, exact))
        elif node.name == "ac:parameter":
            parameters.append(_element(node))
        else:
            out.append(_element(node))
    return (*sorted(parameters, key=repr), *out)


def _element(element: Element) -> object:
    kept = tuple(sorted((name, value) for name, value in element.attrs.items() if name not in UNSAID_ATTRIBUTES))
    return element.name, kept, _said(element.children, exact=element.name in _EXACT)
