"""`diff`: what has changed, as unified diffs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .output import Output, add_paths, joined
from .session import mirrors, named, offline, online


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    parser.add_argument("--storage", action="store_true", help="of the storage format that a push would send")
    parser.add_argument("--remote", action="store_true", help="against the page as it is in Confluence now")
    parser.add_argument("--exit-code", action="store_true", help="leave with 6 when something differs")


def run(args: Namespace, out: Output) -> int:
    """Show the differences from what was last agreed, offline; with --storage or --remote the site is asked."""
    found = mirrors(args, args.paths)
    documents, lines = [], []
    asks = args.remote or args.storage
    for mirror in found:
        with (online if asks else offline)(mirror, out) as engine:
            result = engine.diff(mirror.paths, remote=args.remote, storage=args.storage)
        documents.append(named(mirror, result.to_json()))
        lines += [out.colored(line) for file in result.files for line in file.text.splitlines()]
    out.result(joined(documents), lines)
    return 6 if args.exit_code and lines else 0
