"""Dates of the query language: literals, and functions relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .errors import BadRequest

LITERAL = re.compile(r"(\d{4})[-/](\d\d?)[-/](\d\d?)(?:[ T](\d\d?):(\d\d))?")
STEP = re.compile(r"([+-]?)(\d+)([yMwdhm])")
LENGTHS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
MONTHS = {"y": 12, "M": 1}
UNIT_OF = {"day": "d", "week": "w", "month": "M", "year": "y"}


def parse_date(text: str) -> datetime:
    """Return `yyyy-MM-dd[ HH:mm]`, also with slashes, as a time in UTC; raise `BadRequest`."""
    found = LITERAL.fullmatch(text.strip())
    try:
        if found:
            return datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        pass
    raise BadRequest(f"Could not parse date: '{text}', expected yyyy-MM-dd or yyyy-MM-dd HH:mm")


def call_date(name: str, given: list[str], now: datetime) -> datetime:
    """Return what `now`, `startOfDay`, `endOfMonth` and their like mean; raise `BadRequest` for another function."""
    lower = name.lower()
    step = given[0] if given else ""
    if lower == "now":
        return shift(now, step)
    kind = re.fullmatch(r"(start|end)of(day|week|month|year)", lower)
    if kind is None:
        raise BadRequest(f"No function exists with the name: '{name}'")
    start = _floor(shift(now, step, UNIT_OF[kind[2]]), kind[2])
    return start if kind[1] == "start" else shift(start, f"+1{UNIT_OF[kind[2]]}") - timedelta(minutes=1)


def shift(moment: datetime, step: str, unit: str = "d") -> datetime:
    """Return a time moved by a step such as `-7d` or `+1M`; a bare number has the given unit."""
    if not step:
        return moment
    found = STEP.fullmatch(step if step[-1].isalpha() else step + unit)
    if found is None:
        raise BadRequest(f"Could not parse increment: '{step}', expected (+|-)nn(y|M|w|d|h|m)")
    count = int(found[2]) * (-1 if found[1] == "-" else 1)
    if found[3] in LENGTHS:
        return moment + count * LENGTHS[found[3]]
    month = moment.year * 12 + moment.month - 1 + count * MONTHS[found[3]]
    first = moment.replace(year=month // 12, month=month % 12 + 1, day=1)
    return first + timedelta(days=min(moment.day, _days(first)) - 1)


def _days(first: datetime) -> int:
    return ((first + timedelta(days=31)).replace(day=1) - first).days


def _floor(moment: datetime, kind: str) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "week":
        return day - timedelta(days=(day.weekday() + 1) % 7)
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[kind]
