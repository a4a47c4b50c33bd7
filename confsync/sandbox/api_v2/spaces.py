"""/spaces: find and read them."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.store import Row, spaces

from .common import Json, choice, choices, ids, listed, long, many, sorting
from .pages import space_of

routes = Blueprint("v2_spaces", __name__)
TYPES = ("global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space")


def space_json(row: Row, single: bool = False) -> Json:
    """Return a space; its description in the form that `description-format` names."""
    form = choice("description-format", ("plain", "view"))
    text = {form: {"representation": form, "value": row["description"]}} if form else None
    links = {"webui": f"/spaces/{row['key']}"}
    found: Json = {
        "id": str(row["id"]),
        "key": row["key"],
        "name": row["name"],
        "type": row["type"],
        "status": row["status"],
        "authorId": row["creator"],
        "currentActiveAlias": row["key"],
        "createdAt": row["created"],
        **({"homepageId": str(row["homepage_id"])} if row["homepage_id"] else {}),
        **({"description": text} if text else {}),
        "_links": {**links, "base": call().present.base} if single else links,
    }
    return found


@routes.get("/spaces")
def listing() -> ResponseReturnValue:
    """List spaces by ids, keys (in any case), type and status; an unknown key finds nothing."""
    wanted, types, status = ids("ids"), choices("type", TYPES), choice("status", ("current", "archived"))
    rows = [
        row
        for row in spaces.listing(call().store, many("keys"), "", status)
        if (wanted is None or row["id"] in wanted) and (types is None or row["type"] in types)
    ]
    order = sorting("id", "key", "name", default="id")
    rows.sort(key=lambda row: row[order.removeprefix("-")], reverse=order.startswith("-"))
    return listed(rows, space_json)


@routes.get("/spaces/<ident>")
def read(ident: str) -> Json:
    """Read a space."""
    return space_json(space_of(long(ident, "id")), single=True)
