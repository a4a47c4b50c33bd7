"""Apps that are installed on the site, each with an account of its own, and the modules that they register."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from confsync.sandbox.errors import BadRequest

from . import global_permissions, users
from .db import Row, Store

Json = dict[str, Any]
KEY = re.compile(r"[A-Za-z0-9_-]{1,255}")


class Installed(NamedTuple):
    """What an app is told when it is installed. client_key: the site; it signs what the site sends to the app."""

    key: str
    shared_secret: str
    client_key: str
    oauth_client_id: str
    account_id: str
    scopes: tuple[str, ...]
    base_url: str


def install(store: Store, key: str, shared_secret: str, scopes: Sequence[str], base_url: str) -> Installed:
    """Install an app, or change one that is installed, which keeps its account."""
    store.run("INSERT OR REPLACE INTO app VALUES (?, ?)", key, shared_secret)
    found = store.one("SELECT * FROM app_install WHERE app_key = ?", key)
    account_id = found["account_id"] if found else _account(store, key)
    client_id = found["client_id"] if found else secrets.token_urlsafe(24)
    given = (key, account_id, client_id, " ".join(scopes), base_url)
    store.run("INSERT OR REPLACE INTO app_install VALUES (?, ?, ?, ?, ?)", *given)
    change = global_permissions.grant if "ADMIN" in scopes else global_permissions.revoke
    change(store, global_permissions.ADMINISTER, ("user", account_id))
    return described(store, key)


def _account(store: Store, key: str) -> str:
    """Create the account of an app, as which nobody can log in."""
    name = f"addon_{key}"
    return users.create(store, name, key, secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def described(store: Store, key: str) -> Installed:
    """Return how an installed app is installed."""
    row = installed(store, "app_key", key)
    assert row is not None  # noqa: S101  (the caller has just seen it)
    scopes, named = tuple(row["scopes"].split()), (row["client_id"], row["account_id"])
    return Installed(key, secret(store, key) or "", client_key(store), *named, scopes, row["base_url"])


def installed(store: Store, column: str, value: str) -> Row | None:
    """Return the installation of an app by its `app_key` or its `client_id`."""
    return store.one(f"SELECT * FROM app_install WHERE {column} = ?", value)


def client_key(store: Store) -> str:
    """Return the name by which apps know the site."""
    known = store.setting("client key")
    if known is None:
        known = secrets.token_hex(16)
        store.set_setting("client key", known)
    return known


def secret(store: Store, key: str) -> str | None:
    """Return the secret of an app, None when it is not installed."""
    found = store.value("SELECT secret FROM app JOIN app_install ON app_key = key WHERE key = ?", key)
    return None if found is None else str(found)


def modules(store: Store, app_key: str) -> list[Json]:
    """Return the modules of an app, in the order in which it registered them."""
    rows = store.all("SELECT value FROM app_module WHERE app_key = ? ORDER BY rowid", app_key)
    return [json.loads(row["value"]) for row in rows]


def register(store: Store, app_key: str, new: Iterable[Json]) -> None:
    """Register modules; raise `BadRequest` for one without a proper key, or with a key that is taken."""
    for one in new:
        key = one.get("key")
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise BadRequest(f"A module needs a 'key' of letters, digits, '-' and '_': {key}")
        if store.one("SELECT 1 FROM app_module WHERE app_key = ? AND module_key = ?", app_key, key):
            raise BadRequest(f"A module with the key '{key}' is registered already")
        store.insert("app_module", app_key=app_key, module_key=key, value=json.dumps(one))


def remove(store: Store, app_key: str, keys: list[str]) -> None:
    """Remove the modules with these keys, or all when none is named; what is not there is no fault."""
    for key in keys:
        store.run("DELETE FROM app_module WHERE app_key = ? AND module_key = ?", app_key, key)
    if not keys:
        store.run("DELETE FROM app_module WHERE app_key = ?", app_key)
