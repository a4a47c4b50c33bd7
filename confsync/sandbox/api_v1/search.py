"""/content/search and /search: CQL with cursors, `start` ignored, as on Cloud; with `start` on Data Center."""

from __future__ import annotations

import base64
import html
import re
from urllib.parse import urlencode

from flask import Blueprint, current_app, request

from confsync.sandbox import expand as expansion
from confsync.sandbox.cql import search
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.expand import Expand
from confsync.sandbox.flavours import DATACENTER
from confsync.sandbox.store import Row, content, spaces

from .common import Json, call, number

routes = Blueprint("search", __name__)
EXCERPT = 300
NOT_KEPT = ("start", "limit", "cursor", "next", "excerpt")
CURSOR = re.compile(r"_f_([A-Za-z0-9+/=]+)_sa_")


def _page(expand: Expand) -> tuple[list[Row], Json]:
    """Return the rows of this page and the envelope that leads to the next."""
    here = call()
    query = request.args.get("cql", "")
    if not query.strip():
        raise BadRequest(f"Could not parse cql : {query}")
    found = search(here.store, query, here.me)
    offsets = current_app.flavour == DATACENTER  # type: ignore[attr-defined]  # a Site
    start = number("start", 0) if offsets else _offset(request.args.get("cursor", ""))
    limit = min(number("limit", 25), expansion.largest_page(expand))
    rows = [content.get(here.store, one) for one in found[start : start + limit]]
    links_: Json = {"base": here.present.base, "context": here.present.context, "self": request.url}
    if start + limit < len(found) and limit:
        kept = [(key, value) for key, value in request.args.items(multi=True) if key not in NOT_KEPT]
        place = ("start", start + limit) if offsets else ("cursor", _cursor(start + limit))
        following = [("next", "true"), place, *kept, ("limit", limit)]
        links_["next"] = f"{request.path.rstrip('/')}?{urlencode(following)}"
    envelope = {"start": start, "limit": limit, "size": len(rows), "_links": links_, "totalSize": len(found)}
    return rows, envelope


def _cursor(offset: int) -> str:
    return f"_f_{base64.b64encode(str(offset).encode()).decode()}_sa_"


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    found = CURSOR.fullmatch(cursor)
    try:
        return int(base64.b64decode(found[1], validate=True)) if found else int("")
    except ValueError:
        raise BadRequest(f"Invalid cursor: {cursor}") from None


@routes.get("/content/search")
def content_search() -> Json:
    """Find content; the rows are content."""
    present, expand = call().present, call().expand
    rows, envelope = _page(expand)
    envelope.pop("totalSize")
    return {"results": [present.content(row, expand) for row in rows], **envelope}


@routes.get("/search")
def site_search() -> Json:
    """Find content; the rows are search results with the content inside."""
    expand = call().expand.get("content", {})
    rows, envelope = _page(expand)
    query = request.args.get("cql", "")
    return {"results": [_result(row, expand) for row in rows], **envelope, "cqlQuery": query, "searchDuration": 1,
            "archivedResultCount": 0}  # fmt: skip


def _result(row: Row, expand: Expand) -> Json:
    here = call()
    space = spaces.by_id(here.store, row["space_id"])
    shown = here.present.content(row, expand)
    modified = content.version(here.store, row["id"], row["version"])["at"]
    excerpt = request.args.get("excerpt", "highlight")
    return {
        "content": shown,
        "title": html.escape(row["title"]),
        "excerpt": content.words(here.store, row)[:EXCERPT]
        if excerpt in ("highlight", "indexed", "highlight_unescaped")
        else "",
        "url": shown["_links"]["webui"],
        "resultGlobalContainer": {"title": space["name"], "displayUrl": f"/spaces/{space['key']}"},
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": f"aui-icon content-type-{row['type']}",
        "lastModified": modified,
        "friendlyLastModified": modified[:10],
        "score": 0.0,
    }
