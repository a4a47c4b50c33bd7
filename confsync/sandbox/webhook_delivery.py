"""Delivery: what waits in the outbox is sent by a thread of its own, in order for each receiver, with a few tries.

The thread starts with the first event that waits. It holds no lock while it sends. Receivers are on this machine,
unless it was said that they may be elsewhere: a sandbox does not call the world.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from ipaddress import ip_address
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

import requests

from . import connect
from .store import Row, Store, apps, webhooks
from .webhook_events import NAMES, Event, events
from .webhook_payloads import Telling

Json = dict[str, Any]
PAUSES: Final = (0.2, 1.0)  # seconds before the second try and the third; then it has failed
TIMEOUTS: Final = (2.0, 5.0)  # seconds to connect, and to answer
LIVES: Final = 180  # seconds for which the token of a delivery to an app is good


class Delivery(NamedTuple):
    """What became of an event for one receiver. state: `waiting`, `delivered` or `failed`."""

    event: str
    url: str
    state: str
    status: int | None
    attempts: int
    error: str
    body: Json


class Answer(NamedTuple):
    """The end of one attempt: the status, or what was wrong where there is none. again: whether to try once more."""

    status: int | None
    error: str
    again: bool
    millis: int


class Deliveries:
    """Collect what happens in the transactions of a store, and deliver it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.anywhere = False
        self._due: dict[int, float] = {}  # receiver -> when its next event may be tried again
        self._queued = False
        self._wake, self._settled = threading.Event(), threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        store.at_end, store.afterwards = self._collect, self._committed
        with store.lock:
            self._queued = bool(webhooks.heads(store))
        self._committed()

    def _collect(self) -> None:
        """Put what the transaction did into the outbox, as a part of it."""
        changes = webhooks.take_changes(self.store)
        if not changes:
            return
        happened = events(changes)
        gone = {one.item["id"]: one.item for one in happened if one.name == "space_removed"}
        telling = Telling(self.store, gone)
        for receiver in webhooks.active(self.store):
            wanted = set(json.loads(receiver["events"]))
            for event in happened:
                if event.name in wanted:
                    self._put(telling, receiver, event)

    def _put(self, telling: Telling, receiver: Row, event: Event) -> None:
        if not receiver["app_key"]:
            body = telling.for_registered(event)
        else:
            app = apps.described(self.store, receiver["app_key"])
            reads = "READ" in connect.allowed(app.scopes)
            body = telling.for_app(event, app.account_id) if reads else None
        if body is not None:
            webhooks.put(self.store, receiver, event.name, json.dumps(body, ensure_ascii=False))
            self._queued = True

    def _committed(self) -> None:
        if not self._queued:
            return
        self._queued = False
        if self._thread is None and not self._stopping:
            self._thread = threading.Thread(target=self._run, name="confsync-sandbox-webhooks", daemon=True)
            self._thread.start()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            pause = self._round()
            self._wake.wait(pause)
            self._wake.clear()

    def _round(self) -> float | None:
        """Send what is due, and return after how many seconds the next will be, None where nothing waits."""
        while not self._stopping:
            with self.store.lock:
                waiting = webhooks.heads(self.store)
            now = time.monotonic()
            due = [row for row in waiting if self._due.get(row["webhook_id"], 0) <= now]
            if not due:
                return min((self._due[row["webhook_id"]] - now for row in waiting), default=None)
            for row in due:
                self._settle(row, self._send(row))
        return None

    def _send(self, row: Row) -> Answer:
        body = str(row["body"]).encode()
        with self.store.lock:
            url, headers = self._addressed(row, body)
        return self.post(url, body, headers)

    def _addressed(self, row: Row, body: bytes) -> tuple[str, dict[str, str]]:
        """Return where an event goes, and the headers that prove where it comes from."""
        if not row["app_key"]:
            return row["url"], signed(row["event"], row["request_id"], row["secret"], body)
        app = apps.described(self.store, row["app_key"])
        parts, now = urlsplit(row["url"]), int(self.store.clock().timestamp())
        hashed = connect.query_hash("POST", parts.path, parse_qs(parts.query, keep_blank_values=True))
        claims = {"iss": app.client_key, "iat": now, "exp": now + LIVES, "qsh": hashed}
        return app.base_url.rstrip("/") + row["url"], {
            "Authorization": f"JWT {connect.signed(claims, app.shared_secret)}"
        }

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a body once."""
        started = time.monotonic()
        if not self.anywhere and not is_local(url):
            return Answer(None, "not delivered: receivers of a sandbox are on this machine", False, 0)
        every = {"Content-Type": "application/json", "User-Agent": "confsync-sandbox", **headers}
        try:
            with requests.Session() as session:
                session.trust_env = False  # neither a proxy nor credentials of whoever runs the site
                answer = session.post(url, body, headers=every, timeout=TIMEOUTS, allow_redirects=False, stream=True)
                status, error = answer.status_code, "" if answer.status_code < 300 else answer.reason or "refused"
        except requests.RequestException as problem:
            status, error = None, type(problem).__name__
        again = status is None or status >= 500
        return Answer(status, error, again, int((time.monotonic() - started) * 1000))

    def _settle(self, row: Row, answer: Answer) -> None:
        tries = row["attempts"] + 1
        again = answer.again and tries <= len(PAUSES)
        good = answer.status is not None and answer.status < 300
        state = webhooks.WAITING if again else webhooks.DELIVERED if good else webhooks.FAILED
        if again:
            self._due[row["webhook_id"]] = time.monotonic() + PAUSES[tries - 1]
        with self.store.transaction():
            webhooks.settle(self.store, row["id"], state, answer.status, answer.error, answer.millis)
        with self._settled:
            self._settled.notify_all()

    def listing(self) -> list[Delivery]:
        """Return what became of all events, in order."""
        with self.store.lock:
            rows = webhooks.outbox(self.store)
            bases = {
                row["app_key"]: apps.described(self.store, row["app_key"]).base_url for row in rows if row["app_key"]
            }
        return [
            Delivery(
                row["event"],
                bases.get(row["app_key"], "").rstrip("/") + row["url"],
                row["state"],
                row["status"],
                row["attempts"],
                row["error"],
                json.loads(row["body"]),
            )
            for row in rows
        ]

    def wait(self, seconds: float) -> None:
        """Wait until nothing waits any more; raise `TimeoutError` after so many seconds."""

        def idle() -> bool:
            with self.store.lock:
                return not webhooks.heads(self.store)

        with self._settled:
            if not self._settled.wait_for(idle, seconds):
                raise TimeoutError(f"events still wait for their receivers after {seconds} seconds")

    def stop(self) -> None:
        """End the thread; what waits is delivered by the next start on the same file."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=sum(TIMEOUTS) + 1)


def signed(event: str, request_id: str, secret: str, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery to a registered receiver."""
    found = {"X-Event-Key": event, "X-Request-Id": request_id}
    if secret:
        found["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return found


def is_local(url: str) -> bool:
    """Return whether an address is one of this machine, and only of this one."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def check_names(names: Any) -> list[str]:
    """Return names of events; raise `ValueError` for none, and for one that there is not."""
    found = list(names) if isinstance(names, list | tuple | set) else []
    strange = [one for one in found if not isinstance(one, str) or one not in NAMES]
    if strange or not found:
        raise ValueError(f"no event is called {strange[0]!r}" if strange else "events must be named")
    return found
