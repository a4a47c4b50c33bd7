"""Apps that are installed on the site, and the modules that they registered while it runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from confsync.sandbox.errors import BadRequest

from .db import Store

Json = dict[str, Any]
KEY = re.compile(r"[A-Za-z0-9_-]{1,255}")


def install(store: Store, key: str, secret: str) -> None:
    """Install an app, or give one that is installed another secret."""
    store.run("INSERT OR REPLACE INTO app VALUES (?, ?)", key, secret)


def secret(store: Store, key: str) -> str | None:
    """Return the secret of an app, None when it is not installed."""
    found = store.value("SELECT secret FROM app WHERE key = ?", key)
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
