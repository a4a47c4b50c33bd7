"""The edit lens: an edit of one language's text, carried over to the other language's text of the same page.

`transfer(target, base, new)` is both `push` and `pull`. `target` and `base` are the two halves of what was last agreed,
in different languages but with the same model; `new` is the edited version of `base`. Blocks that the edit does not
touch keep their bytes. A block that it touches is patched as deep down as possible: a word in a paragraph, an item of a
list, a cell of a table.

Nothing is trusted that was not read back: the result is parsed again and must have the model of `new`. Where a fine
patch cannot be read as meant, a coarser one is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from converters.align import LINES, Pairs, align_blocks, align_columns
from converters.errors import BaseMismatchError, LawError, NotationError
from converters.judge import Judge
from converters.model import BOXES, Block, Doc
from converters.pool import Pool, gone


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace start:end of the source by `text`."""

    start: int
    end: int
    text: str


class Language(Protocol):
    """What the lens needs to know of the language that it writes."""

    name: str

    def read(self, source: str) -> Doc: ...

    def write(self, blocks: Sequence[Block], parent: Block | None, context: Context) -> str:
        """Write new blocks, as they would stand inside `parent` (None: at the top level)."""

    def patch_inline(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        """Edits that carry an inline change over; None where it cannot be done in place."""

    def patch_head(self, target: Block, base: Block, new: Block, context: Context) -> list[Edit] | None:
        """Edits that carry a change of attributes or plain text over; None where it cannot be done in place."""

    def insertion(
        self,
        doc: Doc,
        parent: Block | None,
        siblings: Sequence[Block],
        at: int,
        blocks: Sequence[Block],
        context: Context,
    ) -> list[Edit]:
        """The edits that insert new blocks before the sibling at index `at` (or after the last). May raise Coarser."""

    def removal(self, doc: Doc, parent: Block | None, siblings: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
        """The edits that remove the siblings named by their indexes. May raise Coarser."""

    def columns(self, doc: Doc, table: Block, pairs: Pairs) -> list[Edit]:
        """What else a table needs when its columns change: widths, a delimiter row. May raise Coarser."""

    def settle(self, target: Doc, out: Doc) -> str:
        """The result, with what belongs to its words put back where they stand now; `out` is the result as read."""

    def whole(self, target: Doc, base: Doc, new: Doc) -> str | None:
        """The whole text, for the few edits that no block can be patched for; None for all others."""

    def relay(self, context: Context, base: Doc) -> str | None:
        """The whole text laid out block by block, kept blocks as they stand: the last resort; None without one."""


class Coarser(Exception):  # noqa: N818 - not an error: a request to rewrite the block around instead
    """A change that cannot be made in place: the block around it is to be written anew."""


class OverlapError(Exception):
    """Two edits of one attempt want the same characters: a coarser attempt has one edit for both."""


@dataclass(slots=True)
class Context:
    """One attempt at a transfer.

    `levels` says for each top-level block of `new` (by its identity) how it is patched: 0 inside lines, 1 with inline
    content rewritten, 2 with paragraphs and headings written anew, 3 as a whole; `level` is that of the block at work.
    `pool` holds what the edit takes away.
    """

    target: Doc
    new: Doc
    pool: Pool
    levels: dict[int, int] = field(default_factory=dict)
    level: int = 0
    columns: dict[int, Pairs] = field(default_factory=dict)  # by the identity of a new row: which cell is which
    style: dict[str, str] = field(default_factory=dict)  # what a language has found out about the author's hand


LEAVES, WHOLE = 2, 3
MAX_ATTEMPTS = 8  # the last three patch all blocks alike


def transfer(language: Language, target: Doc, base: Doc, new: Doc, judge: Judge) -> str:
    """Carry the edit base -> new over to `target`. Raises BaseMismatchError or LawError."""
    if not judge.same_docs(target, base):
        raise BaseMismatchError(
            f"the two halves of the base do not say the same: {judge.first_difference(target, base)}"
        )
    if base.key == new.key and _same_hints(base.blocks, new.blocks):
        return target.source
    whole = language.whole(target, base, new)
    if whole is not None and judge.same_docs(out := language.read(whole), new):
        return language.settle(target, out)
    problem = ""
    levels: dict[int, int] = {}
    for attempt in range(MAX_ATTEMPTS):
        try:
            context = Context(target, new, gone(target.blocks, base.blocks, new.blocks), levels)
            result = language.read(_attempt(language, context, base))
        except (Coarser, OverlapError, NotationError):
            wrong: Collection[int] = range(len(new.blocks))
        else:
            if judge.same_docs(result, new):
                return language.settle(target, result)
            problem = judge.first_difference(result, new)
            wrong = _wrong(judge, result.blocks, new.blocks)
        if not _coarsen(levels, new.blocks, wrong if attempt < MAX_ATTEMPTS - 3 else range(len(new.blocks))):
            break
    context = Context(target, new, gone(target.blocks, base.blocks, new.blocks), levels, WHOLE)
    relaid = language.relay(context, base)
    if relaid is not None and judge.same_docs(out := language.read(relaid), new):
        return language.settle(target, out)
    raise LawError(f"the edit cannot be written in {language.name} so that it reads back as meant: {problem}")


def _attempt(language: Language, context: Context, base: Doc) -> str:
    edits = container(language, context, None, context.target.blocks, base.blocks, context.new.blocks)
    return apply_edits(context.target.source, edits)


def _wrong(judge: Judge, result: Sequence[Block], new: Sequence[Block]) -> Collection[int]:
    """Which blocks of `new` did not come out as meant, with a neighbour on either side that may have run into them."""
    if len(result) == len(new):
        wrong = [at for at in range(len(new)) if not judge.same(result[at], new[at])]
        return {near for at in wrong for near in (at - 1, at, at + 1) if 0 <= near < len(new)}
    short = min(len(result), len(new))
    low = next((at for at in range(short) if not judge.same(result[at], new[at])), short)
    tail = next((at for at in range(short - low) if not judge.same(result[-1 - at], new[-1 - at])), short - low)
    return range(max(0, low - 1), min(len(new), len(new) - tail + 1))


def _coarsen(levels: dict[int, int], new: Sequence[Block], wrong: Collection[int]) -> bool:
    """Patch the wrong blocks less finely at the next attempt; all of them where that is exhausted. False at the end."""
    for blocks in ([new[at] for at in wrong], new):
        finest = [block for block in blocks if levels.get(id(block), 0) < WHOLE]
        for block in finest:
            levels[id(block)] = levels.get(id(block), 0) + 1
        if finest:
            return True
    return False


def apply_edits(source: str, edits: list[Edit]) -> str:
    """Apply edits that do not overlap; of several at one place, the first named stands first."""
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < at:
            raise OverlapError
        out.append(source[at : edit.start])
        out.append(edit.text)
        at = edit.end
    out.append(source[at:])
    return "".join(out)


def container(
    language: Language,
    context: Context,
    parent: Block | None,
    target: Sequence[Block],
    base: Sequence[Block],
    new: Sequence[Block],
    pairs: Pairs | None = None,
) -> list[Edit]:
    """Edits for the children of one container; `target` and `base` correspond one to one."""
    edits: list[Edit] = []
    pairs = align_blocks(base, new) if pairs is None else pairs
    index = 0
    at = 0  # how many target blocks lie behind
    while index < len(pairs):
        old, fresh = pairs[index]
        if old is not None and fresh is not None:
            edits.extend(patch_block(language, context, parent, target, old, base[old], new[fresh]))
            at = old + 1
            index += 1
            continue
        stop = index
        removed: list[int] = []
        added: list[Block] = []
        while stop < len(pairs) and None in pairs[stop]:
            old, fresh = pairs[stop]
            if old is not None:
                removed.append(old)
            elif fresh is not None:
                added.append(new[fresh])
            stop += 1
        edits.extend(exchange(language, context, parent, target, at, removed, added))
        at += len(removed)
        index = stop
    return edits


def exchange(
    language: Language,
    context: Context,
    parent: Block | None,
    target: Sequence[Block],
    at: int,
    removed: Sequence[int],
    added: Sequence[Block],
) -> list[Edit]:
    """Edits for a run of removed and added children; the first removed one makes room for the added ones."""
    if not added:
        return language.removal(context.target, parent, target, removed)
    if not removed:
        return language.insertion(context.target, parent, target, at, added, context)
    boxed = parent is not None and parent.kind in BOXES
    # Sections stand in a layout of their own: what comes instead of one does not stand where it stood.
    if boxed or (target[removed[0]].kind == "section") != (added[0].kind == "section"):
        if boxed and len(removed) == len(target):
            raise Coarser
        gone = language.removal(context.target, parent, target, removed)
        # What comes instead of the first items takes the first number over.
        front = parent is not None and parent.kind == "list" and removed[0] == 0
        place = 0 if front else removed[-1] + 1
        return [*language.insertion(context.target, parent, target, place, added, context), *gone]
    first = target[removed[0]]
    text = language.write(added, parent, context)
    rest = language.removal(context.target, parent, target, removed[1:]) if len(removed) > 1 else []
    return [Edit(first.start, first.end, text), *rest]


def patch_block(
    language: Language,
    context: Context,
    parent: Block | None,
    siblings: Sequence[Block],
    at: int,
    base: Block,
    new: Block,
) -> list[Edit]:
    """Edits that turn the target's block into what `new` says."""
    target = siblings[at]
    if base.key == new.key and _same_hints([base], [new]):
        return []
    if parent is None:
        context.level = context.levels.get(id(new), 0)
    patched = context.level < (LEAVES if new.inline is not None else WHOLE)
    if patched and target.kind == base.kind and comparable(base, new):
        used = len(context.pool.used)
        try:
            return _patched(language, context, target, base, new)
        except Coarser:
            if parent is not None and parent.kind in BOXES:
                raise
            del context.pool.used[used:]
    for inner, said in zip(target.children, base.children, strict=False):
        context.pool.add(inner, said)
    return [Edit(target.start, target.end, language.write([new], parent, context))]


def comparable(base: Block, new: Block) -> bool:
    return base.kind == new.kind or {base.kind, new.kind} == LINES


def _same_hints(base: Sequence[Block], new: Sequence[Block]) -> bool:
    one = [block.hints for top in base for block in top.walk()]
    return one == [block.hints for top in new for block in top.walk()]


def _patched(language: Language, context: Context, target: Block, base: Block, new: Block) -> list[Edit]:
    edits: list[Edit] = []
    if (base.kind, base.attrs, base.text, base.hints) != (new.kind, new.attrs, new.text, new.hints):
        edits.extend(_or_coarser(language.patch_head(target, base, new, context)))
    if new.inline is not None and base.inline is not None and base.inline.key != new.inline.key:
        edits.extend(_or_coarser(language.patch_inline(target, base, new, context)))
    if base.children or new.children:
        if target.kind == "table" and (pairs := align_columns(base, new)) is not None:
            edits.extend(language.columns(context.target, target, pairs))
            context.columns.update((id(row), pairs) for row in new.children)
        pairs = context.columns.get(id(new))
        edits.extend(container(language, context, target, target.children, base.children, new.children, pairs))
    return edits


def _or_coarser(edits: list[Edit] | None) -> list[Edit]:
    if edits is None:
        raise Coarser
    return edits
