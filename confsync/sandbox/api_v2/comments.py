"""/footer-comments and /inline-comments: what both kinds have in common, and all of footer comments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox import commenting, saving
from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import Row, comments, content, finding

from .comment_shapes import comment_json, resolution
from .common import (
    KINDS,
    Json,
    body_format,
    body_text,
    choices,
    flag,
    listed,
    long,
    next_version,
    one_of,
    required,
    sorting,
    whole,
)
from .pages import READ, old_version
from .shapes import included

routes = Blueprint("v2_comments", __name__)
COLLECTIONS = ("footer-comments", "inline-comments")
HOLDERS = {
    "pageId": "pages",
    "blogPostId": "blogposts",
    "attachmentId": "attachments",
    "customContentId": "custom-content",
}
CURRENT = ("current",)


def _find(where: str, **wanted: Any) -> content.Rows:
    order = sorting("created-date", "modified-date", default="created-date")
    location = KINDS[where].location
    return finding.find(call().store, {"type": ["comment"], "location": [location], **wanted}, order)


def listing(where: str) -> ResponseReturnValue:
    """List the comments of the whole site, answers among them."""
    form = body_format()
    rows = _find(where, status=CURRENT, holder_status=("current", "archived"))
    return listed(rows, lambda row: comment_json(row, form))


def of_content(ident: str, where: str, holder: str) -> ResponseReturnValue:
    """List the comments of a content, without answers; those on its text also by how they are resolved."""
    form, row = body_format(), one_of(holder, ident)
    wanted = choices("resolution-status", comments.STATUSES) if where == "inline-comments" else None
    number = whole("version", 0) if holder == "attachments" else 0
    if number:
        old_version(row, number, KINDS[holder].word)
    rows = _find(where, status=choices("status", READ) or CURRENT, container=[row["id"]])
    kept = [one["id"] for one in rows[:] if one["parent_id"] is None and (wanted is None or resolution(one) in wanted)]
    return listed(content.Rows(call().store, kept), lambda one: comment_json(one, form))


def children(ident: str, where: str) -> ResponseReturnValue:
    """List the answers to a comment."""
    form, row = body_format(), one_of(where, ident)
    return listed(_find(where, status=CURRENT, parent=[row["id"]]), lambda one: comment_json(one, form))


def read(ident: str, where: str) -> Json:
    """Read a comment in its current or an old version."""
    form, row, number = body_format(single=True), one_of(where, ident), whole("version", 0)
    version = old_version(row, number, KINDS[where].word) if number else None
    answer = comment_json(row, form, version, single=True)
    more = included(row)
    if "properties" in more:
        more["properties"] = {**answer.get("properties", {}), **more["properties"]}
    if not flag("include-version", True):
        del answer["version"]
    return {**answer, **more}


def delete(ident: str, where: str) -> tuple[str, int]:
    """Delete a comment for good."""
    comments.delete(call().store, one_of(where, ident))
    return "", 204


def create(where: str) -> Row:
    """Create a comment on the content, or as an answer to the comment, that the body of the request names."""
    here, sent = call(), json_object()
    parent, holder = target(sent, where)
    return commenting.add(here.store, holder, parent, KINDS[where].location, body_text(sent) or "", here.me)


def target(sent: Json, where: str) -> tuple[Row | None, Row]:
    """Return the comment that is answered, if it is one, and the content on which a new comment stands."""
    allowed = {"parentCommentId": where, **HOLDERS}
    if where == "inline-comments":
        allowed = {name: allowed[name] for name in ("parentCommentId", "pageId", "blogPostId")}
    given = [name for name in allowed if sent.get(name) not in (None, "")]
    if len(given) != 1:
        raise BadRequest(f"Exactly one of {', '.join(allowed)} must be given")
    [name] = given
    row = one_of(allowed[name], str(long(sent[name], name)), CURRENT)
    if name != "parentCommentId":
        return None, row
    return row, content.get(call().store, row["container_id"], CURRENT)


@routes.post("/footer-comments")
def create_footer() -> tuple[Json, int]:
    """Create a comment at the foot of a page, blog post or attachment, or an answer to one."""
    required(json_object(), "body")
    return comment_json(create("footer-comments"), "storage", single=True), 201


@routes.put("/footer-comments/<ident>")
def update_footer(ident: str) -> Json:
    """Write the next version of a comment."""
    sent, row = json_object(), one_of("footer-comments", ident, CURRENT)
    required(sent, "version", "body")
    return comment_json(write(row, sent, "footer-comments"), "storage", single=True)


def write(row: Row, sent: Json, where: str) -> Row:
    """Write the next version of the text of a comment; an equal text makes none."""
    here = call()
    number, message = next_version(sent, KINDS[where].word, row["version"])
    return saving.update(here.store, row, saving.Change(number, body=body_text(sent), message=message), here.me)


for _where in COLLECTIONS:
    for _path, _method, _view in (
        ("", "GET", listing),
        ("/<ident>", "GET", read),
        ("/<ident>", "DELETE", delete),
        ("/<ident>/children", "GET", children),
    ):
        routes.add_url_rule(
            f"/{_where}{_path}",
            f"{_where}_{_view.__name__}",
            _view,
            methods=[_method],
            defaults={"where": _where},
        )
    for _holder in ("pages", "blogposts", "attachments"):
        if (_where, _holder) != ("inline-comments", "attachments"):
            routes.add_url_rule(
                f"/{_holder}/<ident>/{_where}",
                f"{_holder}_{_where}",
                of_content,
                defaults={"where": _where, "holder": _holder},
            )
