"""How requests are signed: by password or token, by an app's key, or with what a user has consented to."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs, quote, urlsplit

from .oauth import Token

if TYPE_CHECKING:
    import requests

_LIFE: Final = 180  # seconds that an app's signature is good for
_EARLY: Final = 60  # seconds before its end at which a token is renewed


class Signer(Protocol):
    """Puts credentials into requests. base: where the API is, "" for the site's own address."""

    base: str

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""

    def renew(self) -> bool:
        """Get new credentials for those that were refused; tell whether there are any."""


class Plain:
    """Basic access, or bearer when there is no user; empty credentials keep requests from looking for others."""

    base = ""

    def __init__(self, user: str, secret: str) -> None:
        self.user, self.secret = user, secret

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        if self.secret and self.user:
            from requests.auth import HTTPBasicAuth

            HTTPBasicAuth(self.user.encode(), self.secret.encode())(request)
        elif self.secret:
            request.headers["Authorization"] = f"Bearer {self.secret}"
        return request

    def renew(self) -> bool:
        """There are no others."""
        return False


class AppKey:
    """Connect: every request is signed with the app's shared secret, for its method, path and query alone.

    site: its address, whose context path is not part of what is signed. now: seconds since 1970.
    """

    base = ""

    def __init__(self, site: str, key: str, secret: str, now: Callable[[], float]) -> None:
        self.context = urlsplit(site).path.rstrip("/")
        self.key, self.secret, self.now = key, secret, now

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        import jwt

        began = int(self.now())
        digest = query_hash(request.method or "GET", request.url or "", self.context)
        claims = {"iss": self.key, "iat": began, "exp": began + _LIFE, "qsh": digest}
        request.headers["Authorization"] = "JWT " + jwt.encode(claims, self.secret, "HS256")
        return request

    def renew(self) -> bool:
        """There are no others."""
        return False


def query_hash(method: str, address: str, context: str) -> str:
    """Give the digest of a request that its signature names, as Atlassian's documents on JWT describe it."""
    parts = urlsplit(address)
    query = parse_qs(parts.query, keep_blank_values=True)
    query.pop("jwt", None)
    pairs = sorted((_quoted(name), ",".join(map(_quoted, sorted(values)))) for name, values in query.items())
    path = parts.path.removeprefix(context).rstrip("/") or "/"
    text = "&".join((method.upper(), path, "&".join(f"{name}={value}" for name, value in pairs)))
    return hashlib.sha256(text.encode()).hexdigest()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~")


class Keeper(Protocol):
    """Where a token is kept, for this process and others."""

    def lock(self) -> AbstractContextManager[object]:
        """Keep others from renewing the token meanwhile: a refresh token is good once."""

    def load(self) -> Token | None:
        """Give the token that is kept by now."""

    def save(self, token: Token) -> None:
        """Keep a token."""


class Consent:
    """OAuth 2.0: a token that ends after an hour is renewed, and what renews it is kept before it is used.

    refresh: gives a new token for one that has ended. now: seconds since 1970.
    """

    def __init__(
        self, token: Token, keeper: Keeper, refresh: Callable[[Token], Token], now: Callable[[], float]
    ) -> None:
        self.token, self.keeper, self.refresh, self.now = token, keeper, refresh, now
        self._mine = threading.Lock()

    @property
    def base(self) -> str:
        """The address of the site at the gateway: only there the token is good."""
        return self.token.base

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request, with a new token if the time of this one is over."""
        if self.token.ends - _EARLY <= self.now():
            self.renew()
        request.headers["Authorization"] = f"Bearer {self.token.access}"
        return request

    def renew(self) -> bool:
        """Take the token that another process has got by now, or get a new one. Raises AccessError."""
        refused = self.token
        with self._mine, self.keeper.lock():
            if self.token.access != refused.access:
                return True  # another thread was faster
            kept = self.keeper.load() or refused
            if kept.access == refused.access:
                if not kept.refresh:
                    return False
                kept = self.refresh(kept)
                self.token = kept  # the old one is used up, whatever becomes of keeping this one
                self.keeper.save(kept)
            self.token = kept
        return True
