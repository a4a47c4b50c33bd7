"""What an edit takes away: blocks that may come again elsewhere, and then keep their bytes.

A block moved into another list, an item made a sub-item, a section's blocks taken out of their layout: each is gone in
one place and new in another. The pool holds what is gone by what it says, at every depth; each byte is used once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from converters.align import LINES, Pairs, align_blocks, align_columns
from converters.model import Block, BlockKey


@dataclass(slots=True)
class Pool:
    """Blocks of the target that are gone, by the key that the base has for them."""

    blocks: dict[BlockKey, list[Block]] = field(default_factory=dict)
    used: list[tuple[int, int]] = field(default_factory=list)

    def add(self, target: Block, base: Block) -> None:
        """Add a block and all that is in it. `target` and `base` say the same in two languages."""
        if target.end > target.start:
            self.blocks.setdefault(base.key, []).append(target)
        for inner, said in _children(target, base):
            self.add(inner, said)

    def take(self, key: BlockKey) -> Block | None:
        """A block that says this and of which no part was used yet; None where there is none."""
        for block in self.blocks.get(key, ()):
            if all(block.end <= start or end <= block.start for start, end in self.used):
                self.used.append((block.start, block.end))
                return block
        return None


def gone(target: Sequence[Block], base: Sequence[Block], new: Sequence[Block]) -> Pool:
    """Collect what the edit base -> new takes away from `target`, which says what `base` says, block by block."""
    pool = Pool()
    _collect(pool, target, base, new)
    return pool


def _collect(
    pool: Pool, target: Sequence[Block], base: Sequence[Block], new: Sequence[Block], columns: Pairs | None = None
) -> None:
    """Collect from one container; `columns` says which cell is which where these are the rows of a table."""
    if len(target) != len(base):
        return
    cells = columns if columns and base and base[0].kind == "cell" else None
    for old, fresh in cells or align_blocks(base, new):
        if old is None or (fresh is not None and base[old].key == new[fresh].key):
            continue
        if fresh is not None and (base[old].kind == new[fresh].kind or {base[old].kind, new[fresh].kind} == LINES):
            if base[old].kind == new[fresh].kind == "table":
                columns = align_columns(base[old], new[fresh])
            within = columns if base[old].kind in ("table", "row") else None
            _collect(pool, target[old].children, base[old].children, new[fresh].children, within)
        else:
            pool.add(target[old], base[old])


def _children(target: Block, base: Block) -> list[tuple[Block, Block]]:
    """A block's children with what they say; none where one of the two is exact storage format."""
    same = len(target.children) == len(base.children)
    return list(zip(target.children, base.children, strict=True)) if same else []
