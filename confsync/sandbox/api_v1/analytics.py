"""/analytics: how often content was read, which clients say with `trigger=viewed`."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, g, request

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import content, iso, views

from .common import Json, as_id, call

routes = Blueprint("analytics", __name__)
READS = ("content.read", "content.find")


@routes.after_app_request
def _count(response: Response) -> Response:
    """Count what was read, when it was read with success."""
    if request.args.get("trigger") == "viewed" and request.endpoint in READS and response.status_code == 200:
        found = response.get_json()
        store = g.call.store
        with store.transaction():
            for one in found.get("results", [found]):
                views.note(store, as_id(one["id"]), g.call.me)
    return response


def _since() -> str:
    """Return `fromDate`, a date or a moment in UTC, as the moments are stored; empty for none."""
    text = request.args.get("fromDate", "")
    try:
        found = datetime.fromisoformat(text) if text else None
        return iso(found if found.tzinfo else found.replace(tzinfo=UTC)) if found else ""
    except (ValueError, OverflowError):
        raise BadRequest(f"Parameter 'fromDate' is no date: {text}") from None


@routes.get("/analytics/content/<content_id>/views", defaults={"what": "views"})
@routes.get("/analytics/content/<content_id>/viewers", endpoint="viewers", defaults={"what": "viewers"})
def count(content_id: str, what: str) -> Json:
    """Return how often a content was read, or by how many users."""
    row = content.get(call().store, as_id(content_id))
    return {"id": row["id"], "count": views.count(call().store, what, row["id"], _since())}
