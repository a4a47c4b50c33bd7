"""Groups of users and their members; two come with the site: everybody, and its administrators."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from confsync.sandbox.errors import BadRequest, NotFound

from . import audit
from .db import Row, Store

USERS, ADMINISTRATORS = "confluence-users", "confluence-administrators"
READY = {USERS: "user", ADMINISTRATORS: "admin"}
ACCESS = {"user": ("user", "admin"), "admin": ("admin",), "site-admin": ("admin",)}
LONGEST = 255
CATEGORY = "Users and groups"


def ensure_ready(store: Store, admin_id: str) -> None:
    """Create the groups that come with the site, and put who is there already into them."""
    for name, access in READY.items():
        if not store.one("SELECT 1 FROM user_group WHERE name = ?", name):
            group_id = str(uuid5(NAMESPACE_URL, f"confsync:sandbox:group:{name}"))  # the same on every site
            store.insert("user_group", id=group_id, name=name, access=access, ready=1)
            everybody = [row["account_id"] for row in store.all("SELECT account_id FROM user")]
            for account_id in everybody if name == USERS else [admin_id]:
                join(store, named(store, name), account_id)


def listing(store: Store, access: str = "", query: str = "") -> list[Row]:
    """Return the groups, the ready ones first, those with an access (a key of `ACCESS`) or with a part of a name."""
    rows = store.all("SELECT * FROM user_group ORDER BY ready DESC, access DESC, name")
    wanted = ACCESS.get(access)
    return [
        row
        for row in rows
        if (wanted is None or row["access"] in wanted) and query.casefold() in row["name"].casefold()
    ]


def find(store: Store, name: str = "", group_id: str = "") -> Row | None:
    """Return a group by its name or by its id, None where there is none."""
    return store.one("SELECT * FROM user_group WHERE name = ? OR id = ?", name, group_id)


def named(store: Store, name: str) -> Row:
    """Return a group by name; raise `NotFound`."""
    return _there(find(store, name=name), f"No group found with name: {name}")


def with_id(store: Store, group_id: str) -> Row:
    """Return a group by id; raise `NotFound`."""
    return _there(find(store, group_id=group_id), f"No group found with id: {group_id}")


def _there(row: Row | None, reason: str) -> Row:
    if row is None:
        raise NotFound(reason)
    return row


def known(store: Store, who: str) -> str:
    """Return the name of a group given by name or by id; raise `NotFound`."""
    return str(_there(find(store, who, who), f"No group found with name: {who}")["name"])


def of(store: Store, account_id: str) -> tuple[str, ...]:
    """Return the names of the groups that a user is in."""
    mine = {row[0] for row in store.all("SELECT group_id FROM membership WHERE account_id = ?", account_id)}
    return tuple(str(row["name"]) for row in listing(store) if row["id"] in mine)


def members(store: Store, row: Row) -> list[Row]:
    """Return the users in a group, in order of name."""
    return store.all(
        "SELECT u.* FROM user u JOIN membership m USING (account_id) WHERE m.group_id = ? ORDER BY u.username",
        row["id"],
    )


def create(store: Store, name: str) -> Row:
    """Create a group without members; raise `BadRequest` for a name that is taken, empty or too long."""
    if not name.strip() or len(name) > LONGEST:
        raise BadRequest(f"The name of a group has 1 to {LONGEST} characters")
    if find(store, name=name):
        raise BadRequest(f"Group already exists: {name}")
    store.insert("user_group", id=store.ids(), name=name)
    audit.note(store, CATEGORY, "Group created", audit.thing(name, "Group"))
    return named(store, name)


def delete(store: Store, row: Row) -> None:
    """Delete a group; raise `BadRequest` for one that comes with the site.

    Restrictions that name it stay: lifting them would show to everybody what was kept to a few.
    """
    if row["ready"]:
        raise BadRequest(f"The group comes with the site and cannot be removed: {row['name']}")
    store.run("DELETE FROM membership WHERE group_id = ?", row["id"])
    audit.note(store, CATEGORY, "Group deleted", audit.thing(row["name"], "Group"))
    store.run("DELETE FROM user_group WHERE id = ?", row["id"])


def join(store: Store, row: Row, account_id: str) -> None:
    """Put a user into a group."""
    if store.run("INSERT OR IGNORE INTO membership VALUES (?, ?)", row["id"], account_id):
        _note_member(store, "User added to group", row, account_id)


def leave(store: Store, row: Row, account_id: str) -> None:
    """Take a user out of a group; raise `BadRequest` for who is not in it, or is the last administrator."""
    here = [one["account_id"] for one in members(store, row)]
    if account_id not in here:
        raise BadRequest(f"User is not a member of the group: {row['name']}")
    if row["name"] == ADMINISTRATORS and len(here) == 1:
        raise BadRequest("The last administrator cannot be removed")
    store.run("DELETE FROM membership WHERE group_id = ? AND account_id = ?", row["id"], account_id)
    _note_member(store, "User removed from group", row, account_id)


def _note_member(store: Store, summary: str, row: Row, account_id: str) -> None:
    name = store.value("SELECT display_name FROM user WHERE account_id = ?", account_id) or account_id
    audit.note(store, CATEGORY, summary, audit.thing(row["name"], "Group"), audit.thing(name, "User"))
