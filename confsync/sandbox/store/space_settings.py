"""Settings of a space, kept among the values of the site."""

from __future__ import annotations

from .db import Row, Store


def route_override(store: Store, space: Row) -> bool:
    """Return whether the addresses of a space may be overridden."""
    return store.setting(_key(space)) == "true"


def set_route_override(store: Store, space: Row, wanted: bool) -> None:
    """Let the addresses of a space be overridden, or not."""
    store.set_setting(_key(space), "true" if wanted else "false")


def _key(space: Row) -> str:
    return f"space {space['id']} routeOverrideEnabled"
