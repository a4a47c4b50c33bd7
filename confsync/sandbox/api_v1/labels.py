"""/content/{id}/label: list, add, remove."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.shapes import label_json
from confsync.sandbox.store import content, labels, restrictions

from .common import Json, call, json_body, paged

routes = Blueprint("labels", __name__)
LIMIT = 200


def _listing(content_id: int) -> Json:
    rows = labels.listing(call().store, content_id, request.args.get("prefix", ""))
    return paged(rows, label_json, LIMIT, 1000)


@routes.get("/content/<cid:content_id>/label")
def listing(content_id: int) -> Json:
    """List the labels of a content."""
    return _listing(content.get(call().store, content_id)["id"])


@routes.post("/content/<cid:content_id>/label")
def add(content_id: int) -> Json:
    """Add one label or several, and return all."""
    here, sent = call(), json_body()
    row = restrictions.writable(here.store, content_id)
    wanted = sent if isinstance(sent, list) else [sent]
    if not wanted or not all(isinstance(one, dict) for one in wanted):
        raise BadRequest("A label or a list of labels is expected")
    labels.add(here.store, row["id"], [labels.clean(one.get("name"), one.get("prefix")) for one in wanted])
    return _listing(row["id"])


@routes.delete("/content/<cid:content_id>/label")
def remove_by_query(content_id: int) -> tuple[str, int]:
    """Remove the label that `name` gives, also one with a slash in it."""
    name = request.args.get("name", "")
    if not name:
        raise BadRequest("Parameter 'name' is required")
    labels.remove(call().store, restrictions.writable(call().store, content_id)["id"], name)
    return "", 204


@routes.delete("/content/<cid:content_id>/label/<path:name>")
def remove(content_id: int, name: str) -> tuple[str, int]:
    """Remove a label; one with a slash can only be given in the query."""
    if "/" in name:
        raise BadRequest("Label names with a slash must be given as the query parameter 'name'")
    labels.remove(call().store, restrictions.writable(call().store, content_id)["id"], name)
    return "", 204
