"""Open the state file: make it, check it, and make it anew when it cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from confsync.errors import StateError

from .journal import Journal
from .pairs import Pairs

USER_VERSION: Final = 3
FILE_NAME: Final = "state.db"

# What turns a file of a version into one of the next. The stat cache is made anew where its facts have changed.
_UPGRADES: Final = {
    1: "ALTER TABLE rows ADD COLUMN settings TEXT NOT NULL DEFAULT '[]'; DELETE FROM files;",
    2: "DELETE FROM files;",
}

# Whatever changes what was agreed or seen raises the generation, in the same transaction, so that what was derived from
# it is not taken for true any more.
_RAISE: Final = "UPDATE meta SET value = value + 1 WHERE key = 'generation'"
_WATCHED: Final = [
    *((event, table, "") for table in ("rows", "assets", "listing", "conflicts") for event in ("INSERT", "DELETE")),
    *((event, "meta", "WHEN NEW.key IN ('root', 'root_title')") for event in ("INSERT", "UPDATE")),
]
_GENERATION: Final = "INSERT OR IGNORE INTO meta VALUES ('generation', '1');" + "".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_{event} AFTER {event} ON {table} {when} BEGIN {_RAISE}; END;"
    for event, table, when in _WATCHED
)


class State(Pairs, Journal):
    """Everything remembered of one mirror; see `schema.sql` for the words.

    Each method is one statement; `transaction()` makes several of them one. rebuilt: the file was new or unusable.
    """

    def __init__(self, connection: sqlite3.Connection, folder: Path, *, rebuilt: bool) -> None:
        self.db = connection
        self.folder = folder
        self.rebuilt = rebuilt
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything inside together, or nothing of it. May be nested."""
        if self._depth == 0:
            self.db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self.db.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self.db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def meta(self, key: str, default: str = "") -> str:
        """Read one remembered word."""
        found = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else default

    def set_meta(self, key: str, value: str) -> None:
        """Remember one word; one that is remembered already is not written again."""
        self.db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
            " WHERE value != excluded.value",
            (key, value),
        )

    def keep_text(self, text: str) -> str:
        """Keep a text and give its digest."""
        import zlib
        from hashlib import sha256

        data = text.encode("utf-8", "surrogatepass")
        digest = sha256(data).hexdigest()
        self.db.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (digest, zlib.compress(data, 6)))
        return digest

    def text(self, digest: str) -> str | None:
        """Give a kept text, None when it is not there."""
        import zlib

        found = self.db.execute("SELECT data FROM blobs WHERE sha256 = ?", (digest,)).fetchone()
        return zlib.decompress(found[0]).decode("utf-8", "surrogatepass") if found else None

    def forget_texts(self) -> None:
        """Drop the texts that no row, conflict or intent names."""
        self.db.execute(
            "DELETE FROM blobs WHERE sha256 NOT IN (SELECT storage FROM rows UNION SELECT markdown FROM rows"
            " UNION SELECT base FROM conflicts UNION SELECT local FROM conflicts UNION SELECT remote FROM conflicts)"
            " AND NOT EXISTS (SELECT 1 FROM intents)"
        )


def open_state(folder: Path) -> State:
    """Open the state of the mirror whose `.confsync` folder is given; a missing or unusable file is made anew.

    Raises StateError when the file was written by a newer confsync, or the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise StateError(f"cannot be written: {error.strerror}", place=str(folder)) from error
    path = folder / FILE_NAME
    rebuilt = not path.exists()
    try:
        return State(_connect(path), folder, rebuilt=rebuilt)
    except sqlite3.DatabaseError:
        for name in (FILE_NAME, FILE_NAME + "-wal", FILE_NAME + "-shm"):
            broken = folder / name
            if broken.exists():
                broken.replace(folder / (name + ".broken"))
        return State(_connect(path), folder, rebuilt=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > USER_VERSION:
            raise StateError("was written by a newer confsync", place=str(path), remedy="update confsync")
        if version == 0:
            schema = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
            connection.executescript(f"BEGIN; {schema} {_GENERATION} PRAGMA user_version = {USER_VERSION}; COMMIT;")
        for older in range(version or USER_VERSION, USER_VERSION):
            steps = f"{_UPGRADES[older]} {_GENERATION} PRAGMA user_version = {older + 1};"
            connection.executescript(f"BEGIN; {steps} COMMIT;")
        connection.execute("SELECT 1 FROM rows LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
