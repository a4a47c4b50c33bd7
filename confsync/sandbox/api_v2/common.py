"""What the routes of version 2 share: how parameters and bodies are read, and lists with cursors."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.errors import BadRequest, NotFound
from confsync.sandbox.store import Row, content, restrictions

from .refusals import bad_choice, bad_type, missing, stale

Json = dict[str, Any]
SITE = "/wiki/api/v2"  # what addresses in answers begin with, whichever way the request came
LIMIT, MOST = 25, 250
LARGEST = 2**63 - 1
VISIBLE = ("current", "archived", "trashed")
READABLE = ("storage",)
RENDERED = ("view", "export_view", "anonymous_export_view", "styled_view", "editor")
UNREADABLE = ("atlas_doc_format", "raw", "wiki")


def long(value: Any, name: str) -> int:
    """Return an id, given as number or text, an attachment's also with its `att`; raise `BadRequest`."""
    text = str(value).removeprefix("att")
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > LARGEST:
        raise bad_type(value, name)
    return int(text)


def many(name: str) -> list[str]:
    """Return the values of a query parameter that is repeated, or a list with commas."""
    return [part for value in request.args.getlist(name) for part in value.split(",") if part]


def ids(name: str) -> list[int] | None:
    """Return the ids that a query parameter lists, None where it is not given; raise `BadRequest`."""
    found = [long(one, name) for one in many(name)]
    return found or None


def choices(name: str, allowed: Iterable[str]) -> list[str] | None:
    """Return the known words that a query parameter lists, None where it is not given; raise `BadRequest`."""
    found = many(name)
    for one in found:
        if one not in allowed:
            raise bad_choice(one, name, allowed)
    return found or None


def choice(name: str, allowed: Iterable[str], default: str = "") -> str:
    """Return the known word that a query parameter is; raise `BadRequest`."""
    value = request.args.get(name) or default
    if value and value not in allowed:
        raise bad_choice(value, name, allowed)
    return value


def sorting(*names: str, default: str = "") -> str:
    """Return the order that a list is asked for: one of these names, `-` before it for the other way round."""
    return choice("sort", [sign + name for name in names for sign in ("", "-")], default)


def whole(name: str, default: int, least: int = 0, most: int = LARGEST) -> int:
    """Return a query parameter as a whole number within bounds; raise `BadRequest`."""
    value = request.args.get(name)
    if not value:
        return default
    number = long(value, name)
    if not least <= number <= most:
        raise BadRequest(f"Provided value {{{value}}} for '{name}' must be between {least} and {most}.")
    return number


def flag(name: str, default: bool = False) -> bool:
    """Return whether a query parameter says yes; raise `BadRequest` for a word that is neither yes nor no."""
    value = request.args.get(name, "").lower()
    if value not in ("", "true", "false"):
        raise bad_type(value, name, "boolean")
    return value == "true" if value else default


def body_format(single: bool = False) -> str:
    """Return in which form bodies are asked for, empty for none; rendered forms are for a single content only."""
    allowed = (*READABLE, *RENDERED, *UNREADABLE[:2]) if single else (*READABLE, *UNREADABLE[:2])
    value = choice("body-format", allowed)
    if value in UNREADABLE:
        raise BadRequest(f"The body format '{value}' is not offered by this site; it has storage")
    return value


def row_key(row: Row) -> int:
    """Return what tells the rows of most lists apart."""
    return int(row["id"])


def listed(
    rows: Sequence[Row],
    make: Callable[[Row], Any],
    default: int = LIMIT,
    key: Callable[[Any], Any] = row_key,
    most: int = MOST,
) -> ResponseReturnValue:
    """Answer with one page of a list: by `limit`, and from the row that `cursor` stands for.

    `next`, in `_links` and as `Link` header, keeps the filters and is there only when rows are left.
    """
    limit = whole("limit", default, 1, most)
    keys = rows.ids if isinstance(rows, content.Rows) else [key(row) for row in rows]
    start = _start(keys)
    links: Json = {"base": call().present.base}
    headers = {}
    if start + limit < len(keys):
        kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("limit", "cursor")]
        query = urlencode([*kept, ("limit", limit), ("cursor", cursor(keys, start + limit))])
        links["next"] = f"{address()}?{query}"
        headers["Link"] = f'<{links["next"]}>; rel="next"'
    return {"results": [make(row) for row in rows[start : start + limit]], "_links": links}, 200, headers


def address() -> str:
    """Return the address of the request as answers write it, without its query."""
    return SITE + request.path.rstrip("/").removeprefix("/api/v2")


def cursor(keys: Sequence[Any], place: int) -> str:
    """Return the text that stands for a place in a list: the key of the row there, and of the one before it."""
    text = json.dumps([keys[place], keys[place - 1]], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _start(keys: Sequence[Any]) -> int:
    text = request.args.get("cursor")
    if not text:
        return 0
    try:
        here, before = json.loads(base64.b64decode(text.encode("ascii"), b"-_", validate=True))
        known = list(keys)
        return known.index(here) if here in known else known.index(before) + 1
    except (ValueError, TypeError, RecursionError):
        raise BadRequest(f"Invalid cursor: {text}") from None


class Kind(NamedTuple):
    """One kind of content under its address: the type in the store, its word, and for comments where they stand."""

    type: str
    word: str
    location: str = ""


KINDS = {
    "pages": Kind("page", "page"),
    "blogposts": Kind("blogpost", "blogpost"),
    "attachments": Kind("attachment", "attachment"),
    "custom-content": Kind("custom", "custom content"),
    "comments": Kind("comment", "comment"),
    "footer-comments": Kind("comment", "footer comment", "footer"),
    "inline-comments": Kind("comment", "inline comment", "inline"),
    "folders": Kind("folder", "folder"),
    "whiteboards": Kind("whiteboard", "whiteboard"),
    "databases": Kind("database", "database"),
    "embeds": Kind("embed", "embed"),
}


def one_of(collection: str, ident: str, statuses: Iterable[str] = VISIBLE, writes: bool = False, says: str = "") -> Row:
    """Return the content of an address below a collection; raise `NotFound`, or `Forbidden`.

    `says` is the wording for what is not there, with `{word}` and `{id}` in it.
    """
    kind = KINDS[collection]
    row = found(ident, (kind.type,), kind.word, statuses, writes, says)
    if kind.location and content.facts(row).get("location", "footer") != kind.location:
        raise missing(kind.word, row["id"], says)
    return row


def found(
    ident: str,
    kinds: tuple[str, ...],
    word: str = "",
    statuses: Iterable[str] = VISIBLE,
    writes: bool = False,
    says: str = "",
) -> Row:
    """Return the content of an address; raise `NotFound` in the words of version 2, or `Forbidden`.

    `writes`: whoever asks must be allowed to edit it.
    """
    word, number, store = word or kinds[0], long(ident, "id"), call().store
    try:
        row = content.get(store, number, statuses)
    except NotFound:
        raise missing(word, number, says) from None
    if row["type"] not in kinds:
        raise missing(word, number, says)
    if writes:
        restrictions.check_edit(store, row)
    return row


def text(sent: Json, name: str, default: str = "") -> str:
    """Return a text of a body; raise `BadRequest` for what is none."""
    value = sent.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise bad_type(value, name, "string")
    return value


def required(sent: Json, *names: str) -> None:
    """Raise `BadRequest` when a body lacks something that it must have."""
    for name in names:
        if sent.get(name) is None:
            raise BadRequest(f"{name} must not be null")


def optional_id(sent: Json, name: str) -> int | None:
    """Return an id of a body, None where there is none; raise `BadRequest`."""
    value = sent.get(name)
    return None if value in (None, "") else long(value, name)


def body_text(sent: Json) -> str | None:
    """Return the storage format that a body brings, None where it brings no body.

    A body is `{representation, value}`, or `{storage: {value}}` with or without a representation.
    """
    given = sent.get("body")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_type(given, "body", "object")
    if given and not {"value", "representation"} & given.keys():
        name, given = next(iter(given.items()))
        if not isinstance(given, dict):
            raise bad_type(given, name, "object")
        given = {"representation": name, **given}
    form = text(given, "representation", "storage")
    if form not in READABLE:
        raise BadRequest(f"Unsupported body representation: {form}; this site reads storage")
    return text(given, "value")


def next_version(sent: Json, word: str, current: int) -> tuple[int, str]:
    """Return number and message of the version that a body announces; raise `BadRequest` or `Conflict`."""
    number, message = version_of(sent)
    if number != current + 1:
        raise stale(word, current, number)
    return number, message


def version_of(sent: Json) -> tuple[int, str]:
    """Return number and message of the version in a body; raise `BadRequest` without a number."""
    given = sent.get("version")
    if not isinstance(given, dict):
        raise BadRequest("version must not be null")
    number = given.get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        raise bad_type(number, "version.number", "int")
    return number, text(given, "message")
