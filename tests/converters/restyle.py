"""Markdown in another author's style, saying the same: used to test the Style law."""

from __future__ import annotations

import re
import textwrap

from converters.markdown.reader import markdown_to_doc
from converters.model import Block

_RISKY_START = re.compile(r"[-+*#>=|~`:<\d\\&]")
_STRONG = re.compile(r"(?<![\w*\\_])\*\*(?=[^\s*_`\\<]+\*\*(?![\w*]))([^\s*_`\\<]+)\*\*")


def restyled(markdown: str) -> str:
    """Other bullets, setext headings, paragraphs rewrapped at 60 columns, `__x__` for `**x**`, `1)` for `1.`."""
    doc = markdown_to_doc(markdown)
    changes: list[tuple[int, int, str]] = []
    for block in doc.walk():
        change = _STYLES.get(block.kind, lambda block, text: None)(block, markdown[block.start : block.end])
        if change is not None:
            changes.append((block.start, block.end, change))
    out, at = [], 0
    for start, end, text in sorted(changes):
        if start >= at:
            out += [markdown[at:start], text]
            at = end
    return "".join(out) + markdown[at:]


def _paragraph(block: Block, text: str) -> str | None:
    if block.node or re.search(r"[`<\n\\|]", text):
        return None
    text = _STRONG.sub(r"__\1__", text)
    lines = textwrap.wrap(text, 60, break_long_words=False, break_on_hyphens=False) if "[" not in text else [text]
    if any(_RISKY_START.match(line) for line in lines[1:]) or "  " in text or not text.isprintable():
        return text
    return ("\n" + block.prefix).join(lines)


def _heading(block: Block, text: str) -> str | None:
    level = block.get("level")
    if level not in "12" or _RISKY_START.match(text[int(level) + 1 :]) or text.endswith("#"):
        return None
    return f"{text[int(level) + 1 :]}\n{block.prefix}{('=' if level == '1' else '-') * 4}"


def _bullets(block: Block, text: str) -> str | None:
    if block.prefix or block.get("ordered") or block.children[0].kind == "task":
        return None
    if any(inner.kind != "paragraph" for item in block.children for inner in item.children):
        return None
    return re.sub(r"^-(?=[ \n]|\Z)", "*", text, flags=re.MULTILINE)


_STYLES = {"paragraph": _paragraph, "heading": _heading, "list": _bullets}
