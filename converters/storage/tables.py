"""Columns and sections of storage tables: what has to follow when cells and rows come and go."""

from __future__ import annotations

from collections.abc import Sequence

from converters.align import Pairs
from converters.lens import Edit
from converters.model import Block
from converters.storage.reader import Element

SECTIONS = ("thead", "tbody", "tfoot")


def column_edits(source: str, table: Element, pairs: Pairs) -> list[Edit]:
    """Keep a table's `colgroup` in step with its columns: a new one is as wide as one that goes, or its neighbour."""
    group = table.first("colgroup") or table
    cols = group.elements("col")
    if len(cols) != sum(1 for old, _ in pairs if old is not None) or not cols:
        return []
    edits: list[Edit] = []
    before: Element | None = None
    gone = [cols[old] for old, new in pairs if old is not None and new is None]
    for old, new in pairs:
        if old is None:
            near = before or cols[0]
            place = before.end if before else near.start
            like = gone.pop(0) if gone else near
            edits.append(Edit(place, place, source[like.start : like.end]))
        else:
            before = cols[old]
            if new is None:
                edits.append(Edit(before.start, before.end, ""))
    return edits


def emptied_sections(table: Element, rows: Sequence[Block], gone: set[int]) -> dict[int, Element]:
    """The sections of which no row is left, by the index of each of their rows: an empty `thead` would stay behind."""
    out: dict[int, Element] = {}
    sections = table.elements(*SECTIONS)
    for section in sections:
        inside = [at for at, row in enumerate(rows) if section.start <= row.start and row.end <= section.end]
        if inside and set(inside) <= gone and len(inside) < len(rows):
            out.update(dict.fromkeys(inside, section))
    return out
