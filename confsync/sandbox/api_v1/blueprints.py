"""/content/blueprint/instance: publish the draft that a page of a blueprint begins as."""

from __future__ import annotations

from flask import Blueprint

from confsync.sandbox import saving
from confsync.sandbox.errors import BadRequest, Conflict
from confsync.sandbox.store import drafts, restrictions, spaces, tree

from .common import Json, as_id, call, expanded, json_object, objects

routes = Blueprint("blueprints", __name__)
PLACE = "/content/blueprint/instance/<cid:draft_id>"
EXPANDED = "body.storage,history,space,version,ancestors"


@routes.put(PLACE)
@routes.post(PLACE, endpoint="publish_legacy")
def publish(draft_id: int) -> Json:
    """Publish a draft, under the page that is named; its text stays as it is."""
    here, sent = call(), json_object()
    row = restrictions.writable(here.store, draft_id, ("draft",))
    title, space, above = sent.get("title"), sent.get("space") or {}, objects(sent.get("ancestors"), "ancestors")
    if not isinstance(title, str) or not title.strip():
        raise BadRequest("A title is required and must not be blank.")
    if sent.get("type") != row["type"] or sent.get("status", "current") != "current":
        raise BadRequest("The 'type' is that of the draft, and the 'status' is current")
    if (sent.get("version") or {}).get("number") != drafts.NUMBER:
        raise Conflict(f"The version of a draft is {drafts.NUMBER} until it is published")
    if space and spaces.get(here.store, str(space.get("key")))["id"] != row["space_id"]:
        raise BadRequest("A draft is published in the space that it is in")
    if above:
        parent = as_id(above[-1].get("id"))
        tree.check_parent(here.store, parent, row["space_id"])
        tree.reparent(here.store, row, parent)
    saved = saving.update(here.store, row, saving.Change(drafts.NUMBER, title, status="current"), here.me)
    return here.present.content(saved, expanded(EXPANDED), top=True)
