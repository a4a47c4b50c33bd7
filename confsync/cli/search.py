"""`search`: a CQL query, as a table."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from confsync.config import clean_site
from confsync.errors import Refused, UsageError

from .access import access
from .init import api_of
from .output import Output, counted
from .session import settings

_HEADS = ("type", "space", "title", "changed", "id")


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("cql", metavar="CQL", help="the query, as one word of the shell")
    add("--site", default="", metavar="SITE", help="its address; else the one of .confsync.toml")
    add("--limit", type=int, default=50, metavar="N", help="how many to show, 0 for all (default: %(default)s)")


def run(args: Namespace, out: Output) -> int:
    """Show what the query finds, the best first or as it orders."""
    if args.limit < 0:
        raise UsageError(f"--limit {args.limit} is no number of results", remedy="0 shows all")
    site = clean_site(args.site) if args.site else settings(args).site
    api = api_of(site, access(site), out.note)
    rows = [_row(site, one) for one in islice(_found(api, args), args.limit or None)]
    out.result({"site": site, "cql": args.cql, "results": rows}, _lines(rows))
    return 0


def _found(api: Any, args: Namespace) -> Iterator[Mapping[str, Any]]:
    try:
        for page in api.search(args.cql, min(args.limit or 200, 200), expand="space,version"):
            yield from page
    except Refused as error:
        remedy = "for example: 'space = DOCS AND title ~ \"guide\" ORDER BY lastmodified DESC'"
        raise UsageError(error.message, place=args.cql, remedy=remedy) from error


def _row(site: str, one: Mapping[str, Any]) -> dict[str, str]:
    space, version, links = one.get("space") or {}, one.get("version") or {}, one.get("_links") or {}
    return {
        "type": str(one.get("type", "")), "space": str(space.get("key", "")), "title": str(one.get("title", "")),
        "changed": str(version.get("when", ""))[:10], "id": str(one.get("id", "")),
        "url": site + str(links["webui"]) if links.get("webui") else "",
    }  # fmt: skip


def _lines(rows: list[dict[str, str]]) -> Iterable[str]:
    """Lay out a table as wide as its words, so that it can be piped."""
    if not rows:
        return ["nothing was found"]
    table = [_HEADS, *(tuple(row[name] for name in _HEADS) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return [*lines, counted(len(rows), "result")]
