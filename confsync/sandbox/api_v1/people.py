"""/user, /settings and /longtask: who, where, and what is still running."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from confsync.sandbox.errors import NotFound
from confsync.sandbox.present import cloud_id
from confsync.sandbox.store import Row, longtasks, users

from .common import Json, call, paged

routes = Blueprint("people", __name__)


@routes.get("/user/current")
def current() -> Json:
    """Return the user who asks."""
    return call().present.user(call().me)


@routes.get("/user")
def read() -> Json:
    """Return the user with this `accountId`."""
    account_id = request.args.get("accountId") or request.args.get("key") or ""
    row = users.find(call().store, account_id) or users.named(call().store, request.args.get("username", ""))
    if row is None:
        raise NotFound(f"No user found with account id: {account_id}")
    return call().present.user(row["account_id"])


@routes.get("/user/anonymous")
def anonymous() -> Json:
    """Return what an anonymous visitor looks like."""
    return call().present.anonymous()


@routes.get("/settings/systemInfo")
def system_info() -> Json:
    """Return what the site says of itself."""
    base = call().present.base
    return {
        "cloudId": cloud_id(base),
        "commitHash": "sandbox",
        "baseUrl": base,
        "fallbackBaseUrl": base,
        "edition": "sandbox",
        "siteTitle": "Sandbox",
        "defaultLocale": "en_US",
        "defaultTimeZone": "UTC",
    }


@routes.get("/longtask")
def tasks() -> Json:
    """List long-running tasks."""
    return paged(longtasks.listing(call().store), _task, 100)


@routes.get("/longtask/<number>")
def task(number: str) -> Json:
    """Return a long-running task."""
    return _task(longtasks.get(call().store, number))


def _task(row: Row) -> dict[str, Any]:
    elapsed = call().store.clock() - datetime.fromisoformat(row["at"])
    details, error = longtasks.end(call().store, row["id"])
    said = [{"translation": error, "args": []}] if error else []
    return {
        "id": row["id"],
        "name": {"key": row["name"], "args": []},
        "elapsedTime": int(elapsed.total_seconds() * 1000),
        "percentageComplete": 100,
        "successful": not error,
        "finished": True,
        "messages": said,
        "status": "ERROR_UNKNOWN" if error else "Completed",
        "errors": said,
        "additionalDetails": details,
        "_links": {"self": call().present.api(f"/longtask/{row['id']}")},
    }
