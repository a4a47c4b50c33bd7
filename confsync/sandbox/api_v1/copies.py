"""Copies of pages and of whole trees, and the question who may do what with a content."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from confsync.sandbox.copying import Parts, Titles, copy_over, copy_page, copy_tree
from confsync.sandbox.errors import BadRequest, missing_content
from confsync.sandbox.store import Row, content, longtasks, restrictions, rights, spaces, tree

from .common import Json, as_id, call, expanded, json_object
from .content import READ_DEFAULT

routes = Blueprint("copies", __name__)
FLAGS = {
    "attachments": "copyAttachments", "permissions": "copyPermissions", "properties": "copyProperties",
    "labels": "copyLabels",
}  # fmt: skip


def _parts(sent: Json) -> Parts:
    return Parts(**{name: sent.get(flag) is True for name, flag in FLAGS.items()})


def _object(sent: Json, name: str) -> Json:
    value = sent.get(name) or {}
    if not isinstance(value, dict):
        raise BadRequest(f"Could not parse request body as JSON: '{name}' is not an object")
    return value


def _source(content_id: int) -> Row:
    row = content.get(call().store, content_id, ("current",))
    if row["type"] != "page":
        raise missing_content(content_id)
    return row


@routes.post("/content/<cid:content_id>/copy")
def copy(content_id: int) -> Json:
    """Copy a page under another one, to the top of a space, or over an existing page."""
    here, sent, row = call(), json_object(), _source(content_id)
    target = _object(sent, "destination")
    title, body = str(sent.get("pageTitle") or row["title"]), _body(_object(sent, "body"))
    kind, value = target.get("type"), str(target.get("value") or "")
    if kind == "existing_page":
        page = restrictions.writable(here.store, as_id(value), ("current",))
        made = copy_over(here.store, row, page, title, body, _parts(sent), here.me)
    else:
        made = copy_page(here.store, row, _place(kind, value), title, body, _parts(sent), here.me)
    return here.present.content(made, expanded(READ_DEFAULT), top=True)


def _place(kind: Any, value: str) -> tuple[int, int | None]:
    """Return space and parent of a destination."""
    store = call().store
    if kind == "space":
        return spaces.get(store, value)["id"], None
    if kind in ("parent_page", "parent_content"):
        parent = content.get(store, as_id(value), ("current",))
        return parent["space_id"], tree.check_parent(store, parent["id"], parent["space_id"])["id"]
    raise BadRequest(f"Unsupported destination: {kind}, expected one of : space, existing_page, parent_page")


def _body(bodies: Json) -> str | None:
    found = bodies.get("storage") or bodies.get("editor2")
    if not bodies:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("value"), str):
        raise BadRequest(f"Unsupported representation: {', '.join(bodies)}; this site reads storage")
    return str(found["value"])


@routes.post("/content/<cid:content_id>/pagehierarchy/copy")
def copy_hierarchy(content_id: int) -> tuple[Json, int]:
    """Copy a page with everything below it under another page; a title that is taken lets the task fail."""
    here, sent, row = call(), json_object(), _source(content_id)
    parent = content.get(here.store, as_id(sent.get("destinationPageId")), ("current",))
    wanted = _object(sent, "titleOptions")
    titles = Titles(*(str(wanted.get(name) or "") for name in ("prefix", "search", "replace")))
    below = sent.get("copyDescendants") is not False
    try:
        made, count = copy_tree(here.store, row, parent, titles, _parts(sent), here.me, below=below)
    except BadRequest as refusal:
        return longtasks.start(here.store, "copy.page.hierarchy", error=refusal.reason), 202
    page = here.present.bare(made)
    details = {
        "destinationId": str(made["id"]),
        "destinationUrl": page["_links"]["webui"],
        "totalPageNeedToCopy": count,
    }
    return longtasks.start(here.store, "copy.page.hierarchy", details), 202


@routes.post("/content/<cid:content_id>/permission/check")
def check(content_id: int) -> Json:
    """Say whether a user or a group may read, update or delete a content, and what stands in the way."""
    here, sent = call(), json_object()
    row = content.get(here.store, content_id)
    subject, operation = _object(sent, "subject"), sent.get("operation")
    if operation not in rights.OPERATIONS:
        raise BadRequest(f"Unsupported operation: {operation}, expected one of : {', '.join(rights.OPERATIONS)}")
    wanting = rights.wanting(here.store, row, str(subject.get("type")), str(subject.get("identifier")), operation)
    return {
        "hasPermission": not wanting,
        "errors": [{"translation": one, "args": []} for one in wanting],
        "_links": {"self": request.url},
    }
