"""/webhooks: receivers that an administrator registers, as Data Center has them, and what became of their events."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request

from .api_v1.common import Json, call, json_object, paged
from .errors import BadRequest, NotFound
from .store import Row, Store, global_permissions, webhooks
from .webhook_delivery import Answer, Deliveries, check_names, signed
from .webhook_payloads import millis

routes = Blueprint("webhooks", __name__)
LONGEST: Final = 255
PING: Final = "diagnostics:ping"


def _store() -> Store:
    """Return the store; raise `Forbidden` for anybody who is no administrator of the site."""
    global_permissions.check_administrator(call().store, call().me)
    return call().store


def _json(row: Row) -> Json:
    """Return a receiver; its secret is told to nobody."""
    found: Json = {
        "id": row["id"],
        "name": row["name"],
        "createdDate": millis(row["created"]),
        "updatedDate": millis(row["updated"]),
        "events": json.loads(row["events"]),
        "configuration": {},
        "url": row["url"],
        "active": bool(row["active"]),
        "scopeType": "global",
        "sslVerificationRequired": True,
    }
    return found | ({"statistics": _statistics(row)} if request.args.get("statistics") == "true" else {})


def _statistics(row: Row) -> Json:
    past = webhooks.of_receiver(call().store, row["id"])
    return {
        "counts": dict(Counter(_outcome(one["status"]) for one in past)),
        **({"lastInvocation": _past(past[0])} if past else {}),
    }


def _outcome(status: int | None) -> str:
    return "ERROR" if status is None else "SUCCESS" if status < 300 else "FAILURE"


def _past(row: Row) -> Json:
    """Return an invocation that is over."""
    said = row["error"] if row["status"] is None else str(row["status"])
    return {
        "id": row["request_id"],
        "event": row["event"],
        "start": millis(row["at"]),
        "duration": row["millis"],
        "attempts": row["attempts"],
        "request": {"method": "POST", "body": row["body"]},
        "result": {"description": said, "outcome": _outcome(row["status"])},
    }


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise BadRequest(f"'{name}' is a text of 1 to {LONGEST} characters")
    return value


def _url(value: Any) -> str:
    text = _text(value, "url")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise BadRequest(f"'url' is an address with http or https: {text}")
    return text


def _events(value: Any) -> str:
    try:
        return json.dumps(check_names(value))
    except ValueError as error:
        raise BadRequest(str(error)) from None


def _secret(value: Any) -> str:
    if not isinstance(value, dict):
        raise BadRequest("'configuration' is an object")
    return _text(value["secret"], "configuration.secret") if value.get("secret") else ""


def _active(value: Any) -> int:
    if not isinstance(value, bool):
        raise BadRequest("'active' is true or false")
    return int(value)


# What a client may say of a receiver -> the column, and how it is read.
FIELDS: Final[dict[str, tuple[str, Callable[[Any], Any]]]] = {
    "name": ("name", lambda value: _text(value, "name")),
    "url": ("url", _url),
    "events": ("events", _events),
    "configuration": ("secret", _secret),
    "active": ("active", _active),
}


def _read(required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what the body says, by columns; raise `BadRequest`."""
    sent = json_object()
    for name in required:
        if sent.get(name) is None:
            raise BadRequest(f"'{name}' is required")
    return {column: read(sent[name]) for name, (column, read) in FIELDS.items() if sent.get(name) is not None}


@routes.get("/webhooks")
def listing() -> Json:
    """List the receivers, or those that are told of an `event`."""
    wanted = request.args.get("event")
    rows = webhooks.registered(_store())
    rows = [row for row in rows if not wanted or wanted in json.loads(row["events"])]
    return {**paged(rows, _json), "totalCount": len(rows)}


@routes.post("/webhooks")
def create() -> tuple[Json, int]:
    """Register a receiver."""
    store, given = _store(), _read(("name", "url", "events"))
    names = json.loads(given["events"])
    active = bool(given.get("active", True))
    number = webhooks.register(store, given["name"], given["url"], names, given.get("secret", ""), active)
    return _json(webhooks.get(store, number)), 201


@routes.get("/webhooks/<int(max=2147483647):number>")
def read(number: int) -> Json:
    """Return a receiver."""
    return _json(webhooks.get(_store(), number))


@routes.put("/webhooks/<int(max=2147483647):number>")
def update(number: int) -> Json:
    """Change a receiver; what is not said of it stays, its secret too."""
    store = _store()
    row = webhooks.get(store, number)
    webhooks.change(store, row["id"], _read())
    return _json(webhooks.get(store, row["id"]))


@routes.delete("/webhooks/<int(max=2147483647):number>")
def delete(number: int) -> tuple[str, int]:
    """Remove a receiver with what waits for it."""
    store = _store()
    webhooks.remove(store, webhooks.get(store, number)["id"])
    return "", 204


@routes.get("/webhooks/<int(max=2147483647):number>/latest")
def latest(number: int) -> Json:
    """Return the last invocation, of any event or of the one that `event` names; raise `NotFound`."""
    store = _store()
    row = webhooks.get(store, number)
    past = webhooks.of_receiver(store, row["id"], request.args.get("event", ""))
    if not past:
        raise NotFound(f"The webhook {number} has not been invoked")
    return _past(past[0])


@routes.get("/webhooks/<int(max=2147483647):number>/statistics")
def statistics(number: int) -> Json:
    """Count how the invocations ended."""
    return _statistics(webhooks.get(_store(), number))


@routes.post("/webhooks/test")
def test() -> Json:
    """Send a ping to `url` now, signed with the secret in the body, and say what came of it."""
    store, url = _store(), _url(request.args.get("url"))
    sent = json_object() if request.get_data() else {}
    secret = _secret(sent.get("configuration") or {})
    body = json.dumps({"test": True}).encode()
    hooks: Deliveries = current_app.sandbox.hooks  # type: ignore[attr-defined]  # a Site
    answer: Answer = hooks.post(url, body, signed(PING, store.ids(), secret, body))
    said = answer.error if answer.status is None else str(answer.status)
    return {
        "request": {"method": "POST", "url": url, "body": body.decode()},
        "result": {"description": said, "outcome": _outcome(answer.status)},
    }
