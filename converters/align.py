"""Alignment: which block (or piece of text) of one version is which of the other.

Common prefix and suffix come first, then equal ones in order, then similar ones of the same kind in the gaps. A plain
longest-match diff would move a comment marker to the wrong one of two equal paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

from converters.model import Block, plain_text

Pairs = list[tuple[int | None, int | None]]
_WORD = re.compile(r"\w+|[^\w\s]")
# A gap larger than this (old times new) is paired by position: similarity would cost too much to compute.
MAX_GAP = 2_500


def align_equal(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int, int, int]]:
    """The ranges (old_start, old_end, new_start, new_end) that differ, in order."""
    low = 0
    while low < len(old) and low < len(new) and old[low] == new[low]:
        low += 1
    high = 0
    while high < len(old) - low and high < len(new) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    a, b = old[low : len(old) - high], new[low : len(new) - high]
    if not a or not b:
        return [(low, low + len(a), low, low + len(b))] if a or b else []
    matcher = (
        SequenceMatcher(None, a, b, autojunk=False) if len(a) * len(b) <= 4_000_000 else SequenceMatcher(None, a, b)
    )
    return [(low + i1, low + i2, low + j1, low + j2) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


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


def _likeness(old: Block, new: Block, words_old: set[str], words_new: set[str], alone: bool) -> float:
    """How much two blocks are one and the same, edited: 0 for not at all, 1 for the same words."""
    if old.kind != new.kind:
        return 0.0
    if old.kind in ("macro", "plain", "rich") and old.attrs[0] != new.attrs[0]:
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
