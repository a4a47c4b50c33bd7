"""Where the words of a comment stand after an edit: found by aligning the words of what was changed, all at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from converters.align import align_equal
from converters.model import Block, Doc, Piece, Wrap
from converters.splice import units

MARKER = "<ac:inline-comment-marker"
_REF = re.compile(r'\bac:ref\s*=\s*["\']([^"\']*)["\']')
_TOKEN = re.compile(r"\w+|\s|[^\w\s]|\0")
_SHORT = 3  # characters: text no longer than this is found by its surroundings only


@dataclass(frozen=True, slots=True)
class Token:
    """A word, sign or atom of a leaf (by its number), with the units it covers and the markers it stands in."""

    text: str
    leaf: int
    start: int
    end: int
    refs: frozenset[str]


Run = tuple[int, int, int]  # leaf, first unit, unit after the last


def leaves(doc: Doc) -> list[Block]:
    """The blocks with inline content, in order."""
    return [block for block in doc.walk() if block.inline is not None]


def refs_of(wraps: Sequence[Wrap]) -> Iterator[tuple[str, Wrap]]:
    """The comment markers among the elements around a piece, with their references."""
    for wrap in wraps:
        if wrap.mark is None and wrap.open.startswith(MARKER) and (found := _REF.search(wrap.open)):
            yield found.group(1), wrap


def shown(piece: Piece) -> str:
    """A piece's text; an atom is one character that no text holds."""
    return piece.text if piece.atom is None else "\0"


class Anchors:
    """Finds the words of lost comments in the result of an edit. Each leaf is cut into words once."""

    def __init__(self, target: Doc, out: Doc, lost: frozenset[str]) -> None:
        self.old, self.new = leaves(target), leaves(out)
        self.lost = lost
        self.words: dict[tuple[bool, int], list[Token]] = {}
        self.changed = align_equal([self._said(leaf) for leaf in self.old], [self._said(leaf) for leaf in self.new])
        self.homes: dict[str, int] = {}  # the leaf that each lost marker begins in
        for number, leaf in enumerate(self.old):
            for ref in self._refs(leaf):
                self.homes.setdefault(ref, number)
        self.moved = self._aligned()

    def runs(self, ref: str, whole: str, kept: int) -> list[Run]:
        """Where a marker's text stands now, without the `kept` characters that it still covers."""
        found = _runs(self.moved.get(ref, ()))
        if 2 * (kept + sum(high - low for _, low, high in found)) >= len(whole):
            return found
        return self._searched(ref, whole) or self._likeliest(ref, whole)

    def _refs(self, leaf: Block) -> frozenset[str]:
        pieces = leaf.inline.pieces if leaf.inline else ()
        return frozenset(ref for piece in pieces for ref, _ in refs_of(piece.wraps)) & self.lost

    def _said(self, leaf: Block) -> tuple[object, frozenset[str]]:
        """What a leaf says, and the markers in it: a leaf that has only lost its marker was changed, too."""
        return leaf.inline.key if leaf.inline else (), self._refs(leaf)

    def _tokens(self, new: bool, number: int) -> list[Token]:
        if (new, number) not in self.words:
            self.words[new, number] = list(_cut((self.new if new else self.old)[number], number))
        return self.words[new, number]

    def _aligned(self) -> dict[str, list[Token]]:
        """For each marker the words that stood in it and stand outside it now."""
        out: dict[str, list[Token]] = defaultdict(list)
        for i1, i2, j1, j2 in self.changed:
            old = [token for number in range(i1, i2) for token in self._tokens(False, number)]
            if any(token.refs & self.lost for token in old):
                new = [token for number in range(j1, j2) for token in self._tokens(True, number)]
                for before, after in _same(old, new):
                    for ref in (before.refs & self.lost) - after.refs:
                        out[ref].append(after)
        return out

    def _searched(self, ref: str, whole: str) -> list[Run]:
        """Look for the marker's whole text where its block was both moved and edited, or a word was cut."""
        left, right = _context(self.old[self.homes[ref]], ref)
        best: tuple[int, Run] | None = None
        for at in self._candidates():
            text = "".join(token.text for token in self._tokens(True, at))
            place = text.find(whole)
            while place >= 0:
                end = place + len(whole)
                score = _same_tail(text[:place], left) + _same_tail(text[end:][::-1], right[::-1])
                if (best is None or score > best[0]) and (len(whole) > _SHORT or score >= _SHORT):
                    best = (score, (at, place, end))
                place = text.find(whole, place + 1)
        return [best[1]] if best else []

    def _likeliest(self, ref: str, whole: str) -> list[Run]:
        """Where at least half of the marker's text stands in the block that is most like its own."""
        home = self._tokens(False, self.homes[ref])
        words = Counter(token.text for token in home)
        alike = {
            at: (words & Counter(token.text for token in self._tokens(True, at))).total() for at in self._candidates()
        }
        if not alike:
            return []
        best = self._tokens(True, max(alike, key=lambda at: alike[at]))
        runs = _runs([after for before, after in _same(home, best) if ref in before.refs and ref not in after.refs])
        return runs if 2 * sum(high - low for _, low, high in runs) >= len(whole) else []

    def _candidates(self) -> Iterator[int]:
        return (at for _, _, j1, j2 in self.changed for at in range(j1, j2))


def _cut(leaf: Block, number: int) -> Iterator[Token]:
    """The words of a leaf, cut where a marker begins or ends."""
    laid = units(leaf.inline.pieces if leaf.inline else ())
    for refs, entries in groupby(laid, lambda entry: frozenset(ref for ref, _ in refs_of(entry[2].wraps))):
        some = list(entries)
        start = some[0][0]
        for word in _TOKEN.finditer("".join(shown(piece) for _, _, piece in some)):
            yield Token(word.group(), number, start + word.start(), start + word.end(), refs)


def _same(old: Sequence[Token], new: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """The words that two stretches have in common, in order."""
    i = j = 0
    for i1, i2, j1, j2 in align_equal([token.text for token in old], [token.text for token in new]):
        yield from zip(old[i:i1], new[j:j1], strict=True)
        i, j = i2, j2
    yield from zip(old[i:], new[j:], strict=True)


def _runs(tokens: Sequence[Token]) -> list[Run]:
    """Neighbouring words as one run each, without white space at the ends."""
    groups: list[list[Token]] = []
    for token in tokens:
        if groups and (groups[-1][-1].leaf, groups[-1][-1].end) == (token.leaf, token.start):
            groups[-1].append(token)
        else:
            groups.append([token])
    said = [[token for token in group if not token.text.isspace()] for group in groups]
    return [(group[0].leaf, group[0].start, group[-1].end) for group in said if group]


def _context(leaf: Block, ref: str) -> tuple[str, str]:
    """The text before and after a marker in its own leaf."""
    laid = units(leaf.inline.pieces if leaf.inline else ())
    inside = [at for at, (_, _, piece) in enumerate(laid) if any(name == ref for name, _ in refs_of(piece.wraps))]
    texts = [shown(piece) for _, _, piece in laid]
    return "".join(texts[: inside[0]]), "".join(texts[inside[-1] + 1 :])


def _same_tail(one: str, two: str) -> int:
    count = 0
    while count < min(len(one), len(two)) and one[-1 - count] == two[-1 - count]:
        count += 1
    return count
