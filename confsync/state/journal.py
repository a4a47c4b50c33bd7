"""Intents, conflicts, runs and backups: what was begun, what waits, and what can be put back."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple


class Intent(NamedTuple):
    """An effect that was begun. `op` is the mark it leaves where it acts; facts say where to look."""

    op: str
    run: str
    facts: Mapping[str, Any]


class Waiting(NamedTuple):
    """A page whose text waits for a decision: digests of the three Markdown texts."""

    id: str
    path: str
    version: int
    base: str
    local: str
    remote: str
    reason: str


class Backup(NamedTuple):
    """Something a run overwrote, moved, made or deleted."""

    run: str
    kind: str
    path: str
    kept: str
    title: str = ""
    version: int = 0


class Journal:
    """The part of the state that remembers what runs did."""

    db: sqlite3.Connection

    def intents(self) -> list[Intent]:
        """Read the effects that were begun and not committed."""
        found = self.db.execute("SELECT op, run, facts FROM intents ORDER BY op")
        return [Intent(op, run, json.loads(facts)) for op, run, facts in found]

    def begin(self, intent: Intent) -> None:
        """Record an intent."""
        facts = json.dumps(intent.facts, ensure_ascii=False)
        self.db.execute("INSERT OR REPLACE INTO intents VALUES (?, ?, ?)", (intent.op, intent.run, facts))

    def end(self, op: str) -> None:
        """Remove an intent."""
        self.db.execute("DELETE FROM intents WHERE op = ?", (op,))

    def waiting(self) -> list[Waiting]:
        """Read the conflicts that wait, by path."""
        return [Waiting(*found) for found in self.db.execute("SELECT * FROM conflicts ORDER BY path")]

    def set_waiting(self, conflict: Waiting) -> None:
        """Record that a page waits for a decision."""
        one = conflict
        values = (one.id, one.path, one.version, one.base, one.local, one.remote, one.reason)
        self.db.execute("INSERT OR REPLACE INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def drop_waiting(self, page: str) -> None:
        """Forget a conflict that was settled."""
        self.db.execute("DELETE FROM conflicts WHERE id = ?", (page,))

    def start_run(self, run: str, command: str, now: float) -> None:
        """Record that a run began."""
        self.db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, NULL)", (run, command, now))

    def finish_run(self, run: str, now: float) -> None:
        """Record that a run ended in order."""
        self.db.execute("UPDATE runs SET finished = ? WHERE run = ?", (now, run))

    def last_run(self) -> str | None:
        """Name the last run that left something to put back."""
        found = self.db.execute("SELECT run FROM backups ORDER BY number DESC LIMIT 1").fetchone()
        return str(found[0]) if found else None

    def add_backup(self, backup: Backup) -> None:
        """Record what a run is about to overwrite."""
        one = backup
        self.db.execute(
            "INSERT INTO backups (run, kind, path, kept, title, version) VALUES (?, ?, ?, ?, ?, ?)",
            (one.run, one.kind, one.path, one.kept, one.title, one.version),
        )

    def backups(self, run: str) -> list[Backup]:
        """Read what a run overwrote, in order."""
        found = self.db.execute(
            "SELECT run, kind, path, kept, title, version FROM backups WHERE run = ? ORDER BY number", (run,)
        )
        return [Backup(*one) for one in found]

    def drop_backups(self, run: str) -> None:
        """Forget what a run overwrote."""
        self.db.execute("DELETE FROM backups WHERE run = ?", (run,))
