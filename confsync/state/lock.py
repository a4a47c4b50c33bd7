"""The lock that keeps two runs on one mirror apart. The system holds it, so a dead process leaves none behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from confsync.errors import MirrorBusy, StateError

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a locked byte cannot be read: not one of those that say who holds the lock

    def _take(file: IO[str]) -> None:
        os.lseek(file.fileno(), _FAR, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        os.lseek(file.fileno(), 0, os.SEEK_SET)

else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class MirrorLock:
    """Hold `.confsync/lock` while a run works. Raises MirrorBusy when another one holds it.

    The file stays, and names the process that had it last: what counts is the system's lock on it, which ends with the
    file's being closed, however the process ends.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"
        self.file: IO[str] | None = None

    def __enter__(self) -> MirrorLock:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="ascii", errors="replace")
        except OSError as error:
            raise StateError(f"cannot be written: {error.strerror}", place=str(self.path)) from error
        try:
            _take(file)
        except (BlockingIOError, PermissionError) as error:
            file.seek(0)
            owner = file.read(20).strip()
            file.close()
            raise MirrorBusy(
                f"another run ({f'process {owner}' if owner else 'just begun'}) works on this mirror",
                place=str(self.path),
                remedy="wait for it, or end it",
            ) from error
        except OSError as error:
            file.close()
            remedy = "keep the mirror on a disk of this machine"
            raise StateError(f"cannot be locked: {error.strerror}", place=str(self.path), remedy=remedy) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self.file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None
