"""`conflicts` and `resolve`: the pages whose text waits for a decision."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .output import Output, headed, joined
from .session import mirrors, named, offline
from .show import conflict_lines

WAYS = ("local", "remote", "merged", "both")


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    if name == "resolve":
        parser.add_argument("path", metavar="PATH", help="the page's file")
        text = "your text; Confluence's; the file as you have mended it; Confluence's, with yours beside it"
        parser.add_argument("--accept", choices=WAYS, required=True, help=text)


def run(args: Namespace, out: Output) -> int:
    """List the conflicts, or settle one."""
    return _resolve(args, out) if args.command == "resolve" else _list(args, out)


def _list(args: Namespace, out: Output) -> int:
    found = mirrors(args)
    documents: list[dict[str, object]] = []
    lines, waiting = [], 0
    for mirror in found:
        with offline(mirror, out) as engine:
            conflicts = engine.conflicts()
        waiting += len(conflicts)
        documents.append(named(mirror, {"conflicts": [conflict.to_json() for conflict in conflicts]}))
        lines += headed(len(found), mirror.name, list(conflict_lines(conflicts)) or ["No conflicts."])
    out.result(joined(documents), lines)
    return 3 if waiting else 0


def _resolve(args: Namespace, out: Output) -> int:
    (mirror,) = mirrors(args, [args.path])
    path = mirror.paths[0]
    with offline(mirror, out) as engine:
        result = engine.resolve(path, args.accept)
    lines = [f"{args.path}: {'settled already' if result.already else result.accepted}"]
    lines += [f"the other text is kept in {mirror.shown(kept)}" for kept in result.kept]
    lines.append(f"next: confsync sync {args.path}")
    out.result(result.to_json(), lines)
    return 0
