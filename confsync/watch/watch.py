"""One mirror under watch: a run for each batch of hints, and words for what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from confsync.engine import Engine, Options
from confsync.errors import ConfsyncError, GuardStop, MirrorBusy, NotConfluence, Unavailable
from confsync.model import Effect, Side
from confsync.report import RunResult

from .events import Event, of_run
from .hints import Batch
from .stale import Stale

SHORTEST: Final = 1.0  # seconds until something that stood in the way is looked at again
LONGEST: Final = 60.0


class Obstacle(NamedTuple):
    """Why no run can be made now. kind: paused or offline; end: the event that tells of its being over."""

    kind: str
    end: str
    text: str


class Watch:
    """Keep a mirror and its part of a site equal, batch by batch.

    tell: hears every event. may_run: raises GuardStop when git or a person stands in the way. message: gives the
    message of new versions. What a batch could not do is part of the next one.
    """

    def __init__(
        self,
        engine: Engine,
        tell: Callable[[Event], None],
        may_run: Callable[[], None] = lambda: None,
        message: Callable[[], str] = lambda: "",
    ) -> None:
        self.engine = engine
        self.tell = tell
        self.may_run = may_run
        self.message = message
        self.obstacle: Obstacle | None = None
        self.wait = SHORTEST
        self.left: Batch | None = None
        self.known: dict[str, Event] = {}
        self.stale = Stale(engine.world)

    def misses(self, batch: Batch) -> bool:
        """Tell whether a page's file that was touched is not there at the moment."""
        gone = [path for path in batch.files if path.endswith(".md") and not self.engine.world.folder.exists(path)]
        return bool(gone) and not {row.path for row in self.engine.world.state.rows().values()}.isdisjoint(gone)

    def step(self, batch: Batch) -> float | None:
        """Do what a batch asks for; give the seconds after which to try again, None when there is nothing to.

        Raises what nobody can wait out: access that is refused, settings that are wrong.
        """
        if self.left is not None:
            batch = self.left.joined(batch)
        self.left = batch
        try:
            self.may_run()
            self.stale.look_at_files()
            result = self._run(batch)
        except GuardStop as stop:
            return self._blocked(Obstacle("paused", "resumed", _words(stop)), grows=False)
        except MirrorBusy as busy:
            return self._blocked(Obstacle("paused", "resumed", _words(busy)), grows=False)
        except (Unavailable, NotConfluence) as error:
            return self._blocked(Obstacle("offline", "online", _words(error)), grows=True)
        self.left = None
        self._clear()
        self._report(result)
        return None

    def _run(self, batch: Batch) -> RunResult:
        with self.stale.listening(), self._asking():
            return self.engine.sync(Options(message=self.message(), full=batch.wake, look=batch.look))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask before each write to the site whether it may still be made: a branch can be switched during a run."""
        world, hook = self.engine.world, self.engine.world.hook

        def heard(moment: str, effect: Effect) -> None:
            if moment == "before" and effect.side is Side.REMOTE:
                self.may_run()
            hook(moment, effect)

        world.hook = heard
        try:
            yield
        finally:
            world.hook = hook

    def _blocked(self, obstacle: Obstacle, *, grows: bool) -> float:
        if self.obstacle is None or self.obstacle.text != obstacle.text:
            self.wait = SHORTEST
            self.tell(Event(obstacle.kind, text=obstacle.text))
        elif grows:
            self.wait = min(LONGEST, self.wait * 2)
        self.obstacle = obstacle
        return self.wait

    def _clear(self) -> None:
        if self.obstacle is not None:
            self.tell(Event(self.obstacle.end))
            self.obstacle = None
        self.wait = SHORTEST

    def _report(self, result: RunResult) -> None:
        """Tell what was done, and of what waits or was held back only what is new; and when that is over."""
        for event in of_run(result):
            self.tell(event)
        waiting = {
            f"conflict {one.path} {one.version}": Event("conflict", one.path, one.reason) for one in result.conflicts
        }
        held = {f"problem {one}": Event("problem", one.place, _problem(one)) for one in result.problems}
        now = waiting | held
        for name in now.keys() - self.known.keys():
            self.tell(now[name])
        still = {event.path for event in now.values()}
        for path in sorted({event.path for event in self.known.values()} - still):
            self.tell(Event("settled", path))
        self.known = now


def _words(error: ConfsyncError) -> str:
    return f"{error.message} → {error.remedy}" if error.remedy else error.message


def _problem(problem: object) -> str:
    message, remedy = getattr(problem, "message", ""), getattr(problem, "remedy", "")
    return f"{message} → {remedy}" if remedy else message


