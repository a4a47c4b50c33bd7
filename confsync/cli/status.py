"""`status`: what differs from what was last agreed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .output import Output


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    from .session import add_paths

    add_paths(parser)
    parser.add_argument("--remote", action="store_true", help="ask Confluence first; else nobody is asked")
    parser.add_argument("--exit-code", action="store_true", help="leave with 6 when something differs")


def run(args: Namespace, out: Output) -> int:
    """Show local changes, and the remote ones as last known."""
    from .session import headed, joined, mirrors, offline, online
    from .show import status_lines

    found = mirrors(args, args.paths)
    documents, lines, clean = [], [], True
    for mirror in found:
        with (online if args.remote else offline)(mirror, out) as engine:
            result = engine.status(mirror.paths, remote=args.remote)
        documents.append(result.to_json())
        shown = list(status_lines(result, mirror.config.site, mirror.settings.space))
        lines += headed(found, mirror, shown)
        clean &= result.clean
    out.result(joined(found, documents), lines)
    return 6 if args.exit_code and not clean else 0
