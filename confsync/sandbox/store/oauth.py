"""Programs that users let in, what each was allowed, and the codes and tokens that stand for it.

A refresh token is good once: the next one comes with the tokens that it brings. One that comes again was stolen, from
whom cannot be told, so everything that came from the same consent ends (RFC 9700, 4.14.2); so it does for a code.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import timedelta

from .db import Row, Store, iso

LIVES = {"code": timedelta(minutes=10), "access": timedelta(hours=1), "refresh": timedelta(days=90)}
APP_LIVES = timedelta(minutes=15)  # of a token with which an app acts as a user
READY = "confsync"
READY_REDIRECTS = ("http://127.0.0.1/callback", "http://localhost/callback")


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def ensure_ready(store: Store) -> None:
    """Register the program that every site knows: its id and its secret are `confsync`."""
    register(store, READY, READY, READY, READY_REDIRECTS)


def register(store: Store, client_id: str, secret: str, name: str, redirects: Iterable[str]) -> None:
    """Register a program, or change one; `redirects` are the addresses that users may be sent back to."""
    given = (client_id, name, digest(secret), json.dumps(list(redirects)))
    store.run("INSERT OR REPLACE INTO oauth_client VALUES (?, ?, ?, ?)", *given)


def client(store: Store, client_id: str) -> Row | None:
    """Return a program."""
    return store.one("SELECT * FROM oauth_client WHERE id = ?", client_id)


def knows_secret(row: Row, secret: str) -> bool:
    """Return whether this is the secret of a program."""
    return hmac.compare_digest(digest(secret), str(row["secret"]))


def allow(store: Store, kind: str, client_id: str, account_id: str, scopes: Iterable[str]) -> int:
    """Note what a user has allowed a program and return the number of the grant."""
    given = {"client_id": client_id, "account_id": account_id, "scopes": " ".join(scopes)}
    store.insert("oauth_grant", kind=kind, **given)
    return int(store.value("SELECT last_insert_rowid()"))


def issue(
    store: Store, grant_id: int, kind: str, lives: timedelta | None = None, redirect: str = "", challenge: str = ""
) -> str:
    """Return a new code or token."""
    secret = secrets.token_urlsafe(32)
    ends = iso(store.clock() + (lives or LIVES[kind]))
    given = {"grant_id": grant_id, "kind": kind, "ends": ends, "redirect": redirect, "challenge": challenge}
    store.insert("oauth_token", digest=digest(secret), **given)
    return secret


def find(store: Store, secret: str, kind: str) -> Row | None:
    """Return a code or token with what it stands for, also when it is used, revoked or at its end."""
    return store.one(
        "SELECT t.*, g.kind AS granted, g.client_id, g.account_id, g.scopes, g.revoked FROM oauth_token t "
        "JOIN oauth_grant g ON g.id = t.grant_id WHERE t.digest = ? AND t.kind = ?",
        digest(secret),
        kind,
    )


def good(store: Store, row: Row) -> bool:
    """Return whether a code or token is still worth something."""
    return not row["used"] and not row["revoked"] and str(row["ends"]) > store.now()


def use(store: Store, row: Row) -> bool:
    """Use up a code or refresh token and return whether it was good; one that was used before ends its whole grant."""
    if row["used"]:
        revoke(store, row["grant_id"])
    if not good(store, row):
        return False
    store.run("UPDATE oauth_token SET used = 1 WHERE digest = ?", row["digest"])
    return True


def revoke(store: Store, grant_id: int) -> None:
    """End a grant with everything that came from it."""
    store.run("UPDATE oauth_grant SET revoked = 1 WHERE id = ?", grant_id)
