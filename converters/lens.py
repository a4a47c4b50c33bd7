"""The edit lens: an edit of one language's text, carried over to the other language's text of the same page.

`transfer(target, base, new)` is both `push` and `pull`. `target` and `base` are the two halves of what was last agreed,
in different languages but with the same model; `new` is the edited version of `base`. Blocks that the edit does not
touch keep their bytes. A block that it touches is patched as deep down as possible: a word in a paragraph, an item of a
list, a cell of a table.

Nothing is trusted that was not read back: the result is parsed again and must have the model of `new`. Where a fine
patch cannot be read as meant, a coarser one is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from converters.align import LINES, align_blocks
from converters.errors import BaseMismatchError, LawError
from converters.judge import Judge
from converters.model import BOXES, Block, Doc


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

    def write(self, blocks: Sequence[Block], depth_of: Block | None, context: Context) -> str:
        """Write new blocks, as they would stand inside `depth_of` (None: at the top level)."""

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
    """One attempt at a transfer. level 0 patches inside lines, 1 rewrites inline content, 2 rewrites blocks."""

    target: Doc
    new: Doc
    level: int
    moved: dict[object, list[Block]]
    origin: Doc

    def moved_block(self, block: Block) -> Block | None:
        """The same block where it stood elsewhere in the target (`origin`), each to be used once."""
        found = self.moved.get(block.key)
        return found.pop(0) if found else None


LEVELS = 3


def transfer(language: Language, target: Doc, base: Doc, new: Doc, judge: Judge) -> str:
    """Carry the edit base -> new over to `target`. Raises BaseMismatchError or LawError."""
    if not judge.same_docs(target, base):
        raise BaseMismatchError(
            f"the two halves of the base do not say the same: {judge.first_difference(target, base)}"
        )
    if base.key == new.key and _same_hints(base.blocks, new.blocks):
        return target.source
    whole = language.whole(target, base, new)
    if whole is not None:
        return whole
    problem = ""
    for level in range(LEVELS):
        context = Context(target, new, level, _moved(target, base, new), target)
        try:
            edits = _container(language, context, None, target.blocks, base.blocks, new.blocks)
            out = apply_edits(target.source, edits)
        except (Coarser, OverlapError):
            continue
        result = language.read(out)
        if judge.same_docs(result, new):
            return out
        problem = judge.first_difference(result, new)
    relaid = language.relay(Context(target, new, LEVELS, _moved(target, base, new), target), base)
    if relaid is not None and judge.same_docs(language.read(relaid), new):
        return relaid
    raise LawError(f"the edit cannot be written in {language.name} so that it reads back as meant: {problem}")


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


def _moved(target: Doc, base: Doc, new: Doc) -> dict[object, list[Block]]:
    """Top-level blocks that the edit takes away, by what they say: one that comes again elsewhere was moved."""
    out: dict[object, list[Block]] = {}
    for old, fresh in align_blocks(base.blocks, new.blocks):
        if old is not None and fresh is None:
            out.setdefault(base.blocks[old].key, []).append(target.blocks[old])
    return out


def _container(
    language: Language,
    context: Context,
    parent: Block | None,
    target: Sequence[Block],
    base: Sequence[Block],
    new: Sequence[Block],
) -> list[Edit]:
    """Edits for the children of one container; `target` and `base` correspond one to one."""
    edits: list[Edit] = []
    pairs = align_blocks(base, new)
    index = 0
    at = 0  # how many target blocks lie behind
    while index < len(pairs):
        old, fresh = pairs[index]
        if old is not None and fresh is not None:
            edits.extend(_block(language, context, parent, target, old, base[old], new[fresh]))
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
        edits.extend(_exchange(language, context, parent, target, at, removed, added))
        at += len(removed)
        index = stop
    return edits


def _exchange(
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
        return [*language.insertion(context.target, parent, target, removed[-1] + 1, added, context), *gone]
    first = target[removed[0]]
    text = language.write(added, parent, context)
    rest = language.removal(context.target, parent, target, removed[1:]) if len(removed) > 1 else []
    return [Edit(first.start, first.end, text), *rest]


def _block(
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
    if context.level < LEVELS - 1 and target.kind == base.kind and _comparable(base, new):
        try:
            return _patched(language, context, target, base, new)
        except Coarser:
            if parent is not None and parent.kind in BOXES:
                raise
    return [Edit(target.start, target.end, language.write([new], parent, context))]


def _comparable(base: Block, new: Block) -> bool:
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
        edits.extend(_container(language, context, target, target.children, base.children, new.children))
    return edits


def _or_coarser(edits: list[Edit] | None) -> list[Edit]:
    if edits is None:
        raise Coarser
    return edits
