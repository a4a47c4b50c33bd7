"""Three versions of one Markdown text as one, by what it says: blocks, rows, items and cells, then words.

The remote edit base -> remote is carried over into the local text, in the local author's hand, with the tools of the
lens. A block that only one side changed takes that side's change; where both changed it, its heads are merged by
attribute, its children one by one, and the words of a line by words. What clashes is put between git's conflict
markers, on lines of their own, around as little as lines allow.

The result is only trusted when it was read back and holds every word that either side has added; else None is
returned, and the text is merged by lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from converters.align import Pairs, align_blocks
from converters.clashes import Clash, Names, bare, framed, line_end, line_start, marked
from converters.errors import ConversionError
from converters.lens import Coarser, Context, Edit, OverlapError, apply_edits, patch_block
from converters.markdown.language import MarkdownLanguage
from converters.markdown.reader import GFM, markdown_to_doc
from converters.mergeruns import Run, added, counterparts
from converters.model import BOXES, Block, Doc, inline_of
from converters.pool import Pool
from converters.site import DEFAULT_SITE
from converters.splice import Hunk, hunks
from converters.tablemerge import merge_table
from converters.textmerge import Merge, merge_text

_WORD = re.compile(r"\w+")


def merge_blocks(base: str, local: str, remote: str, names: Names) -> Merge | None:
    """Merge two edits of `base` (with `\\n` line ends); None where only lines can be compared.

    Raises NotationError where one of the texts cannot be read.
    """
    docs = [markdown_to_doc(text) for text in (base, local, remote)]
    merger = Merger(docs[0], docs[1], docs[2], names)
    try:
        edits = merger.children(None, docs[0].blocks, docs[1].blocks, docs[2].blocks)
        text = apply_edits(local, edits)
        kept = merger.conflicts > 0 or _kept_whole(docs, markdown_to_doc(text))
    except (Clash, Coarser, OverlapError, ConversionError):
        return None
    return Merge(text, merger.conflicts) if kept and _holds_all(base, local, remote, text, merger.conflicts) else None


def _kept_whole(docs: Sequence[Doc], out: Doc) -> bool:
    """Are the blocks still there that neither side touched? One that ran into another is none any more."""
    base, *sides = docs
    kept = [_untouched(base, side) for side in sides]
    said = Counter(block.key for block in out.blocks)
    said.subtract(base.blocks[at].key for at in kept[0] & kept[1])
    return min(said.values(), default=0) >= 0


def _untouched(base: Doc, side: Doc) -> set[int]:
    pairs = [(old, new) for old, new in align_blocks(base.blocks, side.blocks) if old is not None and new is not None]
    return {old for old, new in pairs if base.blocks[old].key == side.blocks[new].key}


def _holds_all(base: str, local: str, remote: str, text: str, conflicts: int) -> bool:
    """Does the result have each word that a side added or neither took away? Without a clash it has none besides."""
    one, two, three, out = (Counter(_WORD.findall(source)) for source in (base, local, remote, text))
    added = (two - one, three - one)
    left = two + three  # less what is in both: what neither took away
    left.subtract(one)
    held = not ((added[0] | added[1] | (one & +left)) - out)
    return held and (conflicts > 0 or not out - (one + added[0] + added[1]))


@dataclass(slots=True)
class Merger:
    """Carries the remote edit over into the local text; `conflicts` counts what clashed on the way."""

    base: Doc
    local: Doc
    remote: Doc
    names: Names
    conflicts: int = 0
    language: MarkdownLanguage = field(default_factory=lambda: MarkdownLanguage(DEFAULT_SITE))
    pool: Pool = field(default_factory=Pool)
    style: dict[str, str] = field(default_factory=dict)

    def context(self) -> Context:
        return Context(self.local, self.remote, self.pool, style=self.style)

    # Containers

    def children(
        self, parent: Block | None, base: Sequence[Block], local: Sequence[Block], remote: Sequence[Block],
        mine: dict[int, int] | None = None, theirs: Pairs | None = None,
    ) -> list[Edit]:  # fmt: skip
        """Edits of the local text that carry the remote changes of one container over.

        mine, theirs: which block of the base is which on either side, where that is known already.
        """
        theirs = align_blocks(base, remote) if theirs is None else theirs
        mine, wandered = counterparts(base, local) if mine is None else (mine, set())
        moved = {remote[new].key for old, new in theirs if old is None and new is not None}
        leaving: dict[int, int] = {}
        for old, new in theirs:
            if old is not None and new is None and old in mine:
                here = mine[old]
                # A block that was edited here stays, unless it only went elsewhere there: then its edit goes with it.
                if local[here].key == base[old].key or base[old].key in moved:
                    leaving[here] = old
                    self.pool.add(local[here], base[old])
        run = Run(self, parent, local, set(mine.values()), added(base, local))
        edits: list[Edit] = []
        for old, fresh in theirs:
            place = mine.get(old) if old is not None else None
            if place is not None and place in leaving:
                run.gone.append(place)
                run.at = max(run.at, place + 1)
            elif old is None and fresh is not None:
                run.add(remote[fresh])
            elif old is not None:
                edits += run.flush()
                now = remote[fresh] if fresh is not None else None
                if place is None:
                    edits += self._deleted_here(parent, local, run.at, base[old], now)
                    continue
                run.at = run.at if place in wandered else max(run.at, place + 1)
                edits += self.block(parent, local, place, base[old], now)
        return edits + run.flush()

    def _deleted_here(
        self, parent: Block | None, local: Sequence[Block], at: int, base: Block, remote: Block | None
    ) -> list[Edit]:
        """A block that was deleted here comes back, as a conflict, when the other side has edited it."""
        if remote is None or remote.key == base.key:
            return []
        if remote.node == GFM and remote.kind != "row":
            raise Clash
        self.conflicts += 1
        source = self.remote.source
        theirs = source[source.rfind("\n", 0, remote.start) + 1 : line_end(source, remote.end)]
        text = marked("", theirs, self.names)
        if not local:
            return [Edit(0, 0, text)]
        apart = "\n" if parent is not None and parent.kind in BOXES else "\n\n"
        if at:
            line = line_end(self.local.source, local[at - 1].end)
            return [Edit(line, line, apart + text.rstrip("\n"))]
        line = line_start(self.local.source, local[0].start)
        return [Edit(line, line, text.rstrip("\n") + apart)]

    # One block

    def block(
        self, parent: Block | None, siblings: Sequence[Block], at: int, base: Block, remote: Block | None
    ) -> list[Edit]:
        """Edits that bring one local block together with the remote version of it (None: deleted there)."""
        local = siblings[at]
        if remote is None:
            return self._conflict(base, local, None) if local.key != base.key else []
        if remote.key in (base.key, local.key) and remote.hints in (base.hints, local.hints):
            return []
        if local.key == base.key:
            return self._patched(parent, siblings, at, base, remote)
        conflicts, used = self.conflicts, len(self.pool.used)
        try:
            return self._both(local, base, remote)
        except (Clash, Coarser):
            self.conflicts = conflicts
            del self.pool.used[used:]
        return self._conflict(base, local, remote)

    def _patched(
        self, parent: Block | None, siblings: Sequence[Block], at: int, base: Block, remote: Block
    ) -> list[Edit]:
        """Only the other side changed it: what a pull would do."""
        return patch_block(self.language, self.context(), parent, siblings, at, base, remote)

    def _both(self, local: Block, base: Block, remote: Block) -> list[Edit]:
        if not local.kind == base.kind == remote.kind or local.node != remote.node:
            raise Clash
        edits = self._head(local, base, remote)
        if base.inline is not None:
            edits += self._words(local, base, remote)
        if base.kind == "table":
            return edits + merge_table(self, local, base, remote)
        return edits + self.children(local, base.children, local.children, remote.children)

    def _head(self, local: Block, base: Block, remote: Block) -> list[Edit]:
        """Attributes one by one, plain text by lines and words."""
        if (remote.attrs, remote.text) == (base.attrs, base.text):
            return []
        attrs = dict(local.attrs)
        one, two = dict(base.attrs), dict(remote.attrs)
        for name in [*one, *two]:
            if one.get(name) == two.get(name) or attrs.get(name) == two.get(name):
                continue
            if attrs.get(name) != one.get(name):
                raise Clash
            attrs.pop(name, None)
            if name in two:
                attrs[name] = two[name]
        merged = Merge(local.text, 0)
        if remote.text != base.text:
            texts = [f"{block.text}\n" if block.text else "" for block in (base, local, remote)]
            merged = merge_text(texts[0], texts[1], texts[2], self.names)
        if merged.conflicts:
            raise Clash
        named = [(name, value) for name, value in attrs.items() if name == "ac:name"]
        rest = [(name, value) for name, value in attrs.items() if name != "ac:name"]
        ordered = (*named, *(sorted(rest) if named else rest))
        wanted = Block(local.kind, ordered, text=merged.text.removesuffix("\n"), children=local.children)
        wanted.hints = local.hints
        if (wanted.attrs, wanted.text) == (local.attrs, local.text):
            return []
        edits = self.language.patch_head(local, local, wanted, self.context())
        if edits is None:
            raise Clash
        return edits

    def _words(self, local: Block, base: Block, remote: Block) -> list[Edit]:
        """Words of one line of text: two changes that touch clash."""
        mine = hunks(inline_of(base).key, inline_of(local).key)
        theirs = [hunk for hunk in hunks(inline_of(base).key, inline_of(remote).key) if hunk not in mine]
        shifted = []
        for hunk in theirs:
            if any(hunk.start <= other.end and other.start <= hunk.end for other in mine):
                raise Clash
            shift = sum(_size(other) - (other.end - other.start) for other in mine if other.end < hunk.start)
            shifted.append(Hunk(hunk.start + shift, hunk.end + shift, hunk.content))
        edits = self.language.patch_hunks(local, shifted, self.context())
        if edits is None:
            raise Clash
        return edits

    # Conflicts

    def _conflict(self, base: Block, local: Block, remote: Block | None) -> list[Edit]:
        """Show a block as both sides have it. Whole lines are shown, with what stands before the block on its line."""
        if local.node == GFM and local.kind != "row":
            raise Clash  # no marker can stand in a line of cells: the whole row is shown
        self.conflicts += 1
        start, end = line_start(self.local.source, local.start), line_end(self.local.source, local.end)
        lead = self.local.source[start : local.start]
        ours = self.local.source[start:end]
        if remote is None:
            return [Edit(start, end, marked(ours, "", self.names).removesuffix("\n"))]
        merged = self._by_lines(base, local, remote)
        if merged is not None and merged.conflicts:
            self.conflicts += merged.conflicts - 1
            return [Edit(start, end, framed(merged.text.removesuffix("\n"), lead, local.prefix))]
        text = marked(ours, self._theirs(remote, lead, local.prefix), self.names)
        return [Edit(start, end, text.removesuffix("\n"))]

    def _by_lines(self, base: Block, local: Block, remote: Block) -> Merge | None:
        """The lines of three versions of a leaf, without what stands before them."""
        if local.children or local.kind not in ("paragraph", "heading", "plain", "island") or local.node == GFM:
            return None
        texts = [
            bare(doc, block) + "\n" for doc, block in ((self.base, base), (self.local, local), (self.remote, remote))
        ]
        return merge_text(texts[0], texts[1], texts[2], self.names)

    def _theirs(self, remote: Block, lead: str, prefix: str) -> str:
        """The remote block as lines, as they would stand here."""
        lines = bare(self.remote, remote).split("\n")
        return "\n".join([lead + lines[0], *((prefix + line).rstrip() for line in lines[1:])])


def _size(hunk: Hunk) -> int:
    return sum(len(content) if isinstance(content, str) else 1 for content, _ in hunk.content)
