"""A working day under watch: two machines and the web editor, all that people do, and then equal folders."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.errors import AccessError, ConfsyncError
from confsync.git import find_repository, guard_repository
from confsync.watch import Batch, Event, Watch
from tests.engine.days import Day, start
from tests.engine.machines import Saved, in_memory
from tests.engine.people import WORD, attempted

ACTIONS = int(os.environ.get("CONFSYNC_DAY", "500"))
SEEDS = int(os.environ.get("CONFSYNC_DAYS", "1"))
WEB = {
    "edit": 2, "rewrite": 2, "rename": 2, "move": 2, "delete": 1, "restore": 1, "create": 2, "label": 2, "attach": 2,
    "comment": 2,
}  # fmt: skip
LOCAL = {"type": 2, "rewrite": 2, "rename": 2, "move": 2, "delete": 1, "new_file": 1, "attach": 2, "label": 2}
OFTEN = ("edit", "rewrite", "comment", "type")


class Desk:
    """One machine with its watch, and a person who works there. log: every line that was told."""

    def __init__(self, day: Day, who: int) -> None:
        self.day, self.who = day, who
        self.log: list[Event] = []
        self.watch = Watch(day.machines[who].engine, self.log.append, self.may_run)
        self.buffer: tuple[str, str] | None = None

    @property
    def root(self) -> Path:
        return self.day.machines[self.who].root

    def may_run(self) -> None:
        if (self.root / ".git").exists():
            guard_repository(find_repository(self.root), "main")

    def step(self, batch: Batch) -> None:
        try:
            self.watch.step(batch)
        except AccessError:
            self.watch.left = None  # the person signs in again

    def settle(self) -> None:
        """Decide what waits for a decision."""
        engine = self.day.machines[self.who].engine
        for number, conflict in enumerate(engine.conflicts()):
            try:
                engine.resolve(conflict.path, ("both", "remote", "local")[number % 3])
            except ConfsyncError:
                continue

    # -- a person with an editor that never looks at the disk

    def open_file(self, pick: int) -> None:
        path = self.day.author(self.who).file(pick)
        self.buffer = path, self.day.machines[self.who].read(path)

    def save_buffer(self) -> None:
        """What was typed since the file was opened is saved, onto whatever came meanwhile."""
        if self.buffer is None:
            return
        (path, text), self.buffer = self.buffer, None
        machine = self.day.machines[self.who]
        if not (machine.root / path).is_file() or "<<<<<<< " in machine.read(path) + text:
            return
        word, words, there = self.day.words.new(), self.day.words, machine.read(path)
        machine.write(path, f"{text.rstrip()}\n\n{word}\n")
        words.keep(word)
        words.removed |= set(WORD.findall(there)) - set(WORD.findall(text))  # merged back, or at the latest in the history
        self.day.lose(there)  # what another editor on the same machine had typed there is gone by hand

    # -- git

    def git(self, *words: str) -> None:
        named = ("git", "-c", "user.name=Jo", "-c", "user.email=jo@example.com", "-c", "core.fsync=none")
        subprocess.run([*named, *words], cwd=self.root, check=True, capture_output=True)

    def side_branch(self) -> None:
        """Something is tried out on another branch, which nobody wants published, and left again."""
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "Now")
        self.git("switch", "-q", "-C", "side")
        for file in [one for one in sorted(self.root.rglob("*.md")) if ".confsync" not in one.parts][:2]:
            file.write_text("On a branch.\n", encoding="utf-8")
        self.step(Batch(files=frozenset({"index.md"}), poll=True))
        self.git("commit", "-qam", "Tried")
        self.git("switch", "-q", "main")


@pytest.fixture(scope="module")
def morning() -> Iterator[Saved]:
    folder = in_memory()
    one = start(folder)
    yield one
    one.close()
    shutil.rmtree(folder)


class People:
    """What happens on a day, drawn by chance. ran: how often each thing did."""

    def __init__(self, day: Day, seed: int) -> None:
        self.day = day
        self.chance = random.Random(seed)
        self.desks = [Desk(day, who) for who in range(2)]
        self.ran: Counter[str] = Counter()
        self.offline = 0

    def thing(self) -> None:
        """Somebody does something, in the web editor, in a folder, or in an editor that is left open."""
        chance, day = self.chance, self.day
        desk, numbers = chance.choice(self.desks), [chance.randrange(8) for _ in range(2)]
        if chance.random() < 0.45:
            name = chance.choice([*WEB, *OFTEN[:3] * 3])
            self.ran[f"web {name}"] += 1
            day.web(getattr(day.colleague, name), *numbers[: WEB[name]])
        elif chance.random() < 0.15:
            self.ran["local buffer"] += 1
            _ = desk.save_buffer() if desk.buffer else attempted(desk.open_file, numbers[0])
        else:
            name = chance.choice([*LOCAL, *("type",) * 6])
            self.ran[f"local {name}"] += 1
            day.local(desk.who, name, *numbers[: LOCAL[name]])

    def weather(self, number: int) -> None:
        """The network goes and comes back, and something is tried out on a branch."""
        if number % 97 == 50:
            self.offline = 5
            self.day.site.faults.add("*", "", "drop_before", chance=1.0)
        elif self.offline:
            self.offline -= 1
            if not self.offline:
                self.day.site.faults.clear()
        if number % 211 == 100 and not self.offline:
            self.desks[0].side_branch()
            self.ran["git checkout"] += 1

    def watches(self) -> None:
        """Some hints arrive now, some with the next ones."""
        for desk in self.desks:
            if self.chance.random() < 0.6:
                desk.step(Batch(files=frozenset({"index.md"}), poll=self.chance.random() < 0.5))
            if self.chance.random() < 0.1 and not self.offline:
                desk.settle()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_working_day_ends_with_equal_folders(morning: Saved, seed: int) -> None:
    """Nothing is lost, nothing is written without a cause, and the log can be read."""
    folder = in_memory()
    day = Day(morning, folder / "day", 2)
    people = People(day, seed)
    for number in range(ACTIONS):
        people.thing()
        people.weather(number)
        people.watches()
    day.site.faults.clear()
    for desk in people.desks * 2:
        desk.settle()
        desk.step(Batch(wake=True))
    day.quiet()
    day.check()
    calm(people.desks)
    told = Counter(event.kind for desk in people.desks for event in desk.log)
    assert sum(told.values()) < 6 * ACTIONS, "nobody would read that"
    assert {"pushed", "pulled", "offline", "online", "paused", "resumed"} <= set(told)
    print(f"\n{ACTIONS} things: {dict(sorted(people.ran.items()))}")  # noqa: T201
    print(f"{sum(told.values())} lines: {dict(sorted(told.items()))}")  # noqa: T201
    day.close()
    shutil.rmtree(folder)


def calm(desks: list[Desk]) -> None:
    """Every hint there can be, once more: nothing is written on either side."""
    for desk in desks:
        machine = desk.day.machines[desk.who]
        before, _ = machine.files(), machine.asked()
        pages = frozenset(row.id for row in machine.engine.world.state.rows().values())
        for batch in (Batch(files=frozenset(before)), Batch(pages=pages), Batch(poll=True), Batch(wake=True)):
            desk.step(batch)
        assert machine.writes() == []
        assert machine.files() == before


