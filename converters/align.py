"""Alignment: which block (or piece of text) of one version is which of the other.

Common prefix and suffix come first, then equal ones in order, then similar ones of the same kind in the gaps. A plain
longest-match diff would move a comment marker to the wrong one of two equal paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from operator import eq

from converters.model import Block, plain_text
from converters.notation import ALERT_OF_MACRO

Pairs = list[tuple[int | None, int | None]]
_WORD = re.compile(r"\w+|[^\w\s]")
# A gap larger than this (old times new) is paired by position: similarity would cost too much to compute.
MAX_GAP = 2_500
MAX_SEARCH = 40_000
LINES = {"paragraph", "heading"}  # either may become the other and still be the same block


def align_equal(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int, int, int]]:
    """The ranges (old_start, old_end, new_start, new_end) that differ, in order."""
    out: list[tuple[int, int, int, int]] = []
    for i1, i2, j1, j2 in _differing(old, new, 0, len(old), 0, len(new)):
        if out and out[-1][1] == i1 and out[-1][3] == j1:
            out[-1] = (out[-1][0], i2, out[-1][2], j2)
        else:
            out.append((i1, i2, j1, j2))
    return out


def _differing(
    old: Sequence[Hashable], new: Sequence[Hashable], i1: int, i2: int, j1: int, j2: int
) -> Iterator[tuple[int, int, int, int]]:
    """Common ends first, then what is unique on both sides as anchors, then the longest matches in between."""
    while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
        i1, j1 = i1 + 1, j1 + 1
    while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
        i2, j2 = i2 - 1, j2 - 1
    if i1 == i2 or j1 == j2:
        if i1 < i2 or j1 < j2:
            yield i1, i2, j1, j2
        return
    anchors = _anchors(old, new, i1, i2, j1, j2)
    if anchors:
        for i, j in [*anchors, (i2, j2)]:
            yield from _differing(old, new, i1, i, j1, j)
            i1, j1 = i + 1, j + 1
        return
    a, b = old[i1:i2], new[j1:j2]
    if len(a) == len(b) and 2 * sum(map(eq, a, b)) >= len(a):
        yield from ((i1 + k, i1 + k + 1, j1 + k, j1 + k + 1) for k in range(len(a)) if a[k] != b[k])
        return
    # Without anchors a search for longest matches may take cubic time: beyond this size popular items are left out.
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) * len(b) > MAX_SEARCH)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag != "equal":
            yield i1 + a1, i1 + a2, j1 + b1, j1 + b2


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], i1: int, i2: int, j1: int, j2: int
) -> list[tuple[int, int]]:
    """Pairs of what occurs once on either side, as many as keep one order on both (the patience diff)."""
    here = Counter(old[i1:i2])
    there = Counter(new[j1:j2])
    places = {new[j]: j for j in range(j1, j2) if there[new[j]] == 1}
    pairs = [(i, places[old[i]]) for i in range(i1, i2) if here[old[i]] == 1 and old[i] in places]
    tails: list[int] = []  # for each length, the pair that ends the best chain of it
    ends: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [index]
        ends[length : length + 1] = [j]
    chain: list[tuple[int, int]] = []
    index = tails[-1] if tails else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def align_blocks(old: Sequence[Block], new: Sequence[Block]) -> Pairs:
    """Pair the blocks of two versions of one container, in order of `new` with removed ones where they stood."""
    out: Pairs = []
    done_old = done_new = 0
    for i1, i2, j1, j2 in align_equal([block.key for block in old], [block.key for block in new]):
        out.extend(zip(range(done_old, i1), range(done_new, j1), strict=True))
        out.extend(_gap(old, new, (i1, i2), (j1, j2)))
        done_old, done_new = i2, j2
    out.extend(zip(range(done_old, len(old)), range(done_new, len(new)), strict=True))
    return out


def align_columns(old: Block, new: Block) -> Pairs | None:
    """Pair the columns of two versions of a table, the same for all its rows; None where a cell is merged.

    As many columns as before are the same columns, edited, unless they are just the same ones in another order.
    """
    widths = [{len(row.children) for row in table.children} for table in (old, new)]
    merged = any(
        cell.get("colspan") or cell.get("rowspan") for t in (old, new) for row in t.children for cell in row.children
    )
    if merged or any(len(one) != 1 for one in widths):
        return None
    wide, wider = widths[0].pop(), widths[1].pop()
    rows = [(i, j) for i, j in align_blocks(old.children, new.children) if i is not None and j is not None]
    before = [Block("column", children=[old.children[i].children[at] for i, _ in rows]) for at in range(wide)]
    after = [Block("column", children=[new.children[j].children[at] for _, j in rows]) for at in range(wider)]
    if wide == wider and (not rows or Counter(c.key for c in before) != Counter(c.key for c in after)):
        return [(at, at) for at in range(wide)]
    return align_blocks(before, after)


def _gap(old: Sequence[Block], new: Sequence[Block], a: tuple[int, int], b: tuple[int, int]) -> Pairs:
    """Pair the similar blocks of a gap, in order, so that the sum of likenesses is greatest."""
    m, n = a[1] - a[0], b[1] - b[0]
    if not m or not n:
        return [(i, None) for i in range(*a)] + [(None, j) for j in range(*b)]
    if m * n > MAX_GAP:
        return _by_position(old, new, a, b)
    words_old = [_words(old[i]) for i in range(*a)]
    words_new = [_words(new[j]) for j in range(*b)]
    alone = m == n == 1
    score = [[0.0] * (n + 1) for _ in range(m + 1)]
    like = [
        [_likeness(old[a[0] + i], new[b[0] + j], words_old[i], words_new[j], alone) for j in range(n)] for i in range(m)
    ]
    for i in range(m - 1, -1, -1):
        for j in range(n - 1, -1, -1):
            best = max(score[i + 1][j], score[i][j + 1])
            if like[i][j] > 0:
                best = max(best, score[i + 1][j + 1] + like[i][j])
            score[i][j] = best
    return _trace(score, like, a[0], b[0])


def _trace(score: list[list[float]], like: list[list[float]], i0: int, j0: int) -> Pairs:
    out: Pairs = []
    i = j = 0
    m, n = len(like), len(like[0])
    while i < m and j < n:
        if like[i][j] > 0 and score[i][j] == score[i + 1][j + 1] + like[i][j]:
            out.append((i0 + i, j0 + j))
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            out.append((i0 + i, None))
            i += 1
        else:
            out.append((None, j0 + j))
            j += 1
    out.extend((i0 + at, None) for at in range(i, m))
    out.extend((None, j0 + at) for at in range(j, n))
    return out


def _by_position(old: Sequence[Block], new: Sequence[Block], a: tuple[int, int], b: tuple[int, int]) -> Pairs:
    out: Pairs = []
    i, j = a[0], b[0]
    while i < a[1] and j < b[1]:
        if old[i].kind == new[j].kind:
            out.append((i, j))
        else:
            out.extend([(i, None), (None, j)])
        i, j = i + 1, j + 1
    return out + [(at, None) for at in range(i, a[1])] + [(None, at) for at in range(j, b[1])]


def _words(block: Block) -> set[str]:
    return set(_WORD.findall(plain_text(block)))


def _alerts(old: Block, new: Block) -> bool:
    """Are both panels with an icon? One that changes its colour is the same panel."""
    return all(block.kind == "rich" and block.attrs[0][1] in ALERT_OF_MACRO for block in (old, new))


def _likeness(old: Block, new: Block, words_old: set[str], words_new: set[str], alone: bool) -> float:
    """How much two blocks are one and the same, edited: 0 for not at all, 1 for the same words."""
    if old.kind != new.kind and {old.kind, new.kind} != LINES:
        return 0.0
    if old.kind in ("macro", "plain", "rich") and old.attrs[0] != new.attrs[0] and not _alerts(old, new):
        return 0.0
    if alone or old.kind in ("row", "cell", "column"):
        base = 0.3
    elif not words_old and not words_new:
        return 0.5 if old.attrs == new.attrs else 0.2
    else:
        base = 0.0
    both, either = len(words_old & words_new), len(words_old | words_new)
    ratio = both / either if either else 0.0
    smaller = min(len(words_old), len(words_new))
    if ratio < 0.2 and not (smaller > 2 and both >= 0.6 * smaller):
        ratio = 0.0
    return base + ratio if base or ratio else 0.0
