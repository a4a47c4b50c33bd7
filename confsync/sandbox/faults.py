"""Bad days on demand: refusals, lost answers, cut connections and slowness, by rules that a test or benchmark writes.

faults = Faults(latency=0.1, seed=7)                # 100 ms before every request
faults.add("PUT", "/content/", "drop_after")        # the next save acts and loses its answer
faults.add("*", "/rest/api/", "429", chance=0.05)   # and from now on every twentieth request is refused
"""

from __future__ import annotations

import io
import math
import random
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

REASONS = {
    "401": "Unauthorized", "403": "Forbidden", "404": "Not Found", "409": "Conflict", "429": "Too Many Requests",
    "500": "Internal Server Error", "502": "Bad Gateway", "503": "Service Unavailable",
}  # fmt: skip
ACTIONS = (*REASONS, "drop_before", "drop_after", "truncate", "html200", "sleep", "double")
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Log in</form></body></html>"

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Dropped(ConnectionError):  # noqa: N818  (it is what happened)
    """The connection is cut: a server closes it without an answer, an adapter raises it as it is."""


@dataclass(slots=True)
class Rule:
    """One kind of bad luck.

    `path` is a regular expression searched in path and query. It happens to the matching requests after the first
    `skip`, `times` times; with a `chance` only to that part of them, and without `times` for ever. `seconds` is how
    long a `sleep` lasts, or the `Retry-After` of a refusal, which None leaves out. `double` is what something between
    client and site does that sends a request again by itself: it acts twice, and the second answer arrives.
    """

    method: str
    path: str
    action: str
    times: int | None = None
    skip: int = 0
    seconds: float | None = 0
    chance: float | None = None

    def __post_init__(self) -> None:
        """Refuse an action that does not exist and a chance that is none; without a chance it happens once."""
        if self.chance is None:
            self.times = 1 if self.times is None else self.times
        elif not 0 <= self.chance <= 1:
            raise ValueError(f"a chance lies between 0 and 1: {self.chance}")
        if self.action not in ACTIONS:
            raise ValueError(f"no fault is called {self.action!r}; there are {', '.join(ACTIONS)}")

    def hits(self, method: str, path: str, draw: Callable[[], float]) -> bool:
        """Return whether this request is struck, and count it; `draw` returns a number from 0 up to 1."""
        if self.times == 0 or self.method not in (method, "*") or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.chance is not None and draw() >= self.chance:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Budget:
    """How many requests are answered in each so many seconds; those above are refused with 429 until the next."""

    requests: int
    seconds: float = 60.0
    began: float = float("-inf")
    left: int = 0

    def take(self, now: float) -> float | None:
        """Take one request out of the budget; return how many seconds to wait when nothing is left."""
        if now >= self.began + self.seconds:
            self.began, self.left = now, self.requests
        if self.left:
            self.left -= 1
            return None
        return self.began + self.seconds - now


@dataclass(slots=True)
class Faults:
    """The rules in force, and the seconds of `latency` before each request; they may be changed while the site runs.

    `budget` bounds how many requests are answered; `now` is the time that it goes by, in seconds.

    Chances are drawn from a source of their own: the same `seed` and the same requests meet the same fate. Nobody
    waits for another one's sleep.
    """

    rules: list[Rule] = field(default_factory=list)
    sleep: Callable[[float], None] = time.sleep
    lock: threading.Lock = field(default_factory=threading.Lock)
    latency: float = 0
    seed: int = 0
    budget: Budget | None = None
    now: Callable[[], float] = time.monotonic
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the source of chances."""
        self.random = random.Random(self.seed)  # noqa: S311  (bad luck, not cryptography)

    def add(
        self,
        method: str,
        path: str,
        action: str,
        times: int | None = None,
        skip: int = 0,
        seconds: float | None = 0,
        chance: float | None = None,
    ) -> None:
        """Add a rule; see `Rule`."""
        with self.lock:
            self.rules.append(Rule(method, path, action, times, skip, seconds, chance))

    def clear(self) -> None:
        """Forget all rules."""
        with self.lock:
            self.rules.clear()

    def spent(self) -> float | None:
        """Return how many seconds to wait because the budget is spent, None when it is not."""
        with self.lock:
            return self.budget.take(self.now()) if self.budget else None

    def before(self, method: str, path: str) -> Rule | None:
        """Return the first rule that strikes this request."""
        with self.lock:
            return next((rule for rule in self.rules if rule.hits(method, path, self.random.random)), None)


def wrap(app: Wsgi, faults: Faults) -> Wsgi:
    """Return the application with faults in front of it."""

    def faulty(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}" + (f"?{query}" if query else "")
        if faults.latency:
            faults.sleep(faults.latency)
        wait = faults.spent()
        if wait is not None:
            refusal = Rule("*", "", "429", seconds=math.ceil(wait))
            return _refuse(refusal, start_response, faults.budget.requests if faults.budget else 0)
        rule = faults.before(environ["REQUEST_METHOD"], path)
        if rule is None:
            return app(environ, start_response)
        return _strike(rule, faults, app, environ, start_response)

    return faulty


def _strike(
    rule: Rule, faults: Faults, app: Wsgi, environ: dict[str, Any], start_response: StartResponse
) -> Iterable[bytes]:
    if rule.action == "drop_before":
        raise Dropped("connection closed before the request was read")
    if rule.action == "sleep":
        faults.sleep(rule.seconds or 0)
        return app(environ, start_response)
    if rule.action == "html200":
        start_response(
            "200 OK", [("Content-Type", "text/html;charset=UTF-8"), ("Content-Length", str(len(LOGIN_PAGE)))]
        )
        return [LOGIN_PAGE]
    if rule.action in REASONS:
        return _refuse(rule, start_response)
    if rule.action == "double":
        return _twice(app, environ, start_response)
    head: list[Any] = []
    body = b"".join(app(environ, lambda *given: head.append(given)))
    if rule.action == "drop_after":
        raise Dropped("connection closed before the answer")
    start_response(*head[0])
    return [body[: len(body) // 2]]


def _twice(app: Wsgi, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    b"".join(app({**environ, "wsgi.input": io.BytesIO(sent)}, lambda *given: None))
    return app({**environ, "wsgi.input": io.BytesIO(sent)}, start_response)


def _refuse(rule: Rule, start_response: StartResponse, limit: int = 100) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json")]
    if rule.action in ("429", "503") and rule.seconds is not None:
        headers.append(("Retry-After", f"{rule.seconds:g}"))
    if rule.action == "429":
        headers += [
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Remaining", "0"),
            ("RateLimit-Reason", "confluence-burst-based"),
        ]
    body = f'{{"statusCode":{rule.action},"message":"{REASONS[rule.action]}"}}'.encode()
    start_response(f"{rule.action} {REASONS[rule.action]}", [*headers, ("Content-Length", str(len(body)))])
    return [body]
