"""`plan`: what `sync` would do."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from .output import Output, add_paths, counted, headed, joined
from .session import mirrors, named, online
from .show import effect_line, problem_lines


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="write the plan to this file too, as JSON")
    parser.add_argument("--full", action="store_true", help="list the whole site, whatever is known of it")
    parser.add_argument("--exit-code", action="store_true", help="leave with 6 when there is something to do")


def run(args: Namespace, out: Output) -> int:
    """Show every change with its reason; nothing is done."""
    from confsync.engine import Options

    found = mirrors(args, args.paths)
    documents, lines, count = [], [], 0
    for mirror in found:
        with online(mirror, out) as engine:
            result = engine.plan(Options(paths=mirror.paths, full=args.full))
        effects = result.plan.effects
        count += len(effects)
        shown = [effect_line(effect) for effect in effects]
        shown += [f"{one.facet} of {one.key}: {one.decision}" for one in result.plan.conflicts]
        shown += list(problem_lines(result.problems))
        shown.append(
            f"{counted(len(effects), 'change')} to make" if effects else "Nothing to do: both sides are equal."
        )
        documents.append(named(mirror, result.to_json()))
        lines += headed(len(found), mirror.name, shown)
    document = joined(documents)
    if args.output:
        Path(args.output).write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    out.result(document, lines)
    return 6 if args.exit_code and count else 0
