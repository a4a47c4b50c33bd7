"""Commits as versions: what each commit changes of a page is a new version with the commit's message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from confsync.core.bodies import new_page, outgoing
from confsync.errors import ConfsyncError, VersionClash
from confsync.local import Document, PageFile, read_document
from confsync.remote import Api, NewPage, NewVersion
from confsync.remote.records import RemotePage

from .names import POSTS, Names, Place
from .repository import changes, commits, git


class PushError(Exception):
    """Why a push is not taken, in the words that git passes on."""


class Step(NamedTuple):
    """One file of one commit that is to be written. page: "" for a new one."""

    commit: str
    page: str
    file: PageFile
    document: Document
    message: str


def send(api: Api, space: str, names: Names, known: Mapping[str, int], old: str, new: str) -> int:
    """Write the commits after the last imported one to the site, in their order. Gives the number of versions.

    known: the newest version of each page that was imported. All commits are looked at before the first is written.
    Raises PushError; what was written by then stays, and comes back with the next fetch.
    """
    if git("merge-base", old, new).strip() != old:
        raise PushError("non-fast forward")
    steps = [step for commit in commits(old, new) for step in _steps(commit, names)]
    made: dict[str, str] = {}
    newest = dict(known)
    for step in steps:
        try:
            if page := step.page or made.get(step.file.path, ""):
                newest[page] = _write(api, names, step, page, newest)
            else:
                made[step.file.path], number = _create(api, space, names, step)
                newest[made[step.file.path]] = number
        except VersionClash as error:
            raise PushError("fetch first") from error
        except (ConfsyncError, ValueError) as error:
            words = str(error).replace("\n", " ")
            raise PushError(f"{step.file.path} in {step.commit[:10]}: {words}") from error
    return len(steps)


def _steps(commit: str, names: Names) -> list[Step]:
    """Say what a commit writes. Raises PushError for what a push has no way to send."""
    steps = []
    message = git("log", "-1", "--format=%B", commit).strip()
    found = changes(commit)
    for kind, path in found:
        if not path.endswith(".md"):
            raise PushError(f"{path} in {commit[:10]} is not a page: attachments go with confsync push")
        if kind == "D":
            continue
        file, document = read_document(path, git("show", f"{commit}:{path}"))
        if file.problem is not None:
            raise PushError(f"{path} in {commit[:10]}: {file.problem.message}")
        if file.id and file.id not in names.places:
            raise PushError(f"{path} in {commit[:10]} is page {file.id}, which is not in this space")
        steps.append(Step(commit, file.id, file, document, message))
    kept = {step.page for step in steps}
    for kind, path in found:
        gone = next((page for page, place in names.places.items() if place.path == path), "")
        if kind == "D" and gone not in kept:
            raise PushError(f"{commit[:10]} deletes {path}: delete the page in Confluence, or with confsync push")
    return steps


def _write(api: Api, names: Names, step: Step, page: str, newest: Mapping[str, int]) -> int:
    """Carry a commit's text over to the page, on top of the version that it was made for. Gives the new version."""
    remote, storage = api.page(page, body=True)
    if remote.version != newest.get(page):
        raise PushError("fetch first")  # somebody was faster: the edit would take back what they wrote
    site = names.site(names.places[page].path)
    import converters

    text = step.document.text
    new, broken = outgoing(storage, converters.to_markdown(storage, site), text, site)
    if broken is not None:
        raise PushError(f"{step.file.path} in {step.commit[:10]}: {broken.message}")
    if new == storage and step.file.title == remote.title:
        return remote.version
    names.put(page, Place(names.places[page].path, step.file.title))
    return _put(api, remote, step, new)


def _create(api: Api, space: str, names: Names, step: Step) -> tuple[str, int]:
    """Make a page, then write its text: only a version that changes something has a message. Gives id and version."""
    if step.file.path.startswith(POSTS):
        raise PushError(f"{step.file.path} in {step.commit[:10]}: a new blog post is made in Confluence")
    storage = new_page(step.document.text, names.site(step.file.path))
    remote, _ = api.create(NewPage(space, step.file.title, "", names.home))
    names.put(remote.id, Place(step.file.path, step.file.title))
    return remote.id, _put(api, remote, step, storage) if storage else remote.version


def _put(api: Api, remote: RemotePage, step: Step, storage: str) -> int:
    change = NewVersion(remote.version + 1, step.file.title, storage, remote.kind, step.message)
    return api.update(remote.id, change)[0].version
