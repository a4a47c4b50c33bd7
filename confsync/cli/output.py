"""What a command says: results on standard output, as text or one JSON document, and the rest on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

    from confsync.report import Reporter

    from .progress import Progress

Document = Mapping[str, object]
_COLORS = {"+": "32", "-": "31", "@": "36"}


class Output:
    """The two streams of one command. level: -1 quiet, 0 usual, 1 verbose."""

    def __init__(self, *, json: bool = False, level: int = 0, color: bool = True) -> None:
        self.json = json
        self.level = level
        self.plain = not color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self.done: list[str] = []
        self._progress: Progress | None = None
        self._answered = False

    def result(self, document: Document, lines: Iterable[str]) -> None:
        """Print the result: the document with --json, else the lines."""
        self.settle()
        if self.json:
            self._answered = True
            self._print_json(document)
        else:
            for line in lines:
                self.line(line)

    def line(self, text: str = "") -> None:
        """Print a line of the result; with --json it is news, not the result."""
        print(text, file=sys.stderr if self.json else sys.stdout)

    def raw(self, text: str) -> None:
        """Print a text that is the whole of the result, in whatever form it was asked for."""
        self.settle()
        self._answered = True
        print(text)

    def colored(self, line: str) -> str:
        """Colour a line of a diff on a terminal."""
        code = _COLORS.get(line[:1])
        return f"\x1b[{code}m{line}\x1b[0m" if code and not self.plain and sys.stdout.isatty() else line

    def note(self, text: str) -> None:
        """Say something on standard error, unless quiet."""
        if self.level >= 0:
            self.settle()
            print(text, file=sys.stderr, flush=True)

    def detail(self, text: str) -> None:
        """Say something on standard error, if verbose."""
        if self.level > 0:
            self.note(text)

    def reporter(self) -> Reporter:
        """Give what shows progress: bars on a terminal, plain lines elsewhere, nothing when quiet."""
        from .progress import progress

        if self._progress is None:
            bars = sys.stderr.isatty() and not self.plain and not self.json
            self._progress = progress(quiet=self.level < 0, bars=bars)
        return self._progress

    def settle(self) -> None:
        """End what is being drawn, so that text can follow."""
        if self._progress is not None:
            self._progress.end()

    def flush(self) -> None:
        """Write out what is buffered, so that a closed pipe is noticed here."""
        sys.stdout.flush()

    def close(self) -> None:
        """End all drawing."""
        self.settle()

    def interrupted(self) -> None:
        """Say what was done before the user stopped the command."""
        self.settle()
        said = f"{len(self.done)} changes are done and recorded" if self.done else "nothing was changed"
        words = f"interrupted: {said}; the next run goes on from here"
        print(words, *(f"  {line}" for line in self.done[-10:]), sep="\n", file=sys.stderr)
        if self.json and not self._answered:
            self._print_json({"error": {"kind": "Interrupted", "message": words, "done": self.done}})

    def failed(self, error: Exception) -> int:
        """Say what went wrong, where, and what to do, and give the exit code."""
        self.settle()
        from confsync.errors import ConfsyncError

        if self.level > 0 or not isinstance(error, ConfsyncError | OSError | ValueError):
            import traceback

            traceback.print_exception(error, file=sys.stderr)
        document, lines, code = _told(error)
        print(*lines, sep="\n", file=sys.stderr)
        if self.json and not self._answered:
            self._print_json({"error": document})
        return code

    def _print_json(self, document: Document) -> None:
        import json

        print(json.dumps(document, ensure_ascii=False, indent=2))


def _told(error: Exception) -> tuple[Document, list[str], int]:
    """Put an error into words: a document, lines, and the exit code."""
    from confsync.errors import ConfsyncError, GuardStop

    if isinstance(error, ConfsyncError):
        where = f"{error.place}: " if error.place else ""
        lines = [f"confsync: {where}{error.message}"]
        if isinstance(error, GuardStop):
            lines += [f"  {item}" for item in error.items]
        return error.to_json(), lines + ([f"  → {error.remedy}"] if error.remedy else []), error.exit_code
    if isinstance(error, OSError):
        place = str(error.filename or "")
        message = error.strerror or str(error)
        text = f"confsync: {place}: {message}" if place else f"confsync: {message}"
        return {"kind": "LocalError", "message": message, "place": place, "remedy": ""}, [text], 1
    message = str(error) or type(error).__name__
    return {"kind": type(error).__name__, "message": message, "place": "", "remedy": ""}, [f"confsync: {message}"], 1


def counted(number: int, noun: str, plural: Callable[[str], str] = lambda noun: noun + "s") -> str:
    """Write a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def age(seconds: float | None) -> str:
    """Write how old the last listing of the site is."""
    if seconds is None:
        return "never listed"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"listed {counted(int(seconds // length), unit)} ago"
    return "listed just now"


def add_paths(parser: ArgumentParser) -> None:
    """Add the argument by which a command is kept to some files or folders."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only these files or folders")


def joined(documents: Sequence[dict[str, object]]) -> dict[str, object]:
    """Put the documents of the mirrors together: one mirror's as it is, several as a list under `mirrors`."""
    return documents[0] if len(documents) == 1 else {"mirrors": list(documents)}


def headed(count: int, name: str, lines: Sequence[str]) -> list[str]:
    """Head the lines of a mirror with its name when there are several."""
    return list(lines) if count == 1 else [f"{name}:", *(f"  {line}" if line else "" for line in lines)]
