"""Who is told of what happens, and what waits to be delivered to them.

What a transaction changes is noted by triggers; at its end `webhook_events` makes events of it, and these wait in the
same transaction, so that neither a crash nor a rolled back write can part the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from confsync.sandbox.errors import NotFound

from .db import Row, Store

Json = dict[str, Any]
KEPT = 1000  # deliveries that are remembered after they are over
MOST = 1000  # that may wait for one receiver; what comes then is lost to it
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"


class Change(NamedTuple):
    """One row of a table that was written: as it was and as it is, None where it was or is not there."""

    kind: str
    item_id: int
    before: Json | None
    after: Json | None


def register(store: Store, name: str, url: str, events: Iterable[str], secret: str, active: bool, app: str = "") -> int:
    """Register a receiver and return its number."""
    given = {"name": name, "url": url, "events": json.dumps(list(events)), "secret": secret, "active": int(active)}
    now = store.now()
    store.insert("webhook", app_key=app, created=now, updated=now, **given)
    return int(store.value("SELECT last_insert_rowid()"))


def change(store: Store, number: int, values: Mapping[str, Any]) -> None:
    """Change a receiver; the keys are names of columns."""
    for name, value in {**values, "updated": store.now()}.items():
        store.run(f"UPDATE webhook SET {name} = ? WHERE id = ?", value, number)


def remove(store: Store, number: int) -> None:
    """Remove a receiver with all that waits for it."""
    store.run("DELETE FROM webhook WHERE id = ?", number)


def remove_of_app(store: Store, app_key: str) -> None:
    """Remove what an app declared."""
    store.run("DELETE FROM webhook WHERE app_key = ?", app_key)


def get(store: Store, number: int) -> Row:
    """Return a registered receiver, not one of an app; raise `NotFound`."""
    row = store.one("SELECT * FROM webhook WHERE id = ? AND app_key = ''", number)
    if row is None:
        raise NotFound(f"No webhook found with id: {number}")
    return row


def registered(store: Store) -> list[Row]:
    """Return the registered receivers in order of registration."""
    return store.all("SELECT * FROM webhook WHERE app_key = '' ORDER BY id")


def active(store: Store) -> list[Row]:
    """Return all receivers that are told of something now."""
    return store.all("SELECT * FROM webhook WHERE active ORDER BY id")


def take_changes(store: Store) -> list[Change]:
    """Return what the transaction has changed, and forget it."""
    rows = store.all("SELECT * FROM change ORDER BY id")
    if rows:
        store.run("DELETE FROM change")
    return [Change(row["kind"], row["item_id"], _read(row["before"]), _read(row["after"])) for row in rows]


def _read(text: str | None) -> Json | None:
    found: Json | None = None if text is None else json.loads(text)
    return found


def put(store: Store, receiver: Row, event: str, body: str) -> None:
    """Let an event wait for a receiver; one for which too much waits loses it."""
    waiting = store.value("SELECT count(*) FROM outbox WHERE state = ? AND webhook_id = ?", WAITING, receiver["id"])
    lost = {"state": FAILED, "error": "too much waits for this receiver"} if waiting >= MOST else {}
    given = {"webhook_id": receiver["id"], "event": event, "request_id": store.ids(), "body": body, "at": store.now()}
    store.insert("outbox", **given, **lost)


def heads(store: Store) -> list[Row]:
    """Return of each receiver the event that comes next, with what is known of the receiver."""
    return store.all(
        "SELECT o.*, w.url, w.secret, w.app_key FROM outbox o JOIN webhook w ON w.id = o.webhook_id "
        "WHERE o.id IN (SELECT min(id) FROM outbox WHERE state = ? GROUP BY webhook_id) ORDER BY o.id",
        WAITING,
    )


def settle(store: Store, number: int, state: str, status: int | None, error: str, millis: int) -> None:
    """Note what became of an attempt; what is long over is forgotten."""
    store.run(
        "UPDATE outbox SET state = ?, status = ?, error = ?, millis = ?, attempts = attempts + 1 WHERE id = ?",
        state,
        status,
        error,
        millis,
        number,
    )
    last = "SELECT id FROM outbox WHERE state != ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    store.run(f"DELETE FROM outbox WHERE state != ? AND id <= ({last})", WAITING, WAITING, KEPT)


def outbox(store: Store) -> list[Row]:
    """Return all deliveries in order, with the address and the app of their receivers."""
    return store.all("SELECT o.*, w.url, w.app_key FROM outbox o JOIN webhook w ON w.id = o.webhook_id ORDER BY o.id")


def of_receiver(store: Store, number: int, event: str = "") -> list[Row]:
    """Return the deliveries to a receiver that are over, the newest first."""
    return store.all(
        "SELECT * FROM outbox WHERE webhook_id = ? AND attempts > 0 AND (? = '' OR event = ?) ORDER BY id DESC",
        number,
        event,
        event,
    )
