"""The laws of the lens, as functions: each returns the first break with its place, or None.

A text that cannot be read is no break of a law: NotationError is raised.

    GetPut          an edit that changes nothing changes no byte
    Style           Markdown that says the same in another style is no edit
    PutGet          the written text says what was meant
    Locality        the bytes of every block outside the edit stay, in order, at every depth, on both sides
    Two-cycle       a second trip changes nothing
    No silent loss  every text of the page is in the Markdown; every id and reference stays with the blocks that stay

They are tested on generated documents and real pages, and `verify_push` runs again before each write to a site.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converters.align import align_blocks, align_columns
from converters.complement import identifiers, unwritten_words
from converters.errors import ConversionError
from converters.judge import Judge
from converters.lens import comparable
from converters.markdown.reader import markdown_to_doc
from converters.model import Block, Doc
from converters.public import Lines, push, to_markdown, to_storage
from converters.site import DEFAULT_SITE, Site
from converters.storage.blocks import storage_to_doc


@dataclass(frozen=True, slots=True)
class LawBreak:
    """A law that a text breaks; `line` counts lines of the Markdown from 1, 0 where no line is known."""

    law: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        where = f" (line {self.line})" if self.line else ""
        return f"{self.law}: {self.message}{where}"


def get_put(storage: str, site: Site = DEFAULT_SITE) -> LawBreak | None:
    """`push(s, m, m) == s` for the Markdown that confsync itself writes."""
    try:
        markdown = to_markdown(storage, site)
        return _unchanged(storage, push(storage, markdown, markdown, site), "GetPut")
    except ConversionError as error:
        return LawBreak("GetPut", error.message, error.line)


def style(storage: str, base_markdown: str, restyled: str, site: Site = DEFAULT_SITE) -> LawBreak | None:
    """Markdown that says the same in another style is no edit."""
    try:
        return _unchanged(storage, push(storage, base_markdown, restyled, site), "Style")
    except ConversionError as error:
        return LawBreak("Style", error.message, error.line)


def _unchanged(old: str, new: str, law: str) -> LawBreak | None:
    if old == new:
        return None
    at = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return LawBreak(law, f"storage differs at character {at}: {old[at : at + 40]!r} became {new[at : at + 40]!r}")


def put_get(storage: str, markdown: str, site: Site = DEFAULT_SITE) -> LawBreak | None:
    """The storage format says what the Markdown says."""
    return _says(storage_to_doc(storage, site), _markdown_doc(markdown, site), site)


def _says(one: Doc, two: Doc, site: Site) -> LawBreak | None:
    judge = Judge(site)
    if judge.same_docs(one, two):
        return None
    wrong = next((b for a, b in zip(one.blocks, two.blocks, strict=False) if not judge.same(a, b)), None)
    return LawBreak("PutGet", judge.first_difference(one, two), _line(two, wrong) if wrong is not None else 0)


def locality(
    storage: str, base_markdown: str, markdown: str, pushed: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """Every block that a pushed edit leaves alone keeps its bytes, in order: also items, cells and what is in them."""
    base, new = (_markdown_doc(text, site) for text in (base_markdown, markdown))
    return _local(storage_to_doc(storage, site), base, new, pushed)


def locality_of_pull(
    markdown: str, base_storage: str, storage: str, pulled: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """Every block that a pulled edit leaves alone keeps its characters: the author's line breaks, bullets, quoting."""
    base, new = (storage_to_doc(text, site) for text in (base_storage, storage))
    return _local(_markdown_doc(markdown, site), base, new, Lines(pulled).text)


def _local(target: Doc, base: Doc, new: Doc, out: str) -> LawBreak | None:
    at = 0
    for kept, said in _kept(target.blocks, base.blocks, new.blocks):
        slice_ = target.slice(kept)
        found = out.find(slice_, at)
        if found < 0:
            line = _line(new, said) if new.language == "markdown" else _line(target, kept)
            return LawBreak("Locality", f"a block that was not edited lost its bytes: {slice_[:60]!r}", line)
        at = found + len(slice_)
    return None


def _kept(target: Sequence[Block], base: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[Block, Block]]:
    """The target's blocks that the edit base -> new leaves alone, each with the block of `new` that it is."""
    if len(target) != len(base):
        return
    for old, fresh in align_blocks(base, new):
        if old is not None and fresh is not None:
            yield from _kept_in(target[old], base[old], new[fresh])


def _kept_in(target: Block, base: Block, new: Block) -> Iterator[tuple[Block, Block]]:
    if base.key == new.key:
        if [part.hints for part in base.walk()] == [part.hints for part in new.walk()]:
            yield target, new
    elif base.kind == new.kind == "list" and base.attrs != new.attrs:
        return  # another first number is an edit of every item's number
    elif target.kind == base.kind and comparable(base, new) and base.kind != "table":
        yield from _kept(target.children, base.children, new.children)
    elif target.kind == base.kind == new.kind == "table":
        yield from _kept_cells(target, base, new)


def _kept_cells(target: Block, base: Block, new: Block) -> Iterator[tuple[Block, Block]]:
    columns = align_columns(base, new)
    for old, fresh in align_blocks(base.children, new.children):
        if old is None or fresh is None:
            continue
        there, before, after = (table.children[at] for table, at in ((target, old), (base, old), (new, fresh)))
        if columns is None or before.key == after.key:
            yield from _kept_in(there, before, after)
            continue
        for i, j in columns:
            if i is not None and j is not None:
                yield from _kept_in(there.children[i], before.children[i], after.children[j])


def two_cycle(storage: str, site: Site = DEFAULT_SITE) -> LawBreak | None:
    """A second trip without the base changes nothing: neither the Markdown nor the storage format."""
    try:
        markdown = to_markdown(storage, site)
        again = to_storage(markdown, site)
        second = to_markdown(again, site)
        if second != markdown:
            return _unchanged(markdown, second, "Two-cycle")
        return _unchanged(again, to_storage(second, site), "Two-cycle")
    except ConversionError as error:
        return LawBreak("Two-cycle", error.message, error.line)


def no_silent_loss(storage: str, markdown: str) -> LawBreak | None:
    """Every word, name and address that a page shows or acts on stands in its Markdown."""
    missing = unwritten_words(storage, markdown)
    return LawBreak("No silent loss", f"the Markdown lacks {missing[0]!r}") if missing else None


def no_id_lost(
    storage: str, base_markdown: str, markdown: str, pushed: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """No silent loss, of what Markdown does not carry: every id and reference is there, or its block was edited."""
    base, new = (_markdown_doc(text, site) for text in (base_markdown, markdown))
    return _ids_kept(storage_to_doc(storage, site), base, new, pushed)


def _ids_kept(target: Doc, base: Doc, new: Doc, pushed: str) -> LawBreak | None:
    there = {name for name, _ in identifiers(pushed)}
    lost = [(name, at) for name, at in identifiers(target.source) if name not in there]
    if not lost:
        return None
    kept = list(_kept(target.blocks, base.blocks, new.blocks))
    for name, at in lost:
        block = next((said for block, said in kept if block.start <= at < block.end), None)
        if block is not None:
            return LawBreak("No silent loss", f"{name!r} is gone from a block that was not edited", _line(new, block))
    return None


def _markdown_doc(markdown: str, site: Site) -> Doc:
    return markdown_to_doc(Lines(markdown).text, site)


def _line(doc: Doc, block: Block) -> int:
    return doc.source.count("\n", 0, block.start) + 1


def verify_push(
    storage: str, base_markdown: str, markdown: str, pushed: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """Run the laws on one push, before it is sent; each text is read once."""
    target, out = storage_to_doc(storage, site), storage_to_doc(pushed, site)
    base, new = _markdown_doc(base_markdown, site), _markdown_doc(markdown, site)
    broken = _says(out, new, site)
    if broken is None and target.laid_out == out.laid_out:
        broken = _local(target, base, new, pushed) or _ids_kept(target, base, new, pushed)
    if broken is None and base.source == new.source:
        broken = _unchanged(storage, pushed, "GetPut")
    return broken
