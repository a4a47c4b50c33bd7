"""Everything that can go wrong, as one tree.

ConfsyncError
├── UsageError                  what was asked for cannot be meant                        exit 2
│   └── ConfigError             .confsync.toml or the environment says something wrong    exit 2
├── ConflictsRemain             pages wait for a decision                                 exit 3
├── AccessError                 not signed in, not permitted                              exit 4
│   └── ReadOnly                writing to the site is switched off                       exit 4
├── GuardStop                   a safety guard stopped the run before it did anything     exit 5
├── RemoteError                 the site answered with an error                           exit 1
│   ├── NotFound                it is not there, or hidden from this user
│   ├── VersionClash            somebody saved in between (409)
│   ├── TitleTaken              another page of the space has the title
│   ├── Refused                 the request was understood and refused (400, 413, ...)
│   ├── Unavailable             no usable answer, after the retries that were safe
│   └── NotConfluence           something else answers at this address
├── LocalError                  a file or folder cannot be read or written                exit 1
│   ├── FileChanged             somebody has changed a file since it was read
│   └── OutsideMirror           a path would leave the mirror's folder
└── StateError                  the state file cannot be used                             exit 1
    └── MirrorBusy              another run works on this mirror
"""

# ruff: noqa: N818 -- the names are what a user reads: "TitleTaken", not "TitleTakenError"

from __future__ import annotations

from typing import ClassVar


class ConfsyncError(Exception):
    """Say what happened, where, and what to do about it.

    message: one sentence, without a final full stop. place: file, line, URL or setting, "" when there is none.
    remedy: what the user can do, "" when nothing helps.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} ({self.remedy})" if self.remedy else text

    def to_json(self) -> dict[str, object]:
        """Give the error as plain data: kind, message, place, remedy."""
        return {"kind": type(self).__name__, "message": self.message, "place": self.place, "remedy": self.remedy}


class UsageError(ConfsyncError):
    """What was asked for cannot be meant."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration says something wrong."""


class ConflictsRemain(ConfsyncError):
    """Pages wait for a decision."""

    exit_code = 3


class AccessError(ConfsyncError):
    """Not signed in, or not permitted."""

    exit_code = 4


class ReadOnly(AccessError):
    """Writing to the site is switched off."""


class GuardStop(ConfsyncError):
    """A safety guard stopped the run; `items` lists what it would have done."""

    exit_code = 5

    def __init__(self, message: str, *, place: str = "", remedy: str = "", items: tuple[str, ...] = ()) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.items = items

    def to_json(self) -> dict[str, object]:
        """Give the error as plain data, with the listing."""
        return {**ConfsyncError.to_json(self), "items": list(self.items)}


class RemoteError(ConfsyncError):
    """The site answered with an error; `status` is the HTTP status, 0 when there was no answer."""

    def __init__(self, message: str, *, place: str = "", remedy: str = "", status: int = 0) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.status = status


class NotFound(RemoteError):
    """It is not there, or hidden from this user."""


class Gone(RemoteError):
    """The site does not offer this call any more, or never did; that says nothing about the page."""


class VersionClash(RemoteError):
    """Somebody saved in between."""


class TitleTaken(RemoteError):
    """Another page of the space has the title."""


class Refused(RemoteError):
    """The request was understood and refused."""


class Unavailable(RemoteError):
    """No usable answer came, after the retries that were safe."""


class NotConfluence(RemoteError):
    """Something else than Confluence answers at this address."""


class LocalError(ConfsyncError):
    """A file or folder cannot be read or written."""


class FileChanged(LocalError):
    """Somebody has changed a file since it was read: it stays as it is, and is looked at again."""


class OutsideMirror(LocalError):
    """A path would leave the mirror's folder."""


class StateError(ConfsyncError):
    """The state file cannot be used."""


class MirrorBusy(StateError):
    """Another run works on this mirror."""
