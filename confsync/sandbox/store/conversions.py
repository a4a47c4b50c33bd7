"""Results of conversions, kept until they are fetched or too old."""

from __future__ import annotations

from datetime import timedelta

from confsync.sandbox.errors import NotFound

from .db import Row, Store, iso

KEPT = timedelta(minutes=5)


def keep(store: Store, kind: str, body: str) -> str:
    """Keep a result, and return the id under which it can be fetched for five minutes."""
    number = store.ids()
    store.run("DELETE FROM conversion WHERE at < ?", iso(store.clock() - KEPT))
    store.insert("conversion", id=number, at=store.now(), kind=kind, body=body)
    return number


def get(store: Store, number: str) -> Row:
    """Return a result; raise `NotFound` for one that is unknown or too old."""
    row = store.one("SELECT * FROM conversion WHERE id = ? AND at >= ?", number, iso(store.clock() - KEPT))
    if row is None:
        raise NotFound(f"No conversion found with id: {number}")
    return row
