"""/spaces/{id}/…: labels of a space and of what is in it, and what may be done there and by whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.store import Row, labels, permissions, properties

from .common import SITE, Json, flag, listed, long
from .pages import space_of
from .parts import sorted_labels
from .properties import space_property_json
from .shapes import label_json, part

routes = Blueprint("v2_space_parts", __name__)


@routes.get("/spaces/<ident>/labels")
def own_labels(ident: str) -> ResponseReturnValue:
    """List the labels of a space."""
    return listed(sorted_labels(_labels(space_of(long(ident, "id")))), label_json)


@routes.get("/spaces/<ident>/content/labels")
def content_labels(ident: str) -> ResponseReturnValue:
    """List the labels that content of a space bears."""
    space = space_of(long(ident, "id"))
    return listed(sorted_labels(labels.in_space(call().store, space["id"])), label_json)


@routes.get("/spaces/<ident>/operations")
def operations(ident: str) -> Json:
    """List what whoever asks may do in a space."""
    return {"operations": _operations(space_of(long(ident, "id")))}


@routes.get("/spaces/<ident>/permissions")
def permissions_of(ident: str) -> ResponseReturnValue:
    """List who may do what in a space."""
    return listed(_permissions(space_of(long(ident, "id"))), permission_json)


def permission_json(row: Row) -> Json:
    """Return a permission."""
    return {
        "id": str(row["id"]),
        "principal": {"type": row["kind"], "id": row["subject"]},
        "operation": {"key": row["operation"], "targetType": row["target"]},
    }


def _labels(space: Row) -> list[Row]:
    return labels.listing(call().store, space["id"])


def _operations(space: Row) -> list[Json]:
    here = call()
    return [
        {"operation": operation, "targetType": target}
        for operation, target in permissions.of(here.store, space["id"], here.me)
    ]


def _permissions(space: Row) -> list[Row]:
    """Return the permissions that version 2 speaks of: not those on types of custom content, and not everybody's."""
    rows = permissions.listing(call().store, space["id"])
    named = [row for row in rows if (row["kind"], row["subject"]) != permissions.ANONYMOUS]
    return [row for row in named if (row["operation"], row["target"]) in permissions.ALL]


def _properties(space: Row) -> list[Row]:
    return properties.listing(call().store, "space", space["id"])


def _id(row: Row) -> Any:
    return row["id"]


Find = Callable[[Row], Sequence[Any]]
PARTS: dict[str, tuple[Find, Callable[[Any], Json], Callable[[Any], Any]]] = {
    "labels": (_labels, label_json, _id),
    "properties": (_properties, space_property_json, lambda row: row["key"]),
    "operations": (_operations, dict, lambda one: [one["operation"], one["targetType"]]),
    "permissions": (_permissions, permission_json, _id),
}


def included(space: Row) -> Json:
    """Return the parts of a space that `include-…` asks for, each with at most 50 rows."""
    found: Json = {}
    for name, (find, make, key) in PARTS.items():
        if flag(f"include-{name}"):
            rows = find(space)
            found[name] = part(rows, make, f"{SITE}/spaces/{space['id']}/{name}", [key(one) for one in rows])
    return found
