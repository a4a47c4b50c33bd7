"""/content/{id}/version: list, read, restore, delete."""

from __future__ import annotations

from flask import Blueprint

from confsync.sandbox import saving
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.shapes import version_json
from confsync.sandbox.store import content, restrictions

from .common import Json, call, json_object, paged

routes = Blueprint("versions", __name__)


@routes.get("/content/<cid:content_id>/version")
def listing(content_id: int) -> Json:
    """List the versions, newest first."""
    here = call()
    row = content.get(here.store, content_id, ("any",))
    rows = content.versions(here.store, row["id"])
    if "content" in here.expand:
        return paged(rows, lambda one: _full(row["id"], one["number"]), 200)
    return paged(rows, lambda one: version_json(here.present, row, one, {}), 200)


def _full(content_id: int, number: int) -> Json:
    here = call()
    row = content.get(here.store, content_id, ("any",))
    return version_json(here.present, row, content.version(here.store, content_id, number), here.expand)


@routes.get("/content/<cid:content_id>/version/<int:number>")
def read(content_id: int, number: int) -> Json:
    """Read one version, with its body when `content.body.storage` is expanded."""
    content.get(call().store, content_id, ("any",))
    return _full(content_id, number)


@routes.post("/content/<cid:content_id>/version")
def restore(content_id: int) -> Json:
    """Make an old version current again as a new version."""
    here, sent = call(), json_object()
    row = restrictions.writable(here.store, content_id)
    params = sent.get("params") or {}
    number = params.get("versionNumber")
    if sent.get("operationKey") != "restore" or not isinstance(number, int):
        raise BadRequest("operationKey must be 'restore' and params.versionNumber a number")
    saved = saving.restore_version(
        here.store, row, number, str(params.get("message") or ""), bool(params.get("restoreTitle")), here.me
    )
    return version_json(here.present, saved, content.version(here.store, saved["id"], saved["version"]), here.expand)


@routes.delete("/content/<cid:content_id>/version/<int:number>")
def delete(content_id: int, number: int) -> tuple[str, int]:
    """Delete an old version; later ones are renumbered."""
    here = call()
    content.delete_version(here.store, restrictions.writable(here.store, content_id), number)
    return "", 204
