"""Keyrings in memory and in a file, so that no test touches the machine's own."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """What the library calls a backend: it keeps passwords by service and name."""

    priority = 1  # type: ignore[assignment]  # a property of the class there, a number here

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError(username)
        del self.entries[service, username]


class FileKeyring(MemoryKeyring):
    """One for programs that are started: it lies in the file that TEST_KEYRING names."""

    def __init__(self) -> None:
        super().__init__()
        self.file = Path(os.environ.get("TEST_KEYRING", "nowhere"))  # the library makes one of each kind that it finds
        if self.file.is_file():
            rows = json.loads(self.file.read_text(encoding="utf-8"))
            self.entries = {(service, name): password for service, name, password in rows}

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password)
        rows = [[*key, value] for key, value in self.entries.items()]
        self.file.write_text(json.dumps(rows), encoding="utf-8")
