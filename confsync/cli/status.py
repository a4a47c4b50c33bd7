"""`status`: what differs from what was last agreed."""

from __future__ import annotations

import time

from .output import Output, add_paths, age, headed, joined
from .quick import keep, recall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    parser.add_argument("--remote", action="store_true", help="ask Confluence first; else nobody is asked")
    parser.add_argument("--exit-code", action="store_true", help="leave with 6 when something differs")


def run(args: Namespace, out: Output) -> int:
    """Show local changes, and the remote ones as last known."""
    whole = not args.paths and not args.remote
    answers = recall(args.config) if whole else None
    if answers is None:
        answers = _look(args, out, whole=whole)
    now = time.time()
    documents, lines = [], []
    for one in answers:
        seconds = None if one["listed"] is None else now - one["listed"]
        documents.append({**one["document"], "listing_age": seconds})
        lines += headed(len(answers), one["name"], [f"{one['head']}, {age(seconds)}", *one["lines"]])
    out.result(joined(documents), lines)
    return 6 if args.exit_code and not all(one["document"]["clean"] for one in answers) else 0


def _look(args: Namespace, out: Output, *, whole: bool) -> list[dict[str, Any]]:
    """Ask the engine, and keep its answer if it is about everything."""
    from .session import mirrors, named, offline, online
    from .show import status_head, status_lines

    answers: list[dict[str, Any]] = []
    found = mirrors(args, args.paths)
    for mirror in found:
        with (online if args.remote else offline)(mirror, out) as engine:
            result = engine.status(mirror.paths, remote=args.remote)
        answers.append({
            "folder": str(mirror.folder),
            "name": f"{mirror.settings.space} in {mirror.settings.path}",
            "listed": None if result.listing_age is None else time.time() - result.listing_age,
            "document": named(mirror, result.to_json()),
            "head": status_head(result, mirror.config.site, mirror.settings.space),
            "lines": list(status_lines(result)),
        })  # fmt: skip
    if whole:
        keep(f"{found[0].config.folder}/.confsync.toml", answers)
    return answers
