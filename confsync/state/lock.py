"""The lock that keeps two runs on one mirror apart; one that a dead process left behind is found out."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from confsync.errors import MirrorBusy


class MirrorLock:
    """Hold `.confsync/lock` while a run works. Raises MirrorBusy when another live process holds it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"
        self.held = False

    def __enter__(self) -> MirrorLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            try:
                descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            except FileExistsError:
                self._judge()
                continue
            with os.fdopen(descriptor, "w") as file:
                file.write(str(os.getpid()))
            self.held = True
            return self
        raise MirrorBusy("the lock of this mirror changes hands all the time", place=str(self.path), remedy="try again")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.held:
            self.path.unlink(missing_ok=True)
            self.held = False

    def _judge(self) -> None:
        """Remove a lock whose process is dead, else raise MirrorBusy."""
        try:
            text = self.path.read_text()
        except OSError:
            return  # just released
        if text.isdecimal() and _alive(int(text)):
            raise MirrorBusy(
                f"another run (process {text}) works on this mirror",
                place=str(self.path),
                remedy="wait for it, or end it",
            )
        self.path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
