"""The queue: hints from all sources, taken together once nothing more comes for a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, NamedTuple

FILE, PAGE, POLL, WAKE = "file", "page", "poll", "wake"
LONGEST: Final = 3.0  # seconds after which a batch is taken even if more and more comes


class Hint(NamedTuple):
    """Something may have happened. kind: file (of a path), page (of an id), poll, or wake (nobody knows what)."""

    kind: str
    what: str = ""


class Batch(NamedTuple):
    """What has come together. look: pages to read anew, None where the whole site is to be asked."""

    files: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    poll: bool = False
    wake: bool = False

    def joined(self, other: Batch) -> Batch:
        """Give both as one."""
        return Batch(
            self.files | other.files, self.pages | other.pages, self.poll or other.poll, self.wake or other.wake
        )

    @property
    def look(self) -> frozenset[str] | None:
        """The pages to read anew, None when search or a listing is to say which."""
        return None if self.poll or self.wake else self.pages


def due_in(first: float, last: float, now: float, debounce: float, longest: float = LONGEST) -> float:
    """Give how long to wait for more: until it has been quiet, but not for ever. All in seconds."""
    return max(0.0, min(last + debounce, first + max(longest, debounce)) - now)


class Hints:
    """Hints come from any thread, and are taken by one. clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float], debounce: float) -> None:
        self.clock = clock
        self.debounce = debounce
        self._there = threading.Condition()
        self._waiting: set[Hint] = set()
        self._first = self._last = 0.0
        self._stopped = False

    def put(self, hint: Hint) -> None:
        """Add a hint. Polls and wakes need no quiet: nobody is in the middle of typing them."""
        with self._there:
            now = self.clock()
            if not self._waiting:
                self._first = self._last = now
            if hint.kind == FILE:
                self._last = now
            self._waiting.add(hint)
            self._there.notify_all()

    def stop(self) -> None:
        """Let `take` come back for the last time."""
        with self._there:
            self._stopped = True
            self._there.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether there is nothing more to come."""
        return self._stopped

    def take(self, patience: float) -> Batch | None:
        """Wait for hints, and then for quiet; None when nothing came in so many seconds, or it is over."""
        end = self.clock() + patience
        with self._there:
            while not self._stopped:
                now = self.clock()
                wait = self._wait(now) if self._waiting else end - now
                if wait <= 0:
                    return self._gather() if self._waiting else None
                self._there.wait(wait)
        return None

    def _wait(self, now: float) -> float:
        typed = any(hint.kind == FILE for hint in self._waiting)
        return due_in(self._first, self._last, now, self.debounce if typed else 0.0)

    def _gather(self) -> Batch:
        found, self._waiting = self._waiting, set()
        return Batch(
            frozenset(hint.what for hint in found if hint.kind == FILE),
            frozenset(hint.what for hint in found if hint.kind == PAGE),
            any(hint.kind == POLL for hint in found),
            any(hint.kind == WAKE for hint in found),
        )
