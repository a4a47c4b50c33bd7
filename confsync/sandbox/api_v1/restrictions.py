"""/content/{id}/restriction: who alone may see and edit a content; nothing of it makes a version."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, NotFound
from confsync.sandbox.expand import Expand
from confsync.sandbox.shapes import WHOLE, restriction_json, restrictions_json
from confsync.sandbox.store import Row, content, groups, restrictions, users
from confsync.sandbox.store.restrictions import OPERATIONS, Subject

from .common import Json, call, json_body, objects

routes = Blueprint("restrictions", __name__)
PLACE = "/content/<cid:content_id>/restriction"
LIMIT = 100
METHODS = ("GET", "PUT", "DELETE")
NAMES = ("accountId", "key", "userKey", "username", "userName")  # by what a user is named, here or on Data Center


def _expand() -> Expand:
    return call().expand if "expand" in request.args else WHOLE


def _answer(row: Row) -> Json:
    """Return both operations, also those that nobody is named for."""
    here, expand = call(), _expand()
    named = [[name, restrictions.listing(here.store, row["id"], name)] for name in OPERATIONS]
    found = [restriction_json(here.present, row, name, expand) for name in OPERATIONS]
    return {
        "results": found,
        "start": 0,
        "limit": LIMIT,
        "size": len(found),
        "restrictionsHash": hashlib.sha256(repr(named).encode()).hexdigest(),
        "_links": {"base": here.present.base, "context": here.present.context, "self": request.url},
    }


def _operation(name: Any) -> str:
    if name not in OPERATIONS:
        raise BadRequest(f"Unsupported operation: {name}, expected one of : {', '.join(OPERATIONS)}")
    return str(name)


@routes.get(PLACE)
def listing(content_id: int) -> Json:
    """List the restrictions of a content itself, not those that it inherits."""
    return _answer(content.get(call().store, content_id))


@routes.put(PLACE)
def replace(content_id: int) -> Json:
    """Make the restrictions exactly these."""
    row, wanted = restrictions.writable(call().store, content_id), _wanted()
    restrictions.clear(call().store, row["id"])
    return _named(row, wanted)


@routes.post(PLACE)
def add(content_id: int) -> Json:
    """Name somebody more; who is named stays."""
    return _named(restrictions.writable(call().store, content_id), _wanted())


def _named(row: Row, wanted: list[tuple[str, Subject]]) -> Json:
    for operation, subject in wanted:
        restrictions.add(call().store, row["id"], operation, [subject])
    restrictions.check_still_in(call().store, row)
    return _answer(row)


@routes.delete(PLACE)
def clear(content_id: int) -> Json:
    """Lift the restrictions of both operations."""
    row = restrictions.writable(call().store, content_id)
    restrictions.clear(call().store, row["id"])
    return _answer(row)


def _wanted() -> list[tuple[str, Subject]]:
    """Return who is named for what in the body: a list of restrictions, or an object with it as `results`."""
    sent = json_body()
    found = []
    for one in objects(sent.get("results") if isinstance(sent, dict) else sent, "results"):
        operation, named = _operation(one.get("operation")), one.get("restrictions") or {}
        if not isinstance(named, dict):
            raise BadRequest("Could not parse request body as JSON: 'restrictions' is not an object")
        for kind, read in (("user", _user), ("group", _group)):
            rows = named.get(kind)
            rows = rows.get("results") if isinstance(rows, dict) else rows
            found += [(operation, read(who)) for who in objects(rows, kind)]
    return found


def _user(who: Any) -> Subject:
    name = next((who[one] for one in NAMES if who.get(one)), None)
    if not isinstance(name, str):
        raise BadRequest("A user is named by 'accountId'")
    return Subject("user", users.known(call().store, name))


def _group(who: Any) -> Subject:
    return Subject("group", groups.known(call().store, str(who.get("name") or who.get("id") or "")))


@routes.get(f"{PLACE}/byOperation")
def by_operation(content_id: int) -> Json:
    """Return the restrictions as an object with both operations."""
    row = content.get(call().store, content_id)
    return restrictions_json(call().present, row, dict.fromkeys(OPERATIONS, _expand()))


@routes.get(f"{PLACE}/byOperation/<operation>")
def one_operation(content_id: int, operation: str) -> Json:
    """Return who alone may do one operation."""
    row = content.get(call().store, content_id)
    return restriction_json(call().present, row, _operation(operation), _expand())


@routes.route(f"{PLACE}/byOperation/<operation>/user", methods=METHODS)
def user(content_id: int, operation: str) -> tuple[str, int]:
    """Ask whether a user is named for an operation, name them, or name them no longer; the status is the answer."""
    return _one(content_id, operation, _user(request.args))


@routes.route(f"{PLACE}/byOperation/<operation>/group/<name>", methods=METHODS)
@routes.route(f"{PLACE}/byOperation/<operation>/byGroupId/<name>", methods=METHODS, endpoint="group_by_id")
def group(content_id: int, operation: str, name: str) -> tuple[str, int]:
    """Ask whether a group is named for an operation, name it, or name it no longer; the status is the answer."""
    return _one(content_id, operation, Subject("group", groups.known(call().store, name)))


def _one(content_id: int, operation: str, subject: Subject) -> tuple[str, int]:
    store, find = call().store, content.get if request.method == "GET" else restrictions.writable
    row, known = find(store, content_id), _operation(operation)
    if request.method == "PUT":
        restrictions.add(store, row["id"], known, [subject])
    elif subject not in restrictions.listing(store, row["id"], known):
        raise NotFound(f"No {known} restriction of content {row['id']} names the {subject.kind} {subject.name}")
    elif request.method == "DELETE":
        restrictions.remove(store, row["id"], known, subject)
    restrictions.check_still_in(store, row)
    return "", 200
