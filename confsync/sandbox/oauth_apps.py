"""/oauth2/token: how a Connect app gets a token to act as a user, for what it says about the user under its own name.

The grant is that of RFC 7523. The app must have `ACT_AS_USER`; the token lives for a quarter of an hour, serves on the
site's own address, and allows what both the user and the app may.
"""

from __future__ import annotations

from typing import Any, Final

from flask import make_response, request
from flask.typing import ResponseReturnValue

from . import connect
from .admission import CONTEXT
from .api_v1.common import Json, call
from .oauth_tokens import OAuthError, refused, routes, sent
from .store import Row, apps, oauth, users

__all__ = ["routes"]

GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ISSUER: Final = "urn:atlassian:connect:clientid:"
SUBJECT: Final = "urn:atlassian:connect:useraccountid:"
SERVER: Final = "https://oauth-2-authorization-server.services.atlassian.com"  # what apps call the real server


@routes.post("/oauth2/token")
def token_for_app() -> ResponseReturnValue:
    """Give an app a token to act as the user whom its assertion names."""
    try:
        found = _tokens(sent())
    except OAuthError as error:
        return refused(error)
    return make_response(found, 200, {"Cache-Control": "no-store", "Pragma": "no-cache"})


def _tokens(given: dict[str, str]) -> Json:
    if given.get("grant_type") != GRANT:
        raise OAuthError("unsupported_grant_type", f"grant_type must be {GRANT}")
    if not given.get("assertion"):
        raise OAuthError("invalid_request", "assertion is missing")
    store = call().store
    app, claims = _asserted(given["assertion"])
    if "ACT_AS_USER" not in app["scopes"].split():
        raise OAuthError("unauthorized_client", "The app has no scope ACT_AS_USER")
    user = users.get(store, str(claims.get("sub")).removeprefix(SUBJECT))
    if user is None or users.account_type(store, user["account_id"]) == "app":
        raise OAuthError("invalid_grant", f"sub must be {SUBJECT} and the account id of a user")
    scopes = _scopes(given.get("scope", ""), app)
    grant = oauth.allow(store, "app", app["client_id"], user["account_id"], scopes)
    return {
        "access_token": oauth.issue(store, grant, "access", oauth.APP_LIVES),
        "expires_in": int(oauth.APP_LIVES.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(scopes),
    }


def _asserted(token: str) -> tuple[Row, dict[str, Any]]:
    """Return the app that signed an assertion, and what it says; raise `OAuthError`."""
    store = call().store
    found: list[Row] = []

    def secret_of(issuer: str) -> str | None:
        row = apps.installed(store, "client_id", issuer.removeprefix(ISSUER)) if issuer.startswith(ISSUER) else None
        found.extend([row] if row else [])
        return apps.secret(store, row["app_key"]) if row else None

    try:
        claims = connect.claims(token, secret_of, store.clock().timestamp())
    except connect.BadToken as bad:
        raise OAuthError("invalid_grant", str(bad)) from None
    root = request.host_url.rstrip("/")
    wanted = {"tnt": (f"{root}{CONTEXT}", root), "aud": (SERVER, root, f"{root}/oauth2/token")}
    for name, allowed in wanted.items():
        if str(claims.get(name)).rstrip("/") not in allowed:
            raise OAuthError("invalid_grant", f"{name} must be {allowed[0]}")
    return found[0], claims


def _scopes(asked: str, app: Row) -> tuple[str, ...]:
    """Return the scopes that are asked for, without any all that the app has; raise `OAuthError` for more."""
    has = app["scopes"].split()
    wanted = tuple(asked.upper().split()) or tuple(has)
    if strange := sorted(set(wanted) - connect.allowed(has)):
        raise OAuthError("invalid_scope", f"The app does not have {', '.join(strange)}")
    return wanted
