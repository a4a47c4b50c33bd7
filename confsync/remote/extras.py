"""The calls for what a page has beside its text: content properties, restrictions, state and drafts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from confsync.errors import NotFound

from .records import read_body

if TYPE_CHECKING:
    from .session import Session

# setting -> the content properties that hold it: what is shown, and what the editor goes on with.
PROPERTIES: Final = {
    "width": ("content-appearance-published", "content-appearance-draft"),
    "emoji": ("emoji-title-published", "emoji-title-draft"),
}
_COLOR: Final = "#ffc400"  # of a state that the space does not suggest
_SUBJECT: Final = {"users": "user", "groups": "group"}


def expansions(names: Iterable[str]) -> list[str]:
    """Give what to expand of a page, alone or in a listing, so that `read_named` finds these settings."""
    found: dict[str, None] = {}
    for name in sorted(names):
        if name.startswith("restrictions."):
            operation, kind = name.split(".")[1], _SUBJECT[name.split(".")[2]]
            found[f"restrictions.{operation}.restrictions.{kind}"] = None
        elif (key := property_of(name)) and _expandable(key):
            found[f"metadata.properties.{key}"] = None
    return list(found)


def read_named(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Read settings, as JSON by name, out of an answer with their expansions; a state is in none."""
    properties = (data.get("metadata") or {}).get("properties") or {}
    values: dict[str, Any] = {}
    for name in names:
        if name.startswith("restrictions."):
            _, operation, subject = name.split(".")
            values[name] = list(_subjects(data, operation)[subject])
        elif (key := property_of(name)) and _expandable(key):
            values[name] = (properties.get(key) or {}).get("value")
    return {name: as_json(value) for name, value in values.items()}


def property_of(name: str) -> str | None:
    """Give the content property that holds a setting, None for one that is none."""
    return PROPERTIES[name][0] if name in PROPERTIES else name.partition(".")[2] if name.startswith("prop") else None


def as_json(value: Any) -> str:
    """Write a setting's value the one way in which it is compared."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _expandable(key: str) -> bool:
    return "." not in key and "," not in key


class DraftBody(NamedTuple):
    """What somebody has not published yet. author: account id; name: how the site shows it; body: storage format."""

    author: str
    name: str
    title: str
    body: str


class ExtraCalls:
    """Typed calls of REST version 1."""

    session: Session

    def named(self, page: str, names: Collection[str]) -> dict[str, str]:
        """Read settings of a page as JSON by name: one request, and one for its state and each odd property's name."""
        values = self._at_once(page, names)
        for name in names:
            if name == "state":
                values[name] = as_json(self.state(page))
            elif name not in values:
                values[name] = as_json(self._property(page, property_of(name) or "").get("value"))
        return values

    def _at_once(self, page: str, names: Collection[str]) -> dict[str, str]:
        """Read what one request has of these settings."""
        wanted = expansions(names)
        return read_named(self.session.get(f"/content/{page}", expand=",".join(wanted)), names) if wanted else {}

    def write_property(self, page: str, key: str, value: Any) -> None:
        """Give a content property another value, on top of its present version; None removes it."""
        path = f"/content/{page}/property/{quote(key, safe='')}"
        now = self._property(page, key)
        if value is None:
            if now:
                self.session.send("DELETE", path)
        elif now:
            number = int((now.get("version") or {}).get("number", 0)) + 1
            self.session.send("PUT", path, {"key": key, "value": value, "version": {"number": number}})
        else:
            self.session.send("POST", f"/content/{page}/property", {"key": key, "value": value})

    def _property(self, page: str, key: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.session.get(f"/content/{page}/property/{quote(key, safe='')}")
        except NotFound:
            return {}
        return found

    def restrict(self, page: str, operation: str, subject: str, name: str) -> None:
        """Add a user (by account id) or a group (by name) to those who may read or update a page."""
        path = self._restriction(page, operation, subject, name)
        self.session.send("PUT", path, safe=True, **self._who(subject, name))

    def unrestrict(self, page: str, operation: str, subject: str, name: str) -> None:
        """Remove a user or a group from those who may read or update a page."""
        path = self._restriction(page, operation, subject, name)
        self.session.send("DELETE", path, safe=True, **self._who(subject, name))

    def _restriction(self, page: str, operation: str, subject: str, name: str) -> str:
        tail = f"/{quote(name, safe='')}" if subject == "groups" else ""
        return f"/content/{page}/restriction/byOperation/{operation}/{_SUBJECT[subject]}{tail}"

    def _who(self, subject: str, name: str) -> dict[str, str]:
        return {"accountId": name} if subject == "users" else {}

    def state(self, page: str) -> str | None:
        """Give the name of a page's content state."""
        data = self.session.get(f"/content/{page}/state", status="current")
        return (data.get("contentState") or {}).get("name")

    def set_state(self, page: str, name: str | None) -> None:
        """Set a page's content state by its name, or take it away; either makes a version."""
        if name is None:
            self.session.send("DELETE", f"/content/{page}/state", status="current")
            return
        known = self.session.get(f"/content/{page}/state/available")
        suggested = [*(known.get("spaceContentStates") or ()), *(known.get("customContentStates") or ())]
        one = next((one for one in suggested if one.get("name") == name), None)
        body = {"id": one["id"]} if one else {"name": name, "color": _COLOR}
        self.session.send("PUT", f"/content/{page}/state", body, status="current")

    def open_draft(self, page: str) -> DraftBody | None:
        """Give what somebody has not published yet of a page, None when there is no draft."""
        try:
            data = self.session.get(f"/content/{page}", status="draft", expand="version,body.storage")
        except NotFound:
            return None
        if data.get("status") != "draft":
            return None
        author = (data.get("version") or {}).get("by") or {}
        account = str(author.get("accountId") or author.get("userKey") or author.get("username") or "")
        name = str(author.get("displayName") or author.get("publicName") or account)
        return DraftBody(account, name, str(data.get("title") or ""), read_body(data) or "")


def _subjects(data: Mapping[str, Any], operation: str) -> dict[str, tuple[str, ...]]:
    found = ((data.get("restrictions") or {}).get(operation) or {}).get("restrictions") or {}
    users, groups = _rows(found, "user"), _rows(found, "group")
    accounts = (str(one.get("accountId") or one.get("userKey") or one.get("username") or "") for one in users)
    names = (str(one.get("name", "")) for one in groups)
    return {"users": tuple(sorted(accounts)), "groups": tuple(sorted(names))}


def _rows(found: Mapping[str, Any], kind: str) -> Collection[Mapping[str, Any]]:
    rows: Collection[Mapping[str, Any]] = (found.get(kind) or {}).get("results") or ()
    return rows

