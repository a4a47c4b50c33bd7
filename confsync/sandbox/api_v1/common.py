"""What the routes of the REST API share: the call at hand, lists with paging, and the reading of bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import g, request

from confsync.sandbox import expand as expansion
from confsync.sandbox.errors import BadRequest, Forbidden
from confsync.sandbox.expand import Expand
from confsync.sandbox.present import Presenter
from confsync.sandbox.store import Row, Store

Json = dict[str, Any]
One = TypeVar("One")
START_LIMIT = 15000
ID_DIGITS = 18  # what the database holds as a number
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
# What these are when a body has them; the site refuses others where it reads the JSON.
SHAPES: dict[str, type] = {
    "ancestors": list, "body": dict, "container": dict, "description": dict, "extensions": dict, "homepage": dict,
    "metadata": dict, "params": dict, "space": dict, "version": dict,
}  # fmt: skip
NO_CHECK = {"nocheck", "no-check"}
PAGING = ("start", "limit", "next", "prev")


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way: the store, who asks, and how answers are presented; `app` signed it itself."""

    store: Store
    me: str
    present: Presenter
    app: str = ""

    @property
    def expand(self) -> Expand:
        """Return what the request asks to expand."""
        return expanded("")


def call() -> Call:
    """Return the call at hand."""
    found: Call = g.call
    return found


def expanded(default: str) -> Expand:
    """Return what the request asks to expand, by names with commas or by naming `expand` again and again."""
    return expansion.parse(",".join(request.args.getlist("expand") or [default]))


def number(name: str, default: int) -> int:
    """Return a query parameter as a number that is not negative; raise `BadRequest`."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > ID_DIGITS:
        raise BadRequest(f"Parameter '{name}' must be a number that is not negative: {text}")
    return int(text)


def flag(name: str) -> bool:
    """Return whether a query parameter says yes."""
    return request.args.get(name, "").lower() == "true"


def paged(rows: Sequence[One], make: Callable[[One], Json], default: int = 25, most: int | None = None) -> Json:
    """Return one page of a list by `start` and `limit`; `next` is there only when rows are left."""
    here = call().present
    start = number("start", 0)
    if start > START_LIMIT:
        raise BadRequest(f"The start parameter must not exceed {START_LIMIT}; use a cursor")
    limit = min(number("limit", default), most or expansion.largest_page(call().expand))
    shown = [make(row) for row in rows[start : start + limit]]
    found: Json = {
        "results": shown,
        "start": start,
        "limit": limit,
        "size": len(shown),
        "_links": {"base": here.base, "context": here.context, "self": request.url},
    }
    path = request.path.rstrip("/")
    rest = [(key, value) for key, value in request.args.items(multi=True) if key not in PAGING]
    if start + limit < len(rows) and limit:
        found["_links"]["next"] = (
            f"{path}?{urlencode([('next', 'true'), *rest, ('limit', limit), ('start', start + limit)])}"
        )
    if start:
        found["_links"]["prev"] = (
            f"{path}?{urlencode([('prev', 'true'), *rest, ('limit', limit), ('start', max(start - limit, 0))])}"
        )
    return found


def contents(rows: Sequence[Row], default: int = 25) -> Json:
    """Return one page of a list of content."""
    present, expand = call().present, call().expand
    return paged(rows, lambda row: present.content(row, expand), default)


def json_body() -> Any:
    """Return the JSON of the request; raise `BadRequest` for what is none."""
    value = request.get_json(force=True, silent=True)
    if value is None or (HALF_CHARACTER.search(request.get_data()) and not _is_text(value)):
        raise BadRequest("Could not parse request body as JSON")
    return value


def _is_text(value: Any) -> bool:
    """Return whether all strings can be written as UTF-8: half a surrogate pair can be escaped in JSON, but is none."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def json_object(**other: type) -> Json:
    """Return the JSON object of the request; raise `BadRequest` for anything else. other: shapes that differ."""
    value = json_body()
    if not isinstance(value, dict):
        raise BadRequest("A JSON object is expected")
    for name, kind in {**SHAPES, **other}.items():
        if value.get(name) and not isinstance(value[name], kind):
            raise BadRequest(f"Could not parse request body as JSON: '{name}' is not of the expected type")
    return value


def objects(value: Any, what: str) -> list[Json]:
    """Return a list of JSON objects; raise `BadRequest` for anything else, nothing at all is an empty list."""
    found = value or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadRequest(f"Could not parse request body as JSON: '{what}' is not a list of objects")
    return found


def as_id(value: Any) -> int:
    """Return an id given as number, as text, or with an attachment's `att`; raise `BadRequest`."""
    text = str(value).removeprefix("att")
    if not text.isdecimal() or len(text) > ID_DIGITS:
        raise BadRequest(f"Invalid content id: {value}")
    return int(text)


def check_xsrf() -> None:
    """Raise `Forbidden` for a form without the header that no foreign page can send."""
    if request.headers.get("X-Atlassian-Token", "").lower() not in NO_CHECK:
        raise Forbidden("XSRF check failed", plain=True)


def statuses(default: str = "current") -> tuple[str, ...]:
    """Return the states that the request asks for."""
    found = tuple(part for value in request.args.getlist("status") for part in value.split(",") if part)
    return found or (default,)
