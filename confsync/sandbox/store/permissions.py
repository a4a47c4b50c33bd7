"""What users and groups may do in a space: rows of (space, subject, operation, target)."""

from __future__ import annotations

from confsync.sandbox.errors import BadRequest, Forbidden, NotFound

from . import audit, global_permissions, groups, users
from .db import Row, Store

READ_SPACE = ("read", "space")
CONTENT = ("page", "blogpost", "comment", "attachment")
TARGETS: dict[str, tuple[str, ...]] = {
    "read": ("space",),
    "create": CONTENT,
    "delete": (*CONTENT, "space"),
    "export": ("space",),
    "administer": ("space",),
    "archive": ("page",),
    "restrict_content": ("space",),
}
ALL = tuple((operation, target) for operation, targets in TARGETS.items() for target in targets)
ANONYMOUS = global_permissions.ANONYMOUS
OPEN = ("read", "create", "delete", "export")  # what may be given to everybody
CUSTOM = ("read", "create", "delete")


def listing(store: Store, space_id: int) -> list[Row]:
    """Return the permissions of a space in the order in which they were given."""
    return store.all("SELECT * FROM space_permission WHERE space_id = ? ORDER BY id", space_id)


def subject(store: Store, kind: str, who: str) -> str:
    """Return the id of a `user` or of a `group`, given by id or by name; raise `BadRequest` or `NotFound`."""
    if kind == "user":
        return users.known(store, who)
    if kind == "group":
        return str(groups.named(store, groups.known(store, who))["id"])
    raise BadRequest(f"Unknown type of subject: {kind}, expected one of : user, group")


def find(store: Store, space_id: int, who: tuple[str, str], what: tuple[str, str]) -> Row | None:
    """Return the permission of a subject (kind and id) for an operation on a target, None where there is none."""
    return store.one(
        "SELECT * FROM space_permission WHERE space_id = ? AND kind = ? AND subject = ? "
        "AND operation = ? AND target = ?",
        space_id,
        *who,
        *what,
    )


def grant(store: Store, space_id: int, who: tuple[str, str], what: tuple[str, str]) -> int:
    """Give a permission that is not there yet, and return its id."""
    store.run("INSERT INTO space_permission VALUES (NULL, ?, ?, ?, ?, ?)", space_id, *who, *what)
    return int(store.value("SELECT last_insert_rowid()"))


def add(store: Store, space_id: int, who: tuple[str, str], what: tuple[str, str]) -> int:
    """Give a permission as a user does; raise `BadRequest` for one that there is not, is there, or cannot read yet."""
    if what not in ALL:
        raise BadRequest(f"Unsupported operation: {what[0]} {what[1]}")
    if find(store, space_id, who, what):
        raise BadRequest("Permission already exists")
    if what != READ_SPACE and not find(store, space_id, who, READ_SPACE):
        raise BadRequest("The subject needs the permission to read the space first")
    _note(store, "Space permission added", space_id, who, what)
    return grant(store, space_id, who, what)


def revoke(store: Store, space_id: int, number: int) -> None:
    """Take a permission away; without the one to read the space all others go too. Raise `NotFound`."""
    row = store.one("SELECT * FROM space_permission WHERE id = ? AND space_id = ?", number, space_id)
    if row is None:
        raise NotFound(f"No permission found with id: {number}")
    what = (row["operation"], row["target"])
    _note(store, "Space permission removed", space_id, (row["kind"], row["subject"]), what)
    if what == READ_SPACE:
        store.run(
            "DELETE FROM space_permission WHERE space_id = ? AND kind = ? AND subject = ?",
            space_id,
            row["kind"],
            row["subject"],
        )
    store.run("DELETE FROM space_permission WHERE id = ?", number)


def _note(store: Store, summary: str, space_id: int, who: tuple[str, str], what: tuple[str, str]) -> None:
    find = "display_name FROM user WHERE account_id" if who[0] == "user" else "name FROM user_group WHERE id"
    subject = audit.thing(store.value(f"SELECT {find} = ?", who[1]) or who[1], who[0].title())
    space = audit.thing(store.value("SELECT name FROM space WHERE id = ?", space_id), "Space")
    permission, given = " ".join(what), summary.endswith("added")
    change = audit.changed("Permission", "" if given else permission, permission if given else "")
    audit.note(store, "Permissions", summary, space, subject, change)


def set_custom(store: Store, space_id: int, who: tuple[str, str], what: tuple[str, str], wanted: bool) -> None:
    """Let a subject do something with a type of custom content, or no longer."""
    found = find(store, space_id, who, what)
    if wanted and not found:
        _note(store, "Space permission added", space_id, who, what)
        grant(store, space_id, who, what)
    elif found and not wanted:
        revoke(store, space_id, found["id"])


def open_to_all(store: Store, space_id: int) -> None:
    """Give everybody all permissions, as a new space does."""
    everybody = str(groups.named(store, groups.USERS)["id"])
    for what in ALL:
        grant(store, space_id, ("group", everybody), what)


def close(store: Store, space_id: int, account_id: str) -> None:
    """Leave a space to one user, who may do everything in it."""
    store.run("DELETE FROM space_permission WHERE space_id = ?", space_id)
    for what in ALL:
        grant(store, space_id, ("user", account_id), what)


def copy(store: Store, space_id: int, other_id: int) -> None:
    """Give in one space exactly the permissions of another one."""
    given = listing(store, other_id)
    store.run("DELETE FROM space_permission WHERE space_id = ?", space_id)
    for row in given:
        grant(store, space_id, (row["kind"], row["subject"]), (row["operation"], row["target"]))


def of(store: Store, space_id: int, account_id: str) -> list[tuple[str, str]]:
    """Return what a user may do in a space, by name, by a group or as everybody: pairs of operation and target."""
    mine = {("user", account_id), ANONYMOUS}
    mine |= {("group", str(groups.named(store, name)["id"])) for name in groups.of(store, account_id)}
    given = {
        (row["operation"], row["target"]) for row in listing(store, space_id) if (row["kind"], row["subject"]) in mine
    }
    return [what for what in ALL if what in given]


def ensure(store: Store) -> None:
    """Open the spaces of a file that was made before there were permissions, once."""
    if not store.setting("permissions"):
        for row in store.all("SELECT id FROM space"):
            open_to_all(store, row["id"])
        store.set_setting("permissions", "kept")


def check_administrator(store: Store, space_id: int, account_id: str) -> None:
    """Raise `Forbidden` for who administers neither the space nor the site."""
    site = global_permissions.has(store, account_id, global_permissions.ADMINISTER)
    if not site and ("administer", "space") not in of(store, space_id, account_id):
        raise Forbidden("Only space administrators can perform this operation")


def closed_to(store: Store, account_id: str) -> frozenset[int]:
    """Return the ids of the spaces that a user may not read."""
    groups_ = [str(groups.named(store, name)["id"]) for name in groups.of(store, account_id)]
    rows = store.all(
        "SELECT id FROM space WHERE NOT EXISTS (SELECT 1 FROM space_permission p WHERE p.space_id = space.id "
        "AND p.operation = 'read' AND p.target = 'space' AND (p.kind = 'anonymous' "
        "OR p.kind = 'user' AND p.subject = ? "
        f"OR p.kind = 'group' AND p.subject IN ({', '.join('?' * len(groups_))})))",
        account_id,
        *groups_,
    )
    return frozenset(row["id"] for row in rows)


def check(store: Store, space_id: int, operation: str, target: str) -> None:
    """Raise `Forbidden` when whoever looks may not do something in a space; what lies in the tree counts as pages."""
    kind = target if target in (*CONTENT, "space") else "page"
    if store.viewer is not None and (operation, kind) not in of(store, space_id, store.viewer):
        raise Forbidden(f"User is not permitted to {operation} content of type {kind} in this space")
