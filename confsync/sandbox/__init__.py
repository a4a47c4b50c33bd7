"""A Confluence look-alike: REST API and a small web page over one SQLite file, for tests and for trying things out."""

from .app import create_app
from .faults import Dropped, Faults
from .serve import Server, serve
from .site import Sandbox

__all__ = ["Dropped", "Faults", "Sandbox", "Server", "create_app", "serve"]
