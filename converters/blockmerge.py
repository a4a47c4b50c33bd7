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

from converters.align import Pairs, align_blocks, align_columns
from converters.errors import ConversionError
from converters.lens import Coarser, Context, Edit, OverlapError, apply_edits, container, exchange, patch_block
from converters.markdown.language import MarkdownLanguage
from converters.markdown.reader import GFM, markdown_to_doc
from converters.model import BOXES, Block, Doc, inline_of
from converters.pool import Pool
from converters.site import DEFAULT_SITE
from converters.splice import Hunk, hunks
from converters.textmerge import Merge, merge_text

_WORD = re.compile(r"\w+")
Names = tuple[str, str]


class Clash(Exception):  # noqa: N818 - not an error: both sides changed the same words
    """The block around is to be shown twice."""


def merge_blocks(base: str, local: str, remote: str, names: Names) -> Merge | None:
    """Merge two edits of `base` (with `\\n` line ends); None where only lines can be compared.

    Raises NotationError where one of the texts cannot be read.
    """
    docs = [markdown_to_doc(text) for text in (base, local, remote)]
    merger = _Merger(docs[0], docs[1], docs[2], names)
    try:
        edits = merger.children(None, docs[0].blocks, docs[1].blocks, docs[2].blocks)
        text = apply_edits(local, edits)
        kept = merger.conflicts > 0 or _kept_whole(docs, markdown_to_doc(text))
    except (Clash, Coarser, OverlapError, ConversionError):
        return None
    return Merge(text, merger.conflicts) if kept and _holds_all(base, local, remote, text) else None


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


def _holds_all(base: str, local: str, remote: str, text: str) -> bool:
    """Does the result have the words that either side added, and those that neither took away?"""
    one, two, three, out = (set(_WORD.findall(source)) for source in (base, local, remote, text))
    return (two - one) | (three - one) | (one & two & three) <= out


@dataclass(slots=True)
class _Merger:
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
        mine, wandered = _counterparts(base, local) if mine is None else (mine, set())
        moved = {remote[new].key for old, new in theirs if old is None and new is not None}
        leaving: dict[int, int] = {}
        for old, new in theirs:
            if old is not None and new is None and old in mine:
                here = mine[old]
                # A block that was edited here stays, unless it only went elsewhere there: then its edit goes with it.
                if local[here].key == base[old].key or base[old].key in moved:
                    leaving[here] = old
                    self.pool.add(local[here], base[old])
        run = _Run(self, parent, local, set(mine.values()), _added(base, local))
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
        theirs = source[source.rfind("\n", 0, remote.start) + 1 : _line_end(source, remote.end)]
        text = self._marked("", theirs)
        if not local:
            return [Edit(0, 0, text)]
        apart = "\n" if parent is not None and parent.kind in BOXES else "\n\n"
        if at:
            line = _line_end(self.local.source, local[at - 1].end)
            return [Edit(line, line, apart + text.rstrip("\n"))]
        line = self._line_start(local[0].start)
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
            return edits + self._table(local, base, remote)
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
        self.conflicts += merged.conflicts
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

    def _table(self, local: Block, base: Block, remote: Block) -> list[Edit]:
        """Rows and columns: a column that one side added or took away is one in the other side's rows, too."""
        here, there = align_columns(base, local), align_columns(base, remote)
        if here is None or there is None or (_same(here) and _same(there)):
            return self.children(local, base.children, local.children, remote.children)
        if not _same(here) and not _same(there):
            raise Clash
        rows = align_blocks(base.children, remote.children)
        mine, _ = _counterparts(base.children, local.children)
        if _same(there):  # new columns here: the other side's new rows get them
            columns = {new: old for old, new in here if new is not None}
            fresh = {new for old, new in rows if old is None and new is not None}
            wide = [columns[at] for at in range(len(columns))]
            new_rows = [_row(row, wide) if at in fresh else row for at, row in enumerate(remote.children)]
            return self.children(local, base.children, local.children, new_rows, mine, rows)
        edits = self.language.columns(self.local, local, there)
        for at, row in enumerate(local.children):
            if at not in mine.values():  # a row that was added here
                edits += self._cells(row, there)
        return edits + self.children(local, base.children, local.children, remote.children, mine, rows)

    def _cells(self, row: Block, columns: Pairs) -> list[Edit]:
        """Give a row the columns that the other side added, empty, and take away those that it took away."""
        wide = [new for _, new in columns if new is not None]
        empty = Block("row", children=[Block("cell") for _ in wide])
        old = Block("row", children=[Block("cell") for old, _ in columns if old is not None])
        pairs: Pairs = list(columns)
        return container(self.language, self.context(), row, row.children, old.children, empty.children, pairs)

    # Conflicts

    def _conflict(self, base: Block, local: Block, remote: Block | None) -> list[Edit]:
        """Show a block as both sides have it. Whole lines are shown, with what stands before the block on its line."""
        if local.node == GFM and local.kind != "row":
            raise Clash  # no marker can stand in a line of cells: the whole row is shown
        self.conflicts += 1
        start, end = self._line_start(local.start), _line_end(self.local.source, local.end)
        lead = self.local.source[start : local.start]
        ours = self.local.source[start:end]
        if remote is None:
            return [Edit(start, end, self._marked(ours, "").removesuffix("\n"))]
        merged = self._by_lines(base, local, remote)
        if merged is not None and merged.conflicts:
            self.conflicts += merged.conflicts - 1
            return [Edit(start, end, _framed(merged.text.removesuffix("\n"), lead, local.prefix))]
        return [Edit(start, end, self._marked(ours, self._theirs(remote, lead, local.prefix)).removesuffix("\n"))]

    def _by_lines(self, base: Block, local: Block, remote: Block) -> Merge | None:
        """The lines of three versions of a leaf, without what stands before them."""
        if local.children or local.kind not in ("paragraph", "heading", "plain", "island") or local.node == GFM:
            return None
        texts = [
            _bare(doc, block) + "\n" for doc, block in ((self.base, base), (self.local, local), (self.remote, remote))
        ]
        return merge_text(texts[0], texts[1], texts[2], self.names)

    def _theirs(self, remote: Block, lead: str, prefix: str) -> str:
        """The remote block as lines, as they would stand here."""
        lines = _bare(self.remote, remote).split("\n")
        return "\n".join([lead + lines[0], *((prefix + line).rstrip() for line in lines[1:])])

    def _marked(self, ours: str, theirs: str) -> str:
        parts = [f"<<<<<<< {self.names[0]}", ours, "=======", theirs, f">>>>>>> {self.names[1]}"]
        return "\n".join(part for at, part in enumerate(parts) if part or at in (0, 2, 4)) + "\n"

    def _line_start(self, place: int) -> int:
        return self.local.source.rfind("\n", 0, place) + 1


@dataclass(slots=True)
class _Run:
    """Blocks that leave and come at one place of a container, gathered until the next block that stays."""

    merger: _Merger
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
        place = self.at
        while place < len(self.local) and place not in self.known:
            place += 1
        if not gone and not new:
            return []
        merger, context = self.merger, self.merger.context()
        language = merger.language
        one_place = gone == list(range(gone[0], gone[0] + len(gone))) and place == gone[-1] + 1 if gone else False
        if one_place or not new:
            return exchange(language, context, self.parent, self.local, gone[0], gone, new)
        removed = language.removal(merger.local, self.parent, self.local, gone) if gone else []
        return [*language.insertion(merger.local, self.parent, self.local, place, new, context), *removed]


def _line_end(source: str, place: int) -> int:
    end = source.find("\n", place)
    return len(source) if end < 0 else end


def _same(columns: Pairs) -> bool:
    return all(old == new for old, new in columns)


def _row(row: Block, columns: Sequence[int | None]) -> Block:
    """A row with its cells in other columns, and empty ones for new columns."""
    cells = [Block("cell", row.children[0].attrs) if at is None else row.children[at] for at in columns]
    return Block("row", row.attrs, children=cells)


def _size(hunk: Hunk) -> int:
    return sum(len(content) if isinstance(content, str) else 1 for content, _ in hunk.content)


def _counterparts(base: Sequence[Block], local: Sequence[Block]) -> tuple[dict[int, int], set[int]]:
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


def _added(base: Sequence[Block], side: Sequence[Block]) -> list[Block]:
    return [side[new] for old, new in align_blocks(base, side) if old is None and new is not None]


def _bare(doc: Doc, block: Block) -> str:
    """A block's text without the prefix that its further lines have in the source."""
    first, *rest = doc.slice(block).split("\n")
    bare = (line[len(block.prefix) :] if line.startswith(block.prefix) else line.lstrip() for line in rest)
    return "\n".join([first, *bare])


def _framed(text: str, lead: str, prefix: str) -> str:
    """Lines with conflict markers, put where a block stands: the markers alone begin at the margin."""
    out: list[str] = []
    first = True
    before = True
    for line in text.split("\n"):
        if line.startswith("<<<<<<< "):
            before = first
        if line.startswith(("<<<<<<< ", ">>>>>>> ")) or line == "=======":
            first = before if line == "=======" else first
            out.append(line)
            continue
        out.append(lead + line if first else (prefix + line).rstrip())
        first = False
    return "\n".join(out)
