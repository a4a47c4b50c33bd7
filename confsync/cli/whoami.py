"""`whoami`: who asks at a site, how, and what may be done there."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from confsync.config import clean_site
from confsync.errors import ConfsyncError

from . import keys
from .access import READY_USER, access, source
from .login import missing_scopes
from .output import Output
from .session import mirrors, settings

_WITH = {
    "token": "an API token in the keyring", "personal": "a personal access token in the keyring",
    "oauth": "consent in the browser (OAuth 2.0)",
}  # fmt: skip


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    parser.add_argument("site", nargs="?", default="", metavar="SITE", help="else the one of .confsync.toml")


def run(args: Namespace, out: Output) -> int:
    """Ask the site who it takes us for."""
    from confsync.remote.probe import DIALECTS

    from .init import connected

    site = clean_site(args.site) if args.site else settings(args).site
    who = access(site)
    api, dialect = connected(site, who, out.note)
    user = api.user()
    how = words_for(site, who)
    spaces = [] if args.site else list(_spaces(api, [one.settings.space for one in mirrors(args)]))
    token = keys.token_of(site) if keys.signed_in().get(site) == "oauth" and not source() else None
    missing = missing_scopes(token) if token else ()
    document = {
        "site": site, "user": user.name, "id": user.id, "email": user.email, "with": how, "speaks": dialect,
        "spaces": [{"space": key, "may_edit": may} for key, may in spaces], "missing_scopes": list(missing),
    }  # fmt: skip
    lines = [
        f"{user.name}{f' <{user.email}>' if user.email else ''} at {site}",
        f"by {how}; the site speaks {DIALECTS[dialect].words}",
        *(f"space {key}: {'may be edited' if may else 'may be read, not edited'}" for key, may in spaces),
        *(f"not granted: {scope}" for scope in missing),
    ]
    out.result(document, lines)
    return 0


def words_for(site: str, who: Any) -> str:
    """Say where credentials come from, never what they are."""
    if who is READY_USER:
        return "the sandbox's ready user"
    return f"the environment ({source()})" if source() else _WITH.get(keys.signed_in().get(site, ""), "the keyring")


def _spaces(api: Any, wanted: list[str]) -> Iterator[tuple[str, bool]]:
    for key in dict.fromkeys(wanted):
        try:
            yield key, bool(api.may_create(key))
        except ConfsyncError:
            yield key, False
