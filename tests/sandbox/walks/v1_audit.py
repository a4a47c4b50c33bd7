"""The log of what was done on the site."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from tests.sandbox.contract import Walk

JANE = {"Authorization": "Bearer jane"}


def _summaries(walk: Walk, query: str = "") -> list[str]:
    return [one["summary"] for one in walk.ok("GET", f"/audit{query}")["results"]]


def walk_audit(walk: Walk) -> None:
    """Whatever a user does to spaces, groups and permissions is noted: who, when, and to what."""
    jane = walk.site.create_user("jane")
    assert _summaries(walk) == []
    walk.rest("POST", "/space", json={"key": "LAB", "name": "Lab"}, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    walk.rest("POST", "/group", 201, json={"name": "writers"})
    walk.rest("POST", "/group/user?name=writers", 201, json={"accountId": jane})
    walk.rest("POST", "/group/user?name=writers", 201, json={"accountId": jane})
    wish = {"subject": {"type": "user", "identifier": jane}, "operation": {"key": "read", "target": "space"}}
    given = walk.rest("POST", "/space/LAB/permission", json=wish)
    walk.rest("DELETE", f"/space/LAB/permission/{given['id']}", 204)
    walk.rest("DELETE", f"/group/user?name=writers&accountId={jane}", 204)
    walk.rest("DELETE", "/group?name=writers", 204)
    walk.rest("POST", "/space", 400, json={"key": "LAB", "name": "Lab again"})
    walk.rest("DELETE", "/space/LAB", 202)
    done = ["Space created", "Group created", "User added to group", "Space permission added"]
    undone = ["Space permission removed", "User removed from group", "Group deleted", "Space deleted"]
    assert _summaries(walk) == [*done, *undone][::-1]
    assert _summaries(walk, "?limit=1&start=1") == ["Group deleted"]
    [made, *_] = walk.ok("GET", "/audit?searchString=space CREATED")["results"]
    assert (made["author"]["displayName"], made["affectedObject"]["name"]) == ("Admin", "Lab")
    assert made["remoteAddress"] == "10.0.0.7"
    moment = made["creationDate"]
    assert _summaries(walk, f"?endDate={moment}") == ["Space created"]
    assert len(_summaries(walk, f"?startDate={moment + 1}")) == len([*done, *undone]) - 1
    walk.no("GET", "/audit", 403, headers=JANE)
    walk.no("GET", "/audit?startDate=monday", 400)


def walk_audit_records(walk: Walk) -> None:
    """A client adds records of its own; they are found by time, and go when they are older than what is kept."""
    assert walk.ok("GET", "/audit/retention") == {"number": 3, "units": "YEARS"}
    values: list[dict[str, Any]] = [{"name": "speed", "oldValue": "1", "newValue": "2"}]
    sent = {"remoteAddress": "10.0.0.1", "summary": "Belt changed", "description": "By hand", "changedValues": values}
    new = walk.ok("POST", "/audit", json={**sent, "author": {"type": "user", "displayName": "Robot"}})
    old = walk.ok("POST", "/audit", json={**sent, "creationDate": new["creationDate"] - 3 * 86_400_000})
    assert (new["author"]["displayName"], new["changedValues"]) == ("Robot", values)
    since = walk.ok("GET", "/audit/since?number=2&units=DAYS")["results"]
    assert [one["creationDate"] for one in since] == [new["creationDate"]]
    assert walk.ok("GET", "/audit/since")["results"] == [new, old]

    rows = list(csv.reader(io.StringIO(walk.ok("GET", "/audit/export?searchString=robot"))))
    assert [row[1] for row in rows] == ["Author", "Robot"]
    with zipfile.ZipFile(io.BytesIO(walk.rest.send("GET", "/audit/export?format=zip").data)) as archive:
        [name] = archive.namelist()
        assert b"Belt changed" in archive.read(name)

    walk.no("GET", "/audit/export?format=pdf", 400)
    kept = {"number": 2, "units": "DAYS"}
    assert walk.ok("PUT", "/audit/retention", json=kept) == kept
    assert walk.ok("GET", "/audit/since")["results"] == [new]


def walk_refused_audit(walk: Walk) -> None:
    """The log is for administrators; a record needs an address, a period a number and a unit."""
    walk.site.create_user("jane")
    for path in ("", "/since", "/export", "/retention"):
        walk.no("GET", f"/audit{path}", 403, headers=JANE)
    walk.no("POST", "/audit", 403, json={"remoteAddress": "10.0.0.1"}, headers=JANE)
    walk.no("POST", "/audit", 400, json={"summary": "nowhere"})
    walk.no("POST", "/audit", 400, json={"remoteAddress": "", "creationDate": "today"})
    walk.no("POST", "/audit", 400, json={"remoteAddress": "", "changedValues": [{"name": "x"}]})
    walk.no("GET", "/audit/since?units=FORTNIGHTS", 400)
    walk.no("GET", "/audit/export?format=pdf", 400)
    for bad in ({"number": 0, "units": "DAYS"}, {"number": 1, "units": "FORTNIGHTS"}, {"units": "DAYS"}):
        walk.no("PUT", "/audit/retention", 400, json=bad)
    assert walk.ok("GET", "/audit/retention") == {"number": 3, "units": "YEARS"}
