"""Comments as JSON of version 2, and how those on a text are resolved."""

from __future__ import annotations

from confsync.sandbox import commenting, links, markers
from confsync.sandbox.api_v1.common import call
from confsync.sandbox.store import Row, comments, content

from .common import Json
from .shapes import body_json, content_id, links_json, shown_version, version_json

HOLDER_NAMES = {"page": "pageId", "blogpost": "blogPostId", "attachment": "attachmentId", "custom": "customContentId"}
RESOLVED_BY = ("resolutionLastModifierId", "resolutionLastModifiedAt")


def resolution(row: Row) -> str:
    """Return the state of a thread on a text: one that is not resolved dangles when its text is gone."""
    return commenting.resolution_among(row, _refs(row["container_id"]))


def _refs(page_id: int) -> frozenset[str]:
    found: frozenset[str] = call().present.once(("markers", page_id), lambda: _read_refs(page_id))
    return found


def _read_refs(page_id: int) -> frozenset[str]:
    store = call().store
    return markers.refs(content.body(store, content.get(store, page_id, ("any",))))


def comment_json(row: Row, body_format: str = "", version: Row | None = None, single: bool = False) -> Json:
    """Return a comment of either kind; an answer to one on a text has the text and the state of its thread."""
    shown = version or shown_version(row, body_format)
    holder = content.get(call().store, row["container_id"], ("any",))
    found: Json = {
        "id": str(row["id"]),
        "status": row["status"],
        "title": shown["title"],
        HOLDER_NAMES.get(holder["type"], "pageId"): content_id(holder),
        "version": version_json(shown),
        "body": body_json(row, shown, body_format),
        "_links": _links(row, shown, holder, single),
    }
    if row["parent_id"] is not None:
        found["parentCommentId"] = str(row["parent_id"])
    if content.facts(row).get("location") == "inline":
        found |= _inline(comments.top(call().store, row))
    return found


def _inline(top: Row) -> Json:
    placed, extra = comments.part(top, "inlineProperties"), content.facts(top)
    return {
        "resolutionStatus": resolution(top),
        "properties": {
            "inlineMarkerRef": str(placed.get("markerRef") or ""),
            "inlineOriginalSelection": str(placed.get("originalSelection") or ""),
        },
        **{name: extra[name] for name in RESOLVED_BY if name in extra},
    }


def _links(row: Row, version: Row, holder: Row, single: bool) -> Json:
    found = links_json(row, version, single)
    if holder["type"] == "attachment":
        found["webui"] = f"{links.preview(holder['container_id'], holder)}&focusedCommentId={row['id']}"
    return {name: found[name] for name in ("webui", "base") if name in found}
