"""Answers compressed for clients that say they can read that, as all clients of Confluence do."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[..., Iterable[bytes]]
KINDS = ("application/json", "text/")
LEAST = 1024  # bytes below which it is not worth the time
LEVEL = 1


def gzipped(app: Wsgi) -> Wsgi:
    """Return the application with texts compressed; files go out as they are, piece by piece."""

    def serve_one(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return app(environ, start_response)
        head: list[Any] = []
        chunks = app(environ, lambda *given: head.append(given))
        status, headers = head[0][:2]
        if not _worth_it(headers):
            start_response(*head[0])
            return chunks
        try:
            plain = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        if not any(name.lower() == "content-length" and value == str(len(plain)) for name, value in headers):
            start_response(*head[0])  # it is cut off, and shall look like that
            return [plain]
        data = gzip.compress(plain, LEVEL, mtime=0)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        more = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(data)))]
        start_response(status, [*kept, *more])
        return [data]

    return serve_one


def _worth_it(headers: Iterable[tuple[str, str]]) -> bool:
    found = {name.lower(): value for name, value in headers}
    size = found.get("content-length", "")
    return found.get("content-type", "").startswith(KINDS) and size.isdecimal() and int(size) >= LEAST
