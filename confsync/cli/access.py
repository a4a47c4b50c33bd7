"""Who may ask at a site: credentials from the environment, and the ready user of a sandbox on this machine."""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from confsync.config import Credentials, credentials
from confsync.errors import AccessError, Unavailable

if TYPE_CHECKING:
    import requests

READY_USER = Credentials("admin", "admin")
SERVER = "confsync-sandbox"  # what a sandbox calls itself in the Server header
_APP = ("CONFLUENCE_CONNECT_KEY", "CONFLUENCE_CONNECT_SECRET")
_PROBE = "/_edge/tenant_info"  # answers without credentials


def is_loopback(site: str) -> bool:
    """Tell whether a site's address is this machine's own."""
    host = urlsplit(site).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_sandbox(site: str) -> bool:
    """Ask a loopback address, without credentials, whether a sandbox answers there. Raises Unavailable."""
    return is_loopback(site) and _get(site, _PROBE)[0] == SERVER


def sandbox_born(site: str, space: str) -> str:
    """Ask a sandbox when a space of it was made: in memory it is another site each time it starts.

    Gives "" when the space is not there, or no sandbox answers. Only for loopback addresses. Raises Unavailable.
    """
    path = f"/rest/api/space/{quote(space, safe='')}?expand=history"
    server, body = _get(site, path, READY_USER) if is_loopback(site) else ("", b"")
    try:
        return str(json.loads(body)["history"]["createdDate"]) if server == SERVER else ""
    except (ValueError, KeyError, TypeError):
        return ""


def _get(site: str, path: str, who: Credentials | None = None) -> tuple[str, bytes]:
    """Read an address of this machine, without proxy or redirect: who answers, and what. Raises Unavailable."""
    import http.client

    parts = urlsplit(site)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    token = base64.b64encode(f"{who.user}:{who.secret}".encode()).decode() if who else ""
    try:
        connection.request("GET", parts.path + path, headers={"Authorization": f"Basic {token}"} if token else {})
        answer = connection.getresponse()
        return answer.getheader("Server") or "", answer.read()
    except (OSError, http.client.HTTPException) as error:
        port = f" --port {parts.port}" if parts.port else ""
        remedy = f"start a sandbox there: confsync sandbox{port}"
        raise Unavailable(f"nobody answers ({error})", place=site, remedy=remedy) from error
    finally:
        connection.close()


def transport(site: str) -> requests.Session | None:
    """Give an HTTP session that passes by the environment's proxies, for a site on this machine; else None."""
    if not is_loopback(site):
        return None
    import requests

    session = requests.Session()
    session.trust_env = False
    return session


def plain_http(site: str) -> requests.Session:
    """Give an HTTP session for what is asked without credentials of the site's."""
    import requests

    return transport(site) or requests.Session()


def access(site: str, env: Mapping[str, str] = os.environ, *, known: bool = False) -> Credentials:
    """Give the credentials for a site: the environment's, else what login has kept, else a sandbox's ready user's.

    known: it was one before, so it need not be asked. The ready user's are never given for another machine's address.
    Raises AccessError, Unavailable.
    """
    from .keys import stored

    found = _app(site, env) or credentials(site, env, stored)
    if found:
        return found
    if (known and is_loopback(site)) or is_sandbox(site):
        return READY_USER
    remedy = "confsync login; or set CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN, or CONFLUENCE_PERSONAL_TOKEN"
    raise AccessError("there are no credentials for this site", place=site, remedy=remedy)


def source(env: Mapping[str, str] = os.environ) -> str:
    """Name the variables that credentials come from, "" when there are none; never what they hold."""
    user = next((name for name in ("CONFLUENCE_USERNAME", "CONFLUENCE_USER_NAME") if env.get(name)), "")
    token = next((name for name in ("CONFLUENCE_API_TOKEN", "CONFLUENCE_API_KEY") if env.get(name)), "")
    personal = "CONFLUENCE_PERSONAL_TOKEN" if env.get("CONFLUENCE_PERSONAL_TOKEN") else ""
    if all(env.get(name) for name in _APP):
        return " and ".join(_APP)
    return f"{user} and {token}" if user and token else personal or token


def _app(site: str, env: Mapping[str, str]) -> Credentials | None:
    """Give the key of a Connect app that the environment names."""
    key, secret = (env.get(name, "") for name in _APP)
    if not key or not secret:
        return None
    from confsync.remote.auth import AppKey

    return Credentials(signer=AppKey(site, key, secret, time.time))
