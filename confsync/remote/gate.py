"""How many requests may be under way at once, and whose turn it is to work in between.

Workers wait for the site together, but only one of them works: whoever holds the turn, and it is given up only while a
request is under way. So what they share (the state file, the listing, the folder) needs no locks of its own, and no
transaction spans a request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

WIDTH: Final = 8  # more gain little: at 100 ms, eight make some seventy requests a second


class Stopping(BaseException):
    """The run ends: no request is begun any more. What was begun keeps its intent, and the next run looks at it."""


class Gate:
    """Let at most `width` requests through at once, fewer after each refusal for their number (429).

    A refusal halves what is let through and holds everybody back until the waiting time is over; each good answer
    widens the gate a little again.
    """

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self.slots = float(width)
        self.under_way = 0
        self.resting = 0
        self.stopped = False
        self._state = threading.Condition()
        self._turn = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Work, and nobody else does. May be nested."""
        if self._has_turn():
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give_up()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Let others work while this one waits for something."""
        held = self._give_up()
        try:
            yield
        finally:
            if held:
                self._take()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Wait until one more request may be under way, and let others work until it is answered. Raises Stopping."""
        with self.away():
            with self._state:
                self._state.wait_for(self._open)
                if self.stopped:
                    raise Stopping
                self.under_way += 1
            try:
                yield
            finally:
                with self._state:
                    self.under_way -= 1
                    self._state.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than the run lasts."""
        with self._state:
            self._state.wait_for(lambda: self.stopped, seconds)

    def rest(self, sleep: Callable[[float], None], seconds: float, *, refused: bool) -> None:
        """Wait before a request is repeated; after a refusal everybody waits, and then fewer go at once."""
        with self.away():
            with self._state:
                if refused and not self.resting:
                    self.slots = max(1.0, self.slots / 2)
                self.resting += refused
            try:
                sleep(seconds)
            finally:
                with self._state:
                    self.resting -= refused
                    self._state.notify_all()

    def answered(self) -> None:
        """Note a good answer."""
        with self._state:
            self.slots = min(float(self.width), self.slots + 1 / self.slots)

    def stop(self) -> None:
        """Let no request through any more, for good: what was begun by a run that is stopped must not go on later."""
        with self._state:
            self.stopped = True
            self._state.notify_all()

    def _open(self) -> bool:
        return self.stopped or (self.under_way < int(self.slots) and not self.resting)

    def _has_turn(self) -> bool:
        return bool(getattr(self._mine, "held", False))

    def _take(self) -> None:
        self._turn.acquire()
        self._mine.held = True

    def _give_up(self) -> bool:
        if not self._has_turn():
            return False
        self._mine.held = False
        self._turn.release()
        return True
