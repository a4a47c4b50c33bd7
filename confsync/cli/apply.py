"""`apply`: do exactly what a plan says, or refuse."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from confsync.errors import UsageError

from .output import Output, headed, joined
from .runs import git_message
from .session import Mirror, mirrors, named, online
from .show import run_lines

EPILOG = """\
example: confsync plan -o plan.json && confsync apply plan.json

The plan is made anew; when either side has changed since, so that something else would be done, nothing is done, the
differences are listed, and the exit code is 5."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    parser.epilog = EPILOG
    parser.add_argument("plan", metavar="FILE", help="what `confsync plan -o FILE` wrote")
    parser.add_argument("-m", dest="message", metavar="MESSAGE", default="", help="the message of the new versions")
    parser.add_argument("--minor", action="store_true", help="a minor edit: watchers of the pages get no mail")


def run(args: Namespace, out: Output) -> int:
    """Apply a plan, mirror by mirror."""
    from confsync.engine import Options

    args.dry_run = False
    found = _planned(args.plan, mirrors(args))
    documents, lines, code = [], [], 0
    for mirror, plan in found:
        options = Options(
            message=git_message(args, mirror),
            minor=args.minor,
            paths=tuple(plan["paths"]),
            allow_deletes=plan["deletes"],
            expect=plan["fingerprint"],
        )
        with online(mirror, out) as engine:
            result = engine.sync(options)
        code = max(code, result.exit_code)
        documents.append(named(mirror, result.to_json()))
        lines += headed(len(found), mirror.name, list(run_lines(result)))
    out.result(joined(documents), lines)
    return code


def _planned(file: str, there: list[Mirror]) -> list[tuple[Mirror, dict[str, Any]]]:
    """Read a plan, each part with its mirror. Raises UsageError."""
    try:
        document = json.loads(Path(file).read_text(encoding="utf-8"))
        plans = document.get("mirrors", [document])
        by_name = {(mirror.settings.space, str(mirror.folder)): mirror for mirror in there}
        keys = [(str(plan["space"]), str(plan["folder"])) for plan in plans]
        parts = [_part(plan) for plan in plans]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("is no plan", place=file, remedy="confsync plan -o FILE writes one") from error
    for key in keys:
        if key not in by_name:
            raise UsageError(f"is for {key[0]} in {key[1]}, which is no mirror here", place=file)
    return [(by_name[key], part) for key, part in zip(keys, parts, strict=True)]


def _part(plan: dict[str, Any]) -> dict[str, Any]:
    """Take what is needed of one mirror's plan. Raises ValueError or TypeError for what is none."""
    paths, deletes = plan["paths"], [effect["action"] == "delete" for effect in plan["effects"]]
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise TypeError("paths is no list of paths")
    if not isinstance(plan["fingerprint"], str) or not plan["fingerprint"]:
        raise ValueError("a plan without its fingerprint proves nothing")
    return {"paths": paths, "deletes": sum(deletes), "fingerprint": plan["fingerprint"]}
