"""What a run tells: values with `to_json()`, and the protocol by which progress is shown."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from confsync.model import Conflict, Effect, Plan, Problem


class Reporter(Protocol):
    """Receive what happens while it happens; a terminal draws bars, a log writes lines."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage of a known or unknown number of steps."""

    def step(self, text: str = "") -> None:
        """Finish one step of the stage."""

    def note(self, text: str) -> None:
        """Say something that does not belong to a stage."""


class Silent:
    """A reporter that says nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Say nothing."""

    def step(self, text: str = "") -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""


class PageReceipt(NamedTuple):
    """What a push changed in one page."""

    path: str
    id: str
    title: str
    version: int
    blocks: int = 0
    bytes_changed: int = 0
    bytes_total: int = 0
    comments_kept: int = 0
    comments_lost: int = 0

    def __str__(self) -> str:
        text = f"{self.blocks} block{'s' * (self.blocks != 1)}, {self.bytes_changed:,} of {self.bytes_total:,} bytes"
        kept = f", {self.comments_kept} comment{'s' * (self.comments_kept != 1)} kept" if self.comments_kept else ""
        lost = f", {self.comments_lost} without their text" if self.comments_lost else ""
        return text + kept + lost

    def to_json(self) -> dict[str, object]:
        """Give the receipt as plain data."""
        return {
            "path": self.path, "id": self.id, "title": self.title, "version": self.version, "blocks": self.blocks,
            "bytes_changed": self.bytes_changed, "bytes_total": self.bytes_total, "comments_kept": self.comments_kept,
            "comments_lost": self.comments_lost,
        }  # fmt: skip


class OpenConflict(NamedTuple):
    """A page whose text waits for a decision."""

    path: str
    id: str
    version: int
    reason: str
    facet: str = "body"

    def to_json(self) -> dict[str, object]:
        """Give the conflict as plain data."""
        return {
            "path": self.path, "id": self.id, "version": self.version, "facet": self.facet, "reason": self.reason,
        }  # fmt: skip


class RunResult(NamedTuple):
    """What a clone, pull, push or sync did.

    done: effects that happened. planned: with a dry run, those that would. decisions: facets both sides changed.
    problems: pages left alone, each with its place. conflicts: pages that wait for `resolve`. fingerprint: of what a
    dry run would do, and of what that was decided on.
    """

    run: str
    done: tuple[Effect, ...] = ()
    planned: tuple[Effect, ...] = ()
    decisions: tuple[Conflict, ...] = ()
    conflicts: tuple[OpenConflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    receipts: tuple[PageReceipt, ...] = ()
    pages: int = 0
    dry_run: bool = False
    rounds: int = 0
    fingerprint: str = ""

    @property
    def exit_code(self) -> int:
        """0 when both sides agree as far as the run could bring them, 3 when pages wait or were held back."""
        return 3 if self.conflicts or self.problems else 0

    def to_json(self) -> dict[str, object]:
        """Give the result as plain data."""
        return {
            "run": self.run, "dry_run": self.dry_run, "rounds": self.rounds, "pages": self.pages,
            "done": _list(self.done), "planned": _list(self.planned), "decisions": _list(self.decisions),
            "conflicts": _list(self.conflicts), "problems": _list(self.problems), "receipts": _list(self.receipts),
        }  # fmt: skip


class PlanResult(NamedTuple):
    """What a sync would do. fingerprint: of the effects and of what they were decided on; paths: what it is kept to."""

    plan: Plan
    problems: tuple[Problem, ...] = ()
    fingerprint: str = ""
    paths: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the plan as plain data."""
        known = {"paths": list(self.paths), "fingerprint": self.fingerprint}
        return {**self.plan.to_json(), "problems": _list(self.problems), **known}


class Change(NamedTuple):
    """One difference from what was last agreed.

    kind: added, edited, renamed, moved, reordered, labels, settings, deleted or conflict.
    """

    side: str
    kind: str
    path: str
    title: str
    id: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the change as plain data."""
        return {
            "side": self.side, "kind": self.kind, "path": self.path, "title": self.title, "id": self.id,
            "detail": self.detail,
        }  # fmt: skip


class StatusResult(NamedTuple):
    """Local changes, the remote ones as last known, and how old that knowledge is (seconds, None: never listed)."""

    local: tuple[Change, ...] = ()
    remote: tuple[Change, ...] = ()
    conflicts: tuple[OpenConflict, ...] = ()
    problems: tuple[Problem, ...] = ()
    listing_age: float | None = None
    pages: int = 0

    @property
    def clean(self) -> bool:
        """Tell whether nothing differs from what was last agreed."""
        return not (self.local or self.remote or self.conflicts or self.problems)

    def to_json(self) -> dict[str, object]:
        """Give the status as plain data."""
        return {
            "clean": self.clean, "pages": self.pages, "listing_age": self.listing_age, "local": _list(self.local),
            "remote": _list(self.remote), "conflicts": _list(self.conflicts), "problems": _list(self.problems),
        }  # fmt: skip


class FileDiff(NamedTuple):
    """The unified diff of one page."""

    path: str
    text: str

    def to_json(self) -> dict[str, object]:
        """Give the diff as plain data."""
        return {"path": self.path, "diff": self.text}


class DiffResult(NamedTuple):
    """Unified diffs, page by page."""

    files: tuple[FileDiff, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the diffs as plain data."""
        return {"files": _list(self.files)}


class ResolveResult(NamedTuple):
    """How a conflict was settled; `kept` are the places where the loser lies. already: before this was asked for."""

    path: str
    accepted: str
    kept: tuple[str, ...] = ()
    already: bool = False

    def to_json(self) -> dict[str, object]:
        """Give the decision as plain data."""
        return {"path": self.path, "accepted": self.accepted, "kept": list(self.kept)}


class RemoteVersion(NamedTuple):
    """A version on the site that a run overwrote or trashed, and how to get it back."""

    id: str
    title: str
    version: int

    def to_json(self) -> dict[str, object]:
        """Give the version as plain data."""
        return {"id": self.id, "title": self.title, "version": self.version}


class UndoResult(NamedTuple):
    """What was put back locally, and the remote versions that can be restored."""

    run: str
    restored: tuple[str, ...] = ()
    offers: tuple[RemoteVersion, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Give the result as plain data."""
        return {"run": self.run, "restored": list(self.restored), "offers": _list(self.offers)}


class _Plain(Protocol):
    def to_json(self) -> dict[str, object]: ...


def _list(values: Sequence[_Plain]) -> list[dict[str, object]]:
    return [value.to_json() for value in values]
