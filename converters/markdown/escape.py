"""Escaping text for Markdown: as little as CommonMark needs at each place, so that prose stays readable."""

from __future__ import annotations

import re

_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_BULLET = re.compile(r"([-+])(?=\s|\Z)")
_HEADING = re.compile(r"(#{1,6})(?=\s|\Z)")
_HARMLESS = re.compile(r"[\w/:.~%?=#+,@$!*'-]+\Z")
_RULE = re.compile(r"(?:=+|[-:|][-: |]*)\s*\Z")


# One set of characters, which is scanned three times as fast as alternatives: signs, white space other than the plain
# space (all that `str.isspace` knows), and what nobody sees.
_SPECIAL = re.compile(
    "[\\\\`\\[\\]*_~<&\t-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u00ad]"
)


def escape_text(text: str, before: str = "", after: str = "") -> str:
    """Escape a stretch of text; `before` and `after` are the characters around it in the output, "" at a bound."""
    if _SPECIAL.search(text) is None:
        return text

    def escaped(found: re.Match[str]) -> str:
        at = found.start()
        left = text[at - 1] if at else before[-1:]
        right = text[at + 1] if at + 1 < len(text) else after[:1]
        return _escape(found.group(), left, right, text, at)

    return _SPECIAL.sub(escaped, text)


def _escape(char: str, left: str, right: str, text: str, at: int) -> str:
    if char in "\\`[]":
        return "\\" + char
    if char == "*":
        return char if left in ("", " ") and right == " " else "\\*"
    if char == "_":
        return char if left.isalnum() and right.isalnum() else "\\_"
    if char == "~":
        return "\\~" if "~" in (left, right) or right not in ("", " ") else char
    if char == "<":
        return "\\<" if right.isalpha() or (right and right in "/!?") else char
    if char == "&":
        return "&amp;" if _ENTITY.match(text, at) else char
    return "&nbsp;" if char == "\u00a0" else f"&#x{ord(char):X};"


def escape_line_start(line: str) -> str:
    """Escape what would begin a block at the start of a line of inline content."""
    if line[:1].isalpha():  # nothing that begins with a letter begins a block
        return line
    for pattern in (_ORDERED, _BULLET, _HEADING):
        found = pattern.match(line)
        if found is not None:
            cut = found.end(1)
            return line[:cut] + "\\" + line[cut:] if pattern is _ORDERED else "\\" + line
    if line.startswith((">", "```", "~~~")) or _RULE.match(line):
        return "\\" + line
    if line.startswith(("    ", "\t")):
        return "&#32;" + line[1:]
    return line


def escape_destination(destination: str) -> str:
    """Spell a link's destination: bare where CommonMark allows it, else in angle brackets."""
    if _HARMLESS.match(destination):
        return destination
    destination = destination.replace("\n", "%0A").replace("\r", "%0D")
    escaped = _ENTITY.sub("&amp;", destination.replace("\\", "\\\\"))
    if destination and not re.search(r"[\s<>\x00-\x1f\x7f]", destination) and _balanced(destination):
        return escaped
    return "<" + escaped.replace("<", "\\<").replace(">", "\\>") + ">"


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0 and text.count("(") < 30


def escape_title(title: str) -> str:
    return _ENTITY.sub("&amp;", title.replace("\\", "\\\\").replace('"', '\\"'))
