"""Serving over a socket, with waitress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from .faults import Dropped
from .gzipped import gzipped
from .request_log import Entry

THREADS = 32  # as many requests can be slow at the same time
CONNECTIONS = 500  # clients at once; waitress alone lets a hundred in, and with `select` no thousand
POLL = 1.0  # seconds between looks at whether to stop; a request wakes the loop at once


def _cutting(app: Any) -> Any:
    """Return the application with dropped connections in the words of waitress, which then closes without an answer."""
    from waitress.channel import ClientDisconnected  # type: ignore[import-untyped]

    def serve_one(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            answer: Iterable[bytes] = app(environ, start_response)
        except Dropped as drop:
            raise ClientDisconnected(str(drop)) from None
        return answer

    return serve_one


def _make(app: Any, host: str, port: int, threads: int) -> Any:
    # It would say each time that a request waits for its turn, which under load is what requests do.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    from waitress.server import create_server  # type: ignore[import-untyped]

    return create_server(
        _cutting(gzipped(app)), host=host, port=port, threads=threads, ident="confsync-sandbox", channel_timeout=60,
        connection_limit=CONNECTIONS, backlog=CONNECTIONS,
    )  # fmt: skip


def serve(
    app: Any,
    host: str = "127.0.0.1",
    port: int = 8090,
    ready: Callable[[str], object] = lambda _url: None,
    threads: int = THREADS,
) -> None:
    """Serve until interrupted; `ready` is told the base address once the port is open (0 picks a free one)."""
    server = _make(app, host, port, threads)
    ready(f"http://{host}:{getattr(server, 'effective_port', port)}/wiki")
    try:
        server.run()
    finally:
        server.close()


class Server:
    """Serve in a thread, for the length of a `with` block; `url` is the base address, `port` 0 picks a free one."""

    def __init__(self, app: Any, host: str = "127.0.0.1", port: int = 0, threads: int = THREADS) -> None:
        self.app = app
        self._server = _make(app, host, port, threads)
        self.host, self.port = host, int(self._server.effective_port)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="confsync-sandbox", daemon=True)

    @property
    def url(self) -> str:
        """Return the address with which clients are configured."""
        return f"http://{self.host}:{self.port}/wiki"

    @property
    def log(self) -> list[Entry]:
        """Return the site's request log."""
        entries: list[Entry] = self.app.sandbox.log
        return entries

    def _run(self) -> None:
        """Turn waitress's own loop by hand, so that it ends on demand also while clients keep connections open."""
        loop, channels = self._server.asyncore, self._server._map
        while not self._stopping.is_set():
            loop.loop(timeout=POLL, map=channels, count=1)
        self._server.task_dispatcher.shutdown()
        loop.close_all(channels)

    def __enter__(self) -> Server:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to serve and wait for the thread."""
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join(timeout=10)
