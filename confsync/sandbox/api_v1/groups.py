"""/group: groups of users and who is in them, by name and by id."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, Forbidden
from confsync.sandbox.shapes import group_json
from confsync.sandbox.store import Row, global_permissions, groups, users

from .common import Json, call, flag, json_object, paged

routes = Blueprint("groups", __name__)
LIMIT = 200


def _json(row: Row) -> Json:
    return group_json(call().present, row["name"])


def _page(rows: list[Row], make: Any = _json) -> Json:
    found = paged(rows, make, LIMIT, LIMIT)
    return {**found, "totalSize": len(rows)} if flag("shouldReturnTotalSize") else found


def _asked(name: str) -> str:
    """Return a query parameter that has to be there."""
    if not request.args.get(name):
        raise BadRequest(f"Required parameter '{name}' is missing")
    return request.args[name]


def _by_query(parameter: str) -> Row:
    """Return the group that the query names by `name`, or by its id; raise `BadRequest` or `NotFound`."""
    value = _asked(parameter)
    return (groups.named if parameter == "name" else groups.with_id)(call().store, value)


def _visible(name: str = "", group_id: str = "") -> Row:
    """Return a group that somebody looks into; raise `Forbidden`, which does not tell whether it is there."""
    row = groups.find(call().store, name, group_id)
    if row is None:
        raise Forbidden(f"Group not found or not visible: {name or group_id}")
    return row


@routes.get("/group")
def listing() -> Json:
    """List the groups, all of them or those with an `accessType`."""
    access = request.args.get("accessType", "")
    if access and access not in groups.ACCESS:
        raise BadRequest(f"Unknown accessType: {access}, expected one of : {', '.join(groups.ACCESS)}")
    return _page(groups.listing(call().store, access))


@routes.get("/group/picker")
def picker() -> Json:
    """List the groups with `query` in their name."""
    return _page(groups.listing(call().store, query=_asked("query")))


@routes.get("/user/memberof")
def memberships() -> Json:
    """List the groups of a user, by default of who asks."""
    store = call().store
    who = request.args.get("accountId") or request.args.get("key") or request.args.get("username")
    account_id = users.known(store, who) if who else call().me
    return _page([groups.named(store, name) for name in groups.of(store, account_id)])


@routes.post("/group")
def create() -> tuple[Json, int]:
    """Create a group."""
    global_permissions.check_administrator(call().store, call().me)
    name = json_object().get("name")
    if not isinstance(name, str):
        raise BadRequest("A group needs a 'name'")
    return _json(groups.create(call().store, name)), 201


@routes.delete("/group", defaults={"parameter": "name"})
@routes.delete("/group/by-id", endpoint="delete_by_id", defaults={"parameter": "id"})
def delete(parameter: str) -> tuple[str, int]:
    """Delete a group."""
    global_permissions.check_administrator(call().store, call().me)
    groups.delete(call().store, _by_query(parameter))
    return "", 204


@routes.get("/group/by-name")
def by_name() -> Json:
    """Return the group with this `name`."""
    return _json(_visible(name=_asked("name")))


@routes.get("/group/by-id")
def by_id() -> Json:
    """Return the group with this `id`."""
    return _json(_visible(group_id=_asked("id")))


@routes.get("/group/<name>")
def read(name: str) -> Json:
    """Return a group."""
    return _json(groups.named(call().store, name))


@routes.get("/group/member")
def members_by_query() -> Json:
    """List the members of the group with this `name`."""
    return _members(_visible(name=_asked("name")))


@routes.get("/group/<name>/member")
def members(name: str) -> Json:
    """List the members of a group."""
    return _members(_visible(name=name))


@routes.get("/group/<group_id>/membersByGroupId")
def members_by_id(group_id: str) -> Json:
    """List the members of a group given by id."""
    return _members(_visible(group_id=group_id))


def _members(row: Row) -> Json:
    return _page(groups.members(call().store, row), lambda one: call().present.user(one["account_id"]))


@routes.post("/group/user", defaults={"parameter": "name"})
@routes.post("/group/userByGroupId", endpoint="add_by_id", defaults={"parameter": "groupId"})
def add(parameter: str) -> tuple[str, int]:
    """Put a user into a group."""
    global_permissions.check_administrator(call().store, call().me)
    row, who = _by_query(parameter), json_object().get("accountId")
    if not isinstance(who, str):
        raise BadRequest("A user is named by 'accountId'")
    groups.join(call().store, row, users.known(call().store, who))
    return "", 201


@routes.delete("/group/user", defaults={"parameter": "name"})
@routes.delete("/group/userByGroupId", endpoint="remove_by_id", defaults={"parameter": "groupId"})
def remove(parameter: str) -> tuple[str, int]:
    """Take a user out of a group."""
    global_permissions.check_administrator(call().store, call().me)
    who = request.args.get("accountId") or request.args.get("key") or request.args.get("username")
    if not who:
        raise BadRequest("A user is named by 'accountId'")
    groups.leave(call().store, _by_query(parameter), users.known(call().store, who))
    return "", 204
