"""What a watch tells: one value for each thing that happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from confsync.model import Action, AssetKey, Effect, Side
from confsync.report import RunResult


class Event(NamedTuple):
    """One thing. kind: a word of `KINDS`; path: a file; text: the rest, in words."""

    kind: str
    path: str = ""
    text: str = ""

    def to_json(self) -> dict[str, str]:
        """Give the event as plain data."""
        return {"event": self.kind, **({"path": self.path} if self.path else {}), "text": self.text}

    def __str__(self) -> str:
        return "  ".join(part for part in (f"{self.kind:<9}", self.path, self.text) if part)


KINDS = (
    "watching", "pulled", "pushed", "conflict", "settled", "problem", "paused", "resumed", "offline", "online",
    "stopped", "note",
)  # fmt: skip
_DIRECTIONS = {Side.REMOTE: "pushed", Side.LOCAL: "pulled"}
_WORDS = {Action.CREATE: "new", Action.UPDATE: "", Action.MOVE: "moved", Action.DELETE: "deleted",
          Action.MERGE: "merged"}  # fmt: skip


def of_run(result: RunResult) -> Iterator[Event]:
    """Tell what a run did, an event for each page or attachment."""
    receipts = {receipt.id: receipt for receipt in result.receipts}
    for effect in result.done:
        receipt = receipts.get(str(effect.key)) if effect.side is Side.REMOTE else None
        if receipt is not None and effect.action is not Action.DELETE:
            text = f"version {receipt.version}: {receipt}" if receipt.bytes_changed else f"version {receipt.version}"
        else:
            text = _words(effect)
        yield Event(_DIRECTIONS[effect.side], _place(effect), text)


def _place(effect: Effect) -> str:
    if isinstance(effect.key, AssetKey):
        return f"{effect.path} › {effect.key.name}" if effect.path else effect.key.name
    return effect.new_path or effect.path or effect.title


def _words(effect: Effect) -> str:
    word = _WORDS[effect.action]
    facets = ", ".join(sorted(effect.facets))
    return word or facets
