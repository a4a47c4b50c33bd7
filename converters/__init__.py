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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from converters.checking import Finding, check
    from converters.conflicts import has_conflict_markers
    from converters.errors import BaseMismatchError, ConversionError, LawError, NotationError, StorageError
    from converters.laws import LawBreak, verify_push
    from converters.merging import merge, merge_unrelated
    from converters.public import consistent, pull, push, to_markdown, to_storage
    from converters.receipts import Receipt, comments_lost, receipt
    from converters.relinking import LinkUse, links, relink
    from converters.site import DEFAULT_SITE, PageRef, Pages, Site
    from converters.textmerge import Merge

# Where each public name is made: a module is loaded when one of its names is first used, so that a caller who only
# asks for conflict markers does not pay for the parsers.
_HOMES = {
    "checking": ("Finding", "check"),
    "errors": ("BaseMismatchError", "ConversionError", "LawError", "NotationError", "StorageError"),
    "laws": ("LawBreak", "verify_push"),
    "conflicts": ("has_conflict_markers",),
    "merging": ("merge", "merge_unrelated"),
    "textmerge": ("Merge",),
    "public": ("consistent", "pull", "push", "to_markdown", "to_storage"),
    "receipts": ("Receipt", "comments_lost", "receipt"),
    "relinking": ("LinkUse", "links", "relink"),
    "site": ("DEFAULT_SITE", "PageRef", "Pages", "Site"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

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
    "comments_lost",
    "consistent",
    "has_conflict_markers",
    "links",
    "merge",
    "merge_unrelated",
    "pull",
    "push",
    "receipt",
    "relink",
    "to_markdown",
    "to_storage",
    "verify_push",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'converters' has no attribute {name!r}")
    return getattr(import_module(f"converters.{_HOME[name]}"), name)
