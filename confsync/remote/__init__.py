"""The site: one HTTP session, typed calls, the listing of a space, and writes that can be recognised afterwards."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Api
    from .probe import connect
    from .records import NewPage, NewVersion, PageVersion, RemoteAsset, RemotePage, RemoteSpace, RemoteUser
    from .scan import Listing, find_root, in_order, inside, list_changes, list_space, refresh, stream_bodies
    from .session import Session

# Where each name is made: what is known of the site can be read without the parts that talk to it.
_HOME = {
    "Api": "api",
    "NewPage": "records",
    "NewVersion": "records",
    "PageVersion": "records",
    "RemoteAsset": "records",
    "RemotePage": "records",
    "RemoteSpace": "records",
    "RemoteUser": "records",
    "Session": "session",
    "connect": "probe",
}

__all__ = [
    "Api",
    "Listing",
    "NewPage",
    "NewVersion",
    "PageVersion",
    "RemoteAsset",
    "RemotePage",
    "RemoteSpace",
    "RemoteUser",
    "Session",
    "connect",
    "find_root",
    "in_order",
    "inside",
    "list_changes",
    "list_space",
    "refresh",
    "stream_bodies",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'scan')}"), name)
