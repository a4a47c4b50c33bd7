"""People who may use the site."""

from __future__ import annotations

import hashlib
import hmac

from confsync.sandbox.errors import NotFound

from . import groups
from .db import Row, Store

ADMIN_ID = "557058:00000000-0000-4000-8000-000000000001"


def ensure_admin(store: Store) -> None:
    """Create the ready user `admin` (password and token `admin`) in an empty site, and the ready groups."""
    if not store.one("SELECT 1 FROM user LIMIT 1"):
        store.insert(
            "user",
            account_id=ADMIN_ID,
            username="admin",
            display_name="Admin",
            email="admin@example.com",
            password="admin",  # noqa: S106  (a sandbox's ready user, printed at start)
            token="admin",  # noqa: S106
        )
    groups.ensure_ready(store, ADMIN_ID)


def create(store: Store, username: str, display_name: str, password: str, token: str) -> str:
    """Create a user, in the group of everybody, and return the account id."""
    account_id = f"557058:{store.ids()}"
    store.insert(
        "user",
        account_id=account_id,
        username=username,
        display_name=display_name,
        email=f"{username}@example.com",
        password=password,
        token=token,
    )
    groups.join(store, groups.named(store, groups.USERS), account_id)
    return account_id


def get(store: Store, account_id: str) -> Row | None:
    """Return a user by account id."""
    return store.one("SELECT * FROM user WHERE account_id = ?", account_id)


def account_type(store: Store, account_id: str) -> str:
    """Return whether an account is a person's (`atlassian`) or an `app`'s."""
    return "app" if store.one("SELECT 1 FROM app_install WHERE account_id = ?", account_id) else "atlassian"


def named(store: Store, name: str) -> Row | None:
    """Return a user by login name or e-mail address."""
    return store.one("SELECT * FROM user WHERE username = ? OR email = ?", name, name)


def key(account_id: str) -> str:
    """Return the key of a user, by which Data Center knows them: 32 hexadecimal digits."""
    return "2c9f" + hashlib.sha256(account_id.encode()).hexdigest()[:28]


def find(store: Store, who: str) -> Row | None:
    """Return a user by account id or by user key."""
    if row := get(store, who):
        return row
    return next((row for row in store.all("SELECT * FROM user") if key(row["account_id"]) == who), None)


def known(store: Store, who: str) -> str:
    """Return the account id of somebody given by account id, user key or login name; raise `NotFound`."""
    row = find(store, who) or named(store, who)
    if row is None:
        raise NotFound(f"No user found with account id: {who}")
    return str(row["account_id"])


def by_password(store: Store, name: str, secret: str) -> Row | None:
    """Return the user whose name and password (or API token) these are."""
    row = named(store, name)
    if row and any(hmac.compare_digest(secret.encode(), str(row[key]).encode()) for key in ("password", "token")):
        return row
    return None


def by_token(store: Store, token: str) -> Row | None:
    """Return the user of a personal access token."""
    return store.one("SELECT * FROM user WHERE token = ?", token) if token else None
