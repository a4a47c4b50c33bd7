"""The canonical form of inline content, the same for both languages.

Readers hand in raw pieces in source order; what comes out says the same and compares equal across languages:
white space is collapsed as HTML collapses it, trailing breaks are dropped, marks that nobody sees on white space are
dropped, and a bare URL is one indivisible atom, whether it is a link or text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from converters.model import BREAK, Inline, Mark, Piece

_SPACES = re.compile(r"[ \t\n\r\f]+")
_URL = re.compile(r"https?://[^\s<>\"'`|\\\[\]{}^]+")
_URL_TAIL = ".,;:!?)'*_~"
_INVISIBLE_ON_SPACE = frozenset({"strong", "em", "span", "sub", "sup", "small", "big", "cite", "font"})


def canonical(raw: Iterable[Piece], start: int, end: int) -> Inline:
    """Make canonical inline content of raw pieces; `start` and `end` bound it in the source."""
    return Inline(_unmark_spaces(list(_urls(_trim(_collapse(raw))))), start, end)


def _collapse(raw: Iterable[Piece]) -> list[Piece]:
    """Fold each run of white space to one space, also across pieces; none at the start or around a break."""
    out: list[Piece] = []
    spaced = True  # nothing or white space stands before
    for piece in raw:
        if piece.atom is not None:
            if piece.atom == BREAK:
                _drop_space(out)
            out.append(piece)
            spaced = piece.atom == BREAK
        elif not piece.text:
            out.append(piece)
        elif _SPACES.search(piece.text) is None:
            out.append(piece)
            spaced = False
        else:
            for part in _split_spaces(piece):
                if spaced and part.text.startswith(" "):
                    part = replace(part, text=part.text[1:], solid=True)
                out.append(part)
                spaced = part.text.endswith(" ") if part.text else spaced
    return out


def _split_spaces(piece: Piece) -> Iterable[Piece]:
    text = piece.text
    if not piece.exact:
        folded = _SPACES.sub(" ", text)
        yield replace(piece, text=folded, solid=True) if folded != text else piece
        return
    at = 0
    for found in _SPACES.finditer(text):
        if found.group() == " " and found.start() > 0 and found.end() < len(text):
            continue  # an ordinary space between words stays inside its piece
        if found.start() > at:
            yield replace(piece, text=text[at : found.start()], start=piece.start + at, end=piece.start + found.start())
        solid = found.group() != " "
        yield replace(piece, text=" ", start=piece.start + found.start(), end=piece.start + found.end(), solid=solid)
        at = found.end()
    if at < len(text):
        yield replace(piece, text=text[at:], start=piece.start + at) if at else piece


def _drop_space(out: list[Piece]) -> None:
    """Empty the last visible piece if it is white space."""
    for index in range(len(out) - 1, -1, -1):
        piece = out[index]
        if piece.atom is not None or (piece.text and not piece.text.isspace()):
            return
        if piece.text == " ":
            out[index] = replace(piece, text="", solid=True)
            return
        if piece.text:
            return


def _trim(pieces: list[Piece]) -> list[Piece]:
    """Drop trailing white space and trailing breaks: neither is visible."""
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if piece.atom == BREAK or piece.text == " ":
            pieces[index] = replace(piece, atom=None, text="", solid=True)
        elif piece.atom is None and piece.text.endswith(" "):
            pieces[index] = replace(piece, text=piece.text[:-1], solid=True)
            break
        elif not piece.ghost:
            break
    return pieces


def _urls(pieces: list[Piece]) -> Iterable[Piece]:
    """Turn each bare URL into one atom; so too a link whose whole text is its own address."""
    index = 0
    while index < len(pieces):
        piece = pieces[index]
        link = next((wrap for wrap in piece.wraps if wrap.mark and wrap.mark[0] == "link"), None)
        if link is not None:
            stop = index
            while stop < len(pieces) and link in pieces[stop].wraps:
                stop += 1
            yield from _link_or_url(pieces[index:stop], link.mark[1] if link.mark else "")
            index = stop
            continue
        stop = index
        while (
            stop < len(pieces)
            and _plain(pieces[stop])
            and pieces[stop].marks == piece.marks
            and pieces[stop].wraps == piece.wraps
        ):
            stop += 1
        if stop == index:
            yield piece
            index += 1
        else:
            yield from _split_urls(pieces[index:stop])
            index = stop


def _plain(piece: Piece) -> bool:
    return piece.atom is None and all(kind not in ("link", "code") for kind, _ in piece.marks)


def _link_or_url(pieces: list[Piece], href: str) -> Iterable[Piece]:
    """A link whose text is exactly its address is the bare URL; `wraps` outside the link stay on it."""
    seen = [piece for piece in pieces if not piece.ghost]
    text = "".join(piece.text for piece in seen)
    whole = _URL.fullmatch(text)
    if text != href or whole is None or text[-1] in _URL_TAIL or any(piece.atom for piece in seen):
        yield from pieces
        return
    marks = seen[0].marks
    if any(piece.marks != marks for piece in seen) or any(kind == "code" for kind, _ in marks):
        yield from pieces
        return
    depth = next(at for at, wrap in enumerate(pieces[0].wraps) if wrap.mark and wrap.mark[0] == "link")
    link = pieces[0].wraps[depth]
    rest = frozenset(mark for mark in marks if mark[0] != "link")
    yield Piece("", link.start, link.end, rest, pieces[0].wraps[:depth], ("url", (("href", text),)))


def _split_urls(pieces: list[Piece]) -> Iterable[Piece]:
    """Cut the URLs out of a run of plain text pieces that share their marks."""
    text = "".join(piece.text for piece in pieces)
    if "://" not in text:
        yield from pieces
        return
    at = 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(_URL_TAIL)
        if len(url) < 9:
            continue
        cut = _cut(pieces, found.start(), found.start() + len(url))
        if cut is None:
            continue
        yield from _between(pieces, at, found.start())
        first, last = cut
        yield Piece("", first, last, pieces[0].marks, pieces[0].wraps, ("url", (("href", url),)))
        at = found.start() + len(url)
    yield from _between(pieces, at, len(text))


def _cut(pieces: list[Piece], start: int, end: int) -> tuple[int, int] | None:
    """Source span of the characters start:end of a run, or None where they cannot be cut out."""
    places: list[int] = []
    for edge, at_start in ((start, True), (end, False)):
        offset = 0
        for piece in pieces:
            inside = (
                offset <= edge < offset + len(piece.text) if at_start else offset < edge <= offset + len(piece.text)
            )
            if inside and piece.exact:
                places.append(piece.start + edge - offset)
            elif inside and edge == (offset if at_start else offset + len(piece.text)):
                places.append(piece.start if at_start else piece.end)
            offset += len(piece.text)
    return (places[0], places[1]) if len(places) == 2 else None


def _between(pieces: list[Piece], start: int, end: int) -> Iterable[Piece]:
    """The pieces that cover characters start:end of a run; ghosts inside stay."""
    offset = 0
    for piece in pieces:
        low, high = max(start, offset), min(end, offset + len(piece.text))
        if low < high:
            if low == offset and high == offset + len(piece.text):
                yield piece
            else:
                yield replace(
                    piece,
                    text=piece.text[low - offset : high - offset],
                    start=piece.start + low - offset,
                    end=piece.start + high - offset,
                )
        elif piece.ghost and start <= offset < end:
            yield piece
        offset += len(piece.text)


def _unmark_spaces(pieces: list[Piece]) -> list[Piece]:
    """White space keeps a mark that nobody sees on it only where both neighbours carry that mark."""
    pieces = [part for piece in pieces for part in _edges(piece)]
    after: list[frozenset[Mark]] = []
    seen: frozenset[Mark] = frozenset()
    for piece in reversed(pieces):
        after.append(seen)
        if not piece.ghost and piece.text != " ":
            seen = piece.marks
    after.reverse()
    before: frozenset[Mark] = frozenset()
    for index, piece in enumerate(pieces):
        if piece.text != " ":
            before = before if piece.ghost else piece.marks
        elif piece.marks:
            both = before & after[index]
            keep = frozenset(mark for mark in piece.marks if mark[0] not in _INVISIBLE_ON_SPACE or mark in both)
            if keep != piece.marks:
                pieces[index] = replace(piece, marks=keep)
    return pieces


def _edges(piece: Piece) -> Iterable[Piece]:
    """Split the outer spaces off a piece whose marks nobody sees on white space."""
    text = piece.text
    if len(text) < 2 or not piece.exact or not any(kind in _INVISIBLE_ON_SPACE for kind, _ in piece.marks):
        yield piece
        return
    low, high = int(text[0] == " "), len(text) - int(text[-1] == " ")
    if low:
        yield replace(piece, text=" ", end=piece.start + 1)
    yield replace(piece, text=text[low:high], start=piece.start + low, end=piece.start + high)
    if high < len(text):
        yield replace(piece, text=" ", start=piece.end - 1)
