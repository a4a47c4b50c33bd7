"""Results as text: runs, plans and status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from confsync.model import Action, AssetKey, Effect, Problem, Side
from confsync.report import Change, OpenConflict, PageReceipt, RunResult, StatusResult

from .output import counted

EQUAL = "Nothing to do: both sides are equal."
_VERB = {Side.REMOTE: "push", Side.LOCAL: "pull"}


def effect_line(effect: Effect, more: str = "") -> str:
    """Write an effect: where, what, which file, and why."""
    where = effect.place or repr(effect.title)
    if effect.action is Action.MOVE and effect.path and effect.new_path and effect.path != effect.new_path:
        where = f"{effect.path} → {effect.new_path}"
    reason = f"{effect.reason}; {more}" if more else effect.reason
    return f"{_VERB[effect.side]} {effect.action:<6} {where}  ({reason})"


def run_lines(result: RunResult, *, brief: bool = False) -> Iterator[str]:
    """Write what a run did or, after a dry run, would do."""
    receipts = {receipt.path: _receipt(receipt) for receipt in result.receipts}
    for effect in () if brief else (*result.done, *result.planned):
        told = effect.side is Side.REMOTE and effect.action is Action.UPDATE and not isinstance(effect.key, AssetKey)
        yield effect_line(effect, receipts.get(effect.new_path or effect.path, "") if told else "")
    for one in result.decisions:
        yield f"decided {one.facet}: {one.decision} (local {one.local!r}, remote {one.remote!r})"
    yield from conflict_lines(result.conflicts)
    yield from problem_lines(result.problems)
    yield summary(result)


def _receipt(receipt: PageReceipt) -> str:
    size = f"{receipt.bytes_changed:,} of {counted(receipt.bytes_total, 'byte')}"
    kept = f", {counted(receipt.comments_kept, 'comment')} kept" if receipt.comments_kept else ""
    gone = f", {counted(receipt.comments_lost, 'comment')} without their text" if receipt.comments_lost else ""
    return f"{counted(receipt.blocks, 'block')}, {size}{kept}{gone}"


def summary(result: RunResult) -> str:
    """Sum up a run in one line."""
    if result.dry_run:
        count = len(result.planned)
        return f"{counted(count, 'change')} would be made" if count else EQUAL
    rest = _remaining(result.conflicts, result.problems)
    if not result.done:
        return f"Nothing was changed; {rest}." if rest else EQUAL
    sides = [
        f"{counted(number, 'change')} {words}"
        for side, words in ((Side.REMOTE, "in Confluence"), (Side.LOCAL, "in the folder"))
        if (number := sum(effect.side is side for effect in result.done))
    ]
    return " and ".join(sides) + (f"; {rest}." if rest else ".")


def _remaining(conflicts: Sequence[OpenConflict], problems: Sequence[Problem]) -> str:
    parts = []
    if conflicts:
        parts.append(f"{counted(len(conflicts), 'conflict')} to settle")
    if problems:
        parts.append(f"{counted(len(problems), 'page')} held back")
    return ", ".join(parts)


def conflict_lines(conflicts: Iterable[OpenConflict]) -> Iterator[str]:
    """Write the conflicts that wait, and how one is settled."""
    found = list(conflicts)
    for conflict in found:
        yield f"conflict {conflict.path}  ({conflict.reason}; version {conflict.version} of the page)"
    if found:
        yield f"  → mend the text, or: confsync resolve {found[0].path} --accept local|remote|merged|both"


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Write why pages were left alone."""
    for problem in problems:
        yield f"held back {problem}"


def status_head(result: StatusResult, site: str, space: str) -> str:
    """Write what a status is about."""
    return f"{space} at {site}: {counted(result.pages, 'page')}"


def status_lines(result: StatusResult) -> Iterator[str]:
    """Write what differs from what was agreed."""
    for title, changes in (("Changed in the folder:", result.local), ("Changed in Confluence:", result.remote)):
        if changes:
            yield title
            yield from (f"  {_change(change)}" for change in changes)
    if result.conflicts or result.problems:
        yield "Waiting:"
        lines = (*conflict_lines(result.conflicts), *problem_lines(result.problems))
        yield from (f"  {line}" for line in lines)
    if result.clean:
        yield "Clean: nothing has changed."


def _change(change: Change) -> str:
    detail = f"  ({change.detail})" if change.detail else ""
    return f"{change.kind:<8} {change.path or repr(change.title)}{detail}"
