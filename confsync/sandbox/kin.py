"""What stands below a content, as JSON: its children and descendants, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .expand import Expand
from .store import Row, Store, tree

if TYPE_CHECKING:
    from .present import Part

Json = dict[str, Any]


def below(store: Store, content_id: int, kind: str, depth: int) -> list[Row]:
    """Return children or descendants of one kind, in tree order or in order of creation."""
    if kind in ("page", "folder", ""):
        return (
            tree.children(store, content_id, kind) if depth == 1 else tree.descendants(store, content_id, kind, depth)
        )
    return tree.parts(store, content_id, kind)


def children(part: Part, expand: Expand) -> Json:
    """Return the first rows of each kind of children asked for."""
    return _below(part, expand, "child", ("page", "attachment", "comment", "folder"), 1)


def descendants(part: Part, expand: Expand) -> Json:
    """Return the first rows of each kind of descendants asked for."""
    return _below(part, expand, "descendant", ("page", "attachment", "comment"), 10**9)


def _below(part: Part, expand: Expand, word: str, kinds: tuple[str, ...], depth: int) -> Json:
    found: Json = {}
    for kind in kinds:
        if kind in expand:
            rows = below(part.store, part.row["id"], kind, depth)
            shown = [part.at.content(row, expand[kind]) for row in rows[:25]]
            found[kind] = {
                "results": shown,
                "start": 0,
                "limit": 25,
                "size": len(shown),
                "_links": {"self": part.at.api(f"/content/{part.id}/{word}/{kind}")},
            }
            if len(rows) > len(shown):
                found[kind]["_links"]["next"] = f"/rest/api/content/{part.id}/{word}/{kind}?next=true&limit=25&start=25"
    found["_expandable"] = {kind: f"/rest/api/content/{part.id}/{word}/{kind}" for kind in kinds if kind not in found}
    found["_links"] = {"self": part.at.api(f"/content/{part.id}/{word}")}
    return found


def child_types(part: Part, expand: Expand) -> Json:
    """Return which kinds of children there are."""
    found: Json = {}
    for kind in ("attachment", "comment", "page"):
        if kind in expand or "all" in expand:
            value = bool(below(part.store, part.row["id"], kind, 1))
            found[kind] = {"value": value, "_links": {"self": part.at.api(f"/content/{part.id}/child/{kind}")}}
    return {
        **found,
        "_expandable": {kind: "" for kind in ("all", "attachment", "comment", "page") if kind not in found},
    }
