"""The system keyring: what `login` keeps of a site, and a list of those sites, without secrets, beside it.

The list is there so that a command that needs no keyring never asks for one.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from confsync.config import Credentials
from confsync.errors import AccessError

if TYPE_CHECKING:
    from confsync.remote.oauth import Token

SERVICE: Final = "confsync"
_AGAIN: Final = "run confsync login again"
_NO_KEYRING: Final = "keep credentials in the environment instead: CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN"


def config_folder() -> Path:
    """Give the folder of what confsync keeps for a user, not for a mirror."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA") or Path.home() / ".config"
    return Path(base) / "confsync"


def signed_in() -> dict[str, str]:
    """Give the sites that `login` has kept credentials for, and of which kind."""
    try:
        found = json.loads((config_folder() / "sites.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(site): str(kind) for site, kind in found.items()} if isinstance(found, dict) else {}


def keep(site: str, kind: str, values: dict[str, str]) -> None:
    """Keep credentials for a site in the keyring. Raises AccessError when there is none."""
    _write(site, json.dumps({"kind": kind, **values}))
    _list({**signed_in(), site: kind})


def forget(site: str) -> bool:
    """Forget a site's credentials; tell whether there were any. Raises AccessError."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    with Vault(site).lock():  # a token that is being renewed must not come back
        sites = signed_in()
        try:
            keyring.delete_password(SERVICE, site)
        except PasswordDeleteError:
            if site not in sites:
                return False
        except KeyringError as error:
            raise AccessError(f"the keyring cannot be used: {error}", remedy="unlock it, try again") from error
        sites.pop(site, None)
        _list(sites)
    return True


def stored(site: str) -> Credentials | None:
    """Give the credentials that are kept for a site, None when there are none. Raises AccessError."""
    kind = signed_in().get(site)
    if kind is None:
        return None
    values = _read(site)
    if not values:
        return None
    if kind == "oauth":
        if (token := token_of(site)) is None:
            raise AccessError("the keyring holds something else for this site", place=site, remedy=_AGAIN)
        return Credentials(signer=_consent(site, token))
    return Credentials(values.get("user", ""), values.get("secret", ""))


def token_of(site: str) -> Token | None:
    """Give the consent that is kept for a site, None when there is none."""
    from confsync.remote.oauth import Token

    values = _read(site)
    if values.get("kind") != "oauth":
        return None
    try:
        return Token.from_json(str(values.get("token", "")))
    except ValueError as error:
        raise AccessError("the token in the keyring cannot be read", place=site, remedy=_AGAIN) from error


class Vault:
    """The keyring's entry of one site, as a place that a token is kept in."""

    def __init__(self, site: str) -> None:
        self.site = site

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from renewing the token meanwhile."""
        from filelock import FileLock, Timeout

        folder = config_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(self.site.encode()).hexdigest()[:16]
        lock = FileLock(folder / f"{name}.lock")
        try:
            lock.acquire(timeout=60)
        except Timeout as error:
            remedy = "wait for it, or end it"
            raise AccessError("another process holds the token", place=self.site, remedy=remedy) from error
        try:
            yield
        finally:
            lock.release()

    def load(self) -> Token | None:
        """Give the token that is kept by now."""
        return token_of(self.site)

    def save(self, token: Token) -> None:
        """Keep a token."""
        keep(self.site, "oauth", {"token": token.to_json()})


def _consent(site: str, kept: Token) -> object:
    from confsync.remote.auth import Consent
    from confsync.remote.oauth import refreshed

    from .access import plain_http

    def refresh(token: Token) -> Token:
        return refreshed(plain_http(site), token, time.time())

    return Consent(kept, Vault(site), refresh, time.time)


def _read(site: str) -> dict[str, str]:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = json.loads(keyring.get_password(SERVICE, site) or "{}")
    except KeyringError as error:
        raise AccessError(f"the keyring cannot be used: {error}", place=site, remedy="unlock it, try again") from error
    except ValueError as error:
        raise AccessError("what the keyring holds for this site cannot be read", place=site, remedy=_AGAIN) from error
    return found if isinstance(found, dict) else {}


def _write(site: str, text: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, site, text)
    except KeyringError as error:
        raise AccessError(f"this machine has no keyring that can be used: {error}", remedy=_NO_KEYRING) from error


def _list(sites: dict[str, str]) -> None:
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"sites.json.{os.getpid()}"
    draft.write_text(json.dumps(sites, indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / "sites.json")
