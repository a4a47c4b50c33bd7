"""`login` and `logout`: credentials in the system keyring, by consent in the browser or as a token that is pasted."""

from __future__ import annotations

import os
import secrets
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import Any

from confsync.config import Credentials, clean_site
from confsync.errors import AccessError, UsageError
from confsync.remote.oauth import ATLASSIAN, SCOPES, Client, Token, answer_of, exchange, places_at, question

from . import keys
from .access import is_sandbox, plain_http
from .browser import Callback
from .init import api_of
from .output import Output
from .session import settings

READY = Client("confsync", "")  # the program that every sandbox knows
PORT = 8391  # of the address that Atlassian sends users back to; it is registered with the program
_REGISTER = "register an OAuth 2.0 program at https://developer.atlassian.com/console/myapps, with the callback \
http://127.0.0.1:{port}/callback, and set CONFSYNC_OAUTH_CLIENT_ID and CONFSYNC_OAUTH_CLIENT_SECRET; \
or sign in --with token"


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("site", nargs="?", default="", metavar="SITE", help="its address; else the one of .confsync.toml")
    if name == "login":
        words = "consent in the browser, e-mail and API token, or a personal access token (default: %(default)s)"
        add("--with", dest="kind", choices=("oauth", "token", "personal"), default="oauth", help=words)
        add("--user", default="", metavar="EMAIL", help="whose API token it is")
        add("--port", type=int, default=PORT, help="where the browser comes back to (default: %(default)s)")
        add("--no-browser", action="store_true", help="show the address instead of opening it")


def run(args: Namespace, out: Output) -> int:
    """Sign in, or forget who was signed in."""
    site = clean_site(args.site) if args.site else settings(args).site
    if args.command == "logout":
        there = keys.forget(site)
        words = "forgotten" if there else "nobody was signed in"
        out.result({"site": site, "forgotten": there}, [f"{site}: {words}"])
        return 0
    if args.kind == "oauth":
        missing = _consent(args, out, site)
    else:
        _token(args, site)
        missing = ()
    user = api_of(site, _kept(site), out.note).user()
    found = {"site": site, "with": args.kind, "user": user.name, "id": user.id, "missing_scopes": list(missing)}
    out.result(found, [f"signed in to {site} as {user.name}", *_missing_lines(missing)])
    return 0


def _kept(site: str) -> Credentials:
    found = keys.stored(site)
    if found is None:
        raise AccessError("the keyring has not kept what was given to it", place=site)
    return found


def _missing_lines(missing: Iterable[str]) -> list[str]:
    return [f"not granted: {scope}; what needs it will be refused" for scope in missing]


def _token(args: Namespace, site: str) -> None:
    """Keep a token that is pasted, or comes on standard input; it is tried out first."""
    user = args.user
    if args.kind == "token" and not user:
        user = _asked("e-mail address: ", hidden=False)
    secret = _asked("API token: " if args.kind == "token" else "personal access token: ", hidden=True)
    if not secret or (args.kind == "token" and not user):
        raise UsageError("nothing was entered", remedy="confsync login SITE --with token --user EMAIL < token.txt")
    api_of(site, Credentials(user, secret)).user()
    keys.keep(site, args.kind, {"user": user, "secret": secret})


def _asked(words: str, *, hidden: bool) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    if hidden:
        import getpass

        return getpass.getpass(words, sys.stderr).strip()
    print(words, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _consent(args: Namespace, out: Output, site: str) -> tuple[str, ...]:
    """Let the user consent in the browser, and keep the token; give the scopes that were not granted."""
    sandbox = is_sandbox(site)
    places = places_at(site) if sandbox else ATLASSIAN
    client = _client(args, sandbox=sandbox)
    with Callback(args.port) as callback:
        asked = question(places, client, callback.address, lambda: secrets.token_urlsafe(48))
        callback.state = asked.state
        out.note(f"consent in the browser: {asked.address}")
        if not args.no_browser:
            _open(asked.address)
        code = answer_of(asked, callback.wait())
    token: Token = exchange(plain_http(site), places, client, asked, code, site, time.time())
    keys.Vault(site).save(token)
    return missing_scopes(token)


def _open(address: str) -> None:
    """Open the browser, and do not wait for it: one in the terminal ends only when it has come back here."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _client(args: Namespace, *, sandbox: bool) -> Client:
    ident, secret = (os.environ.get(f"CONFSYNC_OAUTH_CLIENT_{name}", "") for name in ("ID", "SECRET"))
    if ident:
        return Client(ident, secret)
    if sandbox:
        return READY
    raise UsageError("no OAuth program is set", remedy=_REGISTER.format(port=args.port))


def missing_scopes(token: Any) -> tuple[str, ...]:
    """Give what confsync asks for and was not granted."""
    return tuple(scope for scope in SCOPES if scope not in token.scopes)
