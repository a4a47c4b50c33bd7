"""/authorize: where a user lets a program in (OAuth 2.0, three legs), as auth.atlassian.com has it.

What the user may not do the program may not do either, and of the rest only what its scopes name. Programs are known
beforehand, with the addresses that users may be sent back to; a loopback address matches on every port (RFC 8252).
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import make_response, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate

from .admission import Caller, identify
from .api_v1.common import call
from .oauth_apps import routes
from .oauth_words import PAGE, PROBLEM, known, words
from .store import Row, oauth, users

__all__ = ["may_return_to", "routes"]

AUDIENCE: Final = "api.atlassian.com"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
ASKED: Final = (
    "audience", "client_id", "scope", "redirect_uri", "state", "response_type", "prompt", "code_challenge",
    "code_challenge_method",
)  # fmt: skip
SAFE: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Wish(NamedTuple):
    """What a program asks a user for."""

    client: Row
    redirect: str
    state: str
    scopes: tuple[str, ...]
    challenge: str

    def back(self, **answer: str) -> ResponseReturnValue:
        """Send the user back with an answer."""
        query = urlencode(answer | ({"state": self.state} if self.state else {}))
        return redirect(f"{self.redirect}{'&' if '?' in self.redirect else '?'}{query}")


def may_return_to(registered: list[str], asked: str) -> bool:
    """Return whether a program may have its users sent to an address: one of its own, of a loopback one any port."""
    return bool(asked) and any(one == asked or _on_any_port(one) == _on_any_port(asked) != "" for one in registered)


def _on_any_port(address: str) -> str:
    """Return a loopback address without its port, nothing for any other."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return ""
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK and "@" not in parts.netloc and not parts.fragment
    return f"{parts.hostname}{parts.path or '/'}?{parts.query}" if plain else ""


def _wish(given: Mapping[str, str]) -> Wish | str:
    """Read what is asked for; return a text where nobody may be sent back with it."""
    client = oauth.client(call().store, given.get("client_id", ""))
    if client is None:
        return "No app is known by this client_id."
    if not may_return_to(json.loads(client["redirects"]), given.get("redirect_uri", "")):
        return "The redirect_uri is not one that the app has registered."
    scopes = tuple(dict.fromkeys(given.get("scope", "").split()))
    return Wish(client, given["redirect_uri"], given.get("state", ""), scopes, given.get("code_challenge", ""))


def _fault(wish: Wish, given: Mapping[str, str]) -> tuple[str, str] | None:
    """Return what is wrong with a wish, as a code and a description."""
    if given.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if given.get("audience", AUDIENCE) != AUDIENCE:
        return "invalid_request", f"audience must be {AUDIENCE}"
    if wish.challenge and given.get("code_challenge_method", "plain") != "S256":
        return "invalid_request", "code_challenge_method must be S256"
    if not wish.scopes or not all(map(known, wish.scopes)):
        strange = next((one for one in wish.scopes if not known(one)), "")
        return "invalid_scope", f"Unknown scope: {strange}" if strange else "scope must not be empty"
    return None


def _problem(reason: str, status: int = 400) -> ResponseReturnValue:
    return make_response(render_template_string(PROBLEM, reason=reason), status, SAFE)


def _user() -> Row | None:
    """Return who consents: whom the credentials name, without any the ready user."""
    store = call().store
    if "Authorization" not in request.headers:
        return users.named(store, "admin")
    caller: Caller | None = identify(store) if request.authorization else None
    return users.get(store, caller.account_id) if caller and caller.scopes is None else None


@routes.get("/authorize")
def ask() -> ResponseReturnValue:
    """Ask the user, on a page that names the app and what it wants."""
    wish = _wish(request.args)
    if isinstance(wish, str):
        return _problem(wish)
    if fault := _fault(wish, request.args):
        return wish.back(error=fault[0], error_description=fault[1])
    who = _user()
    if who is None:
        return _unknown()
    token = session.setdefault("consent", secrets.token_urlsafe(24))
    fields = {name: request.args[name] for name in ASKED if name in request.args} | {"csrf": token}
    listed = [(one, words(one)) for one in wish.scopes]
    page = render_template_string(
        PAGE, name=wish.client["name"], who=who["display_name"], scopes=listed, target=wish.redirect,
        action=f"{request.script_root}/authorize", fields=fields,
    )  # fmt: skip
    return make_response(page, 200, SAFE)


def _unknown() -> ResponseReturnValue:
    answer = make_response(_problem("These credentials are not known here.", 401))
    answer.www_authenticate = WWWAuthenticate("basic", {"realm": "sandbox"})
    return answer


@routes.post("/authorize")
def decide() -> ResponseReturnValue:
    """Send the user back to the app with a code, or with the news that access was denied."""
    given, kept = request.form, session.get("consent", "")
    if not kept or not hmac.compare_digest(given.get("csrf", "").encode(), kept.encode()):
        return _problem("The form is too old or was not sent from this site; start again in the app.", 403)
    wish = _wish(given)
    if isinstance(wish, str):
        return _problem(wish)
    if fault := _fault(wish, given):
        return wish.back(error=fault[0], error_description=fault[1])
    who = _user()
    if who is None:
        return _unknown()
    if given.get("decision") != "accept":
        return wish.back(error="access_denied", error_description="User did not authorize the request")
    store = call().store
    granted = oauth.allow(store, "user", wish.client["id"], who["account_id"], wish.scopes)
    return wish.back(code=oauth.issue(store, granted, "code", redirect=wish.redirect, challenge=wish.challenge))
