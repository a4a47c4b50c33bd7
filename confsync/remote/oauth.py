"""OAuth 2.0 (3LO) as Atlassian speaks it: what is asked for, the code that comes back, tokens and how they are renewed.

Source: Atlassian's documents on OAuth 2.0 (3LO) apps; RFC 6749, 7636 (PKCE) and 8252 (loopback redirects).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from confsync.errors import AccessError, Unavailable

if TYPE_CHECKING:
    import requests

# What the calls of `ApiV2` need, each the narrowest scope that the documents name for it.
SCOPES: Final = (
    "offline_access",
    "read:attachment:confluence",
    "read:comment:confluence",
    "read:content-details:confluence",
    "read:content.metadata:confluence",
    "read:folder:confluence",
    "read:group:confluence",
    "read:hierarchical-content:confluence",
    "read:label:confluence",
    "read:page:confluence",
    "read:space:confluence",
    "write:attachment:confluence",
    "write:comment:confluence",
    "write:content.restriction:confluence",
    "write:content:confluence",
    "write:label:confluence",
    "write:page:confluence",
    "delete:attachment:confluence",
    "delete:page:confluence",
)
_AUDIENCE: Final = "api.atlassian.com"
_TIMEOUT: Final = (10.0, 60.0)


class Places(NamedTuple):
    """Where users consent, where tokens are given, and where the gateway to the sites is."""

    consent: str
    token: str
    gateway: str


ATLASSIAN: Final = Places(
    "https://auth.atlassian.com/authorize", "https://auth.atlassian.com/oauth/token", "https://api.atlassian.com"
)


def places_at(site: str) -> Places:
    """Give the places of a sandbox, which is its own gateway."""
    parts = urlsplit(site)
    root = f"{parts.scheme}://{parts.netloc}"
    return Places(f"{root}/authorize", f"{root}/oauth/token", root)


class Client(NamedTuple):
    """A program that is registered with Atlassian."""

    id: str
    secret: str


class Token(NamedTuple):
    """What a user has consented to. base: the site's address at the gateway; ends: seconds since 1970."""

    access: str
    refresh: str
    ends: float
    scopes: tuple[str, ...]
    base: str
    client: Client
    token_place: str

    def to_json(self) -> str:
        """Write the token as text."""
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> Token:
        """Read what `to_json` wrote. Raises ValueError."""
        try:
            values = json.loads(text)
            return cls(**{**values, "client": Client(*values["client"]), "scopes": tuple(values["scopes"])})
        except (TypeError, KeyError) as error:
            raise ValueError("is no token") from error

    def __repr__(self) -> str:
        return f"Token(base={self.base!r})"  # never what it is worth


class Question(NamedTuple):
    """What is put before the user: an address for the browser, and what proves that the answer is to it."""

    address: str
    state: str
    verifier: str
    redirect: str


def question(places: Places, client: Client, redirect: str, random: Callable[[], str]) -> Question:
    """Make the address at which a user consents. random: gives a text that nobody can guess, of at least 43 letters."""
    state, verifier = random(), random()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "audience": _AUDIENCE, "client_id": client.id, "scope": " ".join(SCOPES), "redirect_uri": redirect,
        "state": state, "response_type": "code", "prompt": "consent", "code_challenge": challenge,
        "code_challenge_method": "S256",
    }  # fmt: skip
    return Question(f"{places.consent}?{urlencode(query)}", state, verifier, redirect)


def answer_of(asked: Question, query: Mapping[str, str]) -> str:
    """Give the code of the address that a user came back to. Raises AccessError when there is none."""
    if query.get("state") != asked.state:
        raise AccessError("the answer is not to this question", remedy="run confsync login again")
    if not query.get("code"):
        words = query.get("error_description") or query.get("error") or "no code came back"
        raise AccessError(f"access was not granted: {words}", remedy="run confsync login again, and accept")
    return query["code"]


def exchange(
    http: requests.Session, places: Places, client: Client, asked: Question, code: str, site: str, now: float
) -> Token:
    """Get the token for a code, and find the site among those it is good for. Raises AccessError, Unavailable."""
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked.redirect,
            "code_verifier": asked.verifier, **_named(client)}  # fmt: skip
    given = _post(http, places.token, body)
    base = _site(http, places, str(given["access_token"]), site)
    return _token(given, base, client, places.token, now)


def refreshed(http: requests.Session, token: Token, now: float) -> Token:
    """Get a new token for one that has ended. Raises AccessError when the consent has ended too, Unavailable."""
    body = {"grant_type": "refresh_token", "refresh_token": token.refresh, **_named(token.client)}
    given = {"refresh_token": token.refresh, "scope": " ".join(token.scopes)}  # what an answer may leave out
    return _token({**given, **_post(http, token.token_place, body)}, token.base, token.client, token.token_place, now)


def _named(client: Client) -> dict[str, str]:
    return {"client_id": client.id, "client_secret": client.secret}


def _token(given: Mapping[str, Any], base: str, client: Client, place: str, now: float) -> Token:
    ends = now + float(given.get("expires_in") or 3600)
    scopes = tuple(str(given.get("scope", "")).split())
    return Token(str(given["access_token"]), str(given.get("refresh_token", "")), ends, scopes, base, client, place)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep a request from looking for other credentials, as in a `.netrc`."""
    return request


def _post(http: requests.Session, address: str, body: Mapping[str, str]) -> Mapping[str, Any]:
    import requests

    try:
        answer = http.post(address, json=dict(body), timeout=_TIMEOUT, allow_redirects=False, auth=_as_it_is)
        given = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Unavailable("no token came", place=address, remedy="check the network, try again") from error
    if not isinstance(given, dict):
        raise Unavailable("the answer is no token", place=address, remedy="try again later")
    if answer.status_code >= 500 or answer.status_code == 429:
        raise Unavailable(f"no token came [HTTP {answer.status_code}]", place=address, remedy="try again later")
    if answer.status_code != 200 or "access_token" not in given:
        words = given.get("error_description") or given.get("error") or "refused"
        raise AccessError(f"{words} [HTTP {answer.status_code}]", place=address, remedy="run confsync login again")
    found: Mapping[str, Any] = given
    return found


def _site(http: requests.Session, places: Places, access: str, site: str) -> str:
    """Give the address at the gateway of the site that was meant."""
    import requests

    address = f"{places.gateway}/oauth/token/accessible-resources"
    try:
        headers = {"Authorization": f"Bearer {access}"}
        answer = http.get(address, headers=headers, timeout=_TIMEOUT, allow_redirects=False, auth=_as_it_is)
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise Unavailable("the sites were not listed", place=address, remedy="try again") from error
    rows = found if isinstance(found, list) else []
    for row in rows:
        if urlsplit(str(row.get("url"))).netloc.lower() == urlsplit(site).netloc.lower():
            return f"{places.gateway}/ex/confluence/{row['id']}/wiki"
    others = ", ".join(str(row.get("url")) for row in rows) or "none"
    remedy = f"choose this site when you consent; access was given to: {others}"
    raise AccessError("access was not given to this site", place=site, remedy=remedy)
