"""What users and groups may do on the whole site; who may not even use it is refused everything.

What nobody in particular may do, `anonymous`, everybody may.
"""

from __future__ import annotations

from collections.abc import Iterable

from confsync.sandbox.errors import Forbidden

from . import groups
from .db import Store

USE, CREATE_SPACE, PERSONAL_SPACE, ADMINISTER = "use", "create_space", "create_personal_space", "administer"
OPERATIONS = (USE, CREATE_SPACE, PERSONAL_SPACE, ADMINISTER)
ANONYMOUS = ("anonymous", "")
READY = {groups.USERS: (USE, CREATE_SPACE, PERSONAL_SPACE), groups.ADMINISTRATORS: OPERATIONS}
REASONS = {
    CREATE_SPACE: "User is not permitted to create spaces",
    PERSONAL_SPACE: "User is not permitted to create a personal space",
    ADMINISTER: "Only site administrators can perform this operation",
}


def ensure_ready(store: Store) -> None:
    """Give the ready groups what they may do, once."""
    if not store.setting("global permissions"):
        for name, operations in READY.items():
            for operation in operations:
                grant(store, operation, ("group", str(groups.named(store, name)["id"])))
        store.set_setting("global permissions", "kept")


def grant(store: Store, operation: str, subject: tuple[str, str]) -> None:
    """Let a subject, kind and id, do something."""
    store.run("INSERT OR IGNORE INTO global_permission VALUES (?, ?, ?)", operation, *subject)


def revoke(store: Store, operation: str, subject: tuple[str, str]) -> None:
    """Let a subject do something no longer."""
    sql = "DELETE FROM global_permission WHERE operation = ? AND kind = ? AND subject = ?"
    store.run(sql, operation, *subject)


def leave_to(store: Store, operation: str, subjects: Iterable[tuple[str, str]]) -> None:
    """Let these subjects do something, and nobody else."""
    store.run("DELETE FROM global_permission WHERE operation = ?", operation)
    for one in subjects:
        grant(store, operation, one)


def has(store: Store, account_id: str, operation: str) -> bool:
    """Return whether an account may do something, by name or by a group; the empty one is nobody in particular."""
    sql = (
        "SELECT 1 FROM global_permission WHERE operation = ? AND (kind = 'anonymous' OR kind = 'user' AND subject = ? "
        "OR kind = 'group' AND subject IN (SELECT group_id FROM membership WHERE account_id = ?)) LIMIT 1"
    )
    return store.one(sql, operation, account_id, account_id) is not None


def check(store: Store, account_id: str, operation: str) -> None:
    """Raise `Forbidden` when an account may not do something."""
    if not has(store, account_id, operation):
        raise Forbidden(REASONS[operation])


def check_administrator(store: Store, account_id: str) -> None:
    """Raise `Forbidden` for anybody who is no administrator of the site."""
    check(store, account_id, ADMINISTER)
