"""Addresses outside the REST root that clients use: downloads, short links, two actions of the old web pages."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox import links
from confsync.sandbox.errors import BadRequest, missing_content
from confsync.sandbox.present import cloud_id
from confsync.sandbox.store import attachments, content, restrictions, spaces, tree

from .attachments import stream
from .common import Json, as_id, call, check_xsrf

routes = Blueprint("actions", __name__)
POSITIONS = {"above": "before", "below": "after", "append": "append"}


@routes.get("/_edge/tenant_info")
def tenant_info() -> Json:
    """Return the id of the site; needs no credentials."""
    return {"cloudId": cloud_id(f"{request.host_url.rstrip('/')}/wiki")}


@routes.get("/download/attachments/<cid:page_id>/<path:name>")
@routes.get("/download/thumbnails/<cid:page_id>/<path:name>", endpoint="thumbnail")
def download(page_id: int, name: str) -> Response:
    """Return the bytes of an attachment by its name."""
    row = attachments.named(call().store, page_id, name)
    if row is None:
        raise missing_content(page_id)
    return stream(row)


@routes.get("/x/<short>")
def tiny(short: str) -> AnyResponse:
    """Lead from a short link to its page."""
    here = call()
    try:
        row = content.get(here.store, links.from_tiny(short))
    except ValueError:
        raise missing_content(short) from None
    space = spaces.by_id(here.store, row["space_id"])
    return redirect(here.present.context + links.page(space["key"], row, space["homepage_id"] == row["id"]))


@routes.post("/pages/movepage.action")
def move_page() -> Json:
    """Move a page as the web interface does: `above`, `below` or `append`, to a target by id or by title."""
    check_xsrf()
    here, given = call(), request.values
    position = POSITIONS.get(given.get("position", "append"), "")
    target_id = given.get("targetId")
    if not target_id:
        space = spaces.get(here.store, given.get("spaceKey", ""))
        found = content.find(here.store, "page", space["id"], given.get("targetTitle", ""), ("current",))
        if not found:
            raise BadRequest("The target page does not exist")
        target_id = str(found[0]["id"])
    row = restrictions.writable(here.store, as_id(given.get("pageId")), ("current",))
    tree.move(here.store, row, position, as_id(target_id))
    return {"page": {"id": str(row["id"])}}


@routes.post("/json/removeattachment.action")
def remove_attachment() -> Json:
    """Remove an attachment of a page by its file name."""
    check_xsrf()
    here, given = call(), request.values
    name = given.get("fileName") or given.get("filename") or ""
    row = attachments.named(here.store, as_id(given.get("pageId")), name)
    if row is None:
        raise missing_content(given.get("pageId"))
    restrictions.check_edit(here.store, row)
    tree.trash(here.store, row)
    return {}
