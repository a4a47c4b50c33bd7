"""Who asks: by password, by token, as an app or as nobody, on the site's own address or through the gateway.

The gateway is what the real site has at api.atlassian.com: `/ex/confluence/{cloudId}` before the path. A token that a
user consented to is worth something only there; passwords and tokens without scopes are good at both addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, g, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized as PlainUnauthorized

from . import connect, operations
from .api_v1.apps import PLACE as APP_MODULES
from .api_v1.common import Call
from .api_v1.server import MANIFEST
from .errors import Forbidden, Refusal, Stranger, Unauthorized
from .flavours import DATACENTER
from .present import Presenter, cloud_id
from .request_log import PASSED
from .store import Row, Store, apps, global_permissions, oauth, users

CONTEXT: Final = "/wiki"
GATEWAY: Final = re.compile(r"(/ex/confluence/([^/]*))(?:/wiki(?=/|$))?(.*)")
SHOWN = ("/download/", "/x/")
INCLUDED: Final = {"read:confluence-content.all": "read:confluence-content.summary"}  # the whole, and a summary of it
FREE = "/_edge/tenant_info"
OPEN = (FREE, APP_MODULES, MANIFEST)
UNPERMITTED: Final = "Current user not permitted to use Confluence"
# What people without credentials find nothing under, and below what alone they may be permitted to write.
FOR_USERS: Final = re.compile(r"/rest/api/(?:user(?!/current|/anonymous)|group|search/user|audit)|/api/v2/user")
WRITABLE: Final = re.compile(r"/rest/api/content|/api/v2/")
READS: Final = ("GET", "HEAD", "OPTIONS")
UNQUOTED: Final = "/:@!$&'()*+,;=~-._"


class Caller(NamedTuple):
    """Who asks; an empty account id is nobody.

    scopes, app_scopes: what a token, or an app, is allowed of what the account may do, None for all. app: the app that
    signed the request itself.
    """

    account_id: str
    name: str = ""
    scopes: frozenset[str] | None = None
    app_scopes: frozenset[str] | None = None
    app: str = ""


class AtGateway(Refusal):
    """The gateway itself refuses, in words of its own."""

    status = 401
    reason = "Unauthorized"

    def __init__(self, reason: str = reason, status: int = status) -> None:
        super().__init__(reason, plain=True)
        self.status = status


NOBODY = Caller("")


def place(environ: dict[str, Any]) -> None:
    """Split the path of a request into the context of the site and the rest, which may have come by the gateway.

    The site is served under `/wiki` and, for clients that drop the context, under the root.
    """
    path = environ.get("PATH_INFO", "")
    if found := GATEWAY.fullmatch(path):
        environ[PASSED], path = found[2], CONTEXT + found[3]
    if path == CONTEXT or path.startswith(CONTEXT + "/"):
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + CONTEXT
        environ["PATH_INFO"] = path[len(CONTEXT) :] or "/"


def register(app: Flask) -> None:
    """Let the application answer for the gateway."""
    app.register_error_handler(AtGateway, _refused)


def _refused(refusal: Exception) -> ResponseReturnValue:
    assert isinstance(refusal, AtGateway)  # noqa: S101  (what Flask dispatched on)
    return {"code": refusal.status, "message": refusal.reason}, refusal.status


def admit(store: Store) -> str:
    """Find out who asks, put the call at hand and return the account id, empty where anyone may come.

    Raise `Stranger` for nobody anywhere else, and `AtGateway` for what does not pass there.
    """
    caller = _caller(store)
    g.user_name = caller.name
    base = request.host_url.rstrip("/") + request.script_root
    me = caller.account_id
    store.asker = me
    store.base = f"{request.host_url.rstrip('/')}{CONTEXT}"
    g.call = Call(store, me, Presenter(store, base, request.script_root, me), caller.app)
    return me


def _caller(store: Store) -> Caller:
    passed = request.environ.get(PASSED)
    here = cloud_id(f"{request.host_url.rstrip('/')}{CONTEXT}")
    if passed is not None and (passed != here or request.blueprint in ("web", "oauth")):
        raise AtGateway("Not Found", 404)
    if request.blueprint == "web":
        return _person(users.named(store, "admin")) or NOBODY
    if request.blueprint == "oauth":  # asks for itself
        return NOBODY
    caller = identify(store)
    if caller is None and request.path not in OPEN:
        caller = _anonymous(store)
    if caller is not None:
        _check_scopes(caller)
        _check_use(store, caller)
    return caller or NOBODY


def _anonymous(store: Store) -> Caller:
    """Return nobody in particular, where the site lets them in; raise `Stranger` for wrong credentials."""
    given = "Authorization" in request.headers or "jwt" in request.args
    if given or PASSED in request.environ or not global_permissions.has(store, "", global_permissions.USE):
        raise _stranger()
    if FOR_USERS.match(request.path) or (request.method not in READS and not WRITABLE.match(request.path)):
        raise Forbidden("Anonymous users are not permitted to do this")
    return NOBODY


def _check_use(store: Store, caller: Caller) -> None:
    if request.path != FREE and not global_permissions.has(store, caller.account_id, global_permissions.USE):
        raise Forbidden(UNPERMITTED, plain=True)


def _stranger() -> Exception:
    if current_app.flavour == DATACENTER:  # type: ignore[attr-defined]  # a Site
        return PlainUnauthorized()
    if PASSED in request.environ:
        return AtGateway()
    current = request.path.rstrip("/").endswith("/user/current")
    reason = "caller cannot access Confluence" if current else UNPERMITTED
    return Stranger(reason, plain=not current)


def _check_scopes(caller: Caller) -> None:
    """Raise `AtGateway` unless a token's scopes suffice, and `Forbidden` unless an app's do.

    What there is not is not asked for, so that it is not found.
    """
    if request.url_rule is None or request.path == FREE:
        return
    asked = operations.find(request.method, request.path)
    if caller.scopes is not None and not (asked and any(one <= caller.scopes for one in asked.tokens)):
        raise AtGateway("Unauthorized; scope does not match")
    needed = asked.app if asked else "INACCESSIBLE"
    if caller.app_scopes is not None and needed not in caller.app_scopes:
        raise Forbidden(f"Request not in an authorized API scope: {needed}", plain=True)


def identify(store: Store) -> Caller | None:
    """Return whom the credentials of the request name, None when they name nobody.

    Raise `Unauthorized` for an app that did not sign as it should.
    """
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not scheme and "jwt" in request.args:
        return _by_signature(store, request.args["jwt"])
    return SCHEMES.get(scheme.lower(), _by_session)(store, value.strip())


def _person(row: Row | None) -> Caller | None:
    return Caller(row["account_id"], row["username"]) if row else None


def _by_password(store: Store, _value: str) -> Caller | None:
    given = request.authorization
    return _person(users.by_password(store, given.username or "", given.password or "")) if given else None


def _by_token(store: Store, value: str) -> Caller | None:
    granted = oauth.find(store, value, "access")
    if granted is None:
        return _person(users.by_token(store, value))
    by_app, passed = granted["granted"] == "app", PASSED in request.environ
    if not by_app and not passed:
        raise PlainUnauthorized
    person = _person(users.get(store, granted["account_id"])) if oauth.good(store, granted) else None
    if person is None or (by_app and passed):
        return None
    scopes = frozenset(granted["scopes"].split())
    if by_app:
        return person._replace(app_scopes=connect.allowed(scopes))
    return person._replace(scopes=scopes | {INCLUDED[one] for one in scopes & INCLUDED.keys()})


def _by_signature(store: Store, token: str) -> Caller | None:
    if PASSED in request.environ:
        return None
    query = {name: request.args.getlist(name) for name in request.args if name != "jwt"}
    try:
        claims = connect.claims(token, lambda key: apps.secret(store, key), store.clock().timestamp())
        connect.check_query(claims, request.method, _paths(), query)
    except connect.BadToken as bad:
        raise Unauthorized(str(bad), plain=True) from None
    app = apps.described(store, claims["iss"])
    name = f"addon_{app.key}"
    return Caller(app.account_id, name, app_scopes=connect.allowed(app.scopes), app=app.key)


def _paths() -> list[str]:
    """Return the path of the request without the context, as it was sent and as it is encoded here."""
    raw = urlsplit(request.environ.get("REQUEST_URI", "")).path.removeprefix(request.script_root)
    return list(dict.fromkeys((quote(request.path, safe=UNQUOTED), request.path, raw)))


def _by_session(store: Store, _value: str) -> Caller | None:
    """Let the web page show images and files."""
    shows = session.get("csrf") and request.path.startswith(SHOWN)
    return _person(users.named(store, "admin")) if shows else None


SCHEMES: Final[dict[str, Callable[[Store, str], Caller | None]]] = {
    "basic": _by_password, "bearer": _by_token, "jwt": _by_signature,
}  # fmt: skip
