"""Properties of content and of spaces: the same five operations for both."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from confsync.sandbox.shapes import property_json
from confsync.sandbox.store import content, permissions, properties, restrictions, spaces

from .common import Json, call, json_object, paged

routes = Blueprint("properties", __name__)
LIMIT = 10
OWNERS = (("content", "/content/<cid:place>"), ("space", "/space/<place>"))


def _owner(owner: str, place: Any, writes: bool = False) -> tuple[int, str]:
    """Return the owner's id and the address of its properties; a content must be open to what is asked."""
    if owner == "content":
        find = restrictions.writable if writes else content.get
        row = find(call().store, place, ("current", "archived", "draft"))
        return row["id"], f"/content/{row['id']}/property"
    space = spaces.get(call().store, place)
    if writes:
        permissions.check_administrator(call().store, space["id"], call().me)
    return space["id"], f"/space/{space['key']}/property"


def listing(place: Any, owner: str) -> Json:
    """List the properties, or the one that `key` names."""
    here = call()
    owner_id, path = _owner(owner, place)
    key = request.args.get("key")
    rows = [row for row in properties.listing(here.store, owner, owner_id) if not key or row["key"] == key]
    return paged(rows, lambda row: property_json(here.present, row, path), LIMIT)


def create(place: Any, owner: str, key: str = "") -> Json:
    """Create a property."""
    here, sent = call(), json_object()
    owner_id, path = _owner(owner, place, writes=True)
    row = properties.create(here.store, owner, owner_id, key or str(sent.get("key") or ""), sent.get("value"), here.me)
    return property_json(here.present, row, path)


def read(place: Any, owner: str, key: str) -> Json:
    """Read a property."""
    here = call()
    owner_id, path = _owner(owner, place)
    return property_json(here.present, properties.get(here.store, owner, owner_id, key), path)


def update(place: Any, owner: str, key: str) -> Json:
    """Write the next version of a property, or its first."""
    here, sent = call(), json_object()
    owner_id, path = _owner(owner, place, writes=True)
    row = properties.update(here.store, owner, owner_id, key, sent.get("value"), sent.get("version") or {}, here.me)
    return property_json(here.present, row, path)


def delete(place: Any, owner: str, key: str) -> tuple[str, int]:
    """Delete a property."""
    owner_id, _ = _owner(owner, place, writes=True)
    properties.delete(call().store, owner, owner_id, key)
    return "", 204


for _name, _prefix in OWNERS:
    for _end, _method, _view in (
        ("", "GET", listing),
        ("", "POST", create),
        ("/<key>", "POST", create),
        ("/<key>", "GET", read),
        ("/<key>", "PUT", update),
        ("/<key>", "DELETE", delete),
    ):
        routes.add_url_rule(
            f"{_prefix}/property{_end}",
            f"{_name}{_end and '_one'}_{_method}".replace("/", ""),
            _view,
            methods=[_method],
            defaults={"owner": _name},
        )
