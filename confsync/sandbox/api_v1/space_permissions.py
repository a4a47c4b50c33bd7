"""/space/{key}/permission: give and take away what users and groups may do in a space."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import Row, permissions, spaces

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


def _administered(key: str) -> Row:
    space = spaces.get(call().store, key)
    permissions.check_administrator(call().store, space["id"], call().me)
    return space


def wanted(sent: Any) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return the permissions that a new space is to have: pairs of a subject and of what it may do."""
    found = []
    for one in objects(sent, "permissions"):
        what = _texts(one.get("operation"), "operation", ("operation", "targetType"))
        if what not in permissions.ALL:
            raise BadRequest(f"Unsupported operation: {what[0]} {what[1]}")
        if one.get("anonymousAccess") is True:
            if what[0] not in permissions.OPEN:
                raise BadRequest(f"Anonymous users cannot be given the permission: {what[0]} {what[1]}")
            found.append((permissions.ANONYMOUS, what))
        found += [(who, what) for who in _subjects(one.get("subjects") or {})]
    return found


def _subjects(sent: Any) -> list[tuple[str, str]]:
    """Return the users and groups of a permission, by their ids."""
    if not isinstance(sent, dict):
        raise BadRequest("'subjects' is an object")
    found = []
    for kind, names in (("user", ("accountId", "username")), ("group", ("id", "name"))):
        listed = sent.get(kind) or {}
        for one in objects(listed.get("results") if isinstance(listed, dict) else [None], f"subjects.{kind}"):
            who = next((one[name] for name in names if isinstance(one.get(name), str)), None)
            if who is None:
                raise BadRequest(f"A {kind} is named by '{names[0]}' or '{names[1]}'")
            found.append((kind, permissions.subject(call().store, kind, who)))
    return found


@routes.post("/space/<key>/permission")
def add(key: str) -> Json:
    """Give a permission."""
    space, sent = _administered(key), json_object()
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
    space, sent = _administered(key), json_object()
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
    space = _administered(key)
    permissions.revoke(call().store, space["id"], as_id(number))
    return "", 204
