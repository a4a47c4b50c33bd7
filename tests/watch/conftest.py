"""A site, machines on it and their watches, stepped by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from confsync.watch import Batch, Event, Watch
from tests.engine.machines import Machine, Site, cloned


@dataclass
class Watched:
    """A machine under watch. events: what was told since the last look."""

    machine: Machine
    watch: Watch
    events: list[Event] = field(default_factory=list)

    def touched(self, *paths: str) -> list[str]:
        """Files were saved: a step, and what was told, as `kind path`."""
        return self.step(Batch(files=frozenset(paths)))

    def polled(self) -> list[str]:
        """It is time to look at the site."""
        return self.step(Batch(poll=True))

    def step(self, batch: Batch) -> list[str]:
        self.watch.step(batch)
        return self.told()

    def told(self) -> list[str]:
        found = [f"{one.kind} {one.path}".strip() for one in self.events]
        self.events.clear()
        return found


def watched(site: Site, root: Path, **given: Any) -> Watched:
    """A fresh clone under watch."""
    machine = cloned(site, root)
    events: list[Event] = []
    one = Watched(machine, Watch(machine.engine, events.append, **given), events)
    one.step(Batch(wake=True))
    machine.asked()
    return one


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with one space and its home page."""
    one = Site()
    yield one
    one.app.sandbox.close()
