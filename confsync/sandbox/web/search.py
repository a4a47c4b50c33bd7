"""Search: words in the box of every page, or a query in CQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Response, request

from confsync.sandbox.api_v1.common import Call, call, number
from confsync.sandbox.cql import search
from confsync.sandbox.errors import Refusal
from confsync.sandbox.store import Row, content, spaces

from .frame import page_of, routes, url

PAGE = 20
EXCERPT = 260  # characters around the first hit
WORDS = "page, blogpost, comment, attachment"
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of the results; the texts come in pieces that are hits or not."""

    title: Pieces
    excerpt: Pieces
    url: str
    kind: str
    space: str
    at: str


@routes.get("/search")
def results() -> Response:
    """Show what was found for the words `q` (in the space `space`), or for the query `cql`."""
    here = call()
    words, key, query = (request.args.get(name, "").strip() for name in ("q", "space", "cql"))
    start, found, reason = number("start", 0), [], ""
    try:
        found = search(here.store, query or _query(words, key), here.me) if query or words else []
    except Refusal as error:
        reason = error.reason
    hits = [_hit(here, content.get(here.store, one), words) for one in found[start : start + PAGE]]
    return page_of("search.html", 400 if reason else 200, title="Search", q=words, key=key, cql=query, hits=hits,
                   count=len(found), start=start, page=PAGE, reason=reason, asked=bool(query or words),
                   spaces=spaces.listing(here.store, []))  # fmt: skip


def _query(words: str, key: str) -> str:
    where = f" AND space = {_quoted(key)}" if key else ""
    return f"siteSearch ~ {_quoted(words)} AND type IN ({WORDS}){where}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _hit(here: Call, row: Row, words: str) -> Hit:
    space = spaces.by_id(here.store, row["space_id"])
    holder = content.get(here.store, row["container_id"], ("any",)) if row["container_id"] else row
    place = {"comment": f"#comment-{row['id']}", "attachment": "#files"}.get(row["type"], "")
    pattern = _pattern(words)
    modified = content.facts_of_version(here.store, row["id"], row["version"])["at"]
    text = _around(content.words(here.store, row), pattern)
    return Hit(
        pieces(row["title"], pattern), pieces(text, pattern), url(space, holder) + place, row["type"], space["name"],
        modified,
    )  # fmt: skip


def _pattern(words: str) -> re.Pattern[str] | None:
    bare = [re.escape(word).replace(r"\*", r"\w*").replace(r"\?", r"\w") for word in words.replace('"', " ").split()]
    return re.compile("|".join(sorted(bare, key=len, reverse=True)), re.IGNORECASE) if bare else None


def _around(text: str, pattern: re.Pattern[str] | None) -> str:
    found = pattern.search(text) if pattern else None
    start = max(found.start() - EXCERPT // 3, 0) if found else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    shown = text[start : start + EXCERPT]
    return f"{'… ' if start else ''}{shown}{' …' if start + EXCERPT < len(text) else ''}"


def pieces(text: str, pattern: re.Pattern[str] | None) -> Pieces:
    """Return a text in pieces, each with whether it is a hit."""
    found: Pieces = []
    last = 0
    for hit in pattern.finditer(text) if pattern else ():
        if hit.end() > hit.start():
            found += [(text[last : hit.start()], False), (hit[0], True)]
            last = hit.end()
    return [one for one in [*found, (text[last:], False)] if one[0]]
