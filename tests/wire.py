"""The sandbox inside the process: its WSGI application mounted into `requests`, without sockets.

Nothing is imitated here: every request runs through the whole application, and every answer is a real response.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

Wsgi = Callable[..., Any]
SITE = "http://sandbox.test/wiki"


class WsgiAdapter(BaseAdapter):
    """Answer requests from a WSGI application. `before` sees each request and may raise, as a network does."""

    def __init__(self, app: Wsgi, before: Callable[[str, str], None] | None = None) -> None:
        super().__init__()
        self.app = app
        self.before = before
        self.requests: list[tuple[str, str]] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        parts = urlsplit(request.url or "")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        self.requests.append((request.method or "GET", path))
        if self.before:
            self.before(request.method or "GET", path)
        head: list[Any] = []
        try:
            chunks = self.app(_environ(request), lambda *given: head.append(given))
            body = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        except ConnectionError as error:
            raise requests.ConnectionError(error) from error
        status, headers = head[0][:2]
        raw = HTTPResponse(io.BytesIO(body), headers=headers, status=int(status[:3]), preload_content=False)
        response = requests.Response()
        response.status_code = int(status[:3])
        response.reason = status[4:]
        response.headers.update(headers)
        response.url = request.url or ""
        response.request = request
        response.raw = raw
        return response

    def close(self) -> None:
        """Nothing is open."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    data = body.encode() if isinstance(body, str) else bytes(body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1") if "%" in parts.path else parts.path,
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(data)),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    environ["HTTP_HOST"] = parts.netloc
    return environ


def transport(app: Wsgi, before: Callable[[str, str], None] | None = None) -> tuple[requests.Session, WsgiAdapter]:
    """A `requests.Session` whose every request goes to the application."""
    adapter = WsgiAdapter(app, before)
    return mounted(adapter), adapter


def mounted(adapter: WsgiAdapter) -> requests.Session:
    """A session whose every request goes through the adapter; nothing of the machine's own network settings counts."""
    session = requests.Session()
    session.trust_env = False  # reading proxies from the environment takes as long as the request
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
