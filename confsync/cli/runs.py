"""`pull`, `push` and `sync`."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from confsync.errors import UsageError
from confsync.model import Policy

from .output import Output, add_paths, headed, joined
from .session import Mirror, mirrors, named, online
from .show import run_lines

if TYPE_CHECKING:
    from confsync.engine import Engine, Options
    from confsync.report import RunResult


PREVIEW = """\
example: confsync push -m "New ports" guide.md

A preview is made under "Preview: BRANCH" below the home page of the space, with " (BRANCH)" after its titles; given
again it is brought up to date; where somebody has edited the same words there, the branch's stay. Neither a file nor a
published page is touched: the copy knows its pages by a property on the site. Where the whole space is mirrored, the
previews would come with the next pull: give them a space of their own with --preview-space. When the branch is gone:
confsync push --preview BRANCH --remove."""


COMMENTS = """\
example: confsync sync --on-conflict both

With comments_files = true under [sync] the comments of guide.md are in guide.comments.md. A box that is ticked resolves
its thread; a new item under a comment, indented by two (`  - text`, further lines by four), answers it; `push` sends
them, too. Any other edit of that file is an error with its line. That a comment was resolved or deleted on the site is
seen with --full. Data Center has no call that resolves."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add_paths(parser)
    add = parser.add_argument
    add("-n", "--dry-run", action="store_true", help="show what would be done, and do nothing")
    if name != "pull":
        add("-m", dest="message", metavar="MESSAGE", default="", help="the message of the new versions")
        add("--minor", action="store_true", help="a minor edit: watchers of the pages get no mail")
        add("--yes", action="store_true", help="confirm the first write to a site")
    if name == "push":
        add("--preview", metavar="BRANCH", help="publish the files as pages of their own, to look at before a merge")
        add("--remove", action="store_true", help="with --preview: move its pages to the trash")
        add("--preview-space", metavar="KEY", default="", help="where the preview is (default: the mirror's space)")
        parser.epilog = PREVIEW
    if name == "sync":
        parser.epilog = COMMENTS
    if name != "push":
        add("--on-conflict", choices=tuple(Policy), help="what becomes of a text that clashes")
    add("--allow-deletes", type=int, metavar="N", help="so many deletions are meant")
    add("--full", action="store_true", help="list the whole site, whatever is known of it")


def run(args: Namespace, out: Output) -> int:
    """Run one direction or both, mirror by mirror."""
    if getattr(args, "preview", None) is not None:
        from .preview import preview

        return preview(args, out)
    if getattr(args, "remove", False):
        raise UsageError("--remove takes away a preview", remedy="confsync push --preview BRANCH --remove")
    found = mirrors(args, args.paths)
    results: list[RunResult] = []
    documents: list[dict[str, object]] = []
    lines: list[str] = []
    for mirror in found:
        message = git_message(args, mirror)
        with online(mirror, out, yes=getattr(args, "yes", True)) as engine:
            if engine.read_only and args.command == "sync":
                out.note(f"{mirror.settings.space} is read-only: nothing is written to the site")
            results.append(_one(args, mirror, engine, message))
        documents.append(named(mirror, results[-1].to_json()))
        lines += headed(len(found), mirror.name, list(run_lines(results[-1])))
    out.result(joined(documents), lines)
    return max((result.exit_code for result in results if not result.dry_run), default=0)


def git_message(args: Namespace, mirror: Mirror) -> str:
    """Ask git whether a run may start, and for the version message where none is given. Raises GuardStop."""
    given: str = getattr(args, "message", "")
    if not any((one / ".git").exists() for one in (mirror.folder, *mirror.folder.parents)):
        return given
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # no git on this machine: then it has nothing to say
    from confsync.git import find_repository, guard_repository, version_message

    repository = find_repository(mirror.folder)
    if not args.dry_run:
        guard_repository(repository, mirror.config.git.branch)
    return given or version_message(mirror.config.sync.message, repository)


def _one(args: Namespace, mirror: Mirror, engine: Engine, message: str) -> RunResult:
    runs = {"pull": engine.pull, "push": engine.push, "sync": engine.sync}
    return runs[args.command](options(args, mirror, message))


def options(args: Namespace, mirror: Mirror, message: str) -> Options:
    """Put the command's options together."""
    from confsync.engine import Options

    policy = getattr(args, "on_conflict", None)
    return Options(
        dry_run=args.dry_run,
        message=message,
        minor=getattr(args, "minor", False),
        on_conflict=Policy(policy) if policy else None,
        allow_deletes=args.allow_deletes,
        paths=mirror.paths,
        full=args.full,
    )
