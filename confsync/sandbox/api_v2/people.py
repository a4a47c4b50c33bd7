"""/users-bulk, /content/convert-ids-to-types and /labels: what ids stand for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.shapes import AVATAR
from confsync.sandbox.store import Row, content, users

from .common import MOST, Json, ids, listed, long
from .parts import sorted_labels
from .refusals import bad_type
from .shapes import label_json

routes = Blueprint("v2_people", __name__)


def _list(sent: Json, name: str, most: int) -> list[Any]:
    value = sent.get(name)
    if not isinstance(value, list):
        raise bad_type(value, name, "array")
    if len(value) > most:
        raise BadRequest(f"{name} must have at most {most} items")
    return value


@routes.post("/users-bulk")
def bulk() -> Json:
    """Read several users; who is not known is left out."""
    here = call()
    rows = [users.get(here.store, str(one)) for one in _list(json_object(), "accountIds", MOST)]
    return {"results": [_user(row) for row in rows if row], "_links": {"base": here.present.base}}


def _user(row: Row) -> Json:
    return {
        "displayName": row["display_name"],
        "timeZone": "Etc/UTC",
        "isExternalCollaborator": False,
        "accountStatus": "active",
        "accountId": row["account_id"],
        "email": row["email"],
        "accountType": users.account_type(call().store, row["account_id"]),
        "publicName": row["display_name"],
        "profilePicture": {"path": f"{call().present.context}{AVATAR['path']}", "isDefault": True},
    }


@routes.post("/content/convert-ids-to-types")
def types() -> Json:
    """Say of which type each content is; null where there is nothing to be seen."""
    wanted = [long(one, "contentIds") for one in _list(json_object(), "contentIds", MOST)]
    return {"results": {str(one): _type(one) for one in wanted}}


def _type(number: int) -> str | None:
    store = call().store
    row = next(iter(store.seen(store.all("SELECT * FROM content WHERE id = ?", number))), None)
    if row is None or row["status"] == content.HIDDEN:
        return None
    if row["type"] == "comment":
        return f"{content.facts(row).get('location', 'footer')}-comment"
    return str(row["type"])


@routes.get("/labels")
def labels() -> ResponseReturnValue:
    """List the labels that some content bears, by id and prefix."""
    wanted = ids("label-id")
    rows = call().store.all(
        "SELECT * FROM label_id WHERE EXISTS (SELECT 1 FROM label WHERE label.prefix = label_id.prefix "
        "AND label.name = label_id.name) ORDER BY id"
    )
    return listed(sorted_labels([row for row in rows if wanted is None or row["id"] in wanted]), label_json)
