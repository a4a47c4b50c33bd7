"""Bad days by chance and slow days: what a benchmark or a long random test asks for."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from werkzeug.test import Client

from confsync.sandbox import Dropped, Faults, Server, create_app

Rest = Any
CROWD = 24


def fates(rest: Rest, count: int, path: str = "/space") -> list[str]:
    """What becomes of so many requests, one after the other."""
    found = []
    for _ in range(count):
        try:
            found.append(str(rest.send("GET", path).status_code))
        except Dropped as drop:
            found.append("after" if "answer" in str(drop) else "before")
    return found


def test_faults_strike_by_chance_and_without_end(rest: Rest, faults: Faults) -> None:
    """Each rule takes about its share of the requests, from the first to the last."""
    for action, chance in (("429", 0.2), ("500", 0.1), ("drop_before", 0.1), ("drop_after", 0.1)):
        faults.add("*", "/rest/api/", action, chance=chance)
    found = fates(rest, 400)
    counts = Counter(found)
    assert set(counts) == {"200", "429", "500", "before", "after"}
    assert 50 <= counts["429"] <= 115
    assert all(12 <= counts[fate] <= 60 for fate in ("500", "before", "after"))
    assert set(found[:100]) == set(found[300:]) == set(counts)


def test_the_same_seed_is_the_same_bad_luck(rest: Rest) -> None:
    """A run that failed can be had again; another seed is another run."""

    def run(seed: int) -> list[str]:
        faults = Faults(seed=seed)
        faults.add("GET", "/", "503", chance=0.5)
        app = create_app(faults=faults)
        rest.client = Client(app)
        found = fates(rest, 40)
        app.sandbox.close()
        return found

    first = run(3)
    assert first == run(3)
    assert first != run(4)


def test_a_chance_can_be_limited_in_number_and_to_some_requests(rest: Rest, faults: Faults) -> None:
    """`times`, `skip`, method and path mean with a chance what they mean without."""
    faults.add("GET", "/space$", "500", chance=1, times=2, skip=1)
    assert fates(rest, 4, "/user/current") == ["200"] * 4
    assert fates(rest, 4) == ["200", "500", "500", "200"]
    faults.add("GET", "/space$", "500", chance=0)
    assert fates(rest, 20) == ["200"] * 20
    with pytest.raises(ValueError, match="between 0 and 1"):
        faults.add("GET", "/", "500", chance=5)


def test_a_refusal_may_leave_out_when_to_come_back(rest: Rest, faults: Faults) -> None:
    """Not every 429 says how long to wait."""
    faults.add("GET", "/space", "429", seconds=None)
    answer = rest.send("GET", "/space")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, None)


def test_every_request_takes_the_latency(rest: Rest, faults: Faults) -> None:
    """The seconds are slept before each request, also before one that is refused, and can be changed at any time."""
    slept: list[float] = []
    faults.sleep = slept.append
    faults.latency = 0.1
    faults.add("GET", "/space", "429")
    assert fates(rest, 2) == ["429", "200"]
    faults.latency = 0
    assert fates(rest, 1) == ["200"]
    assert slept == [0.1, 0.1]


def test_many_requests_are_slow_at_the_same_time(app: Any, faults: Faults) -> None:
    """Latency keeps nobody else waiting: over sockets a whole crowd sleeps at once, while the site goes on working."""
    together = threading.Barrier(CROWD, timeout=30)
    faults.latency = 0.1
    faults.sleep = lambda _seconds: together.wait() and None

    def ask(_number: int) -> int:
        return requests.get(f"{server.url}/rest/api/space/DOC", auth=("admin", "admin"), timeout=60).status_code

    with Server(app) as server, ThreadPoolExecutor(CROWD) as pool:
        assert list(pool.map(ask, range(CROWD))) == [200] * CROWD
