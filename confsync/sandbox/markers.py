"""Markers of inline comments in storage format: put around a text that a reader has selected, and found again.

The text that is searched is what a reader sees, with every run of white space as one space, and one where a block
ends. It is held against the lexical tokens of the body, so that nothing but the markers is added to it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import xhtml
from .errors import BadRequest

MARKER = "ac:inline-comment-marker"
SPACE = re.compile(r"\s+")
BEFORE = 200  # characters that tell equal texts apart
PIECE = re.compile(xhtml.REFERENCE.pattern + r"|.", re.DOTALL)
NOT_SEEN = {
    "ac:parameter", "ac:default-parameter", "ac:plain-text-body", "ac:plain-text-link-body", "ac:task-id",
    "ac:task-uuid", "ac:task-status", "ac:adf-attribute", "ac:adf-mark", "ac:adf-fallback", "ac:placeholder",
    "script", "style",
}  # fmt: skip
WITHIN_A_LINE = {
    MARKER, "a", "abbr", "ac:emoticon", "ac:link", "ac:link-body", "b", "big", "cite", "code", "del", "em", "font", "i",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """A text, how often it is on the page, and which of those places (from 0) is meant."""

    text: str
    count: int = 1
    index: int = 0


@dataclass(slots=True)
class _Seen:
    """What a reader sees. token, start: where each character comes from; a space between blocks comes from nowhere."""

    chars: list[str] = field(default_factory=list)
    token: array[int] = field(default_factory=lambda: array("l"))
    start: array[int] = field(default_factory=lambda: array("l"))

    def add(self, char: str, token: int = -1, start: int = -1) -> None:
        if char.isspace():
            char = " "
            if not self.chars or self.chars[-1] == " ":
                return
        self.chars.append(char)
        self.token.append(token)
        self.start.append(start)

    def add_text(self, text: str, token: int) -> None:
        for found in PIECE.finditer(text):
            self.add(xhtml.unescape(found[0]) if found[1] else found[0], token, found.start())


def refs(storage: str) -> frozenset[str]:
    """Return the references of all markers in a body."""
    if MARKER not in storage:
        return frozenset()
    tags = (xhtml.start_tag(token) for token in xhtml.tokens(storage) if token.startswith(f"<{MARKER}"))
    return frozenset(xhtml.unescape(tag.attributes.get("ac:ref", "")) for tag in tags if tag and tag.name == MARKER)


def mark(storage: str, ref: str, wanted: Selection) -> str:
    """Return a body with markers around a selection; raise `BadRequest` when it is not there as often as it says.

    A text in several pieces, such as one with a bold word in it, gets a marker a piece, all with the same reference.
    """
    tokens = list(xhtml.tokens(storage))
    seen = _read(tokens)
    needle = SPACE.sub(" ", wanted.text).strip()
    places = list(_places("".join(seen.chars), needle)) if needle else []
    if not places:
        raise BadRequest("The text selection was not found on the page")
    if wanted.count != len(places):
        raise BadRequest(f"textSelectionMatchCount is {wanted.count}, but the page has {len(places)} matches")
    if not 0 <= wanted.index < wanted.count:
        raise BadRequest(f"textSelectionMatchIndex {wanted.index} must be less than textSelectionMatchCount")
    first = places[wanted.index]
    for number, (start, last) in _pieces(seen, first, first + len(needle)).items():
        text = tokens[number]
        end = last + len(_piece(text, last))
        if xhtml.unescape(text[start:end]).strip():  # white space between blocks must stay bare
            inside = f'<{MARKER} ac:ref="{ref}">{text[start:end]}</{MARKER}>'
            tokens[number] = text[:start] + inside + text[end:]
    return "".join(tokens)


def before(storage: str, text: str) -> list[str]:
    """Return for each place of a text in a body what a reader has seen just before it."""
    needle = SPACE.sub(" ", text).strip()
    seen = "".join(_read(list(xhtml.tokens(storage))).chars)
    return [seen[max(place - BEFORE, 0) : place] for place in _places(seen, needle)] if needle else []


def _piece(text: str, start: int) -> str:
    found = PIECE.match(text, start)
    return found[0] if found else ""


def _places(text: str, needle: str) -> Iterator[int]:
    place = text.find(needle)
    while place >= 0:
        yield place
        place = text.find(needle, place + len(needle))


def _pieces(seen: _Seen, start: int, end: int) -> dict[int, tuple[int, int]]:
    """Return for each token the first and the last character that belong to a part of the text."""
    found: dict[int, tuple[int, int]] = {}
    for place in range(start, end):
        number, here = seen.token[place], seen.start[place]
        if number >= 0:
            found[number] = (found.get(number, (here, here))[0], here)
    return found


def _read(tokens: list[str]) -> _Seen:
    seen, hidden = _Seen(), 0
    for number, token in enumerate(tokens):
        if not token.startswith("<"):
            if not hidden:
                seen.add_text(token, number)
            continue
        tag = xhtml.start_tag(token)
        name = tag.name if tag else xhtml.end_name(token)
        if tag and not tag.empty and (hidden or name in NOT_SEEN):
            hidden += 1
        elif hidden and not tag and name:
            hidden -= 1
        elif name and name not in WITHIN_A_LINE and not name.startswith("ri:"):
            seen.add(" ")
    return seen
