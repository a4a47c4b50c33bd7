"""Progress on standard error: bars on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Protocol

from confsync.report import Reporter, Silent

_EVERY = 5.0  # seconds between plain lines of one stage


class Progress(Reporter, Protocol):
    """A reporter that can be told to stop drawing."""

    def end(self) -> None:
        """Stop drawing."""


class _Quiet(Silent):
    def end(self) -> None:
        """Nothing is drawn."""


class _Lines:
    """One line when a stage begins, and one every few seconds while it lasts."""

    def __init__(self) -> None:
        self.name, self.total, self.steps, self.said = "", None, 0, 0.0  # type: tuple[str, int | None, int, float]

    def stage(self, name: str, total: int | None = None) -> None:
        self.name, self.total, self.steps, self.said = name, total, 0, time.monotonic()
        self._say(f"{name}{f' ({total})' if total else ''}")

    def step(self, text: str = "") -> None:
        self.steps += 1
        if time.monotonic() - self.said > _EVERY:
            self.said = time.monotonic()
            self._say(f"{self.name}: {self.steps}{f' of {self.total}' if self.total else ''}")

    def note(self, text: str) -> None:
        self._say(text)

    def end(self) -> None:
        """Lines need no end."""

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class _Bars:
    """A bar for the stage at hand, drawn by rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self.bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self.task = self.bars.add_task("", visible=False)

    def stage(self, name: str, total: int | None = None) -> None:
        self.bars.start()
        self.bars.reset(self.task, description=name, total=total, visible=True)

    def step(self, text: str = "") -> None:
        self.bars.advance(self.task)

    def note(self, text: str) -> None:
        self.bars.console.print(text, markup=False, highlight=False)

    def end(self) -> None:
        """Take the bar off the screen."""
        self.bars.stop()


def progress(*, quiet: bool, bars: bool) -> Progress:
    """Choose how progress is shown."""
    if quiet:
        return _Quiet()
    return _Bars() if bars else _Lines()
