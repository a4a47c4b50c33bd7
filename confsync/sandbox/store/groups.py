"""Groups of users: everybody, and the ready user as the one administrator."""

from __future__ import annotations

from confsync.sandbox.errors import NotFound

from . import users
from .db import Row, Store

USERS, ADMINISTRATORS = "confluence-users", "confluence-administrators"
GROUPS = (USERS, ADMINISTRATORS)


def known(name: str) -> str:
    """Return the name of a group given by its name, which is its id too; raise `NotFound`."""
    if name not in GROUPS:
        raise NotFound(f"No group found with name: {name}")
    return name


def of(account_id: str) -> tuple[str, ...]:
    """Return the groups that a user is in."""
    return GROUPS if account_id == users.ADMIN_ID else (USERS,)


def members(store: Store, name: str) -> list[Row]:
    """Return the users in a group, in order of name."""
    rows = store.all("SELECT * FROM user ORDER BY username")
    return [row for row in rows if name in of(row["account_id"])]
