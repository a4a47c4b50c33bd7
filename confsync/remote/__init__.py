"""The site: one HTTP session, typed calls, the listing of a space, and writes that can be recognised afterwards."""

from .api import Api
from .records import RemoteAsset, RemotePage
from .scan import Listing, find_root, inside, list_changes, list_space, refresh, stream_bodies
from .session import Session

__all__ = [
    "Api",
    "Listing",
    "RemoteAsset",
    "RemotePage",
    "Session",
    "find_root",
    "inside",
    "list_changes",
    "list_space",
    "refresh",
    "stream_bodies",
]
