"""`check`: everything that can be judged without a site, for pre-commit and CI."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from confsync.config import Config, find, load
from confsync.errors import UsageError

from .annotations import FORMATS, lines
from .judge import Finding, Tree, judge
from .output import Output, add_paths, counted

EPILOG = """\
example: confsync check docs

Prints file:line:column: level: message [rule], and leaves with 1 when there are errors. Needs no settings: a folder
without .confsync.toml is judged as it stands."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    parser.add_argument("--strict", action="store_true", help="leave with 1 for warnings, too")
    words = "for people, as annotations of GitHub, or as GitLab's code quality report (default: %(default)s)"
    parser.add_argument("--format", choices=FORMATS, default=FORMATS[0], help=words)
    parser.epilog = EPILOG


def run(args: Namespace, out: Output) -> int:
    """Judge files and folders, all mirrors when none are named."""
    findings: list[Finding] = []
    pages = 0
    for tree, wanted in _trees(args).items():
        count, found = judge(tree, tuple(wanted))
        pages += count
        findings += found
    errors = sum(one.level == "error" for one in findings)
    warnings = len(findings) - errors
    document = {
        "files": pages,
        "errors": errors,
        "warnings": warnings,
        "findings": [one.to_json() for one in findings],
    }
    out.result(document, lines(findings, args.format))
    out.note(f"{counted(pages, 'page')}: {counted(errors, 'error')}, {counted(warnings, 'warning')}")
    return 1 if errors or (args.strict and warnings) else 0


def _trees(args: Namespace) -> dict[Tree, list[str]]:
    """Find the trees that are meant, each with the paths to report on (relative; none: all of it)."""
    config = _config(args)
    trees = [Tree(config.mirror_folder(one), config.site, one.space) for one in config.mirrors] if config else []
    if not args.paths:
        return {tree: [] for tree in trees or [Tree(Path.cwd().resolve())]}
    found: dict[Tree, list[str]] = {}
    for word in args.paths:
        path = Path(word).resolve()
        if not path.exists():
            raise UsageError("is not there", place=word)
        tree = _tree_of(path, trees)
        inside = path.relative_to(tree.root).as_posix() if path != tree.root else "."
        found.setdefault(tree, []).append(inside)
    return {tree: [] if "." in wanted else wanted for tree, wanted in found.items()}


def _tree_of(path: Path, trees: Sequence[Tree]) -> Tree:
    holding = [tree for tree in trees if tree.root == path or tree.root in path.parents]
    if holding:
        return max(holding, key=lambda tree: len(tree.root.parts))
    below = [tree for tree in trees if path in tree.root.parents]
    if len(below) == 1 and path.is_dir() and os.path.commonpath([path, below[0].root]) == str(path):
        return below[0]
    return Tree(path if path.is_dir() else path.parent)


def _config(args: Namespace) -> Config | None:
    file = Path(args.config) if args.config else find(Path.cwd())
    return load(file, os.environ) if file else None
