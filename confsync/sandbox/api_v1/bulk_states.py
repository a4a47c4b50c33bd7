"""/content-states: set and remove the states of many pages at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, Forbidden, NotFound
from confsync.sandbox.store import state_tasks, states

from .common import Json, as_id, call, json_object
from .states import remove_state, set_state

routes = Blueprint("bulk_states", __name__)
MOST = 300
STATUSES = ("current", "draft")


def _asked() -> tuple[str, Json, list[int]]:
    """Return the status, the body and the ids of a request; raise `BadRequest`."""
    status, sent = request.args.get("status", ""), json_object()
    if status not in STATUSES:
        raise BadRequest(f"Unsupported status: '{status}', expected one of : {', '.join(STATUSES)}")
    ids: Any = sent.get("ids")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST:
        raise BadRequest(f"'ids' is a list of 1 to {MOST} content ids")
    return status, sent, list(dict.fromkeys(as_id(one) for one in ids))


def _each(ids: list[int], act: Callable[[int], Any], **more: Any) -> Json:
    """Do something to each content, and keep what became of it; raise `NotFound` when not one could be found."""
    done: list[str] = []
    failed: list[Json] = []
    missing: list[NotFound] = []
    for one in ids:
        try:
            act(one)
            done.append(str(one))
        except (NotFound, Forbidden) as error:
            failed.append({"contentId": str(one), "failureReason": error.reason})
            missing += [error] if isinstance(error, NotFound) else []
    if len(missing) == len(ids):
        raise missing[0]
    result = {"set": done, "failed": failed, "success": not failed, "percentage": 100, "message": "", **more}
    return {"asyncId": state_tasks.keep(call().store, call().me, result)}


@routes.put("/content-states")
def set_many() -> Json:
    """Set the state of many pages; those that cannot be set are named in the result."""
    status, sent, ids = _asked()
    wanted = sent.get("contentState")
    if not isinstance(wanted, dict):
        raise BadRequest("'contentState' is a state")
    state = states.chosen(call().store, wanted, call().me)
    return _each(ids, lambda one: set_state(one, status, state), state=state._asdict())


@routes.post("/content-states/delete")
def remove_many() -> Json:
    """Remove the state of many pages."""
    status, _, ids = _asked()
    return _each(ids, lambda one: remove_state(one, status))


@routes.get("/content-states/task/<number>")
def task(number: str) -> Json:
    """Return what became of it."""
    return state_tasks.get(call().store, call().me, number)
