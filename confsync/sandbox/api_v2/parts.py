"""What content of every kind has: labels, operations, likes and versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.store import Row, content, labels, likes

from .common import KINDS, Json, body_format, choices, listed, long, one_of, sorting
from .pages import old_version
from .shapes import (
    body_json,
    content_id,
    detailed_version,
    label_json,
    like_json,
    operations_json,
    version_json,
)

routes = Blueprint("v2_parts", __name__)
PREFIXES = ("my", "team", "global", "system")
LABELLED = ("pages", "blogposts", "attachments")
LIKED = ("pages", "blogposts", "footer-comments", "inline-comments")
VERSIONED = (*LABELLED, "footer-comments", "inline-comments")
OPERATED = (*VERSIONED, "folders", "whiteboards", "databases", "embeds")
LABEL_ORDERS = ("created-date", "id", "name")


def labels_of(ident: str, where: str) -> ResponseReturnValue:
    """List the labels of a content, by prefix."""
    row = one_of(where, ident)
    return listed(sorted_labels(labels.listing(call().store, row["id"])), label_json)


def sorted_labels(rows: list[Row]) -> list[Row]:
    """Return labels with the prefix and in the order that the request asks for."""
    wanted = choices("prefix", PREFIXES)
    order = sorting(*LABEL_ORDERS)
    column = "name" if order.removeprefix("-") == "name" else "id"
    kept = [row for row in rows if not wanted or row["prefix"] in wanted]
    return sorted(kept, key=lambda row: row[column], reverse=order.startswith("-")) if order else kept


def operations_of(ident: str, where: str) -> Json:
    """List what whoever asks may do with a content."""
    return {"operations": operations_json(one_of(where, ident))}


def like_count(ident: str, where: str) -> Json:
    """Count who likes a content."""
    return {"count": len(likes.listing(call().store, one_of(where, ident)["id"]))}


def like_users(ident: str, where: str) -> ResponseReturnValue:
    """List who likes a content."""
    rows = likes.listing(call().store, one_of(where, ident)["id"])
    return listed(rows, like_json, key=lambda row: row["account_id"])


def versions_of(ident: str, where: str) -> ResponseReturnValue:
    """List the versions of a content, newest first, with their texts where `body-format` asks for them."""
    row, form = one_of(where, ident), body_format()
    rows = content.versions(call().store, row["id"])
    if sorting("modified-date", default="-modified-date") == "modified-date":
        rows = rows[::-1]
    return listed(rows, lambda one: {**version_json(one), row["type"]: _entity(row, one, form)}, key=_number)


def _number(row: Row) -> int:
    return int(row["number"])


def _entity(row: Row, version: Row, form: str) -> Json:
    whole = old_version(row, version["number"], row["type"]) if form else version
    found: Json = {"title": version["title"], "id": content_id(row)}
    return {**found, "body": body_json(row, whole, form)} if form else found


def version_of(ident: str, number: str, where: str) -> Json:
    """Read one version, with its neighbours."""
    row = one_of(where, ident)
    return detailed_version(row, old_version(row, long(number, "version-number"), KINDS[where].word))


VIEWS: tuple[tuple[tuple[str, ...], str, Callable[..., Any]], ...] = (
    (LABELLED, "labels", labels_of),
    (OPERATED, "operations", operations_of),
    (LIKED, "likes/count", like_count),
    (LIKED, "likes/users", like_users),
    (VERSIONED, "versions", versions_of),
    (VERSIONED, "versions/<number>", version_of),
)
for _collections, _path, _view in VIEWS:
    for _where in _collections:
        routes.add_url_rule(
            f"/{_where}/<ident>/{_path}", f"{_where}_{_view.__name__}", _view, defaults={"where": _where}
        )
