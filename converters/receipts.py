"""What a push changed, in figures that a person can check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from converters.align import align_blocks
from converters.markdown.reader import markdown_to_doc
from converters.public import Lines
from converters.site import DEFAULT_SITE, Site

_MARKER = re.compile(r"""<ac:inline-comment-marker\b[^>]*?\bac:ref\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Receipt:
    """blocks: how many top-level blocks were changed, added or removed. bytes_changed: how many UTF-8 bytes of the new
    body do not stand in the old one; bytes_total: its length. comments_kept: inline comments whose marker is still
    there; comments_lost: those whose text the edit took away.
    """

    blocks: int
    bytes_changed: int
    bytes_total: int
    comments_kept: int
    comments_lost: int = 0


def receipt(
    old_storage: str, new_storage: str, old_markdown: str, new_markdown: str, site: Site = DEFAULT_SITE
) -> Receipt:
    """Compare a page before and after a push."""
    base, new = (markdown_to_doc(Lines(text).text, site).blocks for text in (old_markdown, new_markdown))
    blocks = sum(1 for a, b in align_blocks(base, new) if a is None or b is None or base[a].key != new[b].key)
    before, after = (set(_MARKER.findall(storage)) for storage in (old_storage, new_storage))
    return Receipt(
        blocks,
        _changed_bytes(old_storage, new_storage),
        len(new_storage.encode()),
        len(before & after),
        len(before - after),
    )


def comments_lost(old_storage: str, new_storage: str) -> frozenset[str]:
    """Give the references of the inline comments whose marker an edit has taken away."""
    return frozenset(_MARKER.findall(old_storage)) - frozenset(_MARKER.findall(new_storage))


def _changed_bytes(old: str, new: str) -> int:
    low = 0
    while low < min(len(old), len(new)) and old[low] == new[low]:
        low += 1
    high = 0
    while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    if len(a) * len(b) > 4_000_000:
        return len(b.encode())
    same = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    kept = sum(len(b[block.b : block.b + block.size].encode()) for block in same if block.size > 3)
    return len(b.encode()) - kept
