"""The page tree: order, moves, and what deletion does to children."""

from __future__ import annotations

from confsync.sandbox.errors import BadRequest, missing_content

from . import content, permissions
from .db import Row, Store

STEP = 1000
PLACES = ("folder", "whiteboard", "database", "embed")  # what stands in the tree and has no text
IN_TREE = ("page", *PLACES)
IN_TREE_SQL = ", ".join(f"'{kind}'" for kind in IN_TREE)
ORDER = "ORDER BY position IS NULL, position, id"


def children(store: Store, parent_id: int, kind: str = "") -> list[Row]:
    """Return the current children of a page or folder in tree order, of one type or of all."""
    rows = store.all(
        f"SELECT * FROM content WHERE parent_id = ? AND status = 'current' AND (? = '' OR type = ?) {ORDER}",
        parent_id,
        kind,
        kind,
    )
    return store.seen(rows)


def roots(store: Store, space_id: int, kind: str = "page") -> list[Row]:
    """Return the top-level content of a space in tree order."""
    rows = store.all(
        f"SELECT * FROM content WHERE space_id = ? AND parent_id IS NULL AND type = ? AND status = 'current' {ORDER}",
        space_id,
        kind,
    )
    return store.seen(rows)


def parts(store: Store, page_id: int, kind: str) -> list[Row]:
    """Return the current comments or attachments of a page in order of creation."""
    rows = store.all(
        "SELECT * FROM content WHERE container_id = ? AND type = ? AND status = 'current' ORDER BY id", page_id, kind
    )
    return store.seen(rows)


def ancestors(store: Store, row: Row) -> list[Row]:
    """Return what stands above a content, the root first."""
    return store.all(
        "WITH RECURSIVE up (id, depth) AS (SELECT ?, 0 UNION ALL "
        "SELECT c.parent_id, depth + 1 FROM up JOIN content c ON c.id = up.id WHERE c.parent_id IS NOT NULL) "
        "SELECT content.* FROM up JOIN content ON content.id = up.id WHERE depth > 0 ORDER BY depth DESC",
        row["id"],
    )


def descendants(store: Store, content_id: int, kind: str = "page", depth: int = 10**9) -> list[Row]:
    """Return what stands below a content, level by level; `depth` 1 means children only."""
    return store.seen(_below(store, content_id, kind, depth))


def _below(store: Store, content_id: int, kind: str = "", depth: int = 10**9) -> list[Row]:
    """Return what stands below a content, also what the viewer may not see."""
    return store.all(
        "WITH RECURSIVE down (id, depth) AS (SELECT ?, 0 UNION ALL SELECT c.id, depth + 1 FROM down "
        "JOIN content c ON c.parent_id = down.id "
        f"WHERE c.status = 'current' AND c.type IN ({IN_TREE_SQL}) AND depth < ?) "
        "SELECT content.* FROM down JOIN content ON content.id = down.id "
        "WHERE depth > 0 AND (? = '' OR content.type = ?) "
        "ORDER BY depth, position IS NULL, position, content.id",
        content_id,
        depth,
        kind,
        kind,
    )


def check_parent(store: Store, parent_id: int, space_id: int) -> Row:
    """Return the parent, or raise `BadRequest` when it is missing, in another space, or cannot have children."""
    row = store.one("SELECT * FROM content WHERE id = ? AND status = 'current'", parent_id)
    if row is None or row["type"] not in IN_TREE or parent_id in store.unseen:
        raise BadRequest(f"The parent ID specified (ContentId{{id={parent_id}}}) does not exist?")
    if row["space_id"] != space_id:
        raise BadRequest(f"The parent ID specified (ContentId{{id={parent_id}}}) is in another space.")
    return row


def reparent(store: Store, row: Row, parent_id: int | None) -> None:
    """Hang a page under another parent, as its last child; raise `BadRequest` for a loop."""
    above = store.one("SELECT * FROM content WHERE id = ?", parent_id)
    # Looked at from below, so that archived pages in between count too.
    if above and row["id"] in {above["id"], *(one["id"] for one in ancestors(store, above))}:
        raise BadRequest("The page cannot be moved under itself or one of its own descendants.")
    store.run("UPDATE content SET parent_id = ?, position = NULL WHERE id = ?", parent_id, row["id"])


def move(store: Store, row: Row, position: str, target_id: int) -> None:
    """Put a page before, after or (`append`) under a target, across spaces too; no version is made.

    The new place is written as sparse positions: every sibling has one after the first move among them.
    """
    target = content.get(store, target_id, ("current",))
    if row["type"] not in IN_TREE or target["type"] not in IN_TREE:
        raise BadRequest("Only pages can be moved, and only relative to pages.")
    if position not in ("before", "after", "append"):
        raise BadRequest(f"Unsupported position: {position}")
    if row["id"] == target["id"]:
        raise BadRequest("A page cannot be moved relative to itself.")
    parent_id = target["id"] if position == "append" else target["parent_id"]
    _change_space(store, row, target["space_id"])
    reparent(store, row, parent_id)
    order = [one for one in _siblings(store, target["space_id"], parent_id) if one != row["id"]]
    place = {"append": len(order), "before": 0, "after": 1}[position]
    if position != "append":
        place += order.index(target["id"])
    order.insert(place, row["id"])
    _write_positions(store, order, place)


def _siblings(store: Store, space_id: int, parent_id: int | None) -> list[int]:
    """Return the ids of all in the tree that share an order, also those that the viewer may not see."""
    rows = store.all(
        f"SELECT id FROM content WHERE space_id = ? AND parent_id IS ? AND type IN ({IN_TREE_SQL}) "
        f"AND status IN ('current', '{content.HIDDEN}') {ORDER}",
        space_id,
        parent_id,
    )
    return [row["id"] for row in rows]


def _change_space(store: Store, row: Row, space_id: int) -> None:
    if row["space_id"] == space_id:
        return
    for one in _moving(store, row["id"]):
        if one["status"] != "draft":
            content.check_title(store, one["type"], space_id, one["title"])
        store.run("UPDATE content SET space_id = ? WHERE id = ? OR container_id = ?", space_id, one["id"], one["id"])


def _moving(store: Store, content_id: int) -> list[Row]:
    """Return a content and all that goes with it to another space, archived pages with their reserved titles too."""
    return store.all(
        "WITH RECURSIVE down (id) AS (SELECT ? UNION SELECT c.id FROM down JOIN content c ON c.parent_id = down.id "
        f"WHERE c.status != 'trashed' AND c.type IN ({IN_TREE_SQL})) "
        "SELECT content.* FROM down JOIN content USING (id)",
        content_id,
    )


def _write_positions(store: Store, order: list[int], place: int) -> None:
    """Give the moved page a position between its neighbours, and everyone one when there is no room or none yet."""
    known = {one: store.value("SELECT position FROM content WHERE id = ?", one) for one in order}
    others = [known[one] for index, one in enumerate(order) if index != place]
    if None not in others:
        low = others[place - 1] if place else 0  # below 1 a position says elsewhere that there is none
        high = others[place] if place < len(others) else low + 2 * STEP
        if high - low > 1:
            store.run("UPDATE content SET position = ? WHERE id = ?", (low + high) // 2, order[place])
            return
    for index, one in enumerate(order):
        store.run("UPDATE content SET position = ? WHERE id = ?", (index + 1) * STEP, one)


def trash(store: Store, row: Row) -> None:
    """Move a content to the trash; its children move up to its parent; raise `Forbidden`."""
    permissions.check(store, row["space_id"], "delete", row["type"])
    store.run(
        "UPDATE content SET parent_id = ?, position = NULL WHERE parent_id = ? AND type != 'comment' "
        "AND status IN ('current', 'archived', 'draft', 'hidden')",
        row["parent_id"],
        row["id"],
    )
    store.run("UPDATE content SET status = 'trashed' WHERE id = ?", row["id"])


def trash_tree(store: Store, row: Row) -> None:
    """Move a page and everything below it to the trash; raise `Forbidden`."""
    permissions.check(store, row["space_id"], "delete", row["type"])
    for one in [*_below(store, row["id"]), row]:
        store.run("UPDATE content SET status = 'trashed' WHERE id = ?", one["id"])


def restore(store: Store, row: Row, title: str) -> None:
    """Take a content out of the trash, back under its old parent if that is still in the space."""
    content.check_title(store, row["type"], row["space_id"], title, row["id"])
    parent = store.one(
        "SELECT id FROM content WHERE id = ? AND space_id = ? AND status = 'current'", row["parent_id"], row["space_id"]
    )
    store.run(
        "UPDATE content SET status = 'current', title = ?, title_key = ?, parent_id = ?, position = NULL WHERE id = ?",
        title,
        content.title_key(title),
        parent["id"] if parent else None,
        row["id"],
    )


def archive(store: Store, row: Row) -> None:
    """Archive a page; it keeps its parent and reserves its title."""
    if row["type"] != "page":
        raise missing_content(row["id"])
    store.run("UPDATE content SET status = 'archived' WHERE id = ?", row["id"])
