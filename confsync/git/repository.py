"""What git knows of the folder a mirror lies in. git is optional: without a repository nothing here has an effect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from confsync.errors import ConfigError, GuardStop

# Files and folders in the git directory that stand there while an operation is under way (gitrepository-layout).
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisection",
    "index.lock": "another command",
}
_FIELDS = ("sha", "subject", "author")


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository as it is now. branch is "" for a detached head; under_way names an unfinished operation."""

    root: Path
    branch: str = ""
    under_way: str = ""
    sha: str = ""
    subject: str = ""
    author: str = ""


def find_repository(folder: Path) -> Repository | None:
    """Describe the repository that a folder lies in; None where there is none."""
    root = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
    if root is None:
        return None
    from git import Repo
    from git.exc import GitError

    try:
        with Repo(root) as repo:
            directory = Path(repo.git_dir)
            under_way = next((what for name, what in _UNDER_WAY.items() if (directory / name).exists()), "")
            branch = "" if repo.head.is_detached else repo.head.ref.name
            if not repo.head.is_valid():
                return Repository(root, branch, under_way)
            commit = repo.head.commit
            subject = str(commit.summary)
            return Repository(root, branch, under_way, commit.hexsha[:10], subject, str(commit.author.name or ""))
    except (GitError, ValueError, OSError):
        return None  # not a repository that git can read: nothing to guard


def guard_repository(repository: Repository | None, branch: str | None) -> None:
    """Stop a run on another branch than the configured one, or in the middle of a merge or rebase.

    Raises GuardStop: files of a half-done merge would be taken for edits.
    """
    if repository is None:
        return
    if repository.under_way:
        raise GuardStop(
            f"git is in the middle of {repository.under_way}",
            place=str(repository.root),
            remedy="finish or abort it first",
        )
    if branch and repository.branch != branch:
        now = f"on branch {repository.branch!r}" if repository.branch else "on no branch"
        raise GuardStop(
            f"git is {now}, and this mirror is synced on {branch!r} only",
            place=str(repository.root),
            remedy=f"git switch {branch}, or change [git] branch",
        )


def version_message(template: str, repository: Repository | None) -> str:
    """Fill a version message from the last commit: {sha}, {subject} and {author}; "" where git has nothing to say.

    Raises ConfigError for a field that does not exist.
    """
    fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    unknown = sorted(fields.difference(_FIELDS))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in _FIELDS)
        raise ConfigError(
            f"the message has no field {{{unknown[0]}}}", place="[sync] message", remedy=f"known are {known}"
        )
    if fields and (repository is None or not repository.sha):
        return ""
    values = {name: getattr(repository, name, "") for name in _FIELDS}
    return template.format(**values)
