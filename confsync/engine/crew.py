"""Many effects under way at once: workers that wait for the site together and work one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from confsync.remote.gate import Gate

Given = TypeVar("Given")
Found = TypeVar("Found")
Job = Callable[[], None]

_LAST_WAIT: Final = 10.0  # seconds that a run which is stopped gives the requests that are under way


class Crew:
    """Workers on one gate. With a gate of width 1 everything is done here, one after the other."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def work(self, jobs: Sequence[Job], after: Sequence[Collection[int]]) -> None:
        """Do all jobs, each when those that it waits for (by number) are done.

        The first exception ends the work: what is under way is finished, nothing more is begun, and it is raised.
        """
        if self.gate.width == 1 or len(jobs) == 1:
            for job in jobs:
                job()
            return
        order = _Order(after)
        free = deque(order.first())
        ready: SimpleQueue[int | None] = SimpleQueue()
        done: SimpleQueue[tuple[int, BaseException | None]] = SimpleQueue()

        def worker() -> None:
            while (number := ready.get()) is not None:
                try:
                    with self.gate.turn():
                        jobs[number]()
                except BaseException as error:  # noqa: BLE001, RUF100  (it is raised where the work was asked for)
                    done.put((number, error))
                else:
                    done.put((number, None))

        threads = [threading.Thread(target=worker, daemon=True) for _ in range(min(self.gate.width, len(jobs)))]
        for thread in threads:
            thread.start()
        under_way, failure = 0, None
        try:
            while under_way or (free and failure is None):
                while free and failure is None and under_way < len(threads):
                    ready.put(free.popleft())
                    under_way += 1
                number, error = _wait(done)
                under_way -= 1
                failure = failure or error
                free.extend(order.next(number))
        except BaseException:
            # The user has had enough: no request begins any more; those under way may still be answered.
            self.gate.stop()
            _dismiss(ready, threads, _LAST_WAIT)
            raise
        _dismiss(ready, threads, None)
        if failure is not None:
            raise failure

    def fetch(self, one: Callable[[Given], Found], wanted: Iterable[Given]) -> Iterator[Found]:
        """Yield what `one` finds for each, in order; some are asked for ahead. `one` only reads from the site."""
        if self.gate.width == 1:
            yield from map(one, wanted)
            return
        from concurrent.futures import Future, ThreadPoolExecutor

        waiting: deque[Future[Found]] = deque()
        pool = ThreadPoolExecutor(self.gate.width)
        try:
            for item in wanted:
                waiting.append(pool.submit(one, item))
                if len(waiting) > 2 * self.gate.width:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except (KeyboardInterrupt, SystemExit):
            self.gate.stop()  # who waits to try again need not wait any longer
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def ahead(self, found: Iterator[Found], depth: int) -> Iterator[Found]:
        """Yield the same, while the next ones are already being fetched: at most `depth` of them wait."""
        if self.gate.width == 1:
            yield from found
            return
        from queue import Queue

        queue: Queue[tuple[Found | None, BaseException | None, bool]] = Queue(depth)
        ended = threading.Event()

        def fetcher() -> None:
            try:
                for item in found:
                    if ended.is_set():
                        return
                    queue.put((item, None, False))
            except BaseException as error:  # noqa: BLE001, RUF100  (it is raised where the next one is asked for)
                queue.put((None, error, True))
            else:
                queue.put((None, None, True))

        thread = threading.Thread(target=fetcher, daemon=True)
        thread.start()
        try:
            while True:
                item, error, last = queue.get()
                if error is not None:
                    raise error
                if last:
                    return
                yield item  # type: ignore[misc]  # an item, unless it is the last entry
        finally:
            ended.set()
            while not queue.empty():
                queue.get_nowait()


def _dismiss(ready: SimpleQueue[int | None], threads: Sequence[threading.Thread], seconds: float | None) -> None:
    for _ in threads:
        ready.put(None)
    for thread in threads:
        thread.join(None if seconds is None else seconds / len(threads))


class _Order:
    """Which jobs may begin: those whose predecessors are done."""

    def __init__(self, after: Sequence[Collection[int]]) -> None:
        self.missing = [len(set(one)) for one in after]
        self.followers: dict[int, list[int]] = {}
        for number, one in enumerate(after):
            for before in set(one):
                self.followers.setdefault(before, []).append(number)

    def first(self) -> list[int]:
        return [number for number, count in enumerate(self.missing) if not count]

    def next(self, done: int) -> list[int]:
        free = []
        for number in self.followers.get(done, ()):
            self.missing[number] -= 1
            if not self.missing[number]:
                free.append(number)
        return free


def _wait(done: SimpleQueue[tuple[int, BaseException | None]]) -> tuple[int, BaseException | None]:
    """Wait for the next job to end; in short pieces, so that Ctrl-C is heard on every system."""
    while True:
        try:
            return done.get(timeout=0.5)
        except Empty:
            continue
