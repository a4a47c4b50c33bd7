"""`sandbox`: serve a Confluence-compatible site on this machine."""

from __future__ import annotations

import os
import re
import signal
import threading
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from confsync.errors import ConfsyncError, UsageError

from .output import Output, counted

if TYPE_CHECKING:
    from confsync.sandbox import Faults, Sandbox

DEFAULT_SPACE = "SPACE"
# all of REST version 1 · without what Cloud has removed by 2026 · Data Center 9
FLAVOURS = ("cloud", "cloud-current", "datacenter")


class Stop(Exception):  # noqa: N818  (not an error: the process was asked to end)
    """Leave the serving loop."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("--load", metavar="DIR", help="fill the space from a folder of storage files (.xml) or of Markdown (.md)")
    add("--space", metavar="KEY", help="the space to make and to load into; else those of .confsync.toml")
    add("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    add("--port", type=int, default=8090, help="the port, 0 for a free one (default: %(default)s)")
    add("--flavour", choices=FLAVOURS, default=FLAVOURS[0], help="the Confluence to pass for (default: %(default)s)")
    add("--data", metavar="FILE", help="keep the site in this file; else it is gone when the sandbox stops")
    add("--faults", metavar="FILE", help="bad days by a TOML file: latency, index_lag, budget, and [[rule]] tables")
    add("--log", metavar="FILE", help="append one JSON line for each request")


def run(args: Namespace, out: Output) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    require()
    from confsync.sandbox import create_app

    source = Path(args.load) if args.load else None
    if source is not None and not source.is_dir():
        raise UsageError("is no folder", place=str(source), remedy="--load wants a folder of .xml or .md files")
    faults, lag = _faults(args.faults)
    app = create_app(args.data or ":memory:", log=args.log, flavour=args.flavour, faults=faults)
    try:
        app.sandbox.set_index_lag(lag)
        spaces, loaded = _fill(args, app.sandbox, source)
        _serve(args, out, app, spaces, loaded, source if source and _is_markdown(source) else None)
    finally:
        app.sandbox.close()
    out.note("stopped")
    return 0


def _faults(name: str | None) -> tuple[Faults | None, float]:
    """Read the bad days that are asked for. Raises UsageError."""
    if not name:
        return None, 0.0
    from confsync.sandbox.fault_file import read_faults

    try:
        return read_faults(Path(name))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", place=name) from error
    except (ValueError, re.error) as error:
        raise UsageError(str(error), place=name, remedy="confsync sandbox --help names what it may hold") from error


def require() -> None:
    """Raise a ConfsyncError when the packages that the sandbox needs are not installed."""
    from importlib.util import find_spec

    missing = [name for name in ("flask", "lark", "waitress") if find_spec(name) is None]
    if missing:
        remedy = "pip install 'confsync[sandbox]'"
        raise ConfsyncError(f"the sandbox needs {', '.join(missing)}", remedy=remedy)


def _fill(args: Namespace, sandbox: Sandbox, source: Path | None) -> tuple[list[str], int]:
    """Make the wanted spaces that are not there yet, and load storage files into the first one; count the pages.

    Without --load, --space or a mapped space there is the sample space, so that there is something to see.
    """
    mapped = [] if args.space else mapped_spaces(args)
    there = {row["key"] for row in sandbox.store.all("SELECT key FROM space")}
    if not source and not args.space and not mapped:
        from .demo import SPACE, load_sample

        return [SPACE], 0 if SPACE in there else load_sample(sandbox)
    first = args.space or (DEFAULT_SPACE if source else "")
    wanted = list(dict.fromkeys([*([first] if first else []), *mapped]))
    for key in wanted:
        if key not in there:
            sandbox.create_space(key, key)
    if source is None or _is_markdown(source):
        return wanted, 0
    return wanted, sandbox.load_storage(source, wanted[0])


def mapped_spaces(args: Namespace) -> list[str]:
    """Name the spaces that the settings here map to the sandbox's address, so that `push` works at once."""
    from confsync.config import find, load

    from .access import is_loopback

    file = Path(args.config) if args.config else find(Path.cwd())
    if file is None:
        return []
    try:
        config = load(file, {})
        port = urlsplit(config.site).port
    except (ConfsyncError, ValueError):
        return []  # whatever is wrong there, it is not the sandbox's business
    mine = is_loopback(config.site) and port == args.port
    return list(dict.fromkeys(mirror.space for mirror in config.mirrors)) if mine else []


def _is_markdown(folder: Path) -> bool:
    return next(folder.rglob("*.xml"), None) is None and next(folder.rglob("*.md"), None) is not None


def _serve(args: Namespace, out: Output, app: Any, spaces: list[str], loaded: int, markdown: Path | None) -> None:
    from confsync.sandbox import Server

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stop

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
    try:
        with Server(app, args.host, args.port) as server:
            if markdown is not None:
                loaded = load_markdown(out, server.url, spaces[0], markdown)
            out.result(_facts(server.url, spaces, loaded), _words(server.url, spaces, loaded))
            out.flush()
            threading.Event().wait()
    except (Stop, KeyboardInterrupt):
        pass


def load_markdown(out: Output, site: str, space: str, source: Path) -> int:
    """Publish a folder of Markdown into a space, over HTTP; the folder itself is not touched."""
    import shutil
    import tempfile

    from confsync.config import Config, MirrorConfig
    from confsync.engine import open_engine
    from confsync.local.document import ID_KEY
    from converters.markdown.front_matter import FrontMatterError, set_fields

    from .access import READY_USER

    with tempfile.TemporaryDirectory(prefix="confsync-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(source, copy, ignore=shutil.ignore_patterns(".*"))
        for file in copy.rglob("*.md"):
            try:  # an id of another site means nothing here
                file.write_bytes(set_fields(file.read_bytes().decode(), {ID_KEY: None}).encode())
            except (FrontMatterError, UnicodeDecodeError):
                continue  # the engine says what is wrong with it
        mirror = MirrorConfig(space)
        engine = open_engine(Config(site, (mirror,), folder=copy), mirror, READY_USER, reporter=out.reporter())
        try:
            result = engine.push()
        finally:
            engine.close()
    for problem in result.problems:
        out.note(f"left out {problem}")
    return result.pages - len(result.problems)


def _facts(url: str, spaces: list[str], loaded: int) -> dict[str, object]:
    addresses = [f"{url}/spaces/{space}" for space in spaces]
    return {
        "url": url, "spaces": spaces, "addresses": addresses, "pages_loaded": loaded, "user": "admin", "token": "admin",
        "pid": os.getpid(),
    }  # fmt: skip


def _words(url: str, spaces: list[str], loaded: int) -> list[str]:
    lines = [f"{counted(loaded, 'page')} in {spaces[0]}"] if loaded else []
    return [
        *lines,
        f"site:   {url}",
        *(f"space:  {url}/spaces/{space}" for space in spaces),
        "user:   admin, token admin",
        f"clone:  confsync clone {url} {spaces[0]} {spaces[0].lower()}",
        "Ctrl-C stops it.",
    ]
