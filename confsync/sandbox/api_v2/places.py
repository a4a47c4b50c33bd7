"""/folders, /whiteboards, /databases and /embeds: places in the tree; what is drawn or counted in them is not kept."""

from __future__ import annotations

from flask import Blueprint

from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import Row, content, restrictions, tree

from .common import KINDS, Json, flag, long, one_of, optional_id, required, text
from .pages import space_of
from .refusals import missing
from .shapes import included, links_json, place_json, shown_version, version_json

routes = Blueprint("v2_places", __name__)
COLLECTIONS = ("folders", "whiteboards", "databases", "embeds")
PRIVATE = ("whiteboards", "databases")


def _json(row: Row) -> Json:
    shown, extra = shown_version(row, ""), content.facts(row)
    links = links_json(row, shown, single=True)
    found: Json = {
        "id": str(row["id"]),
        "type": row["type"],
        "status": row["status"],
        "title": row["title"],
        **place_json(row),
        "authorId": row["creator"],
        "ownerId": row["creator"],
        "createdAt": row["created"],
        "spaceId": str(row["space_id"]),
        "version": version_json(shown),
        "_links": {name: links[name] for name in ("webui", "editui", "base") if name != "editui" or _drawn(row)},
    }
    return {**found, "embedUrl": extra.get("embedUrl", "")} if row["type"] == "embed" else found


def _drawn(row: Row) -> bool:
    return bool(row["type"] == "whiteboard")


def create(where: str) -> Json:
    """Create a place at the top of a space, or below something in it."""
    here, sent = call(), json_object()
    required(sent, "spaceId")
    space = space_of(long(sent["spaceId"], "spaceId"))
    title, parent = text(sent, "title"), optional_id(sent, "parentId")
    if len(title) > content.TITLE_LIMIT:
        raise BadRequest(f"Title exceeds the maximum length of {content.TITLE_LIMIT} characters.")
    if parent is not None:
        tree.check_parent(here.store, parent, space["id"])
    extra = {"embedUrl": text(sent, "embedUrl")} if where == "embeds" else {}
    row = content.create(
        here.store, content.New(KINDS[where].type, space["id"], title, "", parent, extra=extra), here.me
    )
    if where in PRIVATE and flag("private"):
        for operation in restrictions.OPERATIONS:
            restrictions.add(here.store, row["id"], operation, [restrictions.Subject("user", here.me)])
    return _json(row)


def read(ident: str, where: str) -> Json:
    """Read a place."""
    row = one_of(where, ident)
    return {**_json(row), **included(row)}


def delete(ident: str, where: str) -> tuple[str, int]:
    """Move a place to the trash; what is in it moves up."""
    row = one_of(where, ident, writes=True)
    if row["status"] == "trashed":
        raise missing(KINDS[where].word, row["id"])
    tree.trash(call().store, row)
    return "", 204


for _where in COLLECTIONS:
    _of = {"where": _where}
    routes.add_url_rule(f"/{_where}", f"{_where}_create", create, methods=["POST"], defaults=_of)
    routes.add_url_rule(f"/{_where}/<ident>", f"{_where}_read", read, defaults=_of)
    routes.add_url_rule(f"/{_where}/<ident>", f"{_where}_delete", delete, methods=["DELETE"], defaults=_of)
