"""Addresses as people copy them from the browser: a site, a space, a page."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from confsync.config import clean_site
from confsync.errors import ConfsyncError, UsageError

_SPACE = re.compile(r"(?P<site>.*?)/spaces/(?P<space>[^/]+)(?:/(?:pages|folder)/(?:edit-v2/)?(?P<page>\d+))?(?:/.*)?\Z")
_DISPLAY = re.compile(r"(?P<site>.*?)/display/(?P<space>[^/]+)(?:/(?P<title>[^/]+))?/?\Z")
_BY_ID = re.compile(r"(?P<site>.*?)/pages/(?:viewpage|editpage)\.action\Z")
_TINY = re.compile(r"(?P<site>.*?)/x/(?P<tiny>[\w-]+)/?\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A site and, as far as the address says, a space and a page (by id or by title)."""

    site: str
    space: str = ""
    page: str = ""
    title: str = ""


def read_address(text: str) -> Address:
    """Take an address apart. Raises UsageError when it is none."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("is no address of a site", place=text, remedy="write https://HOST/wiki")
    query = parse_qs(parts.query)

    def site(path: str) -> str:
        return clean_site(f"{parts.scheme}://{parts.netloc}{path}")

    if found := _SPACE.match(parts.path):
        return Address(site(found["site"]), unquote(found["space"]), found["page"] or "")
    if found := _DISPLAY.match(parts.path):
        return Address(site(found["site"]), unquote(found["space"]), "", unquote_plus(found["title"] or ""))
    if (found := _BY_ID.match(parts.path)) and query.get("pageId", [""])[0].isdecimal():
        return Address(site(found["site"]), "", query["pageId"][0])
    if found := _TINY.match(parts.path):
        return Address(site(found["site"]), "", _tiny(found["tiny"], text))
    return Address(site(parts.path))


def read_target(words: list[str]) -> tuple[Address, str]:
    """Read `SITE SPACE [DIR]` or `URL [DIR]`: the address and the folder, "" when none is named."""
    address, rest = read_address(words[0]), words[1:]
    if not address.space and not address.page:
        if not rest:
            remedy = "write SITE SPACE [DIR], or paste the address of a space or page"
            raise UsageError("names no space", place=words[0], remedy=remedy)
        address, rest = Address(address.site, rest[0]), rest[1:]
    if len(rest) > 1:
        raise UsageError(f"{rest[1]!r} is one word too many", remedy="write SITE SPACE [DIR], or URL [DIR]")
    return address, rest[0] if rest else ""


def _tiny(code: str, text: str) -> str:
    """Read the page's id from a short link: its bytes, the lowest first, in base 64."""
    try:
        data = b64decode(code.replace("-", "/").replace("_", "+") + "A" * (-len(code) % 4))
    except ValueError as error:
        raise UsageError("is no short link", place=text, remedy="paste the page's full address") from error
    return str(int.from_bytes(data, "little"))


def missing(error: ConfsyncError) -> bool:
    """Tell whether an error says that something is not there."""
    return getattr(error, "status", 0) == 404
