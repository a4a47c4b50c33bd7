"""The canonical form of inline content, the same for both languages.

Readers hand in raw pieces in source order; what comes out says the same and compares equal across languages:
white space is collapsed as HTML collapses it, trailing breaks are dropped, marks that nobody sees on white space are
dropped, and a bare URL is one indivisible atom, whether it is a link or text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from converters.model import BREAK, NO_MARKS, Atom, Inline, InlineKey, Mark, Piece

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


def canonical_text(text: str, at: int, start: int, end: int) -> Inline | None:
    """The canonical content of one text that stands in the source, from `at` on, as it is.

    None where something is left to be done for it: then `canonical` makes it.
    """
    if not text or text[0] == " " or text[-1] == " " or not _folded(text) or "://" in text:
        return None
    return Inline.of_text(text, at, start, end)


def canonical_key(parts: Iterable[tuple[str | Atom, frozenset[Mark]]]) -> InlineKey | None:
    """The key of what `canonical` makes of texts and atoms with their marks.

    None for what takes a second look: addresses, and white space at the ends of marked text.
    """
    out: list[tuple[str | Atom, frozenset[Mark]]] = []
    run: list[str] = []  # texts with the marks `held`, joined once
    held: frozenset[Mark] = NO_MARKS
    spaced = True  # nothing or white space stands before
    colon = False
    for content, marks in parts:
        if not isinstance(content, str):
            if run:
                out.append(("".join(run), held))
                run = []
            spaced = content == BREAK
            if spaced:
                _drop_last_space(out)
            out.append((content, marks))
            continue
        text = content if _folded(content) else _SPACES.sub(" ", content)
        text = text.removeprefix(" ") if spaced else text
        if text:
            spaced = text[-1] == " "
            if marks and (spaced or text[0] == " "):
                return None
            colon = colon or ":" in text
            if run and marks != held:
                out.append(("".join(run), held))
                run = []
            run.append(text)
            held = marks
    if run:
        out.append(("".join(run), held))
    if colon and "://" in "".join([content for content, _ in out if isinstance(content, str)]):
        return None
    return _key_trimmed(out) if spaced else tuple(out)


def _key_trimmed(out: list[tuple[str | Atom, frozenset[Mark]]]) -> InlineKey:
    """Drop trailing breaks, or else a trailing space."""
    while out and out[-1][0] == BREAK:
        out.pop()
    _drop_last_space(out)
    return tuple(out)


def _drop_last_space(out: list[tuple[str | Atom, frozenset[Mark]]]) -> None:
    content, marks = out[-1] if out else ("", NO_MARKS)
    if isinstance(content, str) and content[-1:] == " ":
        out[-1:] = [(content[:-1], marks)] if content != " " else []


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
        if piece.atom is None and piece.text.endswith(" "):
            piece.text, piece.solid = piece.text[:-1], True
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
    text = "".join([piece.text for piece in pieces])
    if "://" not in text:
        yield from pieces
        return
    starts = [0, *accumulate(len(piece.text) for piece in pieces)][:-1]
    at = 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(_URL_TAIL)
        if len(url) < 9:
            continue
        stop = found.start() + len(url)
        first = _edge(pieces, starts, found.start(), bisect_right(starts, found.start()) - 1)
        last = _edge(pieces, starts, stop, bisect_left(starts, stop) - 1)
        if first is None or last is None:
            continue
        yield from _between(pieces, starts, at, found.start())
        yield Piece("", first, last, pieces[0].marks, pieces[0].wraps, ("url", (("href", url),)))
        at = stop
    yield from _between(pieces, starts, at, len(text))


def _edge(pieces: list[Piece], starts: list[int], edge: int, index: int) -> int | None:
    """Source offset of a place in a run, which the piece at `index` holds; None where it cannot be cut there."""
    piece, offset = pieces[index], edge - starts[index]
    if piece.exact:
        return piece.start + offset
    return piece.start if offset == 0 else piece.end if offset == len(piece.text) else None


def _between(pieces: list[Piece], starts: list[int], start: int, end: int) -> Iterable[Piece]:
    """The pieces that cover characters start:end of a run; ghosts inside stay."""
    for index in range(max(0, bisect_left(starts, start) - 1), len(pieces)):
        piece, offset = pieces[index], starts[index]
        if offset >= end:
            return
        low, high = max(start - offset, 0), min(end - offset, len(piece.text))
        if low < high:
            if high - low == len(piece.text):
                yield piece
            else:
                place = piece.start
                part = Piece(
                    piece.text[low:high], place + low, place + high, piece.marks, piece.wraps, None, piece.solid
                )
                yield part
        elif piece.ghost and start <= offset:
            yield piece


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
    marks, wraps = piece.marks, piece.wraps
    if low:
        yield Piece(" ", piece.start, piece.start + 1, marks, wraps)
    yield Piece(text[low:high], piece.start + low, piece.start + high, marks, wraps)
    if high < len(text):
        yield Piece(" ", piece.end - 1, piece.end, marks, wraps)
