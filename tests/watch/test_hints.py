"""The queue of hints: what comes together is taken together, once it is quiet."""

from __future__ import annotations

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from confsync.watch.hints import FILE, PAGE, POLL, Batch, Hint, Hints, due_in

TIMES = st.floats(0, 1000)


@given(TIMES, TIMES, TIMES, st.floats(0.01, 5))
def test_nobody_waits_longer_than_for_quiet(a: float, b: float, c: float, debounce: float) -> None:
    """A file that is saved all the time is pushed all the same."""
    first, last, now = sorted((a, b, c))
    wait = due_in(first, last, now, debounce, longest=10)
    assert 0 <= wait <= debounce + 1e-6
    assert wait == 0 or now + wait <= first + max(10, debounce) + 1e-6
    assert wait == 0 or now + wait - last <= debounce + 1e-6


def test_a_burst_of_events_is_one_batch() -> None:
    """Saves of several files within the debounce come together, without doubles."""
    hints = Hints(time.monotonic, 0.05)
    for number in range(50):
        hints.put(Hint(FILE, f"{number % 3}.md"))
    assert hints.take(5) == Batch(files=frozenset({"0.md", "1.md", "2.md"}))
    assert hints.take(0.01) is None


def test_pages_and_polls_need_no_quiet() -> None:
    """What the site tells is done at once; a poll makes the site be asked for everything."""
    hints = Hints(time.monotonic, 60)
    hints.put(Hint(PAGE, "7"))
    began = time.monotonic()
    batch = hints.take(5)
    assert batch is not None
    assert (batch.look, time.monotonic() - began < 1) == (frozenset({"7"}), True)
    hints.put(Hint(PAGE, "7"))
    hints.put(Hint(POLL))
    polled = hints.take(5)
    assert polled is not None
    assert polled.look is None


def test_stopping_wakes_whoever_waits() -> None:
    """And nobody waits after that."""
    hints = Hints(time.monotonic, 0.05)
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(hints.take(60)))
    thread.start()
    hints.stop()
    thread.join(5)
    assert (found, hints.take(60), thread.is_alive()) == ([None], None, False)
