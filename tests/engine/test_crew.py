"""Many requests at once: order among what depends on each other, fewer after a refusal, an orderly end."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from confsync.config import Credentials, SyncConfig
from confsync.core.schedule import phases, waits_for
from confsync.engine import Options, open_engine
from confsync.engine.crew import Crew
from confsync.model import Action, Effect, Page, Side, Tree
from confsync.remote.gate import Gate
from tests.engine.machines import SAVE, Site, cloned, machine
from tests.wire import transport

FULL = Options(full=True)
ROOT = Page(None, "Home")


def effect(action: Action, key: str, title: str = "", facets: frozenset[str] = frozenset()) -> Effect:
    return Effect(Side.REMOTE, action, key, "", title or key, facets=facets)


def test_jobs_wait_for_what_they_need_and_for_nothing_else() -> None:
    """Two chains of three run side by side; within each the order is kept."""
    crew, done, lock = Crew(Gate(4)), [], threading.Lock()
    together = threading.Barrier(2, timeout=5)

    def job(name: str) -> None:
        with crew.gate.away():
            together.wait()  # both chains are under way at the same time, or this breaks
        with lock:
            done.append(name)

    names = ["a1", "b1", "a2", "b2", "a3", "b3"]
    crew.work([lambda name=name: job(name) for name in names], [[], [], [0], [1], [2], [3]])  # type: ignore[misc]
    assert [name for name in done if name[0] == "a"] == ["a1", "a2", "a3"]
    assert [name for name in done if name[0] == "b"] == ["b1", "b2", "b3"]


def test_only_one_works_while_the_others_wait() -> None:
    """Between requests a worker is alone: what they share needs no locks."""
    crew, inside, most = Crew(Gate(8)), [0], [0]

    def job() -> None:
        for _ in range(20):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0)
            inside[0] -= 1
            with crew.gate.request():
                time.sleep(0.0001)

    crew.work([job] * 16, [()] * 16)
    assert most == [1]


def test_the_first_error_ends_the_work() -> None:
    """What is under way is finished, what has not begun never begins, and the error comes out."""
    crew, begun = Crew(Gate(2)), []

    def job(number: int) -> None:
        begun.append(number)
        if number == 3:
            raise KeyError(number)

    with pytest.raises(KeyError):
        crew.work([lambda n=n: job(n) for n in range(100)], [()] * 100)  # type: ignore[misc]
    assert len(begun) < 10


def test_bodies_come_in_order_and_are_fetched_ahead() -> None:
    """Eight requests are under way while the first answer is awaited; the order is the one asked for."""
    crew, waiting = Crew(Gate(8)), threading.Barrier(8, timeout=5)

    def one(number: int) -> int:
        if number < 8:
            waiting.wait()
        return number

    assert list(crew.fetch(one, range(50))) == list(range(50))
    assert list(crew.ahead(iter(range(50)), 3)) == list(range(50))


def test_an_error_while_fetching_ahead_comes_out_in_its_place() -> None:
    """What came before it is still delivered."""

    def found():  # type: ignore[no-untyped-def]
        yield 1
        raise ValueError("here")

    ahead = Crew(Gate(2)).ahead(found(), 3)
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="here"):
        next(ahead)


def test_a_refusal_for_their_number_narrows_the_gate_for_everybody() -> None:
    """While one waits because of a 429 no request goes out; after it half as many go at once, later more again."""
    gate, out = Gate(8), []
    entered, leave = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        entered.set()
        leave.wait(5)

    def other() -> None:
        with gate.request():
            out.append("sent")

    resting = threading.Thread(target=lambda: gate.rest(sleep, 1, refused=True))
    resting.start()
    entered.wait(5)
    sender = threading.Thread(target=other)
    sender.start()
    sender.join(0.05)
    assert out == []
    leave.set()
    sender.join(5)
    resting.join(5)
    assert (out, gate.slots) == (["sent"], 4.0)
    for _ in range(100):
        gate.answered()
    assert gate.slots == 8.0


def test_a_page_waits_for_its_parent_and_for_its_title() -> None:
    """Siblings go together, a child after its parent, a title after whoever gives it free."""
    before = Tree({"root": ROOT, "x": Page("root", "Old"), "y": Page("root", "Why")}, root="root")
    target = Tree(
        {"root": ROOT, "x": Page("root", "New"), "y": Page("root", "Old"), "z": Page("root", "Zed")}, root="root"
    )
    title = frozenset({"title"})
    effects = [
        effect(Action.UPDATE, "x", "New", title), effect(Action.UPDATE, "z", "Zed", frozenset({"body"})),
        effect(Action.UPDATE, "y", "Old", title),
    ]  # fmt: skip
    assert waits_for(effects, target, before) == [frozenset(), frozenset(), frozenset({0})]
    family = Tree({"root": ROOT, "p": Page("root", "P"), "c": Page("p", "C"), "d": Page("p", "D")}, root="root")
    creates = [effect(Action.CREATE, key, key.upper()) for key in "pcd"]
    assert waits_for(creates, family, Tree({"root": ROOT}, root="root")) == [frozenset(), {0}, {0}]
    deletes = [effect(Action.DELETE, key) for key in "cdp"]
    assert waits_for(deletes, Tree({"root": ROOT}, root="root"), family) == [frozenset(), frozenset(), {0, 1}]
    assert [len(part) for part in phases([*creates, *deletes])] == [3, 3]


@pytest.mark.parametrize("refusals", [0, 5])
def test_a_push_keeps_the_requests_under_way(site: Site, tmp_path: Path, refusals: int) -> None:
    """Of forty pages with some latency several are under way at once, also when some are refused for their number."""
    for number in range(40):
        site.create(f"Page {number}")
    one = machine(site, tmp_path / "m", sync=SyncConfig(workers=8))
    one.engine.clone()
    for number in range(40):
        one.replace(f"page-{number}.md", "Text.", "Other text.")
    under_way, most, lock = [0], [0], threading.Lock()

    def before(method: str, path: str) -> None:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.005)
        with lock:
            under_way[0] -= 1

    site.faults.add("PUT", SAVE, "429", times=refusals)
    one.wire.before = before
    assert one.engine.push().exit_code == 0
    assert 4 <= most[0] <= 8
    assert {site.page(page).version for title, page in site.titles().items() if title.startswith("Page")} == {2}


def test_ctrl_c_ends_a_wait_for_the_site(site: Site, tmp_path: Path) -> None:
    """While bodies are fetched and the site refuses for a long time: the run ends at once, and the next one works."""
    one = cloned(site, tmp_path / "m")
    for number in range(3):
        site.create(f"Page {number}")
    config = one.engine.world.config
    slow = open_engine(config, config.mirrors[0], Credentials("admin", "admin"), transport=transport(site.app)[0])
    site.faults.add("GET", r"body(?:\.|-format=)storage", "429", chance=1.0, seconds=60)
    timer = threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        slow.sync(FULL)
    slow.close()
    site.faults.clear()
    assert one.engine.sync(FULL).exit_code == 0
    assert "page-2.md" in one.files()
