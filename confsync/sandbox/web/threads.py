"""Comments as they are shown: threads at the foot of a page and on its text."""

from __future__ import annotations

from dataclasses import dataclass

from confsync.sandbox import commenting, markers
from confsync.sandbox.api_v1.common import Call
from confsync.sandbox.render import Live, render_page
from confsync.sandbox.store import Row, comments, content, tree


@dataclass(frozen=True, slots=True)
class Note:
    """One comment as it is shown, with its answers. state, quote, ref: of a thread on a text."""

    id: int
    author: str
    at: str
    body: str
    replies: tuple[Note, ...]
    state: str = ""
    quote: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Threads:
    """The comments of a page. inline: those on its text, as they stand in it; closed: those that are resolved."""

    footer: tuple[Note, ...] = ()
    inline: tuple[Note, ...] = ()
    closed: tuple[Note, ...] = ()

    @property
    def marks(self) -> dict[str, str]:
        """Return for each marker with an open thread the fragment that leads to it."""
        return {note.ref: f"comment-{note.id}" for note in self.inline}


def threads(here: Call, page: Row, storage: str) -> Threads:
    """Return the threads of a page."""
    rows = tree.parts(here.store, page["id"], "comment")
    below: dict[int | None, list[Row]] = {}
    for row in rows:
        below.setdefault(row["parent_id"], []).append(row)
    refs = markers.refs(storage)
    notes = [_note(here, row, below, refs) for row in below.get(None, [])]
    inline = sorted((one for one in notes if one.state), key=lambda one: storage.find(one.ref) % (len(storage) + 1))
    return Threads(
        tuple(one for one in notes if not one.state),
        tuple(one for one in inline if one.state != comments.RESOLVED),
        tuple(one for one in inline if one.state == comments.RESOLVED),
    )


def _note(here: Call, row: Row, below: dict[int | None, list[Row]], refs: frozenset[str]) -> Note:
    version = content.version(here.store, row["id"], row["version"])
    replies = tuple(_note(here, one, below, refs) for one in below.get(row["id"], []))
    shown = render_page(here.store, row, version["body"], here.present.context, Live({}))
    if content.facts(row).get("location") != commenting.INLINE or row["parent_id"] is not None:
        return Note(row["id"], row["creator"], row["created"], shown, replies)
    placed = comments.part(row, "inlineProperties")
    quote, ref = str(placed.get("originalSelection") or ""), str(placed.get("markerRef") or "")
    state = commenting.resolution_among(row, refs)
    return Note(row["id"], row["creator"], row["created"], shown, replies, state, quote, ref)
