"""Bad days on demand: refusals, lost answers and cut connections, by rules that a test writes."""

from __future__ import annotations

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
ACTIONS = (*REASONS, "drop_before", "drop_after", "truncate", "html200", "sleep")
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body><form>Log in</form></body></html>"

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Dropped(ConnectionError):  # noqa: N818  (it is what happened)
    """The connection is cut: a server closes it without an answer, an adapter raises it as it is."""


@dataclass(slots=True)
class Rule:
    """One kind of bad luck.

    `path` is a regular expression searched in path and query; it happens to the matching requests after the first
    `skip`, `times` times. `seconds` is the `Retry-After` of a refusal, or how long a `sleep` lasts.
    """

    method: str
    path: str
    action: str
    times: int = 1
    skip: int = 0
    seconds: float = 0

    def __post_init__(self) -> None:
        """Refuse an action that does not exist."""
        if self.action not in ACTIONS:
            raise ValueError(f"no fault is called {self.action!r}; there are {', '.join(ACTIONS)}")

    def hits(self, method: str, path: str) -> bool:
        """Return whether this request is struck, and count it."""
        if self.times <= 0 or self.method not in (method, "*") or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class Faults:
    """The rules in force; they may be changed while the site runs."""

    rules: list[Rule] = field(default_factory=list)
    sleep: Callable[[float], None] = time.sleep
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, method: str, path: str, action: str, times: int = 1, skip: int = 0, seconds: float = 0) -> None:
        """Add a rule."""
        with self.lock:
            self.rules.append(Rule(method, path, action, times, skip, seconds))

    def clear(self) -> None:
        """Forget all rules."""
        with self.lock:
            self.rules.clear()

    def before(self, method: str, path: str) -> Rule | None:
        """Return the first rule that strikes this request."""
        with self.lock:
            return next((rule for rule in self.rules if rule.hits(method, path)), None)


def wrap(app: Wsgi, faults: Faults) -> Wsgi:
    """Return the application with faults in front of it."""

    def faulty(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}" + (f"?{query}" if query else "")
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
        faults.sleep(rule.seconds)
        return app(environ, start_response)
    if rule.action == "html200":
        start_response(
            "200 OK", [("Content-Type", "text/html;charset=UTF-8"), ("Content-Length", str(len(LOGIN_PAGE)))]
        )
        return [LOGIN_PAGE]
    if rule.action in REASONS:
        return _refuse(rule, start_response)
    head: list[Any] = []
    body = b"".join(app(environ, lambda *given: head.append(given)))
    if rule.action == "drop_after":
        raise Dropped("connection closed before the answer")
    start_response(*head[0])
    return [body[: len(body) // 2]]


def _refuse(rule: Rule, start_response: StartResponse) -> Iterable[bytes]:
    headers = [("Content-Type", "application/json")]
    if rule.action in ("429", "503"):
        headers.append(("Retry-After", f"{rule.seconds:g}"))
    if rule.action == "429":
        headers += [
            ("X-RateLimit-Limit", "100"),
            ("X-RateLimit-Remaining", "0"),
            ("RateLimit-Reason", "confluence-burst-based"),
        ]
    body = f'{{"statusCode":{rule.action},"message":"{REASONS[rule.action]}"}}'.encode()
    start_response(f"{rule.action} {REASONS[rule.action]}", [*headers, ("Content-Length", str(len(body)))])
    return [body]
