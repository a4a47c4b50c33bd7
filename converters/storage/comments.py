"""Inline comment markers after an edit: those that the edit has cut off are put back on their words.

The lens keeps a marker where its text is patched in place. Where blocks are split, joined or written anew the words go
on without it; `anchors` finds them again, and the marker is put around them. A marker whose text is gone stays gone,
and the receipt says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from converters.lens import Edit, apply_edits
from converters.model import Block, Doc, Piece, Wrap
from converters.site import Site
from converters.splice import units
from converters.storage.anchors import MARKER, Anchors, Run, leaves, refs_of, shown
from converters.storage.blocks import storage_to_doc


def put_back(target: Doc, out: Doc, site: Site) -> str:
    """The source of `out` with the markers of `target` on their words. What it says stays the same."""
    if MARKER not in target.source:
        return out.source
    strayed = _strayed(target, out)
    if strayed:
        back = _all_back(target, _freed(target, out, strayed, site), site)
        if covered(back).keys() >= covered(out).keys():
            return back.source
    return _all_back(target, out, site).source


def _all_back(target: Doc, out: Doc, site: Site) -> Doc:
    """Put back what is lost, whole or in part.

    Markers that do not touch each other are put back together; others one round later, around or inside those.
    """
    whole, markers = covered(target), _markers(target)
    tried: set[str] = set()
    while True:
        there = covered(out)
        lost = [ref for ref in whole if ref not in tried and len(there.get(ref, "")) < len(whole[ref])]
        if not lost:
            return out
        anchors = Anchors(target, out, frozenset(lost))
        batch: dict[str, list[Run]] = {}
        for ref in lost:
            runs = anchors.runs(ref, whole[ref], len(there.get(ref, "")))
            if not any(_touch(run, other) for run in runs for others in batch.values() for other in others):
                batch[ref] = runs
        out, done = _marked(out, anchors.new, batch, markers, site)
        tried |= done


def _strayed(target: Doc, out: Doc) -> set[str]:
    """The markers that stand on quite other words, while theirs are as often on the page as before: text was swapped.

    A word that was written anew keeps its comment; its old spelling is on the page once less.
    """
    whole, there = _covered_leaves(target), _covered_leaves(out)
    other = {ref for ref, texts in there.items() if not _words(texts) & _words(whole.get(ref, texts))}
    if not other:
        return set()
    before, after = _page_text(target), _page_text(out)
    longest = {ref: max(whole[ref], key=len) for ref in other}
    return {ref for ref, text in longest.items() if _words([text]) and after.count(text) >= before.count(text)}


def _freed(target: Doc, out: Doc, refs: set[str], site: Site) -> Doc:
    """Take some markers off their words, but in blocks that stand as they stood."""
    kept = {target.source[leaf.start : leaf.end] for leaf in leaves(target)}
    free = (leaf for leaf in leaves(out) if out.source[leaf.start : leaf.end] not in kept)
    pieces = (piece for leaf in free for piece in (leaf.inline.pieces if leaf.inline else ()))
    wraps = {wrap for piece in pieces for ref, wrap in refs_of(piece.wraps) if ref in refs}
    edits = [Edit(wrap.start, wrap.start + len(wrap.open), "") for wrap in wraps]
    edits += [Edit(wrap.end - len(wrap.close), wrap.end, "") for wrap in wraps]
    freed = storage_to_doc(apply_edits(out.source, edits), site)
    return freed if freed.key == out.key else out


def _words(texts: Sequence[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"\w+", text)}


def _page_text(doc: Doc) -> str:
    return "\n".join("".join(shown(piece) for piece in leaf.inline.pieces) for leaf in leaves(doc) if leaf.inline)


def covered(doc: Doc) -> dict[str, str]:
    """The text that each marker stands on, over the whole page."""
    return {ref: "".join(texts) for ref, texts in _covered_leaves(doc).items()}


def _covered_leaves(doc: Doc) -> dict[str, list[str]]:
    """The text that each marker stands on, block by block: a comment may reach over several."""
    out: dict[str, dict[int, str]] = defaultdict(dict)
    for number, leaf in enumerate(leaves(doc)):
        for piece in leaf.inline.pieces if leaf.inline else ():
            for ref in {ref for ref, _ in refs_of(piece.wraps)}:  # a marker may stand within itself
                out[ref][number] = out[ref].get(number, "") + shown(piece)
    return {ref: list(texts.values()) for ref, texts in out.items()}


def _markers(doc: Doc) -> dict[str, Wrap]:
    """The element of each marker."""
    found = (piece for leaf in leaves(doc) for piece in (leaf.inline.pieces if leaf.inline else ()))
    return {ref: wrap for piece in found for ref, wrap in refs_of(piece.wraps)}


def _touch(one: Run, two: Run) -> bool:
    return one[0] == two[0] and one[1] <= two[2] and two[1] <= one[2]


def _marked(
    out: Doc, new: Sequence[Block], batch: dict[str, list[Run]], markers: dict[str, Wrap], site: Site
) -> tuple[Doc, set[str]]:
    """Put the markers of a batch in; one at a time where the page would not say the same with all of them."""
    for some in (list(batch), list(batch)[:1]):
        edits = [edit for ref in some for run in batch[ref] for edit in _around(new[run[0]], *run[1:], markers[ref])]
        marked = storage_to_doc(apply_edits(out.source, edits), site) if edits else out
        if marked.key == out.key:
            return marked, set(some)
    return out, set(list(batch)[:1])


def _around(leaf: Block, low: int, high: int, marker: Wrap) -> Iterator[Edit]:
    """Put the marker around units low:high of a leaf, in as few pieces as the elements there allow."""
    laid = units(leaf.inline.pieces if leaf.inline else ())
    inside = [(start, end, piece) for start, end, piece in laid if start < high and end > low]
    partly: set[Wrap] = {wrap for start, end, piece in laid for wrap in piece.wraps if start < low or end > high}
    for start, end in _ranges(inside, low, high, partly, 0):
        yield Edit(start, start, marker.open)
        yield Edit(end, end, marker.close)


def _ranges(
    inside: Sequence[tuple[int, int, Piece]], low: int, high: int, partly: set[Wrap], depth: int
) -> Iterator[tuple[int, int]]:
    """Source ranges that cover the pieces: over whole elements, and into those that are covered in part."""
    joined: tuple[int, int] | None = None
    for wrap, entries in groupby(inside, lambda entry: entry[2].wraps[depth] if len(entry[2].wraps) > depth else None):
        some = list(entries)
        if wrap is not None and wrap in partly:
            if joined:
                yield joined
                joined = None
            yield from _ranges(some, low, high, partly, depth + 1)
            continue
        first, last = some[0], some[-1]
        start = wrap.start if wrap else first[2].start + (max(0, low - first[0]) if first[2].exact else 0)
        end = wrap.end if wrap else last[2].end - (max(0, last[1] - high) if last[2].exact else 0)
        joined = (joined[0] if joined else start, end)
    if joined:
        yield joined
