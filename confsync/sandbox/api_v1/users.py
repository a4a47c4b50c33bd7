"""/user/email, /user/bulk/migration, /search/user and /user/{id}/property: what is known of people."""

from __future__ import annotations

import json

from flask import Blueprint, request

from confsync.sandbox.cql_users import search_users
from confsync.sandbox.errors import BadRequest, Forbidden, NotFound
from confsync.sandbox.store import Row, global_permissions, user_properties, users

from .common import Json, call, json_object, paged

routes = Blueprint("users", __name__)
MOST = 200
FEW = 5, 25  # properties on a page: by default, and at most
PROPERTY = "/user/<account_id>/property/<key>"


def _accounts() -> list[Row]:
    """Return the users that `accountId` names; raise `BadRequest` for none or too many."""
    wanted = request.args.getlist("accountId")
    if not any(wanted) or len(wanted) > MOST:
        raise BadRequest(f"1 to {MOST} parameters 'accountId' are expected")
    return [row for one in wanted if (row := users.get(call().store, one))]


def _email(row: Row) -> Json:
    return {"accountId": row["account_id"], "email": row["email"]}


@routes.get("/user/email")
def email() -> Json:
    """Return the address of a user."""
    rows = _accounts()
    if not rows:
        raise NotFound(f"No user found with account id: {request.args['accountId']}")
    return _email(rows[0])


@routes.get("/user/email/bulk")
def emails() -> list[Json]:
    """Return the addresses of several users; unknown ids are left out."""
    return [_email(row) for row in _accounts()]


@routes.get("/user/bulk")
def bulk() -> Json:
    """Return several users; unknown ids are left out."""
    return paged(_accounts(), lambda row: call().present.user(row["account_id"]), MOST, MOST)


@routes.get("/user/bulk/migration")
def migration() -> Json:
    """Return the account ids of users given by login names or by keys; unknown ones are left out."""
    wanted = [one for name in ("key", "username") for one in request.args.getlist(name)]
    if not wanted:
        raise BadRequest("A parameter 'key' or 'username' is expected")
    found = [(users.get(call().store, one) or users.named(call().store, one)) for one in wanted]
    return paged([row for row in found if row], _migrated, MOST, MOST)


def _migrated(row: Row) -> Json:
    return {"username": row["username"], "key": row["account_id"], "accountId": row["account_id"]}


@routes.get("/search/user")
def search() -> Json:
    """Find users; the rows are search results with the user inside."""
    query = request.args.get("cql", "")
    if not query.strip():
        raise BadRequest(f"Could not parse cql : {query}")
    rows = search_users(call().store, query, call().me)
    now = call().store.now()
    return {
        **paged(rows, lambda row: _found(row, now)),
        "totalSize": len(rows),
        "cqlQuery": query,
        "searchDuration": 1,
        "archivedResultCount": 0,
    }


def _found(row: Row, now: str) -> Json:
    return {
        "user": call().present.user(row["account_id"]),
        "title": row["display_name"],
        "excerpt": "",
        "url": f"/people/{row['account_id']}",
        "breadcrumbs": [],
        "entityType": "user",
        "iconCssClass": "aui-icon content-type-profile",
        "lastModified": now,
        "friendlyLastModified": now[:10],
        "score": 0.0,
    }


def _owner(account_id: str) -> str:
    """Return the account whose properties are wanted; raise `NotFound`, or `Forbidden` for somebody else's."""
    here = call()
    known = users.get(here.store, account_id)
    if known is None:
        raise NotFound(f"No user found with account id: {account_id}")
    if account_id != here.me and not global_permissions.has(here.store, here.me, global_permissions.ADMINISTER):
        raise Forbidden("Only administrators may use the properties of another user")
    return account_id


def _value() -> object:
    return json_object().get("value")


@routes.get("/user/<account_id>/property")
def properties(account_id: str) -> Json:
    """List the keys of the properties of a user."""
    rows = user_properties.listing(call().store, _owner(account_id))
    return paged(rows, lambda row: {"key": row["key"]}, *FEW)


@routes.get(PROPERTY)
def read(account_id: str, key: str) -> Json:
    """Read a property of a user."""
    row = user_properties.get(call().store, _owner(account_id), key)
    return {
        "key": key,
        "value": json.loads(row["value"]),
        "id": str(row["id"]),
        "lastModifiedDate": row["modified"],
        "createdDate": row["created"],
        "_links": {"self": call().present.api(f"/user/{account_id}/property/{key}")},
    }


@routes.post(PROPERTY)
def create(account_id: str, key: str) -> tuple[str, int]:
    """Create a property of a user."""
    user_properties.create(call().store, _owner(account_id), key, _value())
    return "", 201


@routes.put(PROPERTY)
def update(account_id: str, key: str) -> tuple[str, int]:
    """Change a property of a user."""
    user_properties.update(call().store, _owner(account_id), key, _value())
    return "", 204


@routes.delete(PROPERTY)
def delete(account_id: str, key: str) -> tuple[str, int]:
    """Delete a property of a user."""
    user_properties.delete(call().store, _owner(account_id), key)
    return "", 204
