"""Which block of the base is which on one side, and what comes and goes at one place of a container."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from converters.align import align_blocks
from converters.lens import Edit, exchange
from converters.model import Block

if TYPE_CHECKING:
    from converters.blockmerge import Merger


@dataclass(slots=True)
class Run:
    """Blocks that leave and come at one place of a container, gathered until the next block that stays."""

    merger: Merger
    parent: Block | None
    local: Sequence[Block]
    known: set[int]
    added: list[Block]
    at: int = 0  # how many local blocks lie behind
    gone: list[int] = field(default_factory=list)
    new: list[Block] = field(default_factory=list)

    def add(self, block: Block) -> None:
        """Add a new block, unless this side has added the same one: each counts once."""
        same = next((one for one in self.added if one.key == block.key), None)
        if same is None:
            self.new.append(block)
        else:
            self.added.remove(same)

    def flush(self) -> list[Edit]:
        """The edits for what was gathered; what was added here at the same place stays before what comes."""
        gone, new = self.gone, self.new
        self.gone, self.new = [], []
        if not gone and not new:
            return []
        place = self.at
        while place < len(self.local) and place not in self.known:
            place += 1
        merger, context = self.merger, self.merger.context()
        language = merger.language
        one_place = gone == list(range(gone[0], gone[0] + len(gone))) and place == gone[-1] + 1 if gone else False
        if one_place or not new:
            return exchange(language, context, self.parent, self.local, gone[0], gone, new)
        removed = language.removal(merger.local, self.parent, self.local, gone) if gone else []
        return [*language.insertion(merger.local, self.parent, self.local, place, new, context), *removed]


def counterparts(base: Sequence[Block], local: Sequence[Block]) -> tuple[dict[int, int], set[int]]:
    """Which local block each base block is; also those that stand elsewhere with the same words: they were moved."""
    pairs = align_blocks(base, local)
    out = {old: new for old, new in pairs if old is not None and new is not None}
    free = [new for old, new in pairs if old is None and new is not None]
    wandered = set()
    for old in (old for old, new in pairs if old is not None and new is None):
        found = next((new for new in free if local[new].key == base[old].key), None)
        if found is not None:
            out[old] = found
            free.remove(found)
            wandered.add(found)
    return out, wandered


def added(base: Sequence[Block], side: Sequence[Block]) -> list[Block]:
    """The blocks that one side has put in."""
    return [side[new] for old, new in align_blocks(base, side) if old is None and new is not None]
