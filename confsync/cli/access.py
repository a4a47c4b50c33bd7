"""Who may ask at a site: credentials from the environment, and the ready user of a sandbox on this machine."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from confsync.config import Credentials, credentials
from confsync.errors import AccessError, Unavailable

READY_USER = Credentials("admin", "admin")
SERVER = "confsync-sandbox"  # what a sandbox calls itself in the Server header
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
    if not is_loopback(site):
        return False
    import http.client

    parts = urlsplit(site)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", parts.path + _PROBE)
        answer = connection.getresponse()
        answer.read()
        return answer.getheader("Server") == SERVER
    except (OSError, http.client.HTTPException) as error:
        port = f" --port {parts.port}" if parts.port else ""
        remedy = f"start a sandbox there: confsync sandbox{port}"
        raise Unavailable(f"nobody answers ({error})", place=site, remedy=remedy) from error
    finally:
        connection.close()


def access(site: str, env: Mapping[str, str] = os.environ) -> Credentials:
    """Give the credentials for a site: the environment's, else the ready user's if it is a sandbox.

    The ready user's are never given for another machine's address. Raises AccessError, Unavailable.
    """
    found = credentials(site, env)
    if found:
        return found
    if is_sandbox(site):
        return READY_USER
    remedy = "set CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN, or CONFLUENCE_PERSONAL_TOKEN"
    raise AccessError("there are no credentials for this site", place=site, remedy=remedy)


def source(env: Mapping[str, str] = os.environ) -> str:
    """Name the variables that credentials come from, "" when there are none; never what they hold."""
    user = next((name for name in ("CONFLUENCE_USERNAME", "CONFLUENCE_USER_NAME") if env.get(name)), "")
    token = next((name for name in ("CONFLUENCE_API_TOKEN", "CONFLUENCE_API_KEY") if env.get(name)), "")
    personal = "CONFLUENCE_PERSONAL_TOKEN" if env.get("CONFLUENCE_PERSONAL_TOKEN") else ""
    return f"{user} and {token}" if user and token else personal or token
