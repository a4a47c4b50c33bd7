"""/audit: the log of what was done on the site, for its administrators."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from confsync.sandbox.errors import BadRequest
from confsync.sandbox.store import Row, audit, global_permissions, iso, users

from .common import ID_DIGITS, Json, call, json_object, number, objects, paged

routes = Blueprint("audit", __name__)
LIMIT = 1000
BIGGEST = 10**12  # of a number of units
COLUMNS = ("Date", "Author", "IP address", "Category", "Summary", "Description", "Affected object", "Changed values")
THING = ("name", "objectType")
CHANGE = ("name", "oldValue", "newValue")


def _administrator() -> None:
    global_permissions.check_administrator(call().store, call().me)


def _author(sent: Json) -> Json:
    account_id = sent.get("accountId")
    row = users.get(call().store, account_id) if account_id else None
    name = row["display_name"] if row else sent.get("displayName") or ("Former user" if account_id else "")
    return {
        "type": "user",
        "displayName": name,
        "operations": None,
        "username": sent.get("username"),
        "userKey": sent.get("userKey"),
        "accountId": account_id,
        "accountType": users.account_type(call().store, row["account_id"]) if row else "",
        "publicName": name,
        "externalCollaborator": False,
        "isExternalCollaborator": False,
    }


def _record(row: Row) -> Json:
    return {
        "author": _author(json.loads(row["author"])),
        "remoteAddress": row["address"],
        "creationDate": row["millis"],
        "summary": row["summary"],
        "description": row["description"],
        "category": row["category"],
        "sysAdmin": bool(row["sys_admin"]),
        "superAdmin": False,
        "affectedObject": json.loads(row["affected"]),
        "changedValues": json.loads(row["changed"]),
        "associatedObjects": json.loads(row["associated"]),
    }


def _texts(value: Any) -> str:
    """Return all texts in a record, for the search in it."""
    if isinstance(value, dict):
        value = list(value.values())
    return "\n".join(map(_texts, value)) if isinstance(value, list) else str(value)


def _found(low: int, high: int | None) -> list[Json]:
    wanted = request.args.get("searchString", "").casefold()
    records = [_record(row) for row in audit.listing(call().store, low, high)]
    return [one for one in records if wanted in _texts(one).casefold()] if wanted else records


def _between() -> list[Json]:
    """Return the records from `startDate` to `endDate`, in milliseconds."""
    high = number("endDate", 0) if request.args.get("endDate") else None
    return _found(number("startDate", 0), high)


@routes.get("/audit")
def listing() -> Json:
    """List records, the newest first."""
    _administrator()
    return paged(_between(), dict, LIMIT, LIMIT)


@routes.get("/audit/since")
def since() -> Json:
    """List the records of the last `number` of `units`."""
    _administrator()
    units = request.args.get("units", "MONTHS")
    if units not in audit.UNITS:
        raise BadRequest(f"Unknown units: {units}, expected one of : {', '.join(audit.UNITS)}")
    return paged(_found(audit.start_of(call().store, number("number", 3), units), None), dict, LIMIT, LIMIT)


@routes.post("/audit")
def create() -> Json:
    """Add a record; what is not said of it stays empty, only an address is required."""
    _administrator()
    sent = json_object(description=str)
    if not isinstance(sent.get("remoteAddress"), str):
        raise BadRequest("A record needs a 'remoteAddress'")
    author = sent.get("author") or {}
    if not isinstance(author, dict):
        raise BadRequest("The author of a record is an object")
    affected = _parts([sent["affectedObject"]], THING) if sent.get("affectedObject") else (audit.thing("", ""),)
    record = audit.Record(
        _text(sent, "summary"),
        _text(sent, "category"),
        affected[0],
        _parts(sent.get("changedValues"), CHANGE),
        _parts(sent.get("associatedObjects"), THING),
        _text(sent, "description"),
        {name: _text(author, name) for name in ("displayName", "username", "userKey") if author.get(name)},
        sent["remoteAddress"],
        sent.get("sysAdmin") is True,
        _moment(sent.get("creationDate")),
    )
    return _record(audit.add(call().store, record))


def _text(sent: Json, name: str) -> str:
    value = sent.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"'{name}' is a text")
    return value or ""


def _parts(sent: Any, names: tuple[str, ...]) -> tuple[Json, ...]:
    """Return objects of texts, which must all be there."""
    found = objects(sent, "records")
    if not all(isinstance(one.get(name), str) for one in found for name in names):
        raise BadRequest(f"An object of a record needs the texts {', '.join(names)}")
    return tuple({name: one[name] for name in names} for one in found)


def _moment(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**ID_DIGITS:
        raise BadRequest("'creationDate' is a number of milliseconds since 1970")
    return value


@routes.get("/audit/export")
def export() -> Response:
    """Return the records as a file: `csv`, or that in a `zip`."""
    _administrator()
    kind = request.args.get("format", "csv")
    if kind not in ("csv", "zip"):
        raise BadRequest(f"Unknown format: {kind}, expected one of : csv, zip")
    data, media_type = _csv(_between()), "text/csv; charset=utf-8"
    if kind == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("auditlog.csv", data)
        data, media_type = packed.getvalue(), "application/zip"
    disposition = f'attachment; filename="auditlog.{kind}"'
    return Response(data, headers={"Content-Type": media_type, "Content-Disposition": disposition})


def _csv(records: list[Json]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in records:
        affected = one["affectedObject"]
        writer.writerow(
            [
                _date(one["creationDate"]),
                one["author"]["displayName"],
                one["remoteAddress"],
                one["category"],
                one["summary"],
                one["description"],
                ": ".join(part for part in (affected["objectType"], affected["name"]) if part),
                "; ".join(f"{each['name']}: {each['oldValue']} -> {each['newValue']}" for each in one["changedValues"]),
            ]
        )
    return text.getvalue().encode()


def _date(millis: int) -> str:
    try:
        return iso(datetime.fromtimestamp(millis / 1000, UTC))
    except (OverflowError, ValueError, OSError):  # beyond the year 9999, which a client may have sent
        return str(millis)


@routes.get("/audit/retention")
def retention() -> Json:
    """Return for how long records are kept."""
    _administrator()
    count, units = audit.retention(call().store)
    return {"number": count, "units": units}


@routes.put("/audit/retention")
def set_retention() -> Json:
    """Set for how long records are kept; older ones are dropped."""
    _administrator()
    sent = json_object()
    count, units = sent.get("number"), sent.get("units")
    if isinstance(count, bool) or not isinstance(count, int) or not 0 < count < BIGGEST:
        raise BadRequest("'number' is a whole number above 0")
    if units not in (*audit.UNITS, *audit.ENDLESS):
        raise BadRequest(f"Unknown units: {units}, expected one of : {', '.join((*audit.UNITS, *audit.ENDLESS))}")
    audit.set_retention(call().store, count, str(units))
    return retention()
