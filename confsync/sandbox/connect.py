"""How apps sign their requests: a token with the app's key, an end, and a hash of what is asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote


def query_hash(method: str, path: str, query: Mapping[str, list[str]]) -> str:
    """Return the hash of a request; `path` is without the context of the site, `query` without the token."""
    pairs = sorted((_quoted(name), ",".join(map(_quoted, sorted(values)))) for name, values in query.items())
    text = "&".join((method.upper(), path.rstrip("/") or "/", "&".join(f"{name}={value}" for name, value in pairs)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _quoted(text: str) -> str:
    return quote(text, safe="-._~", errors="replace")


def signed(claims: Mapping[str, Any], secret: str) -> str:
    """Return a token with these claims."""
    parts = [_encoded(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims)]
    return ".".join((*parts, _encoded(_signature(".".join(parts), secret))))


def issuer(token: str, wanted_hash: str, now: float, secret_of: Callable[[str], str | None]) -> str | None:
    """Return the key of the app whose valid token this is, None for any other; `now` in seconds since 1970."""
    try:
        head, body, signature = token.split(".")
        claims, kind = json.loads(_decoded(body)), json.loads(_decoded(head))
        given = _decoded(signature)
    except (ValueError, RecursionError):
        return None
    if not isinstance(claims, dict) or not isinstance(kind, dict) or kind.get("alg") != "HS256":
        return None
    key, end = claims.get("iss"), claims.get("exp")
    secret = secret_of(key) if isinstance(key, str) else None
    if secret is None or not hmac.compare_digest(given, _signature(f"{head}.{body}", secret)):
        return None
    in_time = isinstance(end, int | float) and end > now
    return key if in_time and claims.get("qsh") == wanted_hash else None


def _signature(text: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
