"""The loop: hints in, steps out, polls in between, and a look at everything after a sleep of the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .hints import WAKE, Batch, Hint, Hints
from .watch import Watch

GRACE: Final = 2.0  # seconds for a file that has gone to come back
_ASLEEP: Final = 30.0  # seconds that a wait may take longer than meant before the machine is taken to have slept


class Loop:
    """Turn hints into steps until the hints are stopped.

    poll: seconds between two looks at the site. today: seconds by a clock that goes on while the machine sleeps.
    """

    def __init__(self, hints: Hints, watch: Watch, poll: float, today: Callable[[], float]) -> None:
        self.hints, self.watch, self.poll, self.today = hints, watch, poll, today
        self.next_poll = 0.0
        self.retry: float | None = None

    def run(self) -> None:
        """Begin with everything, and go on until stopped. Raises what nobody can wait out."""
        self._step(Batch(wake=True))
        while not self.hints.stopped:
            self.turn()

    def turn(self) -> None:
        """Wait for the next batch, poll or second try, and do it."""
        now = self.hints.clock()
        wait = max(0.0, (self.next_poll if self.retry is None else self.retry) - now)
        began = self.today()
        batch = self.hints.take(wait)
        if self.today() - began > wait + _ASLEEP:
            self.hints.put(Hint(WAKE))
            batch = self.hints.take(0.0) or batch
        if batch is None and not self.hints.stopped:
            batch = Batch() if self.retry is not None else Batch(poll=True)
        if batch is not None:
            self._step(batch)

    def _patient(self, batch: Batch) -> Batch:
        """Give a file that has gone time to come back: some editors move it aside before they write the new one."""
        end = self.hints.clock() + GRACE
        while self.watch.misses(batch) and not self.hints.stopped and (left := end - self.hints.clock()) > 0:
            more = self.hints.take(left)
            batch = batch.joined(more) if more is not None else batch
        return batch

    def _step(self, batch: Batch) -> None:
        wait = self.watch.step(self._patient(batch))
        now = self.hints.clock()
        self.retry = None if wait is None else now + wait
        if wait is None and (batch.look is None or now >= self.next_poll):
            self.next_poll = now + self.poll


