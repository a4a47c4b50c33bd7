"""Which Confluence answers, and the calls that it understands."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlunsplit

from confsync.errors import AccessError, Gone, NotConfluence, NotFound

if TYPE_CHECKING:
    from .api import Api
    from .session import Session

TENANT: Final = "/_edge/tenant_info"  # answers without credentials, on Cloud only


class Dialect(NamedTuple):
    """A way to speak with a site. home: module and class of its calls."""

    words: str
    home: tuple[str, str]


CLOUD, CLOUD_V2, DATACENTER = "cloud", "cloud-v2", "datacenter"
DIALECTS: Final = {
    CLOUD: Dialect("Confluence Cloud, REST version 1", ("api", "Api")),
    CLOUD_V2: Dialect("Confluence Cloud, REST version 2, and 1 for what 2 does not have", ("v2", "ApiV2")),
    DATACENTER: Dialect("Confluence Data Center, REST version 1", ("datacenter", "DataCenterApi")),
}


def connect(session: Session, known: str = "", learned: Callable[[str], None] = lambda name: None) -> Api:
    """Give the calls to a site. known: its dialect, if it was found out before; else `learned` hears of it.

    Raises AccessError, Unavailable, NotConfluence.
    """
    name = known if known in DIALECTS else ""
    if not name:
        name = find_out(session)
        learned(name)
    module, kind = DIALECTS[name].home
    made: Api = getattr(import_module(f".{module}", __package__), kind)(session)
    return made


def find_out(session: Session) -> str:
    """Find out the dialect of a site: only Cloud knows its own id, and says of removed calls that they are gone.

    Costs one request on Data Center, two on Cloud, none at the gateway, which has version 2. Raises as the requests do.
    """
    if session.base != session.site:
        return CLOUD_V2
    if not _is_cloud(session):
        return DATACENTER
    try:
        session.get("/space", limit=1)
    except (Gone, NotFound):
        return CLOUD_V2
    return CLOUD


def _is_cloud(session: Session) -> bool:
    scheme, host = session.host
    try:
        address = urlunsplit((scheme, host, TENANT, "", ""))
        answer = session.request("GET", address, stream=True, rest=False, signed=False)
    except (NotFound, Gone, AccessError, NotConfluence):
        return False
    with answer:
        try:
            said = answer.json()
        except ValueError:
            return False
        return isinstance(said, dict) and bool(said.get("cloudId"))
