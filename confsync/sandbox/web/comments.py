"""Comments under a page and on its text: written, answered, resolved and deleted."""

from __future__ import annotations

import html
import re

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox import commenting, markers
from confsync.sandbox.api_v1.common import Call, as_id, call
from confsync.sandbox.errors import BadRequest, Refusal, missing_content
from confsync.sandbox.store import Row, comments, content, permissions, spaces

from .frame import check_form, routes, url
from .views import page_view

SPACE = re.compile(r"\s+")
PARAGRAPHS = re.compile(r"\n\s*\n")


@routes.post("/pages/comment/<cid:content_id>")
def comment(content_id: int) -> AnyResponse:
    """Add what was typed: an answer to `parent`, a comment on the text `quote`, or one under the page."""
    check_form()
    here, given = call(), request.form
    row = content.get(here.store, content_id)
    space = spaces.by_id(here.store, row["space_id"])
    try:
        made = _add(here, row, given.get("text", ""))
    except Refusal as error:
        return page_view(here, space, row, error.status, problem=error.reason, typed=given)
    return redirect(f"{url(space, row)}#comment-{made['id']}", 303)


def _add(here: Call, row: Row, text: str) -> Row:
    body = as_storage(text)
    if not body:
        raise BadRequest("The comment is empty.", plain=True)
    parent = request.form.get("parent", "")
    if parent:
        above = _comment(here, parent)
        if above["container_id"] != row["id"]:
            raise missing_content(parent)
        location = str(content.facts(above).get("location", commenting.FOOTER))
        return commenting.add(here.store, row, above, location, body, here.me)
    quote = SPACE.sub(" ", request.form.get("quote", "")).strip()
    if not quote:
        return commenting.add(here.store, row, None, commenting.FOOTER, body, here.me)
    chosen = _chosen(content.body(here.store, row), quote, request.form.get("before", ""))
    return commenting.add_inline(here.store, row, chosen, body, here.me)


def as_storage(text: str) -> str:
    """Return plain text as paragraphs of storage format, nothing for blank text."""
    parts = [part.strip() for part in PARAGRAPHS.split(text.replace("\r\n", "\n").strip())]
    return "".join(f"<p>{html.escape(part, quote=False).replace(chr(10), '<br />')}</p>" for part in parts if part)


def _chosen(storage: str, quote: str, before: str) -> markers.Selection:
    """Return the place of a text that has the most in common with the text that a browser saw before it.

    White space does not count: where a block ends, browsers do not agree with each other.
    """
    places = markers.before(storage, quote)
    seen = SPACE.sub("", before)
    shared = [_common_end(SPACE.sub("", place), seen) for place in places]
    return markers.Selection(quote, len(places), shared.index(max(shared)) if shared else 0)


def _common_end(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[-1 - count] == other[-1 - count]:
        count += 1
    return count


def _comment(here: Call, ident: object) -> Row:
    row = content.get(here.store, as_id(ident))
    if row["type"] != "comment":
        raise missing_content(row["id"])
    return row


@routes.post("/comments/<cid:comment_id>/<any(resolve, reopen, delete):what>")
def change(comment_id: int, what: str) -> AnyResponse:
    """Resolve a thread on a text, open it again, or delete a comment."""
    check_form()
    here = call()
    row = _comment(here, comment_id)
    page = content.get(here.store, row["container_id"])
    if what == "delete":
        permissions.check(here.store, row["space_id"], "delete", "comment")
        comments.delete(here.store, row)
    else:
        commenting.set_resolved(here.store, row, what == "resolve", here.me)
    return redirect(f"{url(spaces.by_id(here.store, page['space_id']), page)}#comments", 303)
