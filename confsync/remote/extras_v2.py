"""Content properties and restrictions on a Cloud that has removed version 1."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from confsync.errors import NotFound

from .extras import ExtraCalls, read_named
from .records import PROPERTY

if TYPE_CHECKING:
    from .session import Session

_RESTRICTIONS: Final = "restrictions.user,restrictions.group"


class ExtraCallsV2(ExtraCalls):
    """Typed calls of version 2, and of what version 1 still has."""

    session: Session

    def collection(self, page: str) -> str:
        """Give the address of a page or post."""
        raise NotImplementedError

    def _at_once(self, page: str, names: Collection[str]) -> dict[str, str]:
        """Read the restrictions among these settings; each other one takes a request."""
        limited = [name for name in names if name.startswith("restrictions.")]
        return read_named(self._restrictions(page), limited) if limited else {}

    def _restrictions(self, page: str) -> Mapping[str, Any]:
        """Read restrictions as an expanded page has them."""
        rows = self.session.get(f"/content/{page}/restriction", expand=_RESTRICTIONS)["results"]
        return {"restrictions": {str(row["operation"]): row for row in rows}}

    def set_property(self, page: str, value: Mapping[str, Any], version: int) -> None:
        """Write the content property `confsync`; version is its present number, 0 when it is not there."""
        if not version:
            self._create_property(page, PROPERTY, dict(value))
            return
        now = self._property(page, PROPERTY)
        if not now:
            raise NotFound(f"the property {PROPERTY} is gone", place=page, status=404)
        self._update_property(page, now, dict(value), version + 1)

    def write_property(self, page: str, key: str, value: Any) -> None:
        """Give a content property another value, on top of its present version; None removes it."""
        now = self._property(page, key)
        if value is None:
            if now:
                self.session.send("DELETE", f"{self.collection(page)}/properties/{now['id']}")
        elif now:
            self._update_property(page, now, value, int((now.get("version") or {}).get("number", 0)) + 1)
        else:
            self._create_property(page, key, value)

    def _create_property(self, page: str, key: str, value: Any) -> None:
        self.session.send("POST", f"{self.collection(page)}/properties", {"key": key, "value": value})

    def _update_property(self, page: str, now: Mapping[str, Any], value: Any, number: int) -> None:
        body = {"key": now["key"], "value": value, "version": {"number": number, "message": ""}}
        self.session.send("PUT", f"{self.collection(page)}/properties/{now['id']}", body)

    def _property(self, page: str, key: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = self.session.get(f"{self.collection(page)}/properties", key=key)["results"]
        return next((one for one in found if one["key"] == key), {})

    def _restriction(self, page: str, operation: str, subject: str, name: str) -> str:
        """Give the address of one restriction; groups are named by their ids."""
        if subject != "groups":
            return super()._restriction(page, operation, subject, name)
        return f"/content/{page}/restriction/byOperation/{operation}/byGroupId/{quote(self._group(name), safe='')}"

    def _group(self, name: str) -> str:
        found = self.session.get("/group/picker", query=name)["results"]
        for one in found:
            if one.get("name") == name:
                return str(one["id"])
        raise NotFound(f"there is no group {name!r}", place=name, status=404)
