"""The words of a page, for search and excerpts."""

from __future__ import annotations

import html
import re

MARKUP = re.compile(r"<!\[CDATA\[(.*?)\]\]>|<!--.*?-->|<[^>]*>", re.DOTALL)


def plain_text(storage: str) -> str:
    """Return the text of storage format without its mark-up, on one line; never fails, also for malformed input."""
    text = MARKUP.sub(lambda found: html.escape(found[1]) if found[1] is not None else " ", storage)
    return " ".join(html.unescape(text).split())
