"""The laws of the lens, as functions: each returns the first break with its place, or None.

    GetPut          an edit that changes nothing changes no byte
    PutGet          the written text says what was meant
    Locality        the bytes of every block outside the edit stay, in order
    No silent loss  what the notation has no word for stays with the blocks that stay

They are tested on generated documents and real pages, and `verify_push` runs again before each write to a site.
"""

from __future__ import annotations

from dataclasses import dataclass

from converters.align import align_blocks
from converters.errors import ConversionError
from converters.judge import Judge
from converters.markdown.reader import markdown_to_doc
from converters.model import Block, Doc
from converters.public import Lines, push, to_markdown
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
    markdown = to_markdown(storage, site)
    try:
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
    one, two = storage_to_doc(storage, site), markdown_to_doc(Lines(markdown).text, site)
    judge = Judge(site)
    if judge.same_docs(one, two):
        return None
    wrong = next((b for a, b in zip(one.blocks, two.blocks, strict=False) if not judge.same(a, b)), None)
    line = two.source.count("\n", 0, wrong.start) + 1 if wrong is not None else 0
    return LawBreak("PutGet", judge.first_difference(one, two), line)


def locality(
    storage: str, base_markdown: str, markdown: str, pushed: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """Every block that the edit leaves alone keeps its bytes, in order."""
    target = storage_to_doc(storage, site)
    base, new = (markdown_to_doc(Lines(text).text, site) for text in (base_markdown, markdown))
    at = 0
    for slice_, line in _kept(target, base.blocks, new.blocks, target.blocks, new):
        found = pushed.find(slice_, at)
        if found < 0:
            return LawBreak("Locality", f"a block that was not edited lost its bytes: {slice_[:60]!r}", line)
        at = found + len(slice_)
    return None


def _kept(target: Doc, base: list[Block], new: list[Block], there: list[Block], doc: Doc) -> list[tuple[str, int]]:
    out = []
    for old, fresh in align_blocks(base, new):
        if old is not None and fresh is not None and base[old].key == new[fresh].key:
            same_hints = [part.hints for part in base[old].walk()] == [part.hints for part in new[fresh].walk()]
            if same_hints:
                out.append((target.slice(there[old]), doc.source.count("\n", 0, new[fresh].start) + 1))
    return out


def verify_push(
    storage: str, base_markdown: str, markdown: str, pushed: str, site: Site = DEFAULT_SITE
) -> LawBreak | None:
    """Run the laws on one push, before it is sent."""
    broken = put_get(pushed, markdown, site)
    laid_out = "<ac:layout" in storage or "<ac:layout" in pushed
    if broken is None and not (laid_out and _layout_changed(storage, pushed, site)):
        broken = locality(storage, base_markdown, markdown, pushed, site)
    if broken is None and Lines(base_markdown).text == Lines(markdown).text:
        broken = _unchanged(storage, pushed, "GetPut")
    return broken


def _layout_changed(storage: str, pushed: str, site: Site) -> bool:
    """Was the page taken into or out of a layout? Then its blocks stand elsewhere."""
    one, two = storage_to_doc(storage, site), storage_to_doc(pushed, site)
    return any(block.kind == "section" for block in one.blocks) != any(block.kind == "section" for block in two.blocks)
