"""What an operation asks of apps and of tokens with scopes: the published documents as one table, `operations.tsv`.

A line is an operation: what a Connect app must have, and which scopes of a token suffice. Classic and granular scopes
stand side by side and do not imply each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

Scopes = frozenset[str]
TABLE = Path(__file__).with_name("operations.tsv")
FILES: Final = ("readonly:content.attachment:confluence", "read:attachment:confluence")
OTHERS: Final = (  # addresses outside the documents: bytes of attachments, and the short links
    ("GET", "/download/attachments/{}/{}", "READ", FILES),
    ("GET", "/download/thumbnails/{}/{}", "READ", FILES),
)


class Operation(NamedTuple):
    """One operation. app: the scope of a Connect app; tokens: sets of scopes, of which one is enough."""

    method: str
    address: str
    app: str
    tokens: tuple[Scopes, ...]


@cache
def table() -> tuple[Operation, ...]:
    """Return all operations, those with fewer parameters first."""
    lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    listed = [
        Operation(method, address, app, tuple(frozenset(one.split()) for one in tokens.split(" | ") if one != "-"))
        for method, address, app, tokens in lines
    ]
    more = [Operation(method, path, app, tuple(frozenset({one}) for one in each)) for method, path, app, each in OTHERS]
    return tuple(sorted((*listed, *more), key=lambda one: one.address.count("{")))


@cache
def _by_shape() -> dict[tuple[str, int], list[tuple[re.Pattern[str], Operation]]]:
    found: dict[tuple[str, int], list[tuple[re.Pattern[str], Operation]]] = defaultdict(list)
    for one in table():
        pattern = re.compile("[^/]+".join(map(re.escape, one.address.split("{}"))))
        found[one.method, one.address.count("/")].append((pattern, one))
    return dict(found)


def find(method: str, path: str) -> Operation | None:
    """Return the operation of a request, None where the documents have none; `path` is without the site's context."""
    bare = path.rstrip("/")
    asked = "GET" if method == "HEAD" else method
    return next((one for shape, one in _by_shape().get((asked, bare.count("/")), ()) if shape.fullmatch(bare)), None)


@cache
def scopes() -> Scopes:
    """Return every scope that some operation asks for."""
    return frozenset().union(*(one for each in table() for one in each.tokens))
