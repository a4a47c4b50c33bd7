"""What Markdown does not carry, and what it must: ids and references on the one hand, words on the other."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from converters import notation
from converters.errors import StorageError
from converters.storage.reader import Element, Node, Text, parse

_IDENTIFIER = re.compile(
    r'\b((?:ac:|ri:)?local-id|ac:macro-id|ac:ref|ac:task-list-id|data-uuid)\s*=\s*["\']([^"\']+)["\']'
    r"|<(ac:task-uuid|ac:task-id)>([^<]+)<"
)
_WORD = re.compile(r"\w+")
# Text that no reader of the page sees, or that repeats what stands beside it.
_UNSEEN = frozenset({"ac:adf-fallback", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-mark"})
_WRITTEN_ATTRIBUTES = frozenset(
    {"ri:content-title", "ri:filename", "ri:value", "ri:space-key", "ri:account-id", "ri:userkey", "ri:username",
     "ri:content-id", "ac:anchor", "ac:alt", "ac:tooltip", "datetime", "href", "at:name", "ac:name"}
)  # fmt: skip


def identifiers(storage: str) -> Iterator[tuple[str, int]]:
    """Ids and references as they stand in storage format, each with its place: name and value in one string."""
    for found in _IDENTIFIER.finditer(storage):
        yield f"{found[1] or found[3]}={found[2] or found[4]}", found.start()


def unwritten_words(storage: str, markdown: str) -> list[str]:
    """The words of a page's text, names and addresses that its Markdown does not hold, in order of place."""
    try:
        nodes = parse(storage)
    except StorageError:
        return []  # such a page is carried whole
    plain = html.unescape(markdown.replace("\\", ""))
    there = set(_WORD.findall(plain)) | set(_WORD.findall(unquote(plain)))
    return [word for text in _said(nodes) for word in _WORD.findall(text) if word not in there]


def _said(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        elif isinstance(node, Element) and node.name not in _UNSEEN:
            if not (node.name == "ac:parameter" and node.attrs.get("ac:name") in notation.COMPLEMENT_PARAMETERS):
                yield from (value for name, value in node.attrs.items() if name in _WRITTEN_ATTRIBUTES)
                yield from _said(node.children)
