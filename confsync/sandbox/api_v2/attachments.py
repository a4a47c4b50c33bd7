"""/attachments: list, read, delete; files come in by version 1."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import content, finding, tree

from .common import Json, choices, flag, listed, one_of, sorting, whole
from .pages import label_id, old_version
from .refusals import missing
from .shapes import attachment_json, included

routes = Blueprint("v2_attachments", __name__)
LIMIT = 50


def listing(ident: str = "", where: str = "") -> ResponseReturnValue:
    """List attachments of the site or of one content, by file name, media type and state."""
    name, kind = request.args.get("filename"), request.args.get("mediaType")
    wanted: dict[str, Any] = {
        "type": ["attachment"],
        "container": [one_of(where, ident)["id"]] if where else None,
        "status": choices("status", ("current", "archived", "trashed")) or ["current", "archived"],
        "name": [name] if name else None,
        "media_type": [kind] if kind else None,
    }
    order = sorting("created-date", "modified-date", default="created-date")
    return listed(finding.find(call().store, wanted, order), attachment_json, LIMIT)


@routes.get("/labels/<ident>/attachments")
def with_label(ident: str) -> ResponseReturnValue:
    """List the attachments that bear a label."""
    order = sorting("created-date", "modified-date", default="created-date")
    wanted = {"type": ["attachment"], "status": ["current", "archived"]}
    return listed(finding.find(call().store, wanted, order, label_id(ident)), attachment_json)


@routes.get("/attachments/<ident>")
def read(ident: str) -> Json:
    """Read an attachment in its current or an old version."""
    row, number = one_of("attachments", ident), whole("version", 0)
    version = old_version(row, number, "attachment") if number else None
    return {**attachment_json(row, version, single=True), **included(row)}


@routes.delete("/attachments/<ident>")
def delete(ident: str) -> tuple[str, int]:
    """Move an attachment to the trash, or remove it from there for good (`purge`)."""
    row, purge = one_of("attachments", ident, writes=True), flag("purge")
    trashed = row["status"] == "trashed"
    if trashed and not purge:
        raise missing("attachment", ident)
    if purge and not trashed:
        raise BadRequest(f"The attachment with id [{ident}] must be in the trash before it can be purged")
    if trashed:
        content.purge(call().store, row["id"])
    else:
        tree.trash(call().store, row)
    return "", 204


routes.add_url_rule("/attachments", "all", listing)
for _where in ("pages", "blogposts"):
    routes.add_url_rule(f"/{_where}/<ident>/attachments", f"{_where}_listing", listing, defaults={"where": _where})
