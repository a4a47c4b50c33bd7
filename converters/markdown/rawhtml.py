"""HTML that people write inside Markdown: what storage format allows is read as storage format."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from converters import notation
from converters.errors import StorageError
from converters.model import Block
from converters.site import Site
from converters.storage.blocks import storage_to_doc
from converters.storage.reader import parse

_FIRST_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_INLINE_TAGS = frozenset({"img", "br", "a", "span", "time"}) | notation.MARK_TAGS.keys()
# Never passed on: what Confluence strips, or what would run in a reader's browser.
FORBIDDEN = frozenset({"script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "textarea",
                       "video", "audio", "link", "meta", "base", "svg", "math"})  # fmt: skip
WORDLESS = frozenset({"script", "style", "svg", "link", "meta", "base"})


def starts_inline(content: str) -> bool:
    """Does an HTML block begin with a tag that belongs inside a line of text?"""
    found = _FIRST_TAG.match(content)
    return found is not None and (found.group(1).lower() in _INLINE_TAGS or found.group(1).lower().startswith("ac-"))


def raw_blocks(content: str, start: int, end: int, site: Site, prefix: str) -> list[Block]:
    """Read an HTML block. Its blocks share the span of the whole where their own places are not known."""
    if content.startswith(("<!--", "<?", "<!")):
        return []
    text, exact = content, not prefix
    try:
        if any(name.lower() in FORBIDDEN for name in _FIRST_TAG.findall(text)):
            raise ValueError("holds what is not passed on")
        parse(text)
    except ValueError:
        text, exact = _repaired(content), False
    blocks = storage_to_doc(text, site).blocks
    for number, block in enumerate(blocks):
        for part in block.walk():
            if exact:
                part.start, part.end = part.start + start, part.end + start
                part.inner = (part.inner[0] + start, part.inner[1] + start)
            else:
                part.start, part.end = (start, end) if number == 0 else (end, end)
                part.inner = (part.end, part.end)
            if part.inline is not None:
                part.inline.start, part.inline.end = part.inner
                for piece in part.inline.pieces:
                    piece.solid = True  # spelled by the rules of HTML: replaced whole or not at all
                    piece.start, piece.end = (piece.start + start, piece.end + start) if exact else part.inner
            part.prefix, part.node = prefix, None
            part.hints = (("html", "true"),)
    return blocks


def _repaired(content: str) -> str:
    """Make well-formed storage format of HTML that is not: its elements where that can be, else its text."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        soup = BeautifulSoup(content, "html.parser")
    except ParserRejectedMarkup:
        return f"<p>{escape(content)}</p>"
    for tag in soup(list(FORBIDDEN)):
        if tag.name in WORDLESS:
            tag.decompose()
        else:
            tag.hidden = True  # its text is what a reader sees of it; unwrapping would look through all that it holds
    repaired = str(soup.decode(formatter="minimal"))
    try:
        parse(repaired)
    except StorageError:  # a name that XML does not know, such as `@click`
        return f"<p>{escape(soup.get_text())}</p>"
    return repaired
