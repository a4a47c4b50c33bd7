"""Change the folder: whole files or none, nothing outside it, and nothing overwritten without a copy in the trash."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from confsync.errors import FileChanged, LocalError, OutsideMirror
from confsync.model.paths import directory

from .scan import file_digest

TRASH: Final = ".confsync/trash"


class Folder:
    """A mirror's folder. All paths are relative to it, with `/`; one that leaves it raises OutsideMirror.

    state_folder: where `.confsync` lies; its trash takes what a run overwrites.
    """

    def __init__(self, root: Path, state_folder: Path, ids: Callable[[], str]) -> None:
        self.root = root
        self.trash_folder = state_folder / "trash"
        self.ids = ids

    def at(self, path: str) -> Path:
        """Give the file's own path. Raises OutsideMirror for `..`, absolute paths and links that lead away."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or "\0" in path or "\\" in path:
            raise OutsideMirror("this name leaves the mirror's folder", place=path)
        target = self.root / pure
        real = Path(os.path.realpath(target.parent))
        home = Path(os.path.realpath(self.root))
        if real != home and home not in real.parents:
            raise OutsideMirror("a symbolic link leads out of the mirror's folder", place=path)
        return target

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there."""
        return os.path.lexists(self.at(path))

    def read(self, path: str) -> str:
        """Read a file's text as it is, line ends included. Raises LocalError."""
        try:
            return self.at(path).read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise LocalError("is not UTF-8", place=path, remedy="save it as UTF-8") from error
        except OSError as error:
            raise _error(error, path) from error

    def digest(self, path: str) -> str:
        """Give the SHA-256 of a file's bytes, "" when there is no file. Raises LocalError."""
        try:
            return file_digest(self.at(path)) if self.exists(path) else ""
        except OSError as error:
            raise _error(error, path) from error

    def write(self, path: str, text: str, was: str) -> None:
        """Write a file's text at once: a reader sees the old file or the new one.

        was: the text that was read, on which the new one is built. Raises FileChanged when it is another by now.
        """
        self.write_from(path, [_bytes(text)], sha256(_bytes(was)).hexdigest())

    def write_new(self, path: str, text: str) -> None:
        """Write the text of a new file. Raises FileChanged when there is one by now."""
        self.write_from(path, [_bytes(text)], "")

    def write_from(self, path: str, chunks: Iterable[bytes], was: str) -> None:
        """Write a file from pieces of bytes, at once. Raises LocalError; then the old file is untouched.

        was: the digest of the file that may be overwritten, "" for none. Raises FileChanged when it is another.
        """
        self.put(self.receive(path, chunks), path, was)

    def receive(self, path: str, chunks: Iterable[bytes]) -> Path:
        """Write pieces of bytes to the disk, beside where they shall lie; `put` gives them their name."""
        target = self.at(path)
        temporary = target.with_name(f".confsync-{self.ids()}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise _error(error, path) from error
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return temporary

    def put(self, received: Path, path: str, was: str) -> None:
        """Give received bytes their name, at once; see `write_from`."""
        target = self.at(path)
        try:
            if self.digest(path) != was:
                raise FileChanged("was changed while it was being worked on", place=path, remedy="run it again")
            if target.exists():
                received.chmod(stat.S_IMODE(target.stat().st_mode))
            received.replace(target)
        except OSError as error:
            received.unlink(missing_ok=True)
            raise _error(error, path) from error
        except BaseException:
            received.unlink(missing_ok=True)
            raise

    def move(self, path: str, new: str) -> None:
        """Move a file or folder; never over another one. A change of case only is a move too."""
        source, target = self.at(path), self.at(new)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(target) and not source.samefile(target):
                raise LocalError(f"cannot be moved to {new}: there is a file already", place=path)
            source.rename(target)
        except OSError as error:
            raise _error(error, path) from error
        self.prune(directory(path))

    def copy_beside(self, path: str, number: int) -> str:
        """Copy a file to a name beside it that is never synced, and give that name's path; once is enough."""
        stem, dot, ending = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "")
        digest = self.digest(path)
        while there := self.digest(beside := f"{stem}.conflict-{number}{dot}{ending}"):
            if there == digest:
                return beside
            number += 1
        with self.at(path).open("rb") as stream:
            self.write_from(beside, iter(lambda: stream.read(1 << 20), b""), "")
        return beside

    def keep(self, path: str, run: str) -> str:
        """Copy a file into the run's trash and give the copy's path, relative to the trash."""
        from shutil import copy2

        kept = self._free(path, run)
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            copy2(self.at(path), kept)
        except OSError as error:
            raise _error(error, path) from error
        return kept.relative_to(self.trash_folder).as_posix()

    def keep_text(self, path: str, text: str, run: str) -> str:
        """Put a text into the run's trash under a file's name and give its path, relative to the trash."""
        return self.keep_from(path, [_bytes(text)], run)

    def keep_from(self, path: str, chunks: Iterable[bytes], run: str) -> str:
        """Put bytes into the run's trash under a file's name and give their path, relative to the trash."""
        kept = self._free(path, run)
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("wb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
        except OSError as error:
            raise _error(error, path) from error
        return kept.relative_to(self.trash_folder).as_posix()

    def trash(self, path: str, run: str) -> str:
        """Move a file into the run's trash and give its path, relative to the trash."""
        from shutil import move

        kept = self._free(path, run)
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            move(self.at(path), kept)
        except OSError as error:
            raise _error(error, path) from error
        self.prune(directory(path))
        return kept.relative_to(self.trash_folder).as_posix()

    def put_back(self, kept: str, path: str) -> None:
        """Write a copy from the trash to a path of the folder."""
        self.write_from(path, [(self.trash_folder / kept).read_bytes()], self.digest(path))

    def prune(self, folder: str) -> None:
        """Remove a directory that has become empty, and those above it."""
        while folder:
            try:
                self.at(folder).rmdir()
            except OSError:
                return
            folder = directory(folder)

    def _free(self, path: str, run: str) -> Path:
        self.at(path)  # refuses what leaves the folder
        kept = self.trash_folder / run / path
        number = 1
        while os.path.lexists(kept):
            number += 1
            kept = self.trash_folder / run / f"{path}.{number}"
        return kept


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _error(error: OSError, path: str) -> LocalError:
    remedies = {28: "make room on the disk", 13: "check the file's rights", 36: "the name is too long"}
    return LocalError(error.strerror or str(error), place=path, remedy=remedies.get(error.errno or 0, ""))
