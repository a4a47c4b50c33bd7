"""`status`: what differs from what was last agreed."""

from __future__ import annotations

from .output import Output, add_paths, age, headed, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    parser.add_argument("--remote", action="store_true", help="ask Confluence first; else nobody is asked")
    parser.add_argument("--exit-code", action="store_true", help="leave with 6 when something differs")


def run(args: Namespace, out: Output) -> int:
    """Show local changes, and the remote ones as last known."""
    from .session import mirrors, named, offline, online
    from .show import status_head, status_lines

    found = mirrors(args, args.paths)
    documents: list[dict[str, object]] = []
    lines: list[str] = []
    clean = True
    for mirror in found:
        with (online if args.remote else offline)(mirror, out) as engine:
            result = engine.status(mirror.paths, remote=args.remote)
        clean = clean and result.clean
        documents.append(named(mirror, result.to_json()))
        head = status_head(result, mirror.config.site, mirror.settings.space)
        lines += headed(len(found), mirror.name, [f"{head}, {age(result.listing_age)}", *status_lines(result)])
    out.result(joined(documents), lines)
    return 6 if args.exit_code and not clean else 0
