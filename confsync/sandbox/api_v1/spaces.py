"""/space: list, read, create, change, delete, and the content of a space."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.shapes import space_json
from confsync.sandbox.store import Row, content, longtasks, permissions, spaces, tree

from . import space_permissions
from .common import Json, as_id, call, contents, json_object, paged

routes = Blueprint("spaces", __name__)


@routes.get("/space")
def listing() -> Json:
    """List spaces by keys, type and status."""
    here = call()
    rows = spaces.listing(
        here.store, request.args.getlist("spaceKey"), request.args.get("type", ""), request.args.get("status", "")
    )
    wanted = {as_id(one) for one in request.args.getlist("spaceId")}
    rows = [row for row in rows if not wanted or row["id"] in wanted]
    return paged(rows, lambda row: space_json(here.present, row, here.expand))


@routes.get("/space/<key>")
def read(key: str) -> Json:
    """Read a space."""
    here = call()
    return space_json(here.present, spaces.get(here.store, key), here.expand, top=True)


@routes.post("/space")
@routes.post("/space/_private", endpoint="create_private", defaults={"private": True})
def create(private: bool = False) -> Json:
    """Create a space with a home page: its maker's alone, as `permissions` say, or open to every user."""
    here, sent = call(), json_object()
    given = space_permissions.wanted(sent.get("permissions"))
    row = spaces.create(
        here.store, str(sent.get("key") or ""), str(sent.get("name") or ""), here.me, _description(sent) or ""
    )
    if private or given:
        permissions.close(here.store, row["id"], here.me)
    for who, what in [] if private else given:
        if not permissions.find(here.store, row["id"], who, what):
            permissions.grant(here.store, row["id"], who, what)
    return space_json(here.present, row, {**here.expand, "homepage": {}}, top=True)


@routes.put("/space/<key>")
def update(key: str) -> Json:
    """Change name, description or home page of a space."""
    here, sent = call(), json_object()
    home = (sent.get("homepage") or {}).get("id")
    row = spaces.update(
        here.store, spaces.get(here.store, key), sent.get("name"), _description(sent), as_id(home) if home else None
    )
    return space_json(here.present, row, here.expand, top=True)


def _description(sent: Json) -> str | None:
    plain = (sent.get("description") or {}).get("plain")
    return str(plain.get("value") or "") if isinstance(plain, dict) else None


@routes.delete("/space/<key>")
def delete(key: str) -> tuple[Json, int]:
    """Delete a space."""
    here = call()
    spaces.delete(here.store, spaces.get(here.store, key))
    return longtasks.start(here.store, "delete.space"), 202


def _rows(key: str, kind: str) -> Sequence[Row]:
    here = call()
    space = spaces.get(here.store, key)
    if kind not in ("page", "blogpost"):
        raise BadRequest(f"Unsupported content type: {kind}")
    if request.args.get("depth", "all") == "root":
        return tree.roots(here.store, space["id"], kind)
    return content.find(here.store, kind, space["id"], None, ("current",))


@routes.get("/space/<key>/content")
def pages_and_posts(key: str) -> Json:
    """List pages and blog posts of a space, each as a list of its own."""
    here = call().present
    return {
        "page": contents(_rows(key, "page")),
        "blogpost": contents(_rows(key, "blogpost")),
        "_links": {"base": here.base, "context": here.context, "self": request.url},
    }


@routes.get("/space/<key>/content/<kind>")
def of_kind(key: str, kind: str) -> Json:
    """List pages or blog posts of a space, all of them or with `depth=root` the top level."""
    return contents(_rows(key, kind))
