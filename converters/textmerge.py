"""Three versions of one text as one, without knowing what it says: lines first, then words within the same lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from converters.align import align_equal
from converters.clashes import marked

_WORD = re.compile(r"\w+|\s|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text and how many clashes it holds; `conflicts` counts what this merge has marked."""

    text: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of the base with both sides' versions of it; `clash` where both changed it differently."""

    base: list[str]
    local: list[str]
    remote: list[str]
    clash: bool


def merge_text(base: str, local: str, remote: str, names: tuple[str, str]) -> Merge:
    """Merge two edits of `base` (with `\\n` line ends) by lines, then by words where the same lines were changed."""
    out: list[str] = []
    conflicts = 0
    for chunk in chunks(_lines(base), _lines(local), _lines(remote)):
        if not chunk.clash:
            out.extend(chunk.local if chunk.local != chunk.base else chunk.remote)
            continue
        merged = _merge_words(chunk)
        if merged is None:
            conflicts += 1
            merged = marked("".join(chunk.local), "".join(chunk.remote), names)
        out.append(merged)
    return Merge("".join(out), conflicts)


def side_by_side(local: str, remote: str, names: tuple[str, str]) -> Merge:
    """Mark every stretch of lines in which two texts differ; both have `\n` line ends."""
    ours, theirs = _lines(local), _lines(remote)
    out: list[str] = []
    conflicts = at = 0
    for i1, i2, j1, j2 in align_equal(ours, theirs):
        out += [*ours[at:i1], marked("".join(ours[i1:i2]), "".join(theirs[j1:j2]), names)]
        conflicts, at = conflicts + 1, i2
    return Merge("".join([*out, *ours[at:]]), conflicts)


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"(?<=\n)", text) if line]


def chunks(base: Sequence[str], local: Sequence[str], remote: Sequence[str]) -> list[Chunk]:
    """Cut three versions into stretches; edits that overlap or touch belong together."""
    edits = sorted(
        [(*edit, 0) for edit in align_equal(base, local)] + [(*edit, 1) for edit in align_equal(base, remote)]
    )
    out: list[Chunk] = []
    at, shifts = 0, [0, 0]
    index = 0
    while index < len(edits):
        low, high = edits[index][0], edits[index][1]
        group: list[tuple[int, int, int, int, int]] = []
        while index < len(edits) and (
            edits[index][0] < high
            or edits[index][0] == low
            or (edits[index][0] == high and _touch(group, edits[index]))
        ):
            group.append(edits[index])
            high = max(high, edits[index][1])
            index += 1
        same = list(base[at:low])
        out.append(Chunk(same, same, same, False))
        sides = []
        for side, text in enumerate((local, remote)):
            start = low + shifts[side]
            shifts[side] += sum((j2 - j1) - (i2 - i1) for i1, i2, j1, j2, owner in group if owner == side)
            sides.append(list(text[start : high + shifts[side]]))
        both = {owner for *_, owner in group} == {0, 1}
        out.append(Chunk(list(base[low:high]), sides[0], sides[1], both and sides[0] != sides[1]))
        at = high
    rest = list(base[at:])
    out.append(Chunk(rest, rest, rest, False))
    return out


def _touch(group: Sequence[tuple[int, int, int, int, int]], edit: tuple[int, int, int, int, int]) -> bool:
    """Edits of different sides that stand side by side are one stretch: their order would be a guess."""
    return any(owner != edit[4] for *_, owner in group)


def _merge_words(chunk: Chunk) -> str | None:
    """Merge a clash word by word; None where the same words clash."""
    if not chunk.base or not chunk.local or not chunk.remote:
        return None
    out: list[str] = []
    for part in chunks(*(_WORD.findall("".join(side)) for side in (chunk.base, chunk.local, chunk.remote))):
        if part.clash:
            return None
        out.extend(part.local if part.local != part.base else part.remote)
    return "".join(out)
