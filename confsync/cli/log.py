"""`log`, `show` and `restore`: the versions of a page."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from confsync.errors import UsageError

from .output import Output
from .session import Mirror, mirrors, named, online
from .show import run_lines

if TYPE_CHECKING:
    from confsync.remote import PageVersion

_AT = re.compile(r"(?P<path>.+)@(?P<number>[1-9]\d{0,8})")


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    if name == "log":
        parser.add_argument("path", metavar="PATH", help="a page's file")
        parser.add_argument("-n", dest="count", type=int, default=0, metavar="N", help="only the last N versions")
        return
    parser.add_argument("path", metavar="PATH@VERSION", help="a page's file, and the number of a version")
    if name == "show":
        parser.add_argument("--storage", action="store_true", help="as storage format, byte for byte")


def run(args: Namespace, out: Output) -> int:
    """List the versions of a page, show one, or make one current again."""
    if args.command == "log":
        return _log(args, out)
    found = _AT.fullmatch(args.path)
    if found is None:
        remedy = f"confsync {args.command} guide.md@3; confsync log guide.md lists the versions"
        raise UsageError("names no version", place=args.path, remedy=remedy)
    mirror, path, number = *_one(args, found["path"]), int(found["number"])
    with online(mirror, out) as engine:
        if args.command == "show":
            text = engine.show(path, number, storage=args.storage)
            out.result({"path": path, "version": number, "text": text}, text.splitlines())
            return 0
        result = engine.restore(path, number)
    document = named(mirror, {"path": path, "restored": number, **result.to_json()})
    out.result(document, [f"version {number} of {path} is current again, as a new version", *run_lines(result)])
    return result.exit_code


def _log(args: Namespace, out: Output) -> int:
    mirror, path = _one(args, args.path)
    with online(mirror, out) as engine:
        versions = engine.log(path)[: args.count or None]
    rows = [
        {"version": one.number, "when": one.when, "author": one.name or one.author, "message": one.message,
         "minor": one.minor}
        for one in versions
    ]  # fmt: skip
    out.result(named(mirror, {"path": path, "versions": rows}), _lines(versions))
    return 0


def _one(args: Namespace, path: str) -> tuple[Mirror, str]:
    """Find the mirror that a file lies in, and its path there."""
    (mirror,) = mirrors(args, [path])
    return mirror, mirror.paths[0]


def _lines(versions: Iterable[PageVersion]) -> Iterable[str]:
    for one in versions:
        who = (one.name or one.author) + (" (minor)" if one.minor else "")
        yield f"{one.number:>5}  {one.when[:16].replace('T', ' ')}  {who}  {one.message}".rstrip()
