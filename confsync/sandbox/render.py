"""Storage format as the HTML that readers see."""

from __future__ import annotations

from .store import Row, Store


def render_page(store: Store, row: Row, storage: str, base: str) -> str:
    return storage
