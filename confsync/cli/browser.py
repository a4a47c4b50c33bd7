"""Where the browser comes back to after a user has consented: a server on this machine, for one request."""

from __future__ import annotations

import time
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from confsync.errors import AccessError, UsageError

PATH: Final = "/callback"
PATIENCE: Final = 300.0  # seconds in which a user has consented, or does not want to
_PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>confsync</title></head>
<body style="font: 18px sans-serif; margin: 3em auto; max-width: 30em"><p>{0}</p></body></html>"""


class Callback:
    """Listen on the loopback address alone. Raises UsageError when the port is taken."""

    def __init__(self, port: int, patience: float = PATIENCE) -> None:
        self.query: dict[str, str] | None = None
        self.state = ""  # of the question: an answer to any other is none
        self.patience = patience
        try:
            self.server = HTTPServer(("127.0.0.1", port), self._handler())
        except OSError as error:
            remedy = "choose another one with --port; it must be registered with the OAuth program"
            raise UsageError(f"port {port} cannot be listened on: {error.strerror}", remedy=remedy) from error
        self.address = f"http://127.0.0.1:{self.server.server_port}{PATH}"

    def __enter__(self) -> Callback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.server_close()

    def wait(self) -> dict[str, str]:
        """Wait for the browser, and give the query that it comes back with. Raises AccessError when it does not."""
        end = time.monotonic() + self.patience
        while self.query is None:
            self.server.timeout = end - time.monotonic()
            if self.server.timeout <= 0:
                raise AccessError("nobody has consented", remedy="run confsync login again")
            self.server.handle_request()
        return self.query

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        callback = self

        class Handler(BaseHTTPRequestHandler):
            """Take the answer; a browser also asks for other things, such as an icon."""

            timeout = 10

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != PATH:
                    self.send_error(404)
                    return
                query = dict(parse_qsl(parts.query))
                mine = bool(callback.state) and query.get("state") == callback.state
                if mine:
                    callback.query = query
                refused = query.get("error_description") or "confsync has got no access."
                words = "confsync goes on. You can close this page." if mine and query.get("code") else refused
                data = _PAGE.format(escape(words)).encode()
                self.send_response(200 if mine else 400)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the library's name)
                """Say nothing: the query is a secret."""

        return Handler
