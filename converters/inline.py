"""The canonical form of inline content, the same for both languages.

Readers hand in raw pieces in source order; what comes out says the same and compares equal across languages:
white space is collapsed as HTML collapses it, trailing breaks are dropped, marks that nobody sees on white space are
dropped, and a bare URL is one indivisible atom, whether it is a link or text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from converters.model import BREAK, Inline, Mark, Piece

_SPACES = re.compile(r"[ \t\n\r\f]+")
_URL = re.compile(r"https?://[^\s<>\"'`|\\\[\]{}^]+")
_URL_TAIL = ".,;:!?)'*_~"
_INVISIBLE_ON_SPACE = frozenset({"strong", "em", "span", "sub", "sup", "small", "big", "cite", "font"})


def canonical(raw: Iterable[Piece], start: int, end: int) -> Inline:
    """Make canonical inline content of raw pieces; `start` and `end` bound it in the source.

    The raw pieces are used up: the result may consist of them, changed.
    """
    pieces = _collapse(raw)
    _trim(pieces)
    # Most content has neither addresses nor marks: the passes that look for them are left out.
    addressed = _may_hold_urls(pieces)
    if addressed:
        pieces = list(_urls(pieces))
    for piece in pieces:
        if piece.marks:
            return Inline(_unmark_spaces(pieces, addressed), start, end)
    return Inline(pieces, start, end)


def _may_hold_urls(pieces: Sequence[Piece]) -> bool:
    for piece in pieces:
        if ":" in piece.text:
            return "://" in "".join([piece.text for piece in pieces])
    return False


def _collapse(raw: Iterable[Piece]) -> list[Piece]:
    """Fold each run of white space to one space, also across pieces; none at the start or around a break."""
    out: list[Piece] = []
    spaced = True  # nothing or white space stands before
    for piece in raw:
        text = piece.text
        if piece.atom is not None:
            if piece.atom == BREAK:
                _drop_space(out)
                spaced = True
            else:
                spaced = False
            out.append(piece)
        elif not text:
            out.append(piece)
        elif text[0] != " " and text[-1] != " " and _folded(text):
            out.append(piece)
            spaced = False
        else:
            for part in _split_spaces(piece):
                if spaced and part.text[:1] == " ":
                    part.text = part.text[1:]
                    part.solid = True
                out.append(part)
                if part.text:
                    spaced = part.text[-1] == " "
    return out


def _folded(text: str) -> bool:
    """Is each run of white space one space already?"""
    return not ("  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text)


def _split_spaces(piece: Piece) -> list[Piece]:
    """Stand the white space at the ends of a piece, and what has to be folded, apart from its words."""
    text, start = piece.text, piece.start
    if not piece.exact:
        folded = _SPACES.sub(" ", text)
        if folded != text:
            piece.text, piece.solid = folded, True
        return [piece]
    marks, wraps, out = piece.marks, piece.wraps, []
    if len(text) == 1:
        piece.text, piece.solid = " ", text != " "
        return [piece]
    if _folded(text):
        low, high = int(text[0] == " "), len(text) - (text[-1] == " ")
        if low:
            out.append(Piece(" ", start, start + 1, marks, wraps))
        out.append(Piece(text[low:high], start + low, start + high, marks, wraps))
        if high < len(text):
            out.append(Piece(" ", start + high, piece.end, marks, wraps))
        return out
    at = 0
    for found in _SPACES.finditer(text):
        low, high = found.span()
        if high - low == 1 and text[low] == " " and low > 0 and high < len(text):
            continue  # an ordinary space between words stays inside its piece
        if low > at:
            out.append(Piece(text[at:low], start + at, start + low, marks, wraps))
        out.append(Piece(" ", start + low, start + high, marks, wraps, None, found.group() != " "))
        at = high
    if at < len(text):
        out.append(Piece(text[at:], start + at, piece.end, marks, wraps))
    return out


def _drop_space(out: list[Piece]) -> None:
    """Empty the last visible piece if it is white space."""
    for piece in reversed(out):
        if piece.text == " ":
            piece.text, piece.solid = "", True
            return
        if not piece.ghost:
            return


def _trim(pieces: list[Piece]) -> None:
    """Drop trailing white space and trailing breaks: neither is visible."""
    for piece in reversed(pieces):
        if piece.atom == BREAK or piece.text == " ":
            piece.atom, piece.text, piece.solid = None, "", True
        elif piece.atom is None and piece.text.endswith(" "):
            piece.text, piece.solid = piece.text[:-1], True
            break
        elif not piece.ghost:
            break


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


def _unmark_spaces(pieces: list[Piece], split: bool) -> list[Piece]:
    """White space keeps a mark that nobody sees on it only where both neighbours carry that mark.

    split: addresses were cut out, so pieces may begin or end with a space.
    """
    if split:
        pieces = [part for piece in pieces for part in _edges(piece)]
    if not any(piece.marks for piece in pieces if piece.text == " "):
        return pieces
    after: list[frozenset[Mark]] = []
    seen: frozenset[Mark] = frozenset()
    for piece in reversed(pieces):
        after.append(seen)
        if not piece.ghost and piece.text != " ":
            seen = piece.marks
    after.reverse()
    before: frozenset[Mark] = frozenset()
    for piece, following in zip(pieces, after, strict=True):
        if piece.text != " ":
            before = before if piece.ghost else piece.marks
        elif piece.marks:
            both = before & following
            keep = frozenset([mark for mark in piece.marks if mark[0] not in _INVISIBLE_ON_SPACE or mark in both])
            if keep != piece.marks:
                piece.marks = keep
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
