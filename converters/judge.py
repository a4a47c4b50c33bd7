"""Do two documents say the same?

Equal models do. An island says what its storage format says, however that was read: a block that the Markdown carries
as exact bytes equals the block that the storage reader made of those bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from converters.model import Block, Doc
from converters.site import Site
from converters.storage.blocks import storage_to_doc


class Judge:
    """Compares blocks as one site sees them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def same_docs(self, one: Doc, two: Doc) -> bool:
        return one.key == two.key or self.same_blocks(one.blocks, two.blocks)

    def same_blocks(self, one: Sequence[Block], two: Sequence[Block]) -> bool:
        return len(one) == len(two) and all(map(self.same, one, two))

    def same(self, one: Block, two: Block) -> bool:
        if one.key == two.key:
            return True
        if one.kind == "island" or two.kind == "island":
            return self._read(one) == self._read(two)
        heads = (one.kind, one.attrs, one.text) == (two.kind, two.attrs, two.text)
        if not heads or one.inline is not None or two.inline is not None:
            return False
        return self.same_blocks(one.children, two.children)

    def _read(self, block: Block) -> object:
        if block.kind != "island":
            return (block.key,)
        inside = storage_to_doc(block.text, self.site)
        return tuple((part.kind, part.text) if part.kind == "island" else part.key for part in inside.blocks)

    def first_difference(self, one: Doc, two: Doc) -> str:
        """Name the first block in which two documents differ."""
        for number, (a, b) in enumerate(zip(one.blocks, two.blocks, strict=False), 1):
            if not self.same(a, b):
                return f"block {number} is {self._describe(a)} in one and {self._describe(b)} in the other"
        return f"{len(one.blocks)} blocks in one, {len(two.blocks)} in the other"

    @staticmethod
    def _describe(block: Block) -> str:
        text = (block.inline.text if block.inline else block.text) or next(
            (child.inline.text for child in block.walk() if child.inline), ""
        )
        return f"a {block.kind} ({text[:60]!r})" if text else f"a {block.kind}"
