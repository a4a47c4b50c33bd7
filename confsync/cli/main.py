"""The command line: a table of commands, whose modules are imported when their command runs.

Exit codes: 0 done · 1 failed · 2 usage · 3 conflicts or refused pages remain · 4 not allowed · 5 stopped by a safety
guard · 6 differences found, with --exit-code · 130 interrupted.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from importlib import import_module

TYPE_CHECKING = False  # `typing` is not worth its start-up time here
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from .output import Output

# name -> module, what it does, an example
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "show everything on a sandbox of its own, in some seconds", "confsync demo"),
    "sandbox": ("sandbox", "serve a Confluence-compatible site on this machine", "confsync sandbox --port 8090"),
    "init": ("init", "write .confsync.toml and check access", "confsync init https://acme.atlassian.net/wiki DOCS ."),
    "clone": ("init", "init, then the first pull", "confsync clone https://acme.atlassian.net/wiki DOCS docs"),
    "login": ("login", "keep credentials in the system keyring", "confsync login https://acme.atlassian.net/wiki"),
    "logout": ("login", "forget them", "confsync logout https://acme.atlassian.net/wiki"),
    "whoami": ("whoami", "who asks at the site, how, and what may be done there", "confsync whoami"),
    "status": ("status", "what has changed, offline and fast", "confsync status --remote"),
    "diff": ("diff", "what has changed, as unified diffs", "confsync diff --storage guide.md"),
    "plan": ("plan", "what sync would do, item by item, each with its reason", "confsync plan -o plan.json"),
    "apply": ("apply", "do exactly what a plan says, or refuse", "confsync apply plan.json"),
    "pull": ("runs", "bring what has changed in Confluence into the folder", "confsync pull --dry-run"),
    "push": ("runs", "bring what has changed in the folder to Confluence", 'confsync push -m "New ports" guide.md'),
    "sync": ("runs", "both: make the two sides equal", "confsync sync --on-conflict both"),
    "watch": ("watch", "live sync: each side's changes reach the other within seconds", "confsync watch --yes"),
    "log": ("log", "the versions of a page, with author, date and message", "confsync log guide.md"),
    "show": ("log", "one version of a page, as Markdown", "confsync show guide.md@3"),
    "restore": ("log", "make a version current again, as a new one", "confsync restore guide.md@3"),
    "conflicts": ("conflicts", "list the pages that wait for a decision", "confsync conflicts"),
    "resolve": ("conflicts", "settle a conflict", "confsync resolve guide.md --accept merged"),
    "undo": ("undo", "put back what the last run overwrote or deleted in the folder", "confsync undo"),
    "convert": ("convert", "storage format to Markdown or back, as a filter", "confsync convert page.xml > page.md"),
    "check": ("check", "everything that can be judged offline; for pre-commit and CI", "confsync check docs"),
    "fidelity": ("fidelity", "what of a space, or of files, becomes Markdown", "confsync fidelity docs"),
    "search": ("search", "search the site with CQL", "confsync search 'text ~ \"release notes\"'"),
    "api": ("api", "any call of the site's REST API", "confsync api GET /api/v2/spaces --all --query '[].key'"),
    "doctor": ("doctor", "check settings, access, rights, clock, git and state", "confsync doctor"),
}

EXIT_CODES = "exit codes: 0 done, 1 failed, 2 usage, 3 conflicts or refused pages remain, 4 not allowed,\n\
5 stopped by a safety guard, 6 differences found (with --exit-code)"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are two lines: what is wrong, and where help is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with 2."""
        self.exit(2, f"{self.prog}: {message}\ntry: {self.prog} --help\n")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal; argparse alone asks `shutil` for that each time an argument is added."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        parser = build_parser(chosen(words))
        args, unknown = parser.parse_known_args(words)
        if unknown:
            parser.prog = f"{parser.prog} {args.command}"
            one = unknown[0]
            parser.error(f"there is no option {one}" if one.startswith("-") else f"{one!r} is one word too many")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2
    from .output import Output

    out = Output(json=args.json, level=args.verbose - args.quiet, color=not args.no_color)
    try:
        return run(args, out)
    finally:
        out.close()


def program() -> int:
    """Run one command as the whole of a process."""
    code = main()
    gc.freeze()  # the process ends: to search all that was loaded for garbage takes longer than a status
    return code


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the chosen command; what a user did wrong is said in a line or two, without a traceback."""
    try:
        module = import_module(f"confsync.cli.{COMMANDS[args.command][0]}")
        code: int = module.run(args, out)
        out.flush()
        return code
    except KeyboardInterrupt:
        out.interrupted()
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader is gone; so is the last flush
        return 1
    except Exception as error:
        return out.failed(error)


def chosen(words: Sequence[str]) -> str | None:
    """Find the command among the words, None when there is none."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--config":
            skip = True
        elif not word.startswith("-"):
            return word
    return None


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Build the parser: all commands by name, and the options of the chosen one."""
    parser = Parser(
        prog="confsync",
        description="A Confluence space as a folder of Markdown. Edit either side; nothing is lost or reformatted.",
        epilog=f"example: confsync demo\n\n{EXIT_CODES}",
        formatter_class=Formatter,
    )
    parser.add_argument("--version", action="version", version=f"confsync {_version()}")
    _global(parser, first=True)
    commands = parser.add_subparsers(prog=parser.prog, dest="command", metavar="COMMAND", required=True)
    if command is not None and command not in COMMANDS and not command.startswith("-"):
        _unknown(parser, command)
    wanted = {command: COMMANDS[command]} if command in COMMANDS else COMMANDS
    for name, (module, text, example) in wanted.items():
        one = commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"example: {example}",
            formatter_class=Formatter,
        )
        if name == command:
            _global(one, first=False)
            import_module(f"confsync.cli.{module}").arguments(one, name)
    return parser


def _unknown(parser: argparse.ArgumentParser, command: str) -> NoReturn:
    from difflib import get_close_matches

    near = get_close_matches(command, COMMANDS, n=1)
    parser.error(f"there is no command {command!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def _global(parser: argparse.ArgumentParser, *, first: bool) -> None:
    """Add the options that every command has; they may stand before or after the command."""
    group = parser.add_argument_group("everywhere")

    def default(value: object) -> object:
        return value if first else argparse.SUPPRESS

    add = group.add_argument
    add("--config", metavar="FILE", default=default(None), help="the settings; else .confsync.toml here or above")
    add("--json", action="store_true", default=default(False), help="print one JSON document on standard output")
    add("-v", "--verbose", action="store_const", const=1, default=default(0), help="say more; tracebacks, too")
    add("-q", "--quiet", action="store_const", const=1, default=default(0), help="say nothing but results and errors")
    add("--no-color", action="store_true", default=default(False), help="no colours and no progress bars")


def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        return (os.get_terminal_size().columns if sys.stdout.isatty() else 0) or 80


def _version() -> str:
    from confsync import __version__

    return __version__
