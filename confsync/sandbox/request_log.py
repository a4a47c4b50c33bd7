"""The request log: one JSON object a request, with digests of the bodies and never a credential."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from flask import Response, g, request

Entry = dict[str, Any]
Log = Callable[[Entry], None]
KEPT = 50_000
CHUNK = 1 << 20
WRITES = ("POST", "PUT", "PATCH")


class HashingReader:
    """A request body that is digested while somebody else reads it, so that an upload need not lie in memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._count = 0

    def _seen(self, data: bytes) -> bytes:
        self._digest.update(data)
        self._count += len(data)
        return data

    def read(self, size: int = -1) -> bytes:
        """Read and digest."""
        return self._seen(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        """Read and digest one line."""
        return self._seen(self._stream.readline(size))

    def hexdigest(self, length: int) -> str:
        """Return the digest of the whole body of this length; what nobody has read yet is read now."""
        while self._count < length and self.read(min(CHUNK, length - self._count)):
            pass
        return self._digest.hexdigest()


class RequestLog:
    """Collect entries in a list, and hand each to a sink: a function, a file to append to, or nothing."""

    def __init__(self, sink: Log | str | Path | None) -> None:
        self.entries: list[Entry] = []
        self._file = Path(sink).open("a", encoding="utf-8") if isinstance(sink, str | Path) else None  # noqa: SIM115  (closed by close)
        self._sink = None if isinstance(sink, str | Path) else sink

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()

    def record(self, response: Response, time: str) -> None:
        """Write down the request at hand and its answer."""
        # what was written first: the digest reads to the end of a body that a refusal left unread
        written = _written() if request.method in WRITES and request.is_json else {}
        entry: Entry = {
            "time": time,
            "user": g.get("user_name", ""),
            "method": request.method,
            "path": _path(),
            "status": response.status_code,
            "request_sha256": _request_digest(),
            "response_sha256": _response_digest(response),
        }
        entry |= written
        if len(self.entries) >= KEPT:
            del self.entries[: KEPT // 2]
        self.entries.append(entry)
        if self._sink:
            self._sink(entry)
        if self._file:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()  # so that the log can be followed while the site runs


def _path() -> str:
    query = request.query_string.decode("latin-1")
    return f"{request.script_root}{request.path}" + (f"?{query}" if query else "")


def _request_digest() -> str:
    reader = request.environ["wsgi.input"]
    return reader.hexdigest(request.content_length or 0) if isinstance(reader, HashingReader) else ""


def _response_digest(response: Response) -> str:
    if response.direct_passthrough:
        return str(request.environ.get("sandbox.digest", ""))
    return hashlib.sha256(response.get_data()).hexdigest()


def _written() -> Entry:
    """Return the storage format and the version that a write of content sent."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("body"), dict):
        return {}
    body = sent["body"]
    storage = body if body.get("representation") == "storage" else body.get("storage")
    version = sent.get("version")
    found: Entry = {"storage": storage.get("value")} if isinstance(storage, dict) else {}
    if isinstance(version, dict):
        found["version"] = version.get("number")
    return found
