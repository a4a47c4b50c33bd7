"""Rows and cells of tables in Markdown, put in and taken out where they stand, in the author's layout."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from converters.align import Pairs
from converters.lens import Coarser, Edit
from converters.markdown.parser import split_row
from converters.markdown.reader import GFM
from converters.model import Block, Doc


def insert_rows(doc: Doc, table: Block, rows: Sequence[Block], at: int, texts: Sequence[str]) -> list[Edit]:
    """New rows before row `at`; a pipe table's header row and the line under it stay where they are."""
    newline = "\n" + table.prefix
    if not at:
        if table.node == GFM or not rows:
            raise Coarser
        return [Edit(rows[0].start, rows[0].start, newline.join(texts) + newline)]
    place = rows[at - 1].end
    if table.node == GFM and at == 1:
        place = _delimiters(doc, table)[1]
    return [Edit(place, place, newline + newline.join(texts))]


def insert_cells(row: Block, cells: Sequence[Block], at: int, texts: Sequence[str]) -> list[Edit]:
    """New cells before cell `at` of a row."""
    if not cells:
        raise Coarser
    if row.node == GFM:
        _all_there(cells)
        joined = " | ".join(texts)
        if at:
            return [Edit(cells[at - 1].end, cells[at - 1].end, f" | {joined}")]
        return [Edit(cells[0].start, cells[0].start, f"{joined} | ")]
    newline = "\n" + row.prefix
    if at:
        return [Edit(cells[at - 1].end, cells[at - 1].end, newline + newline.join(texts))]
    return [Edit(cells[0].start, cells[0].start, newline.join(texts) + newline)]


def remove_cells(doc: Doc, row: Block, cells: Sequence[Block], gone: Sequence[int]) -> list[Edit]:
    """Cells taken out of a row that keeps others."""
    if len(gone) == len(cells):
        raise Coarser
    if row.node == GFM:
        _all_there(cells)
        return [_without(doc.source, [(cell.start, cell.end) for cell in cells], row.start, row.end, at) for at in gone]
    edits = []
    for at in gone:
        start = (
            cells[at - 1].end if at and not doc.source[cells[at - 1].end : cells[at].start].strip() else cells[at].start
        )
        edits.append(Edit(start, cells[at].end, ""))
    return edits


def delimiter_edits(doc: Doc, table: Block, pairs: Pairs) -> list[Edit]:
    """Keep the line under the header row in step with the columns."""
    start, end = _delimiters(doc, table)
    spans = split_row(doc.source, start, end)
    if len(spans) != sum(1 for old, _ in pairs if old is not None):
        raise Coarser
    edits: list[Edit] = []
    before = -1
    for old, new in pairs:
        if old is None:
            low, high = spans[max(before, 0)]
            edits.append(Edit(high, high, " | ---") if before >= 0 else Edit(low, low, "--- | "))
        else:
            before = old
            if new is None:
                edits.append(_without(doc.source, spans, start, end, old))
    return edits


def _without(source: str, spans: Sequence[tuple[int, int]], start: int, end: int, at: int) -> Edit:
    """Take a cell out together with the bar before it, or after it where it is the first."""
    low, high = spans[at]
    if at:
        bar = source.find("|", high, end)
        return Edit(source.rindex("|", start, low), bar if bar >= 0 else high, "")
    bar = source.index("|", high, end)
    lead = source.find("|", start, low)
    return Edit(lead, bar, "") if lead >= 0 else Edit(low, bar + 1, "")


def _all_there(cells: Sequence[Block]) -> None:
    """A row may be shorter than its table: then markdown-it makes up cells that stand nowhere."""
    if any(one.start == two.start for one, two in pairwise(cells)):
        raise Coarser


def _delimiters(doc: Doc, table: Block) -> tuple[int, int]:
    """Where the delimiter row stands: the line after the header row, without the prefix that its block has."""
    start = doc.source.index("\n", table.children[0].end) + 1
    end = doc.source.find("\n", start)
    end = len(doc.source) if end < 0 else end
    while start < end and doc.source[start] in " \t>":
        start += 1
    return start, end
