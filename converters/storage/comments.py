"""Inline comment markers after an edit: those that the edit has cut off are put back on their words.

The lens keeps a marker where its text is patched in place. Where blocks are split, joined or written anew the words go
on without it; here they are found again, by aligning the words of what was changed, and the marker is put around them.
A marker whose text is gone stays gone, and the receipt says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from converters.align import align_equal
from converters.lens import Edit, apply_edits
from converters.model import Block, Doc, Piece, Wrap
from converters.site import Site
from converters.splice import units
from converters.storage.blocks import storage_to_doc

MARKER = "<ac:inline-comment-marker"
_REF = re.compile(r'\bac:ref\s*=\s*["\']([^"\']*)["\']')
_TOKEN = re.compile(r"\w+|\s|[^\w\s]|\0")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, sign or atom of a leaf (by its number), with the units it covers and the markers it stands in."""

    text: str
    leaf: int
    start: int
    end: int
    refs: frozenset[str]


Run = tuple[int, int, int]  # leaf, first unit, unit after the last


def put_back(target: Doc, out: Doc, site: Site) -> str:
    """The source of `out` with the markers of `target` on their words. What it says stays the same."""
    if MARKER not in target.source:
        return out.source
    before = covered(target)
    for ref, text in before.items():
        if len(covered(out).get(ref, "")) < len(text):
            edits = _anchored(target, out, ref)
            marked = storage_to_doc(apply_edits(out.source, edits), site) if edits else out
            out = marked if marked.key == out.key else out
    return out.source


def refs_of(wraps: Sequence[Wrap]) -> Iterator[tuple[str, Wrap]]:
    """The comment markers among the elements around a piece, with their references."""
    for wrap in wraps:
        if wrap.mark is None and wrap.open.startswith(MARKER) and (found := _REF.search(wrap.open)):
            yield found.group(1), wrap


def _leaves(doc: Doc) -> list[Block]:
    return [block for block in doc.walk() if block.inline is not None]


def _said(leaf: Block, ref: str) -> tuple[object, bool]:
    """What a leaf says, and whether the marker stands in it: a leaf that has only lost its marker was changed, too."""
    inline = leaf.inline
    marked = any(name == ref for piece in (inline.pieces if inline else ()) for name, _ in refs_of(piece.wraps))
    return inline.key if inline else (), marked


def _text(piece: Piece) -> str:
    return piece.text if piece.atom is None else "\0"


def covered(doc: Doc) -> dict[str, str]:
    """The text that each marker stands on, over the whole page."""
    out: dict[str, str] = defaultdict(str)
    for leaf in _leaves(doc):
        for piece in leaf.inline.pieces if leaf.inline else ():
            for ref, _ in refs_of(piece.wraps):
                out[ref] += _text(piece)
    return out


def _anchored(target: Doc, out: Doc, ref: str) -> list[Edit]:
    """The edits that put one marker around what is left of its text in `out`."""
    old, new = _leaves(target), _leaves(out)
    changed = align_equal([_said(leaf, ref) for leaf in old], [_said(leaf, ref) for leaf in new])
    wrap = next(wrap for leaf in old for piece in leaf.inline.pieces if leaf.inline  # type: ignore[union-attr]
                for name, wrap in refs_of(piece.wraps) if name == ref)  # fmt: skip
    whole = covered(target)[ref]
    runs: list[Run] = []
    for i1, i2, j1, j2 in changed:
        runs += _aligned(list(_tokens(old, i1, i2)), list(_tokens(new, j1, j2)), ref)
    found = len(covered(out).get(ref, "")) + sum(high - low for _, low, high in runs)
    if 2 * found < len(whole):
        candidates = [at for _, _, j1, j2 in changed for at in range(j1, j2)]
        runs = _searched(old, new, candidates, ref, whole) or _likeliest(old, new, candidates, ref, whole)
    return [edit for leaf, low, high in runs for edit in _around(new[leaf], low, high, wrap)]


def _tokens(leaves: Sequence[Block], low: int, high: int) -> Iterator[Token]:
    """The words of some leaves, cut where a marker begins or ends."""
    for number in range(low, high):
        inline = leaves[number].inline
        stretches = groupby(
            units(inline.pieces if inline else ()), lambda entry: frozenset(r for r, _ in refs_of(entry[2].wraps))
        )
        for refs, entries in stretches:
            some = list(entries)
            start = some[0][0]
            for word in _TOKEN.finditer("".join(_text(piece) for _, _, piece in some)):
                yield Token(word.group(), number, start + word.start(), start + word.end(), refs)


def _aligned(old: Sequence[Token], new: Sequence[Token], ref: str) -> list[Run]:
    """Where words that stood in the marker stand now, outside it: runs without white space at their ends."""
    if not any(ref in token.refs for token in old):
        return []
    wanted: list[Token] = []
    i = j = 0
    for i1, i2, _, j2 in [*align_equal([t.text for t in old], [t.text for t in new]), (len(old), 0, 0, 0)]:
        wanted += [new[j + k] for k in range(i1 - i) if ref in old[i + k].refs and ref not in new[j + k].refs]
        i, j = i2, j2
    runs: list[list[Token]] = []
    for token in wanted:
        if runs and runs[-1][-1].leaf == token.leaf and runs[-1][-1].end == token.start:
            runs[-1].append(token)
        else:
            runs.append([token])
    return [run for tokens in runs if (run := _trimmed(tokens)) is not None]


def _trimmed(tokens: list[Token]) -> Run | None:
    said = [token for token in tokens if not token.text.isspace()]
    return (said[0].leaf, said[0].start, said[-1].end) if said else None


def _searched(old: Sequence[Block], new: Sequence[Block], candidates: Sequence[int], ref: str, whole: str) -> list[Run]:
    """Look for the marker's whole text where its block was both moved and edited, or a word was cut."""
    left, right = _context(old, ref)
    best: tuple[int, Run] | None = None
    for at in candidates:
        inline = new[at].inline
        text = "".join(_text(piece) for _, _, piece in units(inline.pieces if inline else ()))
        place = text.find(whole)
        while place >= 0:
            end = place + len(whole)
            score = _same_tail(text[:place], left) + _same_tail(text[end:][::-1], right[::-1])
            if (best is None or score > best[0]) and (len(whole) > 3 or score > 2):
                best = (score, (at, place, end))
            place = text.find(whole, place + 1)
    return [best[1]] if best else []


def _likeliest(
    old: Sequence[Block], new: Sequence[Block], candidates: Sequence[int], ref: str, whole: str
) -> list[Run]:
    """Where at least half of the marker's text stands in the block that is most like its own."""
    home = next(at for at in range(len(old)) if any(ref in token.refs for token in _tokens(old, at, at + 1)))
    tokens = list(_tokens(old, home, home + 1))
    words = Counter(token.text for token in tokens)
    best = max(
        candidates, key=lambda at: (words & Counter(t.text for t in _tokens(new, at, at + 1))).total(), default=0
    )
    runs = _aligned(tokens, list(_tokens(new, best, best + 1)), ref) if candidates else []
    return runs if 2 * sum(high - low for _, low, high in runs) >= len(whole) else []


def _context(leaves: Sequence[Block], ref: str) -> tuple[str, str]:
    """The text before and after a marker in its own leaf."""
    for leaf in leaves:
        laid = units(leaf.inline.pieces if leaf.inline else ())
        inside = [at for at, (_, _, piece) in enumerate(laid) if any(name == ref for name, _ in refs_of(piece.wraps))]
        if inside:
            texts = [_text(piece) for _, _, piece in laid]
            return "".join(texts[: inside[0]]), "".join(texts[inside[-1] + 1 :])
    return "", ""


def _same_tail(one: str, two: str) -> int:
    count = 0
    while count < min(len(one), len(two)) and one[-1 - count] == two[-1 - count]:
        count += 1
    return count


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
