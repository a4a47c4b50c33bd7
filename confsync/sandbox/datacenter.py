"""What is otherwise on Data Center: which operations there are, who people are, and how answers and refusals look.

Sources: the REST documents of Data Center 7.16 and 9.1, and answers of public sites of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from .store import users

Json = dict[str, Any]
VERSION: Final = "9.2.1"
EXPERIMENTAL: Final = "/rest/experimental"  # where versions and restrictions have their addresses too
READ_PUT_DELETE: Final = "GET PUT DELETE"
# Address under /rest/api, with `{}` for a parameter -> methods; nothing else of the API is there.
SERVED: Final = {
    "/accessmode": "GET",
    "/audit": "GET POST",
    "/audit/export": "GET",
    "/audit/retention": "GET PUT",
    "/audit/since": "GET",
    "/content": "GET POST",
    "/content/blueprint/instance/{}": "PUT POST",
    "/content/search": "GET",
    "/content/{}": READ_PUT_DELETE,
    "/content/{}/child": "GET",
    "/content/{}/child/attachment": "GET POST",
    "/content/{}/child/attachment/{}": "PUT DELETE",
    "/content/{}/child/attachment/{}/data": "POST",
    "/content/{}/child/comment": "GET",
    "/content/{}/child/{}": "GET",
    "/content/{}/descendant": "GET",
    "/content/{}/descendant/{}": "GET",
    "/content/{}/history": "GET",
    "/content/{}/history/{}/macro/id/{}": "GET",
    "/content/{}/label": "GET POST DELETE",
    "/content/{}/label/{}": "DELETE",
    "/content/{}/property": "GET POST",
    "/content/{}/property/{}": "GET PUT POST DELETE",
    "/content/{}/restriction": "GET PUT POST DELETE",
    "/content/{}/restriction/byOperation": "GET",
    "/content/{}/restriction/byOperation/{}": "GET",
    "/content/{}/restriction/byOperation/{}/group/{}": READ_PUT_DELETE,
    "/content/{}/restriction/byOperation/{}/user": READ_PUT_DELETE,
    "/content/{}/version": "GET POST",
    "/content/{}/version/{}": "GET DELETE",
    "/contentbody/convert/{}": "POST",
    "/group": "GET",
    "/group/{}": "GET",
    "/group/{}/member": "GET",
    "/longtask": "GET",
    "/longtask/{}": "GET",
    "/search": "GET",
    "/settings/systemInfo": "GET",
    "/space": "GET POST",
    "/space/_private": "POST",
    "/space/{}": READ_PUT_DELETE,
    "/space/{}/content": "GET",
    "/space/{}/content/{}": "GET",
    "/space/{}/label": "GET POST DELETE",
    "/space/{}/property": "GET POST",
    "/space/{}/property/{}": "GET PUT POST DELETE",
    "/user": "GET",
    "/user/anonymous": "GET",
    "/user/current": "GET",
    "/user/memberof": "GET",
    "/user/watch/content/{}": "GET POST DELETE",
    "/user/watch/space/{}": "GET POST DELETE",
    "/webhooks": "GET POST",
    "/webhooks/{}": READ_PUT_DELETE,
    "/webhooks/test": "POST",
    "/webhooks/{}/latest": "GET",
    "/webhooks/{}/statistics": "GET",
    "/webhooks/{}/statistics/summary": "GET",
}
CLOUD_ONLY: Final = ("/api/v2", "/_edge", "/rest/atlassian-connect", "/ex/", "/authorize", "/oauth")
REASONS: Final = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
                  410: "Gone", 413: "Request Entity Too Large", 500: "Internal Server Error",
                  501: "Not Implemented"}  # fmt: skip
DENIED: Final = {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED", "WWW-Authenticate": 'Basic realm="Confluence"'}
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_JAVA: Final = re.compile(r"^(?:[\w$]+\.)+[A-Z][\w$]*Exception: ")
_LINKS: Final = ("editui", "edituiv2")
_CLOUD_KEYS: Final = ("ari", "base64EncodedAri", "accountType", "publicName", "isExternalCollaborator", "isGuest")


def serves(rule: str, method: str) -> bool:
    """Return whether Data Center has an operation; `rule` is the address as the application routes it."""
    if rule.startswith(CLOUD_ONLY):
        return False
    if not rule.startswith("/rest/api"):
        return True
    return method in SERVED.get(re.sub(r"<[^>]*>", "{}", rule.removeprefix("/rest/api")), "").split()


def is_forged(method: str, rule: str, agent: str, token: str) -> bool:
    """Return whether a write to the API looks as if a page of somebody else had made a browser send it."""
    writes = method not in ("GET", "HEAD", "OPTIONS") and rule.startswith("/rest/")
    return writes and token.lower() not in ("no-check", "nocheck") and agent.startswith("Mozilla")


def as_routed(path: str) -> str:
    """Return the address of an operation for one that is still called experimental."""
    return path.replace(EXPERIMENTAL, "/rest/api", 1) if path.startswith(f"{EXPERIMENTAL}/content/") else path


def refusal(answer: Json, status: int) -> Json:
    """Return a refusal in the words of Data Center, from one of Cloud."""
    data = {"authorized": False, "valid": True, "allowedInReadOnlyMode": True, "errors": [], "successful": False}
    message = _JAVA.sub("", str(answer.get("message", "")))
    return {"statusCode": status, "data": data, "message": message, "reason": REASONS.get(status, "")}


class Rewriter:
    """Rewrites the JSON of Cloud into that of Data Center. name_of: account id -> login name, None for nobody's."""

    def __init__(self, name_of: Callable[[str], str | None], base: str) -> None:
        self.name_of = name_of
        self.base = base

    def value(self, value: Any) -> Any:
        """Return any JSON, rewritten."""
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return f"{value[:-1]}+00:00"
        return value

    def _object(self, value: Json) -> Json:
        if "accountId" in value and "type" in value:
            return self._user(value)
        found = {name: self.value(one) for name, one in value.items() if name not in _CLOUD_KEYS}
        if "minorEdit" in found and "number" in found:
            found["hidden"] = False
            if "/version/" in str((found.get("_links") or {}).get("self")):
                found["_links"]["self"] = found["_links"]["self"].replace("/rest/api/", f"{EXPERIMENTAL}/")
        if "macroRenderedOutput" in found:
            self._place(found)
        return found

    def _place(self, found: Json) -> None:
        """What a content says of its place, and of where it is edited."""
        del found["macroRenderedOutput"]
        position = found["extensions"].get("position")
        found["position"] = -1 if position is None else position
        if found["type"] in ("page", "blogpost"):
            found["extensions"]["position"] = "none" if position is None else position
            links = found["_links"]
            found["_links"] = {name: one for name, one in links.items() if name not in _LINKS}
            found["_links"]["edit"] = links.get("editui", f"/pages/resumedraft.action?draftId={found['id']}")
        for name in ("mediaTypeDescription", "fileId", "collectionName"):
            found["extensions"].pop(name, None)

    def _user(self, value: Json) -> Json:
        key, name = users.key(value["accountId"]), self.name_of(value["accountId"])
        return {
            "type": "known" if name else "unknown",
            "username": name or key,
            "userKey": key,
            "profilePicture": value.get("profilePicture", {}),
            "displayName": value.get("displayName", ""),
            "_links": {"self": f"{self.base}/rest/api/user?key={key}"},
            "_expandable": {"status": ""},
        }
