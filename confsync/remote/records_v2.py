"""Pages and attachments as REST version 2 describes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from sys import intern
from typing import Any, Final

from .records import PROPERTY, RemoteAsset, RemotePage, sha_in

COLLECTIONS: Final = {"page": "pages", "blogpost": "blogposts", "folder": "folders"}  # kind -> where it is


def read_page_v2(data: Mapping[str, Any], kind: str, ancestors: Sequence[str] = ()) -> RemotePage:
    """Read a page, post or folder; labels and the mark are there when they were included."""
    version = data.get("version") or {}
    included = (data.get("properties") or {}).get("results") or ()
    mark: Mapping[str, Any] = next((one for one in included if one.get("key") == PROPERTY), {})
    value, position = mark.get("value"), data.get("position")
    return RemotePage(
        id=intern(str(data["id"])),
        title=str(data.get("title", "")),
        version=int(version.get("number", 0)),
        when=str(version.get("createdAt", "")),
        ancestors=tuple(map(intern, ancestors)),
        kind=kind if kind in COLLECTIONS else "other",
        status=str(data.get("status", "current")),
        position=position if isinstance(position, int) else None,
        labels=tuple(sorted(_labels(data))),
        message=str(version.get("message") or ""),
        author=intern(str(version.get("authorId") or "")),
        mark=value if isinstance(value, dict) else None,
        mark_version=int((mark.get("version") or {}).get("number", 0)),
        created=str(data.get("createdAt") or ""),
    )


def read_asset_v2(data: Mapping[str, Any], page: str) -> RemoteAsset:
    """Read an attachment of a page. Its bytes are read through the API, as tokens are not valid everywhere."""
    return RemoteAsset(
        id=str(data["id"]),
        name=str(data.get("title", "")),
        version=int((data.get("version") or {}).get("number", 0)),
        size=int(data["fileSize"]) if data.get("fileSize") is not None else -1,
        sha256=sha_in(str(data.get("comment") or "")),
        link=link_of(page, str(data["id"])),
    )


def link_of(page: str, asset: str) -> str:
    """Give the address at which the API leads to the bytes of an attachment."""
    return f"/rest/api/content/{page}/child/attachment/{asset}/download"


def read_body_v2(data: Mapping[str, Any]) -> str | None:
    """Read the storage body, None when it was not asked for."""
    value = ((data.get("body") or {}).get("storage") or {}).get("value")
    return value if isinstance(value, str) else None


def optional(value: Any) -> str | None:
    """Read an id that may be missing."""
    return str(value) if value else None


class Above:
    """The ancestors of pages that were listed with their parents only.

    parents: page -> what it stands under. ask: gives the ancestors of a page whose parent was not listed: it lies in a
    folder, or below something that this user may not view.
    """

    def __init__(self, parents: Mapping[str, str | None], ask: Callable[[str], tuple[str, ...]]) -> None:
        self.parents = parents
        self.ask = ask
        self._under: dict[str, tuple[str, ...]] = {}  # parent -> the ancestors of what stands under it

    def of(self, page: str) -> tuple[str, ...]:
        """Give the ids of what stands above a listed page, the highest first."""
        way: list[str] = []
        child = page
        while (parent := self.parents.get(child)) is not None and parent not in self._under:
            if parent not in self.parents or parent in way:  # a ring: pages were moved while they were listed
                self._under[parent] = tuple(map(intern, self.ask(child)))
                break
            way.append(parent)
            child = parent
        for one in reversed(way):
            over = self.parents.get(one)
            self._under[one] = (*(self._under[over] if over is not None else ()), intern(one))
        parent = self.parents.get(page)
        return self._under[parent] if parent is not None else ()


def is_cut(data: Mapping[str, Any], part: str) -> bool:
    """Tell whether only the first of what was included are there."""
    return bool(((data.get(part) or {}).get("meta") or {}).get("hasMore"))


def _labels(data: Mapping[str, Any]) -> list[str]:
    found = (data.get("labels") or {}).get("results") or ()
    return [str(one["name"]) for one in found if one.get("prefix", "global") == "global"]
