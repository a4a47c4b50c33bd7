"""/inline-comments: what only comments on a piece of text have, which is a marker in the page and an end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from confsync.sandbox import commenting, markers
from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import comments, content

from .comment_shapes import comment_json, resolution
from .comments import CURRENT, create, target, write
from .common import Json, body_text, one_of, required, text
from .refusals import bad_type

routes = Blueprint("v2_inline_comments", __name__)
WHERE = "inline-comments"
PLACED = "inlineCommentProperties"


@routes.post("/inline-comments")
def create_inline() -> tuple[Json, int]:
    """Create a comment on a text of a page, which is marked there, or an answer to one.

    The marker makes no new version of the page.
    """
    here, sent = call(), json_object()
    required(sent, "body")
    parent, page = target(sent, WHERE)
    if parent is not None:
        if sent.get(PLACED) is not None:
            raise BadRequest(f"{PLACED} must not be given for an answer")
        return comment_json(create(WHERE), "storage", single=True), 201
    row = commenting.add_inline(here.store, page, _selection(sent), body_text(sent) or "", here.me)
    return comment_json(row, "storage", single=True), 201


def _selection(sent: Json) -> markers.Selection:
    given = sent.get(PLACED)
    if given is None:
        raise BadRequest(f"{PLACED} must not be null")
    if not isinstance(given, dict):
        raise bad_type(given, PLACED, "object")
    required(given, "textSelection", "textSelectionMatchCount", "textSelectionMatchIndex")
    numbers = [_whole(given[name], name) for name in ("textSelectionMatchCount", "textSelectionMatchIndex")]
    return markers.Selection(text(given, "textSelection"), *numbers)


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_type(value, name, "int")
    return value


@routes.put("/inline-comments/<ident>")
def update_inline(ident: str) -> Json:
    """Write the next version of a comment, resolve its thread, or open that again."""
    here, sent = call(), json_object()
    row = one_of(WHERE, ident, CURRENT)
    resolved = sent.get("resolved")
    if resolved is None:
        required(sent, "version", "body")
    elif not isinstance(resolved, bool):
        raise bad_type(resolved, "resolved", "boolean")
    elif row["parent_id"] is not None:
        raise BadRequest("Only the first comment of a thread can be resolved or reopened")
    elif resolution(row) == comments.DANGLING:
        raise BadRequest("A dangling comment cannot be updated")
    if sent.get("version") is not None or sent.get("body") is not None:
        row = write(row, sent, WHERE)
    if resolved is not None:
        comments.set_resolved(here.store, row, resolved, here.me)
    return comment_json(content.get(here.store, row["id"]), "storage", single=True)
