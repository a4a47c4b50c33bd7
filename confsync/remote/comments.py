"""Comments of pages: reading, answering and resolving them, and which have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .cql import quoted
from .records import read_user
from .session import V2, Session

if TYPE_CHECKING:
    from .api import Api

_EXPAND: Final = "body.storage,version,history,ancestors,extensions.inlineProperties,extensions.resolution"
_PLACES: Final = "location=footer&location=inline&location=resolved"


class RemoteComment(NamedTuple):
    """A comment. parent: "" for the first of a thread. inline: whether it is on a piece of text, which is `quote`.

    resolved: None where that cannot be, as at the foot of a page. author: a name; body: storage format.
    """

    id: str
    parent: str
    inline: bool
    quote: str
    resolved: bool | None
    author: str
    when: str
    version: int
    body: str


class CommentCalls:
    """Typed calls of version 1; only version 2 resolves, which every Cloud has."""

    session: Session

    def _all(self, path: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        raise NotImplementedError

    def comments(self, page: str) -> list[RemoteComment]:
        """Read all comments of a page, answers after what they answer."""
        asked = {"expand": _EXPAND, "depth": "all", "limit": 100}
        return [_read(row, page) for row in self._all(f"/content/{page}/child/comment?{_PLACES}", asked)]

    def answer(self, page: str, to: RemoteComment, body: str) -> None:
        """Answer a comment. body: storage format."""
        sent = {
            "type": "comment", "container": {"id": page, "type": "page"}, "ancestors": [{"id": to.id}],
            "body": {"storage": {"value": body, "representation": "storage"}},
            **({"extensions": {"location": "inline"}} if to.inline else {}),
        }  # fmt: skip
        self.session.send("POST", "/content", sent)

    def set_resolved(self, comment: str, resolved: bool) -> None:
        """Resolve the thread that an inline comment begins, or open it again. Raises Refused."""
        self.session.send("PUT", f"{V2}/inline-comments/{comment}", {"resolved": resolved}, safe=True)


class CommentCallsV2(CommentCalls):
    """Typed calls of version 2."""

    def collection(self, page: str) -> str:
        """Give the address of a page or post."""
        raise NotImplementedError

    def _v2(self, path: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        raise NotImplementedError

    def _name_of(self, account: str) -> str:
        raise NotImplementedError

    def comments(self, page: str) -> list[RemoteComment]:
        """Read all comments of a page, answers after what they answer; asks for the answers to each."""
        found: list[RemoteComment] = []
        for place in ("inline-comments", "footer-comments"):
            waiting = list(self._v2(f"{self.collection(page)}/{place}", {"body-format": "storage", "limit": 100}))
            while waiting:
                row = waiting.pop(0)
                found.append(self._read(row, inline=place == "inline-comments"))
                answers = self._v2(f"{V2}/{place}/{row['id']}/children", {"body-format": "storage", "limit": 100})
                waiting[:0] = list(answers)
        return found

    def _read(self, row: Mapping[str, Any], *, inline: bool) -> RemoteComment:
        version, parent = row.get("version") or {}, str(row.get("parentCommentId") or "")
        status = row.get("resolutionStatus")
        return RemoteComment(
            str(row["id"]), parent, inline, str((row.get("properties") or {}).get("inlineOriginalSelection") or ""),
            status == "resolved" if inline and not parent and status != "dangling" else None,
            self._name_of(str(version.get("authorId") or "")), str(version.get("createdAt") or ""),
            int(version.get("number", 0)), str(((row.get("body") or {}).get("storage") or {}).get("value") or ""),
        )  # fmt: skip

    def answer(self, page: str, to: RemoteComment, body: str) -> None:
        """Answer a comment. body: storage format."""
        place = "inline-comments" if to.inline else "footer-comments"
        given = {"parentCommentId": to.id, "body": {"representation": "storage", "value": body}}
        self.session.send("POST", f"{V2}/{place}", given)


def _read(row: Mapping[str, Any], page: str) -> RemoteComment:
    version, history, more = row.get("version") or {}, row.get("history") or {}, row.get("extensions") or {}
    above = [str(one["id"]) for one in row.get("ancestors") or () if str(one["id"]) != page]
    inline, placed = more.get("location") in ("inline", "resolved"), more.get("inlineProperties") or {}
    told = more.get("resolution") or {}
    status = told.get("status") if isinstance(told, Mapping) else told
    author = read_user(history.get("createdBy") or version.get("by") or {})
    return RemoteComment(
        str(row["id"]), above[-1] if above else "", inline, str(placed.get("originalSelection") or ""),
        status == "resolved" if inline and not above else None,
        author.name or author.id, str(history.get("createdDate") or version.get("when") or ""),
        int(version.get("number", 0)), str(((row.get("body") or {}).get("storage") or {}).get("value") or ""),
    )  # fmt: skip


def list_comments(api: Api, space: str, known: Mapping[str, int], since: datetime | None) -> dict[str, dict[str, int]]:
    """Give the comments that search says are new or changed, page -> id -> version: one request when none are.

    since: from a day before then on; None: all. Comments that were deleted or resolved do not show here.
    """
    cql = f"space = {quoted(space)} AND type = comment"
    if since is not None:
        cql += f" AND lastmodified >= {quoted((since - timedelta(days=1)).strftime('%Y-%m-%d'))}"
    found: dict[str, dict[str, int]] = {}
    for rows in api.search(f"{cql} ORDER BY lastmodified DESC"):
        new = False
        for row in rows:
            number, page = int((row.get("version") or {}).get("number", 0)), (row.get("container") or {}).get("id")
            if page and known.get(str(row["id"]), 0) < number:
                found.setdefault(str(page), {})[str(row["id"])] = number
                new = True
        if not new:
            break
    return found
