"""What an earlier import has left in a repository, read with git's own commands."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from confsync.local import read_document

from .commits import PAGE, VERSION
from .names import Place


class Change(NamedTuple):
    """A file that a commit adds (A), changes (M) or takes away (D)."""

    kind: str
    path: str


def git(*words: str) -> str:
    """Run git on the repository that the environment names. Raises CalledProcessError."""
    done = subprocess.run(["git", *words], check=True, capture_output=True)  # noqa: S603, S607
    return done.stdout.decode("utf-8", "replace")


def tip(ref: str) -> str:
    """Give the commit of a ref, "" when there is none."""
    words = ["git", "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"]
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


def imported(commit: str) -> dict[str, int]:
    """Give the newest version of each page that was imported up to a commit."""
    asked = "%x09".join(f"%(trailers:key={key},valueonly,separator=%x2C)" for key in (PAGE, VERSION))
    found: dict[str, int] = {}
    for line in git("log", f"--format={asked}", commit).splitlines():
        page, _, number = line.partition("\t")
        if page and number.isdecimal():
            found[page] = max(found.get(page, 0), int(number))
    return found


def places(commit: str) -> Iterator[tuple[str, Place]]:
    """Yield the pages whose files a commit has, by id."""
    with subprocess.Popen(["git", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:  # noqa: S607
        assert reader.stdin is not None  # noqa: S101  (it was asked for)
        assert reader.stdout is not None  # noqa: S101
        for line in git("ls-tree", "-r", "-z", commit).split("\0"):
            facts, _, path = line.partition("\t")
            if not path.endswith(".md"):
                continue
            reader.stdin.write(facts.split()[2].encode() + b"\n")
            reader.stdin.flush()
            size = int(reader.stdout.readline().split()[2])
            text = reader.stdout.read(size + 1)[:-1].decode("utf-8", "replace")
            file, _ = read_document(path, text)
            if file.id:
                yield file.id, Place(path, file.title)


def commits(old: str, new: str) -> list[str]:
    """List the commits after one up to another, the oldest first, along the first parents."""
    return git("rev-list", "--reverse", "--first-parent", f"{old}..{new}").split()


def changes(commit: str) -> list[Change]:
    """List the files that a commit changes."""
    words = git("diff-tree", "-r", "-z", "--no-renames", "--name-status", f"{commit}^1", commit).split("\0")
    return [Change(kind, path) for kind, path in zip(words[0::2], words[1::2], strict=False)]
