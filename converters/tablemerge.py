"""Rows and columns of a table that both sides changed: a column of one side is one in the other side's rows, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from converters.align import Pairs, align_blocks, align_columns
from converters.clashes import Clash
from converters.lens import Edit, container
from converters.mergeruns import counterparts
from converters.model import Block

if TYPE_CHECKING:
    from converters.blockmerge import Merger


def merge_table(merger: Merger, local: Block, base: Block, remote: Block) -> list[Edit]:
    """Rows and columns: a column that one side added or took away is one in the other side's rows, too."""
    here, there = align_columns(base, local), align_columns(base, remote)
    if here is None or there is None or (_same(here) and _same(there)):
        return merger.children(local, base.children, local.children, remote.children)
    if not _same(here) and not _same(there):
        raise Clash
    rows = align_blocks(base.children, remote.children)
    mine, _ = counterparts(base.children, local.children)
    if _same(there):  # new columns here: the other side's new rows get them
        columns = {new: old for old, new in here if new is not None}
        fresh = {new for old, new in rows if old is None and new is not None}
        wide = [columns[at] for at in range(len(columns))]
        new_rows = [_row(row, wide) if at in fresh else row for at, row in enumerate(remote.children)]
        return merger.children(local, base.children, local.children, new_rows, mine, rows)
    edits = merger.language.columns(merger.local, local, there)
    for at, row in enumerate(local.children):
        if at not in mine.values():  # a row that was added here
            edits += _cells(merger, row, there)
    return edits + merger.children(local, base.children, local.children, remote.children, mine, rows)


def _cells(merger: Merger, row: Block, columns: Pairs) -> list[Edit]:
    """Give a row the columns that the other side added, empty, and take away those that it took away."""
    wide = [new for _, new in columns if new is not None]
    empty = Block("row", children=[Block("cell") for _ in wide])
    full = Block("row", children=[Block("cell") for old, _ in columns if old is not None])
    return container(merger.language, merger.context(), row, row.children, full.children, empty.children, columns)


def _same(columns: Pairs) -> bool:
    return all(old == new for old, new in columns)


def _row(row: Block, columns: Sequence[int | None]) -> Block:
    """A row with its cells in other columns, and empty ones for new columns."""
    cells = [Block("cell", row.children[0].attrs) if at is None else row.children[at] for at in columns]
    return Block("row", row.attrs, children=cells)
