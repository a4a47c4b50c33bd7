"""`status` from memory: as quick as a look at the folder, and never behind it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from confsync.engine import Engine
from confsync.engine.recall import recall
from confsync.model import Policy
from confsync.report import StatusResult
from tests.engine.machines import Machine, Site, cloned, machine

PAST = time.time() - 3600


@pytest.fixture
def site() -> Site:
    return Site()


def settled(site: Site, tmp_path: Path) -> Machine:
    """A clone of three pages whose files are old, and a status that remembers its result."""
    parent = site.create("Guide", "<p>One two.</p>")
    site.create("Part", "<p>Part.</p>", parent)
    site.create("Other", '<p>Other.</p><p><ac:image><ri:attachment ri:filename="a.txt" /></ac:image></p>')
    site.attach(site.titles()["Other"], "a.txt", b"one", tmp_path)
    one = cloned(site, tmp_path / "docs")
    grow_old(one)
    return one


def grow_old(one: Machine) -> None:
    for path in one.root.rglob("*"):
        if path.is_file() and ".confsync" not in path.parts:
            os.utime(path, (PAST, PAST))
    one.engine.status()
    assert remembered(one.engine) is not None


def remembered(engine: Engine) -> StatusResult | None:
    return recall(engine.world)


def told(one: Machine) -> set[tuple[str, str]]:
    return {(change.kind, change.path) for change in one.engine.status().local}


def same_size(one: Machine) -> None:
    text = one.read("guide.md")
    one.write("guide.md", text.replace("One two", "Two one"))


def same_size_same_time(one: Machine) -> None:
    """What an editor does that writes a new file beside the old one and gives it the old one's time."""
    new = one.root / "new"
    new.write_bytes((one.root / "guide.md").read_bytes().replace(b"One two", b"Two one"))
    os.utime(new, (PAST, PAST))
    new.replace(one.root / "guide.md")


CHANGES: dict[str, tuple[Callable[[Machine], object], set[tuple[str, str]]]] = {
    "edit": (lambda one: one.write("guide.md", one.read("guide.md") + "More.\n"), {("edited", "guide.md")}),
    "same size": (same_size, {("edited", "guide.md")}),
    "same size and time": (same_size_same_time, {("edited", "guide.md")}),
    "touch": (lambda one: (one.root / "guide.md").touch(), set()),
    "add": (lambda one: one.write("guide/new.md", "# New\n"), {("added", "guide/new.md")}),
    "delete": (lambda one: (one.root / "other.md").unlink(), {("deleted", "other.md")}),
    "rename": (lambda one: (one.root / "other.md").rename(one.root / "else.md"), {("moved", "else.md")}),
    "move": (lambda one: (one.root / "other.md").rename(one.root / "guide/other.md"), {("moved", "guide/other.md")}),
    "attachment": (lambda one: one.write("other.files/a.txt", "two"), {("edited", "other.files/a.txt")}),
    "new attachment": (lambda one: one.write("guide.files/b.txt", "two"), {("added", "guide.files/b.txt")}),
    "ignore": (lambda one: one.write(".confsyncignore", "other.md\n"), {("deleted", "other.md")}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_shows_in_the_next_status(name: str, site: Site, tmp_path: Path) -> None:
    """Whatever is done to a file, the very next status says so; and again when it is asked again."""
    one = settled(site, tmp_path)
    change, expected = CHANGES[name]
    change(one)
    assert remembered(one.engine) is None
    found = told(one)
    others = {path for _, path in found - expected}
    assert expected <= found
    assert all(path.endswith("other.files/a.txt") for path in others)  # an attachment goes with its page
    assert told(one) == found
    again = machine(site, one.root)
    assert told(again) == found


def test_an_unchanged_folder_is_answered_from_memory(site: Site, tmp_path: Path) -> None:
    """The same result, for some folders only as well, and with the listing's present age."""
    one = settled(site, tmp_path)
    one.write("guide.md", one.read("guide.md") + "More.\n")
    one.write("other.md", one.read("other.md") + "More.\n")
    grow_old(one)
    result = one.engine.status()
    assert {change.path for change in result.local} == {"guide.md", "other.md"}
    site.clock.forward(seconds=30)
    later = machine(site, one.root).engine.status()
    assert later == result._replace(listing_age=(result.listing_age or 0) + 30)
    assert {change.path for change in one.engine.status(["guide.md"]).local} == {"guide.md"}


def test_a_young_file_is_read_until_it_is_old(site: Site, tmp_path: Path) -> None:
    """A file that was written in the last tick of the clock may change once more without showing it."""
    one = settled(site, tmp_path)
    file = one.root / "guide.md"
    file.write_bytes(file.read_bytes().replace(b"One two", b"Two one"))
    now = file.stat()
    assert told(one) == {("edited", "guide.md")}
    assert remembered(one.engine) is None
    with file.open("r+b") as stream:  # the same size and inode
        stream.write(file.read_bytes().replace(b"Two one", b"One two"))
    os.utime(file, ns=(now.st_atime_ns, now.st_mtime_ns))
    assert told(one) == set()


def test_a_linked_file_elsewhere_is_seen(site: Site, tmp_path: Path) -> None:
    """A picture outside the attachments' folder counts, whether it comes, changes or goes."""
    one = settled(site, tmp_path)
    one.write("guide.md", one.read("guide.md") + "\n![p](pictures/p.png)\n")
    grow_old(one)
    picture = one.root / "pictures" / "p.png"
    one.write("pictures/p.png", "one")
    assert ("added", "guide.files/p.png") in told(one)
    grow_old(one)
    picture.write_bytes(b"two, longer")
    assert remembered(one.engine) is None
    picture.unlink()
    assert told(one) == {("edited", "guide.md")}


def test_what_runs_and_decisions_change_shows_at_once(site: Site, tmp_path: Path) -> None:
    """A pull, a push from elsewhere that is listed, a conflict and its end: nothing is answered from before them."""
    one = settled(site, tmp_path)
    site.replace(site.titles()["Guide"], "One two", "Three")
    listed = one.engine.status(remote=True)
    assert [change.path for change in listed.remote] == ["guide.md"] == [c.path for c in one.engine.status().remote]
    one.replace("guide.md", "One two", "Four")
    one.engine.sync()
    assert [conflict.path for conflict in one.engine.status().conflicts] == ["guide.md"]
    grow_old(one)
    assert [conflict.path for conflict in one.engine.status().conflicts] == ["guide.md"]
    one.engine.resolve("guide.md", Policy.REMOTE)
    assert one.engine.status().conflicts == ()
    one.engine.sync()
    grow_old(one)
    assert one.engine.status().clean
    one.write("guide.md", one.read("guide.md") + "More.\n")
    one.engine.push()
    grow_old(one)
    assert one.engine.status().clean
