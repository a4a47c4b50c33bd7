"""/oauth/token: tokens for what a user has allowed, and the sites that they open, as auth.atlassian.com has it.

A refresh token is good once: the answer brings the next one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate

from .admission import CONTEXT, AtGateway
from .api_v1.common import Json, call
from .oauth_words import OFFLINE
from .present import cloud_id
from .shapes import AVATAR
from .store import Row, oauth

routes = Blueprint("oauth", __name__)
STATUS: Final = {"invalid_client": 401, "unauthorized_client": 403}


class OAuthError(Exception):
    """A refusal in the words of RFC 6749: a code, and for people a description."""

    def __init__(self, code: str, description: str, status: int = 0) -> None:
        super().__init__(description)
        self.code, self.description = code, description
        self.status = status or STATUS.get(code, 400)


@routes.post("/oauth/token")
def token() -> ResponseReturnValue:
    """Give tokens for a code, or for a refresh token.

    A refusal is an answer, not an error of the request: what it has revoked stays revoked.
    """
    try:
        given = sent()
        grant = GRANTS.get(given.get("grant_type", ""))
        if not given.get("grant_type"):
            raise OAuthError("invalid_request", "grant_type is missing")
        if grant is None:
            raise OAuthError("unsupported_grant_type", f"Unsupported grant_type: {given['grant_type']}")
        found = grant(given, _client(given))
    except OAuthError as error:
        return refused(error)
    return make_response(found, 200, {"Cache-Control": "no-store", "Pragma": "no-cache"})


def refused(error: OAuthError) -> ResponseReturnValue:
    """Return the answer to a refusal."""
    answer = make_response({"error": error.code, "error_description": error.description}, error.status)
    answer.headers["Cache-Control"] = "no-store"
    if error.status == 401:
        answer.www_authenticate = WWWAuthenticate("basic", {"realm": "sandbox"})
    return answer


def sent() -> dict[str, str]:
    """Return what a form or a JSON object says; raise `OAuthError` for anything else."""
    found: Any = request.form.to_dict() or request.get_json(force=True, silent=True)
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise OAuthError("invalid_request", "A form or a JSON object of texts is expected")
    return found


def _client(given: Mapping[str, str]) -> Row:
    """Return the program that asks, which knows its secret; raise `OAuthError`.

    The ready one may do without: its secret is known to all, so with PKCE it is left out.
    """
    basic = request.authorization
    named = (basic.username or "", basic.password or "") if basic and basic.type == "basic" else None
    client_id, secret = named or (given.get("client_id", ""), given.get("client_secret", ""))
    row = oauth.client(call().store, client_id)
    public = row is not None and row["id"] == oauth.READY and not secret
    if row is None or not (public or oauth.knows_secret(row, secret)):
        raise OAuthError("invalid_client", "Unknown client, or a wrong client_secret")
    if public and not given.get("code_verifier") and given.get("grant_type") == "authorization_code":
        raise OAuthError("invalid_client", "Without a client_secret a code_verifier is needed")
    return row


def _by_code(given: Mapping[str, str], client: Row) -> Json:
    store = call().store
    if not given.get("code"):
        raise OAuthError("invalid_request", "code is missing")
    row = oauth.find(store, given["code"], "code")
    if row is None or row["client_id"] != client["id"]:
        raise OAuthError("invalid_grant", "Invalid authorization code", 403)
    verifier = given.get("code_verifier", "")
    if given.get("redirect_uri") != row["redirect"] or not _verified(row["challenge"], verifier):
        raise OAuthError("invalid_grant", "The code was asked for with another redirect_uri or code_challenge", 403)
    if not oauth.use(store, row):
        raise OAuthError("invalid_grant", "Invalid authorization code", 403)
    return _tokens(row)


def _verified(challenge: str, verifier: str) -> bool:
    """Return whether a verifier belongs to a challenge (RFC 7636); without a challenge there is none."""
    hashed = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    wanted = base64.urlsafe_b64encode(hashed).rstrip(b"=") if verifier else b""
    return hmac.compare_digest(wanted, challenge.encode("utf-8", "replace"))


def _by_refresh(given: Mapping[str, str], client: Row) -> Json:
    store = call().store
    if not given.get("refresh_token"):
        raise OAuthError("invalid_request", "refresh_token is missing")
    row = oauth.find(store, given["refresh_token"], "refresh")
    if row is None or row["client_id"] != client["id"] or not oauth.use(store, row):
        raise OAuthError("invalid_grant", "Unknown or invalid refresh token.", 403)
    return _tokens(row)


def _tokens(row: Row) -> Json:
    """Return new tokens of a grant; one to refresh them only where the user agreed to that."""
    store, scopes = call().store, row["scopes"].split()
    more = {"refresh_token": oauth.issue(store, row["grant_id"], "refresh")} if OFFLINE in scopes else {}
    return {
        "access_token": oauth.issue(store, row["grant_id"], "access"),
        "token_type": "Bearer",
        "expires_in": int(oauth.LIVES["access"].total_seconds()),
        "scope": row["scopes"],
        **more,
    }


GRANTS: Final = {"authorization_code": _by_code, "refresh_token": _by_refresh}


@routes.get("/oauth/token/accessible-resources")
def resources() -> ResponseReturnValue:
    """List the one site that an access token opens."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    store = call().store
    row = oauth.find(store, value.strip(), "access") if scheme.lower() == "bearer" else None
    if row is None or row["granted"] != "user" or not oauth.good(store, row):
        raise AtGateway
    site = request.host_url.rstrip("/")
    return [
        {
            "id": cloud_id(f"{site}{CONTEXT}"),
            "url": site,
            "name": request.host.partition(":")[0],
            "scopes": row["scopes"].split(),
            "avatarUrl": f"{site}{CONTEXT}{AVATAR['path']}",
        }
    ]
