"""/relation: what is a user's favourite, the one relation that there is; it cannot be searched."""

from __future__ import annotations

from flask import Blueprint

from confsync.sandbox.errors import BadRequest, NotFound, NotImplementedHere
from confsync.sandbox.store import Row, content, favourites, global_permissions, users

from .common import Json, as_id, call

routes = Blueprint("relations", __name__)
NAME = "favourite"
TYPES = ("user", "content", "space")
PLACE = "/relation/<name>/from/<source_type>/<source>/to/<target_type>"


def _check(name: str, source_type: str, target_type: str) -> None:
    """Raise `NotFound` for another relation, and `BadRequest` for what cannot be related."""
    if name != NAME:
        raise NotFound(f"No relation found with name: {name}")
    for kind in (source_type, target_type):
        if kind not in TYPES:
            raise BadRequest(f"Unknown type: {kind}, expected one of : {', '.join(TYPES)}")
    if (source_type, target_type) != ("user", "content"):
        raise BadRequest(f"The relation {NAME} leads from a user to content")


def _ends(name: str, source_type: str, source: str, target_type: str, target: str) -> tuple[str, Row]:
    """Return the user and the content; `current` is who asks, and others are the business of administrators."""
    _check(name, source_type, target_type)
    here = call()
    account_id = here.me if source == "current" else users.known(here.store, source)
    if account_id != here.me:
        global_permissions.check_administrator(here.store, here.me)
    return account_id, content.get(here.store, as_id(target))


def _json(row: Row) -> Json:
    """Return a relation; of what can be expanded the target never is, as on the real site."""
    here = call().present
    wanted = call().expand
    path = f"/relation/{NAME}/from/user/{row['account_id']}/to/content/{row['content_id']}"
    found: Json = {"name": NAME}
    waiting = {
        "relationData": "",
        "source": f"/rest/api/user?accountId={row['account_id']}",
        "target": f"/rest/api/content/{row['content_id']}",
    }
    if "relationData" in wanted:
        by, at = here.user(row["author"]), row["at"]
        found["relationData"] = {"createdBy": by, "createdDate": at, "friendlyCreatedDate": at[:10]}
    if "source" in wanted:
        found["source"] = here.user(row["account_id"])
    found["_expandable"] = {name: value for name, value in waiting.items() if name not in found}
    found["_links"] = {"self": here.api(path), "base": here.base, "context": here.context}
    return found


@routes.get(f"{PLACE}/<target>")
def read(name: str, source_type: str, source: str, target_type: str, target: str) -> Json:
    """Return the relation of a user to a content."""
    account_id, row = _ends(name, source_type, source, target_type, target)
    return _json(favourites.get(call().store, row["id"], account_id))


@routes.put(f"{PLACE}/<target>")
def put(name: str, source_type: str, source: str, target_type: str, target: str) -> Json:
    """Make a content a user's favourite."""
    account_id, row = _ends(name, source_type, source, target_type, target)
    return _json(favourites.put(call().store, row["id"], account_id, call().me))


@routes.delete(f"{PLACE}/<target>")
def delete(name: str, source_type: str, source: str, target_type: str, target: str) -> tuple[str, int]:
    """Make a content a favourite no longer."""
    account_id, row = _ends(name, source_type, source, target_type, target)
    favourites.remove(call().store, row["id"], account_id)
    return "", 204


@routes.get(PLACE)
def targets(name: str, source_type: str, source: str, target_type: str) -> Json:
    """Refuse to list what a user's favourites are: CQL finds them."""
    _check(name, source_type, target_type)
    raise NotImplementedHere("find relations not implemented for Favourites")


@routes.get("/relation/<name>/to/<target_type>/<target>/from/<source_type>")
def sources(name: str, target_type: str, target: str, source_type: str) -> Json:
    """Refuse to list whose favourite a content is."""
    _check(name, source_type, target_type)
    raise NotImplementedHere("find relations not implemented for Favourites")
