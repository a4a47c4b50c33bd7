"""Which Confluence the site passes for.

`cloud` has the whole of REST version 1, and says of what will go that it is deprecated; `cloud-current` answers what
Cloud has removed since, as of the document of February 2026, with 410; `datacenter` is Data Center 9.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Request, abort

from . import datacenter
from .errors import Forbidden, Gone

CLOUD, CURRENT, DATACENTER = FLAVOURS = ("cloud", "cloud-current", "datacenter")
DATACENTER_ONLY: Final = ("/rest/applinks", "/rest/api/accessmode", "/rest/api/webhooks", "/rest/pat")
ALL = "GET PUT POST DELETE"
# Address under /rest/api, with `{}` for a parameter -> methods that are no longer there.
REMOVED: Final = {
    "/content": "GET POST",
    "/content/{}": "GET PUT DELETE",
    "/content/{}/child": "GET",
    "/content/{}/child/attachment": "GET",
    "/content/{}/child/{}": "GET",
    "/content/{}/history": "GET",
    "/content/{}/label": "GET",
    "/content/{}/property": "GET POST",
    "/content/{}/property/{}": ALL,
    "/content/{}/restriction/byOperation/{}/group/{}": "GET PUT DELETE",
    "/content/{}/version": "GET",
    "/content/{}/version/{}": "GET",
    "/content-states": "PUT",
    "/content-states/delete": "POST",
    "/content-states/task/{}": "GET",
    "/contentbody/convert/{}": "POST",
    "/group": "DELETE",
    "/group/by-name": "GET",
    "/group/member": "GET",
    "/group/user": "POST DELETE",
    "/group/{}": "GET",
    "/group/{}/member": "GET",
    "/inlinetasks/search": "GET",
    "/inlinetasks/{}": "GET PUT",
    "/settings/lookandfeel/selected": "PUT",
    "/space": "GET",
    "/space/{}": "GET",
    "/space/{}/content": "GET",
    "/space/{}/content/{}": "GET",
    "/space/{}/property": "GET POST",
    "/space/{}/property/{}": ALL,
    "/user/bulk/migration": "GET",
}
DEPRECATED: Final = {
    "deprecation": "Wed, 1 Mar 2023 00:00:00 GMT",
    "warning": '299 - "Deprecated API, will be removed on Mon, 31 Mar 2025 00:00:00 GMT"',
}


def removed(request: Request) -> bool:
    """Return whether a request is for an operation that Cloud has removed."""
    rule = request.url_rule.rule if request.url_rule else ""
    if not rule.startswith("/rest/api"):
        return False
    template = re.sub(r"<[^>]*>", "{}", rule.removeprefix("/rest/api"))
    return request.method in REMOVED.get(template, "").split()


def check(flavour: str, request: Request) -> None:
    """Raise `Gone` for what a flavour of the site does not have any more; end with 404 for what it never had."""
    if flavour == CURRENT and removed(request):
        raise Gone("This deprecated endpoint has been removed.")
    rule = request.url_rule.rule if request.url_rule else ""
    sent = (request.headers.get("User-Agent", ""), request.headers.get("X-Atlassian-Token", ""))
    if flavour == DATACENTER and datacenter.is_forged(request.method, rule, *sent):
        raise Forbidden("XSRF check failed", plain=True)
    if flavour == DATACENTER and rule and not datacenter.serves(rule, request.method):
        abort(404)
    if flavour != DATACENTER and rule.startswith(DATACENTER_ONLY):
        abort(404)
