"""Children, descendants, moves, archive, and the deletion of whole trees."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox import kin
from confsync.sandbox.errors import BadRequest, Refusal
from confsync.sandbox.kin import below
from confsync.sandbox.present import Part
from confsync.sandbox.store import Row, content, longtasks, restrictions, tree

from .common import Json, as_id, call, contents, json_object

routes = Blueprint("children", __name__)
KINDS = ("page", "folder", "attachment", "comment")
MOST_ARCHIVED = 300


def _part(content_id: int) -> Part:
    here = call()
    row = content.get(here.store, content_id)
    return Part(here.present, row, content.version(here.store, row["id"], row["version"]))


@routes.get("/content/<cid:content_id>/child")
def children(content_id: int) -> Json:
    """Return the kinds of children; the rows of those that are expanded."""
    return kin.children(_part(content_id), call().expand)


@routes.get("/content/<cid:content_id>/descendant")
def descendants(content_id: int) -> Json:
    """Return the kinds of descendants; the rows of those that are expanded."""
    return kin.descendants(_part(content_id), call().expand)


@routes.get("/content/<cid:content_id>/child/<kind>")
def children_of_kind(content_id: int, kind: str) -> Json:
    """List children of one kind, pages in tree order."""
    row = content.get(call().store, content_id)
    if kind == "comment":
        return contents(_comments(row))
    return contents(below(call().store, row["id"], _known(kind), 1))


@routes.get("/content/<cid:content_id>/descendant/<kind>")
def descendants_of_kind(content_id: int, kind: str) -> Json:
    """List descendants of one kind down to `depth`."""
    row = content.get(call().store, content_id)
    depth = request.args.get("depth", "all")
    if depth not in ("all", "root") and not (depth.isdecimal() and 1 <= int(depth) <= 100):
        raise BadRequest(f"Unsupported depth: {depth}")
    most = {"all": 10**9, "root": 1}.get(depth) or int(depth)
    return contents(below(call().store, row["id"], _known(kind), most))


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise BadRequest(f"Unsupported child type: {kind}")
    return kind


def _comments(row: Row) -> list[Row]:
    """Return the comments of a page by location; answers to comments only with `depth=all`."""
    places = set(request.args.getlist("location"))
    if row["type"] == "comment":
        return call().store.all(
            "SELECT * FROM content WHERE parent_id = ? AND type = 'comment' AND status = 'current'", row["id"]
        )
    return [
        one
        for one in tree.parts(call().store, row["id"], "comment")
        if (one["parent_id"] is None or request.args.get("depth") == "all") and (not places or _location(one) in places)
    ]


def _location(comment: Row) -> str:
    """Return where a comment stands: one in the text that was resolved stands with the resolved ones."""
    facts = content.facts(comment)
    resolution = facts.get("resolution")
    status = resolution.get("status") if isinstance(resolution, dict) else resolution
    return "resolved" if status == "resolved" else str(facts.get("location", "footer"))


@routes.put("/content/<cid:content_id>/move/<position>/<cid:target_id>")
def move(content_id: int, position: str, target_id: int) -> Json:
    """Put a page before, after or under another one."""
    here = call()
    tree.move(here.store, restrictions.writable(here.store, content_id, ("current",)), position, target_id)
    return {"pageId": str(content_id)}


@routes.delete("/content/<cid:content_id>/pageTree")
def delete_tree(content_id: int) -> tuple[Json, int]:
    """Move a page and everything below it to the trash."""
    here = call()
    tree.trash_tree(here.store, restrictions.writable(here.store, content_id))
    return longtasks.start(here.store, "delete.page.tree"), 202


@routes.post("/content/archive")
def archive() -> tuple[Json, int]:
    """Archive pages; ids must be JSON numbers, and an unknown one is answered with 500, as on the real site."""
    here = call()
    pages = json_object().get("pages")
    if not isinstance(pages, list) or not pages or len(pages) > MOST_ARCHIVED:
        raise BadRequest(f"Between 1 and {MOST_ARCHIVED} pages are expected")
    if not all(isinstance(page, dict) and isinstance(page.get("id"), int) for page in pages):
        raise BadRequest("Page ids must be numbers")
    for page in pages:
        row = here.store.one("SELECT * FROM content WHERE id = ? AND status = 'current'", as_id(page["id"]))
        if row is None or row["id"] in here.store.unseen:
            raise Refusal("Internal server error", plain=True)
        restrictions.check_edit(here.store, row)
        tree.archive(here.store, row)
    return longtasks.start(here.store, "archive.pages"), 202
