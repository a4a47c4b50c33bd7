"""What a user or a group may do with a content, by the permissions of its space and the restrictions of pages."""

from __future__ import annotations

from confsync.sandbox.errors import BadRequest

from . import content, groups, permissions, restrictions, tree, users
from .db import Row, Store

OPERATIONS = ("read", "update", "delete")
SPACE_NEEDS = {"read": "read", "update": "create", "delete": "delete"}  # operation -> the space permission behind it


def wanting(store: Store, row: Row, kind: str, who: str, operation: str) -> list[str]:
    """Say what stands in the way of an operation, nothing where it is allowed. who: account id, or id of a group.

    Raise `BadRequest` for a subject that there is not.
    """
    named = _names(store, kind, who)
    word = kind.capitalize()
    if not named:
        return [f"{word} is not allowed to use Confluence"]
    found = []
    needs = {permissions.READ_SPACE, _space_need(row, operation)}
    if not all(_has(store, row["space_id"], named, one) for one in needs):
        found.append(f"{word} does not have permission to the space")
    if not _admitted(store, row, named, operation):
        found.append(f"{word} does not have permission to the content")
    return found


def _space_need(row: Row, operation: str) -> tuple[str, str]:
    need = SPACE_NEEDS[operation]
    return permissions.READ_SPACE if need == "read" else (need, row["type"])


def _names(store: Store, kind: str, who: str) -> list[restrictions.Subject]:
    """Return the subject and the groups that it is in, nothing for somebody unknown."""
    if kind == "group":
        row = groups.find(store, group_id=who) or groups.find(store, name=who)
        return [restrictions.Subject("group", row["name"])] if row else []
    if kind != "user":
        raise BadRequest(f"Unknown type of subject: {kind}, expected one of : user, group")
    if users.get(store, who) is None:
        return []
    return [
        restrictions.Subject("user", who),
        *(restrictions.Subject("group", name) for name in groups.of(store, who)),
    ]


def _has(store: Store, space_id: int, named: list[restrictions.Subject], what: tuple[str, str]) -> bool:
    ids = [(one.kind, permissions.subject(store, one.kind, one.name)) for one in named] + [permissions.ANONYMOUS]
    return any(permissions.find(store, space_id, one, what) for one in ids)


def _admitted(store: Store, row: Row, named: list[restrictions.Subject], operation: str) -> bool:
    """Who may see is inherited from all pages above; who may edit is not."""
    page = content.get(store, row["container_id"], ("any",)) if row["container_id"] else row
    above = [*tree.ancestors(store, page), page, row]
    asked = [(one["id"], restrictions.READ) for one in above]
    if operation != "read":
        asked.append((page["id"] if row["type"] == "attachment" else row["id"], restrictions.UPDATE))
    listed = [restrictions.listing(store, number, what) for number, what in asked]
    return all(not one or not set(named).isdisjoint(one) for one in listed)
