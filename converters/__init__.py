"""Confluence storage format and Markdown, both ways, as an edit lens. Text in, text out: no network, disk or clock.

    to_markdown(storage)                        storage format as Markdown
    to_storage(markdown)                        Markdown as storage format
    push(storage, base_markdown, markdown)      the edit base_markdown -> markdown, applied to storage
    pull(markdown, base_storage, storage)       the edit base_storage -> storage, applied to markdown
    merge(base, local, remote)                  three versions of one Markdown text as one
    check(markdown)                             what cannot be read, or has no counterpart, with its place

Each takes an optional `Site`: what is known of the world around the page.
"""

from __future__ import annotations

from converters.check import Finding, check
from converters.errors import BaseMismatchError, ConversionError, LawError, NotationError, StorageError
from converters.laws import LawBreak, verify_push
from converters.merge import Merge, has_conflict_markers, merge
from converters.public import consistent, pull, push, to_markdown, to_storage
from converters.receipt import Receipt, receipt
from converters.relink import LinkUse, relink
from converters.relink import link_uses as links
from converters.site import DEFAULT_SITE, PageRef, Pages, Site

__all__ = [
    "DEFAULT_SITE",
    "BaseMismatchError",
    "ConversionError",
    "Finding",
    "LawBreak",
    "LawError",
    "LinkUse",
    "Merge",
    "NotationError",
    "PageRef",
    "Pages",
    "Receipt",
    "Site",
    "StorageError",
    "check",
    "consistent",
    "has_conflict_markers",
    "links",
    "merge",
    "pull",
    "push",
    "receipt",
    "relink",
    "to_markdown",
    "to_storage",
    "verify_push",
]
