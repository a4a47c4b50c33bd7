"""The addresses that Confluence puts into `_links`, as functions of ids and titles."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from .store import Row

NOT_IN_SLUG = re.compile(r"[^A-Za-z0-9._~ -]")


def slug(title: str) -> str:
    """Return the last part of a page's address; empty for a title without any Latin letter or digit."""
    return "+".join(NOT_IN_SLUG.sub("", title).split())


def tiny(content_id: int) -> str:
    """Return the short form of an id: its little-endian bytes in base64 with Confluence's own two characters."""
    raw = content_id.to_bytes(8, "little").rstrip(b"\0")
    return base64.b64encode(raw).decode().rstrip("=").replace("/", "-").replace("+", "_").rstrip("A")


def from_tiny(text: str) -> int:
    """Return the id behind a short form; raise `ValueError` for what is none."""
    padded = text.replace("-", "/").replace("_", "+").ljust(11, "A") + "="
    return int.from_bytes(base64.b64decode(padded, validate=True), "little")


def page(space_key: str, row: Row, home: bool = False) -> str:
    """Return a page's address relative to the base; the home page is the space's overview."""
    if home:
        return f"/spaces/{space_key}/overview"
    kind = {"page": "pages", "blogpost": "blog"}.get(row["type"], row["type"])
    end = slug(row["title"])
    return f"/spaces/{space_key}/{kind}/{row['id']}" + (f"/{end}" if end else "")


def preview(page_id: int, row: Row) -> str:
    """Return the address at which an attachment is previewed on its page."""
    shown = quote(f"/{page_id}/{row['id']}/{row['title']}", safe="")
    return f"/pages/viewpageattachments.action?pageId={page_id}&preview={shown}"


def download(page_id: int, name: str, version: int, modified_ms: int) -> str:
    """Return the address of an attachment's bytes in one version, relative to the base."""
    query = f"version={version}&modificationDate={modified_ms}&cacheVersion=1&api=v2"
    return f"/download/attachments/{page_id}/{quote(name, safe='')}?{query}"
