"""A receiver of webhooks: whoever can prove that it is the site may give a hint, and no more than that.

Data Center signs the body with a shared secret (`X-Hub-Signature: sha256=…`); Cloud signs requests to Connect apps with
a JWT (HS256) whose `qsh` names the request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from confsync.remote.auth import query_hash

from .hints import PAGE, POLL, Hint

LARGEST: Final = 1 << 20
_PLACES: Final = ("page", "blogpost", "content", "attachedTo", "parent", "container")


def proven(method: str, path: str, headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Tell whether who knows the secret has sent this request."""
    given = headers.get("X-Hub-Signature", "")
    if given:
        wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme.upper() != "JWT":
        return False
    import jwt

    try:
        claims = jwt.decode(token.strip(), secret, ["HS256"], options={"require": ["exp", "qsh"]})
    except jwt.PyJWTError:
        return False
    return hmac.compare_digest(str(claims["qsh"]), query_hash(method, path, ""))


def hints_in(body: bytes) -> Iterator[Hint]:
    """Give the pages that a payload names; what names none is a reason to ask the site. Raises ValueError."""
    payload = json.loads(body)
    pages = sorted(set(_pages(payload)))
    yield from (Hint(PAGE, page) for page in pages)
    if not pages:
        yield Hint(POLL)


def _pages(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for name in _PLACES:
        found = value.get(name)
        if isinstance(found, dict):
            ident = str(found.get("id", ""))
            if ident.isdecimal() and name != "parent":
                yield ident
            yield from _pages(found)
    for name in ("attachments", "comment", "label", "labeled"):
        inner = value.get(name)
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _pages(one)


class Receiver:
    """Listen for webhooks on a port; 0 takes a free one. Raises OSError when it is taken."""

    def __init__(self, host: str, port: int, secret: str, put: Callable[[Hint], None]) -> None:
        self.secret, self.put = secret, put
        self.server = ThreadingHTTPServer((host, port), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, name="webhooks", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """Stop to listen."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """Answer at once: what comes of a hint is not the sender's business."""

            timeout = 10

            def do_POST(self) -> None:
                size = self.headers.get("Content-Length", "")
                if not size.isdecimal() or int(size) > LARGEST:
                    self._answer(413 if size.isdecimal() else 411)
                    return
                body = self.rfile.read(int(size))
                if not proven("POST", self.path, self.headers, body, receiver.secret):  # type: ignore[arg-type]
                    self._answer(401)
                    return
                try:
                    found = list(hints_in(body))
                except ValueError:
                    self._answer(400)
                    return
                for hint in found:
                    receiver.put(hint)
                self._answer(204)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                """Say nothing: what comes of it is told."""

        return Handler
