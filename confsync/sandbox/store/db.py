"""The SQLite file behind the site: one connection, one lock, and a transaction around every request.

The lock is held for the whole of a request, so a version check and the write that relies on it are one step, also
among the threads of a server; `BEGIN IMMEDIATE` gives the same promise among processes that share the file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

Row = sqlite3.Row
CHUNK = 1 << 20
FIRST_ID = 65537


def iso(moment: datetime) -> str:
    """Return a moment as Confluence Cloud prints it: UTC with milliseconds and a `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _nothing() -> None:
    pass


class Store:
    """Hold the connection, the clock and the source of ids that everything of the site shares."""

    def __init__(self, data: str, clock: Callable[[], datetime], ids: Callable[[], str]) -> None:
        self.clock = clock
        self.ids = ids
        self.index_lag = timedelta(0)
        self.address = ""  # where the request at hand comes from
        self.asker = ""  # the account of the request at hand; empty for nobody, and where there is no request
        self.base = "http://localhost/wiki"  # the address of the site, as the last request wrote it
        self.at_end: Callable[[], None] = _nothing  # runs inside each transaction, before it is committed
        self.afterwards: Callable[[], None] = _nothing  # runs when it is
        self.viewer: str | None = None  # the user of the request at hand; None sees and may do everything
        self.unseen: frozenset[int] = frozenset()  # ids of the content that the viewer may not see
        self.closed: frozenset[int] = frozenset()  # ids of the spaces that the viewer may not read
        self.lock = threading.RLock()
        self.files = None if data == ":memory:" else Path(f"{data}.files")
        self.connection = sqlite3.connect(data, check_same_thread=False, isolation_level=None, timeout=30)
        self.connection.row_factory = Row
        if self.files:
            self.files.mkdir(parents=True, exist_ok=True)
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")  # survives a killed process, which is what tests do
        for part in sorted(Path(__file__).parent.glob("schema*.sql")):
            self.connection.executescript(part.read_text(encoding="utf-8"))

    def close(self) -> None:
        """Close the file; nothing is pending, every request has committed."""
        with self.lock:
            self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block as one transaction; nested blocks join the outer one."""
        with self.lock:
            if self.connection.in_transaction:
                yield
                return
            self.connection.execute("BEGIN IMMEDIATE")
            self.asker = ""
            try:
                yield
                self.at_end()
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
            self.afterwards()

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement and return the number of rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Return every row of a query."""
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """Return the first row of a query, or None."""
        row: Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def seen(self, rows: list[Row]) -> list[Row]:
        """Leave out content that the viewer may not see."""
        return [row for row in rows if row["id"] not in self.unseen] if self.unseen else rows

    def seen_spaces(self, rows: list[Row]) -> list[Row]:
        """Leave out spaces that the viewer may not read."""
        return [row for row in rows if row["id"] not in self.closed] if self.closed else rows

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def insert(self, table: str, **values: Any) -> None:
        """Insert one row; column names are ours, values are bound."""
        names = ", ".join(values)
        self.run(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", *values.values())

    def now(self) -> str:
        """Return the present moment as text."""
        return iso(self.clock())

    def next_id(self) -> int:
        """Return a content, space or property id that was never given out before, not even to something purged."""
        last = self.setting("last_id")
        number = int(last) + 1 if last else FIRST_ID
        self.set_setting("last_id", str(number))
        return number

    def setting(self, key: str) -> str | None:
        """Return a site-wide value."""
        value = self.value("SELECT value FROM setting WHERE key = ?", key)
        return None if value is None else str(value)

    def set_setting(self, key: str, value: str) -> None:
        """Set a site-wide value."""
        self.run("INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)

    def keep_blob(self, stream: BinaryIO) -> tuple[str, int]:
        """Store the bytes of a stream and return their sha256 and length; equal bytes are stored once."""
        return self._keep_file(stream, self.files) if self.files else self._keep_row(stream)

    def _keep_row(self, stream: BinaryIO) -> tuple[str, int]:
        data = stream.read()
        digest = hashlib.sha256(data).hexdigest()
        self.run("INSERT OR IGNORE INTO blob VALUES (?, ?)", digest, data)
        return digest, len(data)

    def _keep_file(self, stream: BinaryIO, folder: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        temporary = folder / f"{self.ids()}.part"
        try:
            with temporary.open("wb") as target:
                for chunk in chunks(stream):
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
            name = digest.hexdigest()
            temporary.replace(folder / name)
        finally:
            temporary.unlink(missing_ok=True)
        self.run("INSERT OR IGNORE INTO blob VALUES (?, NULL)", name)
        return name, size

    def open_blob(self, digest: str) -> Iterable[bytes]:
        """Return the bytes of a blob in pieces, so that a big one is never held in memory when it lies in a file."""
        if self.files:
            return _file_chunks(self.files / digest)
        data = self.value("SELECT data FROM blob WHERE sha256 = ?", digest)
        return [bytes(data)]


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a stream in pieces of a megabyte."""
    while chunk := stream.read(CHUNK):
        yield chunk


def _file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield from chunks(stream)
