"""/content/{id}/state and what a space suggests; setting and removing the state of a page makes a version."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox import saving
from confsync.sandbox.errors import BadRequest, missing_content
from confsync.sandbox.store import Row, content, drafts, restrictions, spaces, states
from confsync.sandbox.store.states import SUGGESTED, State

from .common import Json, call, contents, json_object, number

routes = Blueprint("states", __name__)
PLACE = "/content/<cid:content_id>/state"
STORED = {"current": "current", "archived": "current", "draft": "draft"}  # status asked for -> the one it is kept under


def _status(default: str) -> str:
    asked = request.args.get("status", default)
    if asked not in STORED:
        raise BadRequest(f"Unsupported status: '{asked}', expected one of : {', '.join(STORED)}")
    return STORED[asked]


def _row(content_id: int, status: str, writes: bool = False) -> Row:
    """Return the page or blog post; raise `NotFound` when a draft is asked for and none is there."""
    find = restrictions.writable if writes else content.get
    other = () if writes else ("archived",)
    row = find(call().store, content_id, ("current", *(("draft",) if status == "draft" else other)))
    if row["type"] not in content.TITLED:
        raise missing_content(content_id)
    if status == "draft" and row["status"] != "draft":
        drafts.get(call().store, row)
    return row


def _answer(row: Row, status: str) -> Json:
    found = states.find(call().store, row["id"], status)
    return {"contentState": found[0]._asdict(), "lastUpdated": found[1]} if found else {}


@routes.get(PLACE)
def read(content_id: int) -> Json:
    """Read the state; nothing is set where the answer is empty."""
    status = _status("current")
    return _answer(_row(content_id, status), status)


@routes.put(PLACE)
def put(content_id: int) -> Json:
    """Set the state by id, or by name and color; on a published page that is a version with the same text."""
    status, sent, here = _status(""), json_object(), call()
    _row(content_id, status, writes=True)
    state = states.chosen(here.store, sent, here.me)
    return _answer(set_state(content_id, status, state), status)


def set_state(content_id: int, status: str, state: State) -> Row:
    """Set the state of a page and return the page; raise `NotFound` or `Forbidden`."""
    here, row = call(), _row(content_id, status, writes=True)
    if status == "current":
        saving.same_again(here.store, row, here.me)
    states.put(here.store, row["id"], status, state)
    return row


@routes.delete(PLACE)
def delete(content_id: int) -> Json:
    """Remove the state; on a published page that had one it is a version with the same text."""
    status = _status("current")
    return _answer(remove_state(content_id, status), status)


def remove_state(content_id: int, status: str) -> Row:
    """Remove the state of a page, if there is one, and return the page; raise `NotFound` or `Forbidden`."""
    here, row = call(), _row(content_id, status, writes=True)
    if status == "current" and states.find(here.store, row["id"], status):
        saving.same_again(here.store, row, here.me)
    states.clear(here.store, row["id"], status)
    return row


def _json(rows: tuple[State, ...] | list[State]) -> list[Json]:
    return [one._asdict() for one in rows]


@routes.get(f"{PLACE}/available")
def available(content_id: int) -> Json:
    """Return what can be set: what the space suggests, and the user's own states that were set last."""
    restrictions.writable(call().store, content_id, ("current", "archived", "draft"))
    own = states.custom(call().store, call().me, states.RECENT)
    return {"spaceContentStates": _json(SUGGESTED), "customContentStates": _json(own)}


@routes.get("/content-states")
def own_states() -> list[Json]:
    """Return all states that the user made up."""
    return _json(states.custom(call().store, call().me))


@routes.get("/space/<key>/state")
def suggested(key: str) -> list[Json]:
    """Return the states that a space suggests."""
    spaces.get(call().store, key)
    return _json(SUGGESTED)


@routes.get("/space/<key>/state/settings")
def settings(key: str) -> Json:
    """Return which states a space allows: all."""
    allowed = ("contentStatesAllowed", "customContentStatesAllowed", "spaceContentStatesAllowed")
    return {**dict.fromkeys(allowed, True), "spaceContentStates": suggested(key)}


@routes.get("/space/<key>/state/content")
def content_in_state(key: str) -> Json:
    """List the content of a space that is in the state `state-id`."""
    space = spaces.get(call().store, key)
    if not request.args.get("state-id"):
        raise BadRequest("Parameter 'state-id' is required")
    return contents(states.content_in(call().store, space["id"], number("state-id", 0)))
