"""/space/{key}/permission: give and take away what users and groups may do in a space."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import permissions, spaces

from .common import Json, as_id, call, json_object, objects

routes = Blueprint("space_permissions", __name__)


def _texts(value: Any, what: str, names: tuple[str, str]) -> tuple[str, str]:
    """Return two texts of an object; raise `BadRequest` for anything else."""
    first, second = (value.get(name) if isinstance(value, dict) else None for name in names)
    if not (isinstance(first, str) and isinstance(second, str) and first and second):
        raise BadRequest(f"'{what}' needs the texts {' and '.join(names)}")
    return first, second


def _subject(sent: Json) -> tuple[str, str]:
    kind, who = _texts(sent.get("subject"), "subject", ("type", "identifier"))
    return kind, permissions.subject(call().store, kind, who)


@routes.post("/space/<key>/permission")
def add(key: str) -> Json:
    """Give a permission."""
    space, sent = spaces.get(call().store, key), json_object()
    what, who = _texts(sent.get("operation"), "operation", ("key", "target")), _subject(sent)
    number = permissions.add(call().store, space["id"], who, what)
    return {
        "id": number,
        "subject": {"type": who[0], "identifier": who[1]},
        "operation": {"key": what[0], "target": what[1]},
        "_links": {"self": call().present.api(f"/space/{space['key']}/permission/{number}")},
    }


@routes.post("/space/<key>/permission/custom-content")
def custom(key: str) -> tuple[str, int]:
    """Give and take away permissions for types of custom content."""
    space, sent = spaces.get(call().store, key), json_object()
    who, operations = _subject(sent), objects(sent.get("operations"), "operations")
    for one in operations:
        what = _texts(one, "operations", ("key", "target"))
        if what[0] not in permissions.CUSTOM or not isinstance(one.get("access"), bool):
            raise BadRequest(f"An operation is one of {', '.join(permissions.CUSTOM)}, with 'access' true or false")
        if what[1] in (*permissions.CONTENT, "space"):
            raise BadRequest(f"No type of custom content: {what[1]}")
        permissions.set_custom(call().store, space["id"], who, what, one["access"])
    return "", 200


@routes.delete("/space/<key>/permission/<number>")
def remove(key: str, number: str) -> tuple[str, int]:
    """Take a permission away."""
    space = spaces.get(call().store, key)
    permissions.revoke(call().store, space["id"], as_id(number))
    return "", 204
