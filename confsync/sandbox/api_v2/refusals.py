"""What the site refuses, as version 2 words it: a list of one error with status, code, title and detail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from confsync.sandbox.errors import BadRequest, Conflict, NotFound, Refusal, Stranger

CODES = {
    400: "INVALID_REQUEST_PARAMETER", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE", 501: "NOT_IMPLEMENTED",
}  # fmt: skip
MISSING = re.compile(r"No content found with id: ContentId\{id=(.*)\}")
PLACE_WORDS = ("folder", "whiteboard", "database", "embed", "content")


def refused(refusal: Refusal) -> tuple[dict[str, object], int]:
    """Return the answer to a refusal; who is not known finds nothing at all."""
    status, title = (404, "Not Found") if isinstance(refusal, Stranger) else (refusal.status, refusal.reason)
    found = MISSING.fullmatch(title)
    if found:
        title = missing("content", found[1]).reason
    return {
        "errors": [
            {"status": status, "code": CODES.get(status, "INTERNAL_SERVER_ERROR"), "title": title, "detail": None}
        ]
    }, status


def missing(word: str, number: object, says: str = "") -> NotFound:
    """Return the refusal for an id under which there is nothing of a kind, or nothing to be seen."""
    if says:
        return NotFound(says.format(word=word, id=number))
    if word in PLACE_WORDS:
        return NotFound(f"Content with id: [{number}] not found")
    return NotFound(f"Cannot find a {word} with id [{number}]")


def bad_type(value: object, name: str, kind: str = "long") -> BadRequest:
    """Return the refusal for a value that cannot be what it should be."""
    return BadRequest(f"Provided value {{{value}}} for '{name}' is not the correct type. Expected type is {kind}.")


def bad_choice(value: object, name: str, allowed: Iterable[str]) -> BadRequest:
    """Return the refusal for a value that is none of the known ones."""
    return BadRequest(f"Provided value {{{value}}} for '{name}' is not valid. Expected one of: {', '.join(allowed)}.")


def stale(word: str, current: int, provided: int) -> Conflict:
    """Return the refusal for a version that is not the next one."""
    return Conflict(
        f"Version must be incremented when updating a {word}. "
        f"Current Version: [{current}]. Provided version: [{provided}]"
    )
