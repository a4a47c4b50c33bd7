"""/contentbody/convert and macro bodies: one representation of a text as another, at once or to be fetched later."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from confsync.sandbox import macro_text, xhtml
from confsync.sandbox.dom import Node, parse
from confsync.sandbox.errors import BadRequest, NotFound
from confsync.sandbox.present import RENDERED
from confsync.sandbox.render import render_page
from confsync.sandbox.store import Row, content, conversions, spaces

from .common import Json, as_id, call, json_object, objects

routes = Blueprint("bodies", __name__)
READ = ("storage", "editor", "editor2")
WRITTEN = ("storage", *RENDERED)
MOST_INPUTS, MOST_IDS = 10, 50
MACRO = "/content/<cid:content_id>/history/<int:number>/macro/id/<macro_id>"


def convert(sent: Json, to: str, content_id: Any, space_key: Any) -> str:
    """Return a body in another representation. content_id, space_key: the page or space that its links mean."""
    value, given = sent.get("value"), sent.get("representation")
    if not isinstance(value, str) or given not in READ:
        raise BadRequest(f"Cannot convert from: {given}; this site reads {', '.join(READ)}")
    return _written(value, to, _context(content_id, space_key))


def _written(storage: str, to: str, row: Row | None) -> str:
    if to not in WRITTEN:
        raise BadRequest(f"Cannot convert to: {to}, expected one of : {', '.join(WRITTEN)}")
    xhtml.check(storage)
    if to == "storage":
        return storage
    if row is None:
        raise BadRequest("There is no page yet in whose place the text could be shown")
    return render_page(call().store, row, storage, call().present.base)


def _context(content_id: Any, space_key: Any) -> Row | None:
    """Return the page in whose place a text is shown: the one named, or the home page of the space named, or any."""
    store = call().store
    if content_id:
        return content.get(store, as_id(content_id))
    named = [spaces.get(store, str(space_key))] if space_key else spaces.listing(store, [])
    return next((home for space in named if (home := spaces.home(store, space))), None)


def _body(value: str, to: str) -> Json:
    waiting = ("webresource", "embeddedContent", "mediaToken")
    return {"value": value, "representation": to, "embeddedContent": [], "_expandable": dict.fromkeys(waiting, "")}


@routes.post("/contentbody/convert/<to>")
def convert_now(to: str) -> Json:
    """Convert a body."""
    given = request.args
    return _body(convert(json_object(), to, given.get("contentIdContext"), given.get("spaceKeyContext")), to)


@routes.post("/contentbody/convert/async/<to>")
def convert_later(to: str) -> Json:
    """Convert a body, and answer with the id of the result."""
    given = request.args
    value = convert(json_object(), to, given.get("contentIdContext"), given.get("spaceKeyContext"))
    return {"asyncId": conversions.keep(call().store, to, value)}


@routes.get("/contentbody/convert/async/<number>")
def result(number: str) -> Json:
    """Return a result."""
    return _result(conversions.get(call().store, number))


def _result(row: Row) -> Json:
    path = f"/contentbody/convert/async/{row['id']}"
    task = {"renderTaskId": row["id"], "status": "COMPLETED", "_links": {"self": call().present.api(path)}}
    return {**_body(row["body"], row["kind"]), **task}


@routes.post("/contentbody/convert/async/bulk/tasks")
def convert_many() -> list[Json]:
    """Convert up to ten bodies, and answer with the ids of the results in their order."""
    inputs = objects(json_object().get("conversionInputs"), "conversionInputs")
    if not 1 <= len(inputs) <= MOST_INPUTS:
        raise BadRequest(f"Between 1 and {MOST_INPUTS} conversion inputs are expected")
    found = []
    for one in inputs:
        to, sent = str(one.get("to")), one.get("body")
        if not isinstance(sent, dict):
            raise BadRequest("Could not parse request body as JSON: 'body' is not an object")
        value = convert(sent, to, one.get("contentIdContext"), one.get("spaceKeyContext"))
        found.append({"asyncId": conversions.keep(call().store, to, value)})
    return found


@routes.get("/contentbody/convert/async/bulk/tasks")
def results() -> list[Json]:
    """Return the results with these ids, up to fifty."""
    wanted = [part for value in request.args.getlist("ids") for part in value.split(",") if part]
    if not 1 <= len(wanted) <= MOST_IDS:
        raise BadRequest(f"Between 1 and {MOST_IDS} ids are expected")
    return [_result(conversions.get(call().store, number)) for number in wanted]


def _macro(content_id: int, number: int, macro_id: str) -> tuple[Row, str, str]:
    """Return a page, and source and body of a macro in one of its versions, 0 for the current; raise `NotFound`."""
    store = call().store
    row = content.get(store, content_id)
    version = content.version(store, row["id"], number or row["version"])
    found = macro_text.find(version["body"], macro_id)
    if found is None:
        raise NotFound(f"No macro found on content id: {content_id} with macro id: {macro_id}")
    return row, *found


@routes.get(MACRO)
def macro(content_id: int, number: int, macro_id: str) -> Json:
    """Return name, parameters and body of a macro: of rich text the mark-up, of plain text the characters."""
    _, source, body = _macro(content_id, number, macro_id)
    node = parse(source).first() or Node("")
    plain = node.first("ac:plain-text-body")
    parameters = {name: {"value": value} for name, value in node.parameters().items()}
    path = f"/content/{content_id}/history/{number}/macro/id/{macro_id}"
    return {
        "name": node.get("ac:name"),
        "body": plain.text() if plain else body,
        "parameters": parameters,
        "_links": {"self": call().present.api(path)},
    }


def _converted(content_id: int, number: int, macro_id: str, to: str) -> str:
    row, source, _ = _macro(content_id, number, macro_id)
    return _written(source, to, row)


@routes.get(f"{MACRO}/convert/<to>")
def macro_now(content_id: int, number: int, macro_id: str, to: str) -> Json:
    """Return a macro in another representation."""
    return _body(_converted(content_id, number, macro_id, to), to)


@routes.get(f"{MACRO}/convert/async/<to>")
def macro_later(content_id: int, number: int, macro_id: str, to: str) -> Json:
    """Convert a macro, and answer with the id of the result."""
    return {"asyncId": conversions.keep(call().store, to, _converted(content_id, number, macro_id, to))}
