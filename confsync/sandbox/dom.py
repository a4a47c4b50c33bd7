"""A small tree of storage format, for rendering only; what is stored is never printed from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from . import xhtml
from .errors import BadRequest

DEEPEST = 200  # rendering descends by recursion


@dataclass(slots=True)
class Node:
    """An element with its attributes and children; text is a plain string among the children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def elements(self, name: str = "") -> Iterator[Node]:
        """Yield the child elements, of one name or of all."""
        for child in self.children:
            if isinstance(child, Node) and name in ("", child.name):
                yield child

    def first(self, name: str = "") -> Node | None:
        """Return the first child element of a name, or of any."""
        return next(self.elements(name), None)

    def text(self) -> str:
        """Return all text below, CDATA included."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def walk(self) -> Iterator[Node]:
        """Yield every element below in the order of the document."""
        for child in self.elements():
            yield child
            yield from child.walk()

    def parameters(self) -> dict[str, str]:
        """Return the parameters of a macro as text."""
        return {child.get("ac:name"): child.text() for child in self.elements("ac:parameter")}


def parse(storage: str) -> Node:
    """Return the tree under one root; raise `BadRequest` for malformed storage."""
    xhtml.check(storage)
    root = Node("root")
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise BadRequest(f"Elements are nested deeper than {DEEPEST} levels")
        node = Node(name, attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def text(data: str) -> None:
        stack[-1].children.append(data)

    parser = expat.ParserCreate(encoding="utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop() and None
    parser.CharacterDataHandler = text
    parser.Parse(xhtml.wrapped(storage), True)
    inner = root.first()
    return inner or root
