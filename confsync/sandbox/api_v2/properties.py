"""Properties of content and of spaces: found by key, addressed by a number."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest, Conflict
from confsync.sandbox.store import Row, permissions, properties

from .common import Json, listed, long, next_version, one_of, required, sorting, text
from .pages import space_of
from .shapes import property_json

routes = Blueprint("v2_properties", __name__)
OWNERS = (
    "pages", "blogposts", "attachments", "comments", "folders", "whiteboards", "databases", "embeds",
    "spaces",
)  # fmt: skip
STATUSES = ("current", "archived", "trashed", "draft")
SAYS = "Could not find {word} with id [{id}]"


def _owner(ident: str, where: str, writes: bool = False) -> tuple[str, int]:
    if where == "spaces":
        space = space_of(long(ident, "id"))
        if writes:
            permissions.check_administrator(call().store, space["id"], call().me)
        return "space", space["id"]
    row = one_of(where, ident, STATUSES, writes, SAYS if where in ("pages", "blogposts") else "")
    return "content", row["id"]


def _json(row: Row) -> Json:
    return property_json(row) if row["owner"] == "content" else space_property_json(row)


def space_property_json(row: Row) -> Json:
    """Return a property of a space."""
    at, author = properties.made(call().store, row)
    found = property_json(row)
    version = {**found["version"], "createdBy": row["author"]}
    return {**found, "createdAt": at, "createdBy": author, "authorId": author, "version": version}


def listing(ident: str, where: str) -> ResponseReturnValue:
    """List the properties, or the one that `key` names."""
    owner = _owner(ident, where)
    key = request.args.get("key")
    rows = [row for row in properties.listing(call().store, *owner) if not key or row["key"] == key]
    rows.sort(key=lambda row: row["key"], reverse=sorting("key").startswith("-"))
    return listed(rows, _json)


def create(ident: str, where: str) -> tuple[Json, int]:
    """Create a property; a key that is taken is a conflict."""
    here, sent = call(), json_object()
    owner = _owner(ident, where, writes=True)
    required(sent, "key")
    key = text(sent, "key")
    if properties.find(here.store, *owner, key):
        raise Conflict(f"A property with key '{key}' already exists")
    row = properties.create(here.store, *owner, key, sent.get("value"), here.me)
    return _json(row), 201 if where == "spaces" else 200


def read(ident: str, number: str, where: str) -> Json:
    """Read a property."""
    return _json(properties.by_id(call().store, *_owner(ident, where), long(number, "property-id")))


def update(ident: str, number: str, where: str) -> Json:
    """Write the next version of a property."""
    here, sent = call(), json_object()
    owner = _owner(ident, where, writes=True)
    row = properties.by_id(here.store, *owner, long(number, "property-id"))
    required(sent, "key", "version")
    if text(sent, "key") != row["key"]:
        raise BadRequest(f"The key of a property cannot be changed: it is '{row['key']}'")
    given, message = next_version(sent, "property", row["version"])
    version = {"number": given, "message": message}
    return _json(properties.update(here.store, *owner, row["key"], sent.get("value"), version, here.me))


def delete(ident: str, number: str, where: str) -> tuple[str, int]:
    """Delete a property."""
    store = call().store
    owner = _owner(ident, where, writes=True)
    properties.delete(store, *owner, properties.by_id(store, *owner, long(number, "property-id"))["key"])
    return "", 204


VIEWS: tuple[tuple[str, str, Any], ...] = (
    ("", "GET", listing),
    ("", "POST", create),
    ("/<number>", "GET", read),
    ("/<number>", "PUT", update),
    ("/<number>", "DELETE", delete),
)
for _where in OWNERS:
    for _path, _method, _view in VIEWS:
        routes.add_url_rule(
            f"/{_where}/<ident>/properties{_path}",
            f"{_where}_{_view.__name__}",
            _view,
            methods=[_method],
            defaults={"where": _where},
        )
