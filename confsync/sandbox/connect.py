"""How apps sign their requests: a token with the app's key, an end, and a hash of what is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import jwt

Json = dict[str, Any]
ALGORITHM: Final = "HS256"
LEEWAY: Final = 5  # seconds by which the clock of an app may differ
CONTEXT_HASH: Final = "context-qsh"  # what stands in tokens that the site hands to the pages of an app
UNCHECKED: Final = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_sub"), False)
# What an app may do that has a scope: that, and what comes before it.
LADDER: Final = ("NONE", "READ", "WRITE", "DELETE", "SPACE_ADMIN", "ADMIN")
ASIDE: Final = ("ACT_AS_USER", "ACCESS_EMAIL_ADDRESSES")
SCOPES: Final = (*LADDER, *ASIDE)


class BadToken(Exception):  # noqa: N818  (it is what was sent)
    """A token is not good; the text says why."""


def allowed(scopes: Iterable[str]) -> frozenset[str]:
    """Return all scopes that an app has which declares these: one of the ladder has the lower ones too."""
    given = set(scopes)
    top = max((LADDER.index(one) for one in given & set(LADDER)), default=0)
    return frozenset((*LADDER[: top + 1], *(given & set(ASIDE))))


def canonical(method: str, path: str, query: Mapping[str, list[str]]) -> str:
    """Return a request as it is hashed; `path` is encoded and without the context, `query` without the token."""
    pairs = sorted((_quoted(name), ",".join(map(_quoted, sorted(values)))) for name, values in query.items())
    bare = (path.rstrip("/") or "/").replace("&", "%26")
    return "&".join((method.upper(), bare, "&".join(f"{name}={value}" for name, value in pairs)))


def query_hash(method: str, path: str, query: Mapping[str, list[str]]) -> str:
    """Return the hash of a request; see `canonical`."""
    return hashlib.sha256(canonical(method, path, query).encode("utf-8", "surrogatepass")).hexdigest()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~", errors="replace")


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """Return a token with these claims; the secret has at least 32 characters."""
    return jwt.encode(dict(claims), secret, algorithm=ALGORITHM)


def claims(token: str, secret_of: Callable[[str], str | None], now: float) -> Json:
    """Return what a token says, signed by who issued it and in its time; `now` in seconds since 1970.

    Raise `BadToken`, which says the same of an unknown issuer as of a wrong signature.
    """
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        secret = secret_of(issuer) if isinstance(issuer, str) else None
        if secret is None:
            raise BadToken("The token is not signed by an installed app")
        found: Json = jwt.decode(token, secret, algorithms=[ALGORITHM], options=UNCHECKED)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        raise BadToken("The token is not signed by an installed app") from None
    except (jwt.InvalidTokenError, RecursionError, ValueError) as error:
        raise BadToken(f"The token cannot be read: {error}") from None
    _check_times(found, now)
    return found


def _check_times(found: Json, now: float) -> None:
    """Raise `BadToken` for a token without an end, past it, or from the future."""
    end, start = found.get("exp"), found.get("iat", 0)
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise BadToken("The token has no end: exp is missing")
    if end < now - LEEWAY:
        raise BadToken("The token has expired")
    if isinstance(start, bool) or not isinstance(start, int | float) or start > now + LEEWAY:
        raise BadToken("The token is not valid yet: iat lies in the future")


def check_query(found: Json, method: str, paths: Iterable[str], query: Mapping[str, list[str]]) -> None:
    """Raise `BadToken` unless a token is for this request; `paths` are ways to write its path."""
    given, ways = found.get("qsh"), list(paths)
    if given == CONTEXT_HASH:
        raise BadToken(f"A token with the query hash {CONTEXT_HASH} does not serve for requests to the API")
    if not isinstance(given, str):
        raise BadToken("The token is for no request: qsh is missing")
    if given not in {query_hash(method, path, query) for path in ways}:
        wanted = canonical(method, ways[0], query)
        raise BadToken(f"The query hash (qsh) does not match: expected the SHA-256 of {wanted}, received {given}")
