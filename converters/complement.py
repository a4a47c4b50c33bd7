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
_WORD = re.compile(r"[^\W_]+")
_SIGNS = re.compile(r"\\(?!\w)|[*~`]|</?[a-z][^<>]*>|\u200b|\ufeff")  # what Markdown may put inside a word
# Text that no reader of the page sees, or that repeats what stands beside it.
_UNSEEN = frozenset(
    {"ac:adf-fallback", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-mark", "ac:adf-attribute"}
)
_WRITTEN_ATTRIBUTES = frozenset(
    {"ri:content-title", "ri:filename", "ri:value", "ri:space-key", "ri:account-id", "ri:userkey", "ri:username",
     "ri:content-id", "ac:anchor", "ac:alt", "ac:tooltip", "datetime", "href", "at:name"}
)  # fmt: skip
_WITHIN_WORDS = notation.MARK_TAGS.keys() | {"span", "ac:inline-comment-marker"}
# Macros whose notation does not spell their name.
_NATIVE = frozenset({"code", "expand", *notation.ALERT_OF_MACRO})


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
    plain = html.unescape(markdown)
    bare = _SIGNS.sub("", plain)
    there = {word for text in (plain, bare, unquote(plain)) for word in _WORD.findall(text)}
    return [word for word in _WORD.findall(re.sub("[\u200b\ufeff]", "", "".join(_said(nodes)))) if word not in there]


def _said(nodes: list[Node]) -> Iterator[str]:
    """The text of some nodes; elements that are no part of a word stand apart."""
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        elif isinstance(node, Element) and node.name not in _UNSEEN:
            apart = "" if node.name in _WITHIN_WORDS else "\n"
            yield from (f"\n{value}\n" for name, value in node.attrs.items() if name in _WRITTEN_ATTRIBUTES)
            yield apart
            yield from _macro(node) if node.name == "ac:structured-macro" else _said(node.children)
            yield apart


def _macro(macro: Element) -> Iterator[str]:
    """A macro's name, the values of its parameters and its body; a language is spelled as highlighters spell it."""
    name = macro.attrs.get("ac:name", "")
    unwritten = notation.COMPLEMENT_PARAMETERS | ({"language", *notation.CODE_FLAGS} if name == "code" else frozenset())
    if name not in _NATIVE:
        yield name
    for child in macro.children:
        if not (isinstance(child, Element) and child.attrs.get("ac:name") in unwritten):
            yield from _said([child])
