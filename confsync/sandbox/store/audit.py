"""The audit log: what users did to spaces, groups and permissions, and what clients add to it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .db import Row, Store

Json = dict[str, Any]
UNITS = {  # milliseconds; a month and a year as they are on average
    "NANOS": 1e-6,
    "MICROS": 1e-3,
    "MILLIS": 1,
    "SECONDS": 1000,
    "MINUTES": 60_000,
    "HOURS": 3_600_000,
    "HALF_DAYS": 43_200_000,
    "DAYS": 86_400_000,
    "WEEKS": 604_800_000,
    "MONTHS": 2_629_746_000,
    "YEARS": 31_556_952_000,
    "DECADES": 315_569_520_000,
    "CENTURIES": 3_155_695_200_000,
}
ENDLESS = ("MILLENNIA", "ERAS", "FOREVER")
RETENTION = (3, "YEARS")
KEPT = "audit retention"


@dataclass(frozen=True, slots=True)
class Record:
    """One entry; `affected` and `associated` are of `{name, objectType}`, `changed` of `{name, oldValue, newValue}`."""

    summary: str
    category: str = ""
    affected: Json = field(default_factory=lambda: thing("", ""))
    changed: tuple[Json, ...] = ()
    associated: tuple[Json, ...] = ()
    description: str = ""
    author: Json = field(default_factory=dict)
    address: str = ""
    sys_admin: bool = False
    millis: int | None = None


def thing(name: str, kind: str) -> Json:
    """Return an object of an entry."""
    return {"name": name, "objectType": kind}


def changed(name: str, old: str, new: str) -> Json:
    """Return a value that changed."""
    return {"name": name, "oldValue": old, "newValue": new}


def note(store: Store, category: str, summary: str, affected: Json, *more: Json) -> None:
    """Note what the user of the request at hand did; `more` are changed values and associated objects.

    What is set up without a request is nobody's deed, and is not noted.
    """
    if store.viewer is None:
        return
    new = Record(
        summary,
        category,
        affected,
        tuple(one for one in more if "newValue" in one),
        tuple(one for one in more if "objectType" in one),
        author={"accountId": store.viewer},
        address=store.address,
    )
    add(store, new)


def add(store: Store, new: Record) -> Row:
    """Append an entry and return it."""
    store.insert(
        "audit",
        millis=now(store) if new.millis is None else new.millis,
        author=json.dumps(new.author),
        address=new.address,
        category=new.category,
        summary=new.summary,
        description=new.description,
        sys_admin=int(new.sys_admin),
        affected=json.dumps(new.affected),
        changed=json.dumps(new.changed),
        associated=json.dumps(new.associated),
    )
    row = store.one("SELECT * FROM audit WHERE id = last_insert_rowid()")
    assert row is not None  # noqa: S101  (inserted above)
    return row


def now(store: Store) -> int:
    """Return the present moment in milliseconds since 1970."""
    return int(store.clock().timestamp() * 1000)


def listing(store: Store, low: int, high: int | None) -> list[Row]:
    """Return the entries from `low` to `high`, both included, the newest first; what is too old is dropped."""
    number, units = retention(store)
    if units not in ENDLESS:
        store.run("DELETE FROM audit WHERE millis < ?", start_of(store, number, units))
    rows = store.all("SELECT * FROM audit ORDER BY millis DESC, id DESC")
    return [row for row in rows if low <= row["millis"] and (high is None or row["millis"] <= high)]


def start_of(store: Store, number: int, units: str) -> int:
    """Return the moment so long ago; all that is older than 1970 is 0."""
    return max(now(store) - int(number * UNITS[units]), 0)


def retention(store: Store) -> tuple[int, str]:
    """Return for how long entries are kept, as a number of units."""
    kept = store.setting(KEPT)
    if kept is None:
        return RETENTION
    number, _, units = kept.partition(" ")
    return int(number), units


def set_retention(store: Store, number: int, units: str) -> None:
    """Set for how long entries are kept."""
    store.set_setting(KEPT, f"{number} {units}")
