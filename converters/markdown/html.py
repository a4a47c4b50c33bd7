"""HTML blocks in Markdown: comments that open and close macros, and the few tags that hold Markdown between them.

An HTML block is cut into events; events of one container are then paired, so that the reader can build a tree.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from converters import notation
from converters.errors import NotationError
from converters.model import Attrs

Kind = Literal["open", "close", "single", "text"]
# Tags whose content, between blank lines, is Markdown.
STRUCTURE = frozenset({"details", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "figure", "figcaption",
                       "dl", "dt", "dd"})  # fmt: skip
_IN_LINES = frozenset({"img", "a", "br", "em", "strong", "b", "i", "code", "sub", "sup", "u", "span"})
STRAY = "/"  # the name of a closing tag that nothing opens
_OPTIONAL = frozenset({"thead", "tbody", "tfoot"})  # they say nothing of their own
# What is read to its end as one thing: how it begins, how it ends, and the two together.
_WHOLES = (
    ("<!--", "-->", r"<!--(?P<comment>.*?)-->"),
    ("<summary", "</summary", r"<summary\s*>(?P<summary>.*?)</summary\s*>"),
    ("<caption", "</caption", r"<caption\s*>(?P<caption>.*?)</caption\s*>"),
)
_TAG = r"<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?P<rest>(?:\s(?:[^>\"']|\"[^\"]*\"|'[^']*')*)?)>"
_LINE_END = re.compile(r"\n")
_COMMENT = re.compile(r"\s*(?P<close>/?)ac:(?P<name>[A-Za-z0-9._-]+)(?P<rest>(?:\s.*)?)\Z", re.DOTALL)
# Macros that always have a rich body: one of these without its closing comment is a mistake.
RICH_MACROS = frozenset(
    {"panel", "info", "tip", "note", "warning", "expand", "excerpt", "details", "layout-section", "layout-cell"}
)


@dataclass(slots=True)
class Event:
    """One piece of an HTML block. `name` is a tag, or `ac:` and a macro's name; `start`/`end` are source offsets."""

    kind: Kind
    name: str
    attrs: Attrs
    start: int
    end: int
    line: int
    text: str = ""


def events(content: str, start: int, line: int) -> list[Event] | None:
    """Cut an HTML block into events; None where it is plain HTML with no structure of ours."""
    out: list[Event] = []
    at = 0
    breaks = [found.start() for found in _LINE_END.finditer(content)]
    inside = any(tag in content.lower() for tag in ("<figure", "<details")) or _partial(content)
    for found in _lexed(content):
        name = (found["tag"] or "").lower()
        if inside and name in _IN_LINES:
            continue  # part of the text around it
        _text(out, content, at, found.start(), start, line, breaks)
        at = found.end()
        place = (start + found.start(), start + found.end(), line + bisect_left(breaks, found.start()))
        if not name:
            _whole(out, found, place)
        else:
            if name not in STRUCTURE:
                return None
            if name not in _OPTIONAL:
                attrs = notation.read_attributes(found["rest"].removesuffix("/")) or ()
                out.append(Event("close" if found["close"] else "open", name, attrs, *place))
    _text(out, content, at, len(content), start, line, breaks)
    return out


@cache
def _lexer(closed: tuple[bool, ...]) -> re.Pattern[str]:
    """Find tags, and those of the wholes that may still be closed.

    Where an end does not come any more, each beginning would look for it through all of the rest.
    """
    wholes = [pattern for (_, _, pattern), may in zip(_WHOLES, closed, strict=True) if may]
    return re.compile("|".join([*wholes, _TAG]), re.DOTALL | re.IGNORECASE)


def _lexed(content: str) -> Iterator[re.Match[str]]:
    lower = content.lower()
    ends = [lower.rfind(end) for _, end, _ in _WHOLES]
    ahead = [lower.find(begin) for begin, _, _ in _WHOLES]
    at, last = 0, content.rfind(">")
    if max(ahead) < 0:
        yield from _lexer((False,) * len(_WHOLES)).finditer(content, 0, last + 1)
        return
    while at <= last:
        for number, (begin, _, _) in enumerate(_WHOLES):
            if 0 <= ahead[number] < at:
                ahead[number] = lower.find(begin, at)
        closed = tuple(0 <= place < end for place, end in zip(ahead, ends, strict=True))
        found = _lexer(closed).search(content, at)
        if found is None:
            return
        yield found
        at = found.end()


def _whole(out: list[Event], found: re.Match[str], place: tuple[int, int, int]) -> None:
    """A comment, or an element that shows plain text."""
    name = found.lastgroup or ""
    if name == "comment":
        _comment(out, found[name], place)
    else:
        text = found[name] if name == "summary" else " ".join(found[name].split())
        out.append(Event("single", name, (), *place, html.unescape(text)))


def _partial(content: str) -> bool:
    """Does a block open or close what it does not hold as a whole, so that it cannot be plain HTML by itself?"""
    depth = 0
    for found in _lexed(content):
        named = found.groupdict("")
        if named["tag"].lower() in STRUCTURE:
            depth += -1 if named["close"] else 1
            if depth < 0:
                return True
    return depth > 0


def _text(out: list[Event], content: str, low: int, high: int, start: int, line: int, breaks: list[int]) -> None:
    text = content[low:high]
    if text.strip():
        lead = len(text) - len(text.lstrip())
        row = line + bisect_left(breaks, low + lead)
        out.append(Event("text", "", (), start + low + lead, start + low + len(text.rstrip()), row, text.strip()))


def _comment(out: list[Event], comment: str, place: tuple[int, int, int]) -> None:
    found = _COMMENT.match(comment)
    if found is None:
        return  # the author's own comment
    rest = found["rest"].strip()
    flags: tuple[tuple[str, str], ...] = ()
    if found["name"] == "layout-section" and rest and "=" not in rest.split()[0]:
        kind, _, rest = rest.partition(" ")
        flags = (("type", kind),)
    attrs = notation.read_attributes(rest)
    if attrs is None:
        raise NotationError(f"the attributes of <!-- ac:{found['name']} --> cannot be read", place[2] + 1, 1)
    out.append(Event("close" if found["close"] else "open", "ac:" + found["name"], flags + attrs, *place))


def pair(sequence: list[Event | object]) -> None:
    """Tell openers from bodyless macros: an `ac:` comment that nothing closes is a macro without a body.

    A tag that closes what nothing opens says nothing, as in HTML. Raises NotationError for an opener that must be
    closed and is not, and for a closing comment that nothing opens.
    """
    stack: list[Event] = []
    for event in sequence:
        if not isinstance(event, Event) or event.kind in ("single", "text"):
            continue
        if event.kind == "open":
            stack.append(event)
            continue
        if not any(opener.name == event.name for opener in stack):
            if event.name.startswith("ac:"):
                raise NotationError(f"{_shown(event)} closes what nothing opens", event.line + 1, 1)
            event.kind, event.name = "single", STRAY
            continue
        while stack[-1].name != event.name:
            _leave_open(stack.pop(), event)
        stack.pop()
    for event in stack:
        _leave_open(event, None)


def _leave_open(event: Event, closer: Event | None) -> None:
    if not event.name.startswith("ac:") or event.name[3:] in RICH_MACROS:
        where = f" before {_shown(closer)} on line {closer.line + 1}" if closer else ""
        raise NotationError(f"{_shown(event)} is not closed{where}", event.line + 1, 1)
    event.kind = "single"


def _shown(event: Event) -> str:
    slash = "/" if event.kind == "close" else ""
    return f"<!-- {slash}{event.name} -->" if event.name.startswith("ac:") else f"<{slash}{event.name}>"
