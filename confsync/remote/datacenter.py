"""The same calls on Data Center: no account ids, no states, no folders, and no REST call that moves a page."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from confsync.errors import Refused

from .api import Api

_POSITIONS: Final = {"before": "above", "after": "below", "append": "append"}


class DataCenterApi(Api):
    """Typed calls over a session, as `Api`. Users are named by their keys."""

    def move(self, page: str, position: str, target: str) -> None:
        """Move a page before, after or (`append`) under another, as the web page does; its version stays."""
        self.session.act("/pages/movepage.action", pageId=page, targetId=target, position=_POSITIONS[position])

    def _versions(self, page: str) -> str:
        return f"/rest/experimental/content/{page}/version"

    def archive(self, page: str) -> None:
        """Raise Refused: only people can archive a page, in the browser."""
        remedy = 'set on_delete = "trash" or "keep", or archive the page in the browser'
        raise Refused("Data Center has no call that archives a page", place=page, remedy=remedy)

    def set_resolved(self, comment: str, resolved: bool) -> None:
        """Raise Refused: only people can resolve a comment, in the browser."""
        remedy = "resolve it in the browser, and take the tick out of the file"
        raise Refused("Data Center has no call that resolves a comment", place=comment, remedy=remedy)

    def state(self, page: str) -> str | None:
        """Give no state: pages have none here."""
        return None

    def set_state(self, page: str, name: str | None) -> None:
        """Raise Refused: pages have no state here."""
        if name is not None:
            raise Refused("pages have no state on Data Center", place=page, remedy="remove `state` from the file")

    def _restriction(self, page: str, operation: str, subject: str, name: str) -> str:
        tail = f"/group/{quote(name, safe='')}" if subject == "groups" else "/user"
        return f"/rest/experimental/content/{page}/restriction/byOperation/{operation}{tail}"

    def _who(self, subject: str, name: str) -> dict[str, str]:
        return {"key": name} if subject == "users" else {}
