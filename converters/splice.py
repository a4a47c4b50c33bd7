"""Inline edits: which stretch of a target's inline content an edit changes, and how to change only that.

Places are counted in units: a character of text or one atom. `hunks` finds what differs; `splice` changes a stretch in
place; `rebuild` lays the whole content out again, keeping the source of all that stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from converters.align import align_equal
from converters.model import Atom, Inline, InlineKey, Mark, Piece, Wrap
from converters.notation import marks_inside

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")
Token = tuple[str | Atom, frozenset[Mark]]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Units start:end of the old content become `content`."""

    start: int
    end: int
    content: InlineKey


def tokens(key: InlineKey) -> list[Token]:
    """Cut content into words, spaces, signs and atoms."""
    out: list[Token] = []
    for content, marks in key:
        if isinstance(content, str):
            out.extend((word, marks) for word in _TOKEN.findall(content))
        else:
            out.append((content, marks))
    return out


def size(content: str | Atom) -> int:
    return len(content) if isinstance(content, str) else 1


def hunks(old: InlineKey, new: InlineKey) -> list[Hunk]:
    """What differs between two versions of inline content, word by word, then trimmed to characters."""
    a, b = tokens(old), tokens(new)
    places = [0]
    for content, _ in a:
        places.append(places[-1] + size(content))
    out: list[Hunk] = []
    for i1, i2, j1, j2 in align_equal(a, b):
        if [content for content, _ in a[i1:i2]] == [content for content, _ in b[j1:j2]]:
            # Only marks change: word by word, so that what else is around each word stays on it.
            out.extend(Hunk(places[i1 + k], places[i1 + k + 1], (b[j1 + k],)) for k in range(i2 - i1))
        else:
            out.append(_trimmed(places[i1], a[i1:i2], b[j1:j2]))
    return out


def _trimmed(start: int, old: Sequence[Token], new: Sequence[Token]) -> Hunk:
    end = start + sum(size(content) for content, _ in old)
    if (
        len(old) == len(new) == 1
        and old[0][1] == new[0][1]
        and isinstance(old[0][0], str)
        and isinstance(new[0][0], str)
    ):
        one, two = old[0][0], new[0][0]
        low = 0
        while low < min(len(one), len(two)) and one[low] == two[low]:
            low += 1
        high = 0
        while high < min(len(one), len(two)) - low and one[-1 - high] == two[-1 - high]:
            high += 1
        text = two[low : len(two) - high]
        return Hunk(start + low, end - high, ((text, new[0][1]),) if text else ())
    return Hunk(start, end, join_tokens(new))


def join_tokens(parts: Sequence[Token]) -> InlineKey:
    out: list[Token] = []
    for content, marks in parts:
        if out and isinstance(content, str) and isinstance(out[-1][0], str) and out[-1][1] == marks:
            out[-1] = (out[-1][0] + content, marks)
        else:
            out.append((content, marks))
    return tuple(out)


def real_marks(wraps: Sequence[Wrap]) -> frozenset[Mark]:
    """The marks that text standing inside these elements has."""
    return marks_inside(wrap.mark for wrap in wraps if wrap.mark is not None)


def units(pieces: Sequence[Piece]) -> list[tuple[int, int, Piece]]:
    """The visible pieces with the units they cover."""
    out = []
    at = 0
    for piece in pieces:
        if not piece.ghost:
            count = len(piece.text) if piece.atom is None else 1
            out.append((at, at + count, piece))
            at += count
    return out


@dataclass(frozen=True, slots=True)
class Place:
    """Where new inline content goes: a source range, and the elements around it that stay."""

    start: int
    end: int
    wraps: tuple[Wrap, ...]


def place(inline: Inline, hunk: Hunk) -> Place | None:
    """Find the source range for a hunk; None where it cannot be changed in place."""
    laid = units(inline.pieces)
    if not laid:
        return Place(inline.start, inline.end, ())
    if hunk.start == hunk.end:
        return _between(laid, hunk)
    covered = [(low, high, piece) for low, high, piece in laid if low < hunk.end and high > hunk.start]
    for low, high, piece in covered:
        if (low < hunk.start or high > hunk.end) and not piece.exact:
            return None
    gone = _gone(laid, hunk)
    kept = {tuple(wrap for wrap in piece.wraps if wrap not in gone) for _, _, piece in covered}
    if len(kept) != 1 or any(_stays_inside(piece.wraps, gone) for _, _, piece in covered):
        return None
    wraps = kept.pop()
    first, last = covered[0], covered[-1]
    starts = [wrap.start for wrap in first[2].wraps if wrap in gone]
    ends = [wrap.end for wrap in last[2].wraps if wrap in gone]
    start = min([first[2].start + max(0, hunk.start - first[0]), *starts])
    end = max([last[2].end - max(0, last[1] - hunk.end), *ends])
    return Place(start, end, wraps) if all(real_marks(wraps) <= marks for _, marks in hunk.content) else None


def _stays_inside(wraps: Sequence[Wrap], gone: set[Wrap]) -> bool:
    """Is there an element that stays inside one that goes? Then the range of the outer one cannot be replaced."""
    first = next((at for at, wrap in enumerate(wraps) if wrap in gone), len(wraps))
    return any(wrap not in gone for wrap in wraps[first:])


def _gone(laid: Sequence[tuple[int, int, Piece]], hunk: Hunk) -> set[Wrap]:
    """The elements whose whole text the hunk takes away and whose mark the new content does not have."""
    inside: dict[Wrap, bool] = {}
    for low, high, piece in laid:
        for wrap in piece.wraps:
            inside[wrap] = inside.get(wrap, True) and low >= hunk.start and high <= hunk.end
    return {
        wrap
        for wrap, whole in inside.items()
        if whole and not (hunk.content and (wrap.mark is None or all(wrap.mark in marks for _, marks in hunk.content)))
    }


def _between(laid: Sequence[tuple[int, int, Piece]], hunk: Hunk) -> Place | None:
    """Where to insert: inside the elements of the neighbour that has the new text's marks."""
    left = next((entry for entry in reversed(laid) if entry[0] < hunk.start), None)
    right = next((entry for entry in laid if entry[1] > hunk.start), None)
    if left is not None and left is right:
        piece = left[2]
        if not piece.exact:
            return None
        at = piece.start + hunk.start - left[0]
        found = [Place(at, at, piece.wraps)]
    else:
        shared = {wrap for wrap in left[2].wraps if wrap in right[2].wraps} if left and right else set()
        found = list(_beside(left[2], shared, after=True)) if left else []
        found += _beside(right[2], shared, after=False) if right else []
    fitting = [one for one in found if all(real_marks(one.wraps) <= marks for _, marks in hunk.content)]
    # As many of the wanted marks as possible from what stands there; else as little around the new text as possible.
    return max(fitting, key=lambda one: (len(real_marks(one.wraps)), -len(one.wraps)), default=None)


def _beside(piece: Piece, shared: set[Wrap], after: bool) -> Iterator[Place]:
    """Right after (or before) a piece, and outside each of the elements that end (or begin) there."""
    at = piece.end if after else piece.start
    for depth in range(len(piece.wraps), -1, -1):
        yield Place(at, at, piece.wraps[:depth])
        if not depth or piece.wraps[depth - 1] in shared:
            return
        at = piece.wraps[depth - 1].end if after else piece.wraps[depth - 1].start


Laid = tuple[tuple[Wrap, ...], Piece | Token]


def rebuild(inline: Inline, changes: Sequence[Hunk], new_wrap: Callable[[Mark], Wrap]) -> list[Laid]:
    """Lay the new content out: kept pieces with their elements, new content with elements inherited or made."""
    out: list[Laid] = []
    todo = list(changes)
    at = covered = 0  # units behind; units that a change already replaced
    for piece in inline.pieces:
        if piece.ghost:
            if covered <= at:
                out.append((piece.wraps, piece))
            continue
        low, high = at, at + (len(piece.text) if piece.atom is None else 1)
        pos = max(low, covered)
        while todo and todo[0].start < high:
            change = todo.pop(0)
            _keep(out, piece, pos - low, change.start - low)
            _add(out, change, new_wrap, _hidden(inline.pieces, change))
            covered = change.end
            pos = max(pos, covered)
        _keep(out, piece, pos - low, high - low)
        at = high
    for change in todo:
        _add(out, change, new_wrap, _hidden(inline.pieces, change))
    return out


def _hidden(pieces: Sequence[Piece], change: Hunk) -> tuple[Wrap, ...]:
    """The comment markers and other unwritten elements that all of a changed stretch stands in."""
    covered = [piece.wraps for low, high, piece in units(pieces) if low < change.end and high > change.start]
    if not covered:
        return ()
    return tuple(wrap for wrap in covered[0] if wrap.mark is None and all(wrap in wraps for wraps in covered))


def _keep(out: list[Laid], piece: Piece, low: int, high: int) -> None:
    if low >= high:
        return
    if piece.atom is None and (low, high) != (0, len(piece.text)):
        if piece.exact:
            piece = replace(piece, text=piece.text[low:high], start=piece.start + low, end=piece.start + high)
        else:
            out.append((piece.wraps, (piece.text[low:high], piece.marks)))
            return
    out.append((piece.wraps, piece))


def _add(out: list[Laid], hunk: Hunk, new_wrap: Callable[[Mark], Wrap], hidden: tuple[Wrap, ...]) -> None:
    before = out[-1][0] if out else ()
    for content, marks in hunk.content:
        wraps: list[Wrap] = []
        for wrap in before:
            if (wrap.mark is not None and wrap.mark not in marks) or (wrap.mark is None and wrap not in hidden):
                break
            wraps.append(wrap)
        wraps.extend(wrap for wrap in hidden if wrap not in wraps)
        missing = marks - real_marks(wraps)
        wraps.extend(new_wrap(mark) for mark in sorted(missing))
        out.append((tuple(wraps), (content, marks)))
        before = tuple(wraps)
