"""The visible words of a page: all of them in storage format, and those that Markdown shows outside fences and tags.

The rules are told in `converters.fidelity`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from converters.model import Atom, Doc
from converters.storage.reader import Element, Node, Text

WORD = re.compile(r"\w+")
# What no reader of the page sees.
_HIDDEN = frozenset({
    "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-attribute", "ac:adf-fallback", "at:declarations",
    "ac:default-parameter",
})  # fmt: skip
_PREFORMATTED = frozenset({"ac:plain-text-body", "pre"})
_INLINE = frozenset({"strong", "b", "em", "i", "u", "s", "del", "sub", "sup", "code", "span", "a", "small", "big",
                     "ac:inline-comment-marker", "ac:link", "ac:link-body", "font", "tt", "kbd"})  # fmt: skip
# Atoms that show text of their own, and the attribute that holds it.
_SHOWN = {"emoji": "name", "placeholder": "text", "date": "datetime", "url": "href"}


def foreign(element: Element) -> bool:
    """Is this an ADF extension other than a panel?"""
    if element.name != "ac:adf-extension":
        return False
    node = element.first("ac:adf-node")
    return node is None or node.attrs.get("type") != "panel"


def visible_words(nodes: Iterable[Node]) -> tuple[Counter[str], Counter[str]]:
    """The words that a reader of the page sees, and apart from them those of code and preformatted text."""
    visible, code = _Words(), _Words()
    _read_words(nodes, visible, code)
    return visible.count(), code.count()


class _Words:
    """Text in pieces, of which words are made at the end: an inline element does not end a word."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def count(self) -> Counter[str]:
        return Counter(WORD.findall("".join(self.parts)))


def _read_words(nodes: Iterable[Node], visible: _Words, code: _Words) -> None:
    for node in nodes:
        if isinstance(node, Text):
            visible.parts.append(node.text)
        elif isinstance(node, Element) and node.name not in _HIDDEN and not foreign(node):
            if node.name not in _INLINE:
                visible.parts.append(" ")
            if node.name in _PREFORMATTED:
                code.parts.append(f" {node.text()} ")
            elif node.name == "ac:parameter":
                visible.parts.append(f" {node.text()} " if node.attrs.get("ac:name") == "title" else "")
            else:
                visible.parts.append(_link_text(node))
                _read_words(node.children, visible, code)
            if node.name not in _INLINE:
                visible.parts.append(" ")


def _link_text(element: Element) -> str:
    """What a link without a body shows: the title of the page or the name of the file."""
    if element.name != "ac:link" or any(child.name.endswith("link-body") for child in element.elements()):
        return ""
    return " ".join(
        child.attrs.get("ri:content-title") or child.attrs.get("ri:filename") or "" for child in element.elements()
    )


def open_words(doc: Doc) -> Counter[str]:
    """The words of a Markdown text that stand outside fences, tags and comments."""
    parts: list[str] = []
    for block in doc.walk():
        if block.inline is not None:
            parts.extend(piece.text if piece.atom is None else _shown(piece.atom) for piece in block.inline.pieces)
        elif block.kind == "rich" and not doc.source.startswith("<!--", block.start):
            parts.append(block.get("title"))  # of an alert or of <details>; a comment would hide it
        elif block.kind == "table":
            parts.append(block.get("caption"))
        parts.append(" ")
    return Counter(WORD.findall("".join(parts)))


def _shown(atom: Atom) -> str:
    kind, attrs = atom
    given = dict(attrs)
    if kind == "macro" and given["ac:name"] == "status":
        return f" {given.get('title', '')} "
    return f" {given.get(_SHOWN.get(kind, ''), '')} "
