"""/spaces: find, create and read them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest, NotFound
from confsync.sandbox.store import Row, labels, permissions, spaces

from .common import Json, choice, choices, flag, ids, listed, long, many, optional_id, required, sorting, text
from .pages import space_of
from .refusals import bad_type
from .space_parts import included

routes = Blueprint("v2_spaces", __name__)
TYPES = ("global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space")
ICON = "/images/logo/default-space-logo.svg"


def space_json(row: Row, single: bool = False) -> Json:
    """Return a space; its description in the form that `description-format` names."""
    form = choice("description-format", ("plain", "view"))
    described = {form: {"representation": form, "value": row["description"]}} if form else None
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
        **({"description": described} if described else {}),
        **({"icon": _icon(row)} if flag("include-icon") else {}),
        "_links": {**links, "base": call().present.base} if single else links,
    }
    return found


def _icon(row: Row) -> Json:
    path = call().present.context + ICON
    return {"path": path, **({} if row["type"] == "personal" else {"apiDownloadLink": path})}


@routes.get("/spaces")
def listing() -> ResponseReturnValue:
    """List spaces by ids, keys (in any case), type, status and labels; an unknown key finds nothing."""
    wanted, types, status = ids("ids"), choices("type", TYPES), choice("status", ("current", "archived"))
    marks = set(many("labels"))
    rows = [
        row
        for row in spaces.listing(call().store, many("keys"), "", status)
        if (wanted is None or row["id"] in wanted)
        and (types is None or row["type"] in types)
        and (not marks or marks & {one["name"] for one in labels.listing(call().store, row["id"])})
        and not request.args.get("favorited-by")  # nothing can be favoured on this site
    ]
    order = sorting("id", "key", "name", default="id")
    rows.sort(key=lambda row: row[order.removeprefix("-")], reverse=order.startswith("-"))
    return listed(rows, space_json)


@routes.post("/spaces")
def create() -> tuple[Json, int]:
    """Create a space with its home page, open to all, to its creator alone, or to whom another space is open."""
    here, sent = call(), json_object()
    required(sent, "name")
    key, private = _key(sent), _yes(sent, "createPrivateSpace")
    model = optional_id(sent, "copySpaceAccessConfiguration")
    other = None if model is None else space_of(model)
    if sent.get("roleAssignments"):
        raise BadRequest("This site has no space roles: roleAssignments must not be given")
    if template := text(sent, "templateKey"):
        raise NotFound(f"Cannot find a space template with key [{template}]")
    row = spaces.create(here.store, key, text(sent, "name"), here.me, _description(sent))
    if private:
        permissions.close(here.store, row["id"], here.me)
    elif other is not None:
        permissions.copy(here.store, row["id"], other["id"])
    return space_json(row, single=True), 201


def _key(sent: Json) -> str:
    key, alias = text(sent, "key"), text(sent, "alias")
    if not key and not alias:
        raise BadRequest("key or alias must not be null")
    if key and alias and key != alias:
        raise BadRequest("The alias of a space is its key on this site")
    return key or alias


def _yes(sent: Json, name: str) -> bool:
    value: Any = sent.get(name)
    if value is not None and not isinstance(value, bool):
        raise bad_type(value, name, "boolean")
    return bool(value)


def _description(sent: Json) -> str:
    given = sent.get("description")
    if given is None:
        return ""
    if not isinstance(given, dict):
        raise bad_type(given, "description", "object")
    if (form := text(given, "representation", "plain")) != "plain":
        raise BadRequest(f"Unsupported representation of a description: {form}; only plain is supported")
    return text(given, "value")


@routes.get("/spaces/<ident>")
def read(ident: str) -> Json:
    """Read a space."""
    row = space_of(long(ident, "id"))
    return {**space_json(row, single=True), **included(row)}
