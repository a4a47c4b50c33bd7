"""What stands above and below a page, folder, whiteboard, database or embed."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.store import Row, content, finding, tree

from .common import LIMIT, MOST, Json, listed, one_of, sorting, whole
from .shapes import child_json

routes = Blueprint("v2_tree", __name__)
COLLECTIONS = ("pages", "folders", "whiteboards", "databases", "embeds")
ORDERS = ("created-date", "id", "modified-date", "child-position", "title")
DEPTH, DEEPEST = 2, 10
SAYS = "Cannot find [{word}] entity with id [{id}]"


def _children(row: Row, kinds: tuple[str, ...], orders: tuple[str, ...]) -> content.Rows:
    wanted = {"parent": [row["id"]], "type": kinds, "status": ["current"]}
    return finding.find(call().store, wanted, sorting(*orders, default="child-position"))


@routes.get("/pages/<ident>/children")
def child_pages(ident: str) -> ResponseReturnValue:
    """List the pages right below a page; folders and what is in them are left out."""
    rows = _children(one_of("pages", ident), ("page",), ORDERS[:4])
    return listed(rows, lambda row: {name: value for name, value in child_json(row).items() if name != "type"})


def direct_children(ident: str, where: str) -> ResponseReturnValue:
    """List all that is right below, of every kind, in the order of the tree."""
    return listed(_children(one_of(where, ident, says=SAYS), tree.IN_TREE, ORDERS), child_json)


def descendants(ident: str, where: str) -> ResponseReturnValue:
    """List all that is below, level by level, as deep as `depth` says."""
    top = one_of(where, ident)
    depth = whole("depth", DEPTH, 1, DEEPEST)
    rows = tree.descendants(call().store, top["id"], "", depth)
    levels = {top["id"]: 0}
    for row in rows:
        levels[row["id"]] = levels[row["parent_id"]] + 1

    def made(row: Row) -> Json:
        found = child_json(row)
        del found["spaceId"]
        return {**found, "parentId": str(row["parent_id"]), "depth": levels[row["id"]]}

    return listed(rows, made)


def ancestors(ident: str, where: str) -> Json:
    """List what stands above, the highest first; of more than `limit` those that are nearest."""
    row = one_of(where, ident)
    limit = whole("limit", LIMIT, 1, MOST)
    above = [] if row["status"] == "trashed" else tree.ancestors(call().store, row)[-limit:]
    found = [{"id": str(one["id"]), "type": one["type"]} for one in above]
    return {"results": found, "_links": {"base": call().present.base}}


for _where in COLLECTIONS:
    for _path, _view in (
        ("direct-children", direct_children),
        ("descendants", descendants),
        ("ancestors", ancestors),
    ):
        routes.add_url_rule(
            f"/{_where}/<ident>/{_path}", f"{_where}_{_view.__name__}", _view, defaults={"where": _where}
        )
