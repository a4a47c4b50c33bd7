"""Killed at every effect, and answers that are lost: the next run finds out what happened and goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from confsync.engine import Options
from confsync.errors import ConfsyncError
from confsync.model import Effect
from tests.engine.machines import Killed, Machine, Site, cloned, machine


def prepared(site: Site, root: Path) -> Machine:
    """A scenario with an effect of every kind, on both sides."""
    a, b, c, d, e = (site.create(title, f"<p>Text of {title}.</p><p>More.</p>") for title in "ABCDE")
    site.create("Gone", "<p>Will be trashed.</p>")
    site.create("Left", "<p>Will be deleted.</p>")
    one = cloned(site, root)
    one.replace("a.md", "Text of A", "Local text of A")
    one.replace("b.md", "title: B", "title: Bee\nlabels: [new]")
    one.replace("b.md", "Text of B", "Local text of B")
    site.replace(b, "More", "More, remotely")
    site.edit(c, title="Sea")
    (one.root / "a").mkdir()
    (one.root / "d.md").rename(one.root / "a/d.md")
    site.api.move(e, "append", c)
    one.write("new.md", "# New\n\nA draft.\n")
    one.write("new/sub.md", "# Sub\n\nSee [new](../new.md).\n")
    one.write("new.files/x.txt", "attached")
    site.attach(a, "y.txt", b"remote", root.parent)
    site.create("Fresh", "<p>Fresh.</p>", a)
    site.api.trash(site.titles()["Gone"])
    (one.root / "left.md").unlink()
    assert d
    return one


def snapshot(site: Site, one: Machine) -> dict[str, object]:
    """The end state, without what differs from run to run: ids."""
    pages: dict[str, object] = {}
    ids = {page.id: page.title for page, _ in site.api.pages("DOCS")}
    for page, body in site.api.pages("DOCS", body=True):
        assets = tuple((asset.name, asset.version) for asset in page.assets)
        parent = ids.get(page.parent or "")
        pages[page.title] = (page.version, parent, page.labels, assets, body)
    texts = one.files()
    for page_id, title in ids.items():
        texts = {path: data.replace(page_id.encode(), title.encode()) for path, data in texts.items()}
    return {"pages": pages, "files": texts}


def killed_at(site: Site, root: Path, moment: str, number: int) -> bool:
    """Run until the effect with this number, end there, and run again. Tells whether the effect was reached."""
    count = 0

    def hook(when: str, effect: Effect) -> None:
        nonlocal count
        if when == moment:
            count += 1
            if count == number:
                raise Killed

    one = machine(site, root, hook=hook)
    with suppress(Killed):
        one.engine.sync(Options(full=True))
    one.engine.close()
    # The process is dead: its lock is left behind.
    (root / ".confsync/lock").write_text("999999999")
    return count >= number


def end_state(tmp_path: Path, moment: str, number: int) -> tuple[bool, dict[str, object]]:
    site = Site()
    prepared(site, tmp_path / f"{moment}{number}").engine.close()
    reached = killed_at(site, tmp_path / f"{moment}{number}", moment, number)
    one = machine(site, tmp_path / f"{moment}{number}")
    result = one.engine.sync(Options(full=True))
    assert result.exit_code == 0, result
    again = one.engine.sync(Options(full=True))
    assert (again.done, again.exit_code) == ((), 0), again
    assert one.engine.world.state.intents() == []
    state = snapshot(site, one)
    one.engine.close()
    site.app.sandbox.close()
    return reached, state


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_at_every_effect_the_next_sync_ends_the_same(tmp_path: Path, moment: str) -> None:
    """Nothing doubled, nothing lost, no version more than needed."""
    _, wanted = end_state(tmp_path, "never", 1)
    number, reached = 0, True
    while reached:
        number += 1
        reached, state = end_state(tmp_path, moment, number)
        assert state == wanted, f"{moment} effect {number}"
    assert number > 12


def lose(site: Site, method: str, path: str, action: str) -> Callable[[], None]:
    return lambda: site.faults.add(method, path, action)


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "503", "429", "truncate", "html200"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", r"/content\?"), ("PUT", r"/content/\d+\?"), ("POST", "/child/attachment"), ("PUT", "/move/"),
        ("DELETE", r"/content/\d+"), ("POST", "/property"), ("GET", "/content"), ("POST", "/label"),
    ],
)  # fmt: skip
def test_a_lost_answer_is_recognised(tmp_path: Path, method: str, path: str, action: str) -> None:
    """Whatever happens to one answer, after two runs both sides are equal, with no page or version too many."""
    site = Site()
    one = prepared(site, tmp_path / "m")
    site.faults.add(method, path, action)
    for _ in range(3):
        with suppress(ConfsyncError):  # said in words, not with a traceback
            one.engine.sync(Options(full=True))
    result = one.engine.sync(Options(full=True))
    assert (result.done, result.exit_code) == ((), 0), result
    titles = [page.title for page, _ in site.api.pages("DOCS")]
    assert sorted(titles) == ["A", "Bee", "D", "Documentation", "E", "Fresh", "New", "Sea", "Sub"]
    pages = {page.title: page for page, _ in site.api.pages("DOCS")}
    assert {asset.name: asset.version for asset in pages["New"].assets} == {"x.txt": 1}
    assert (pages["A"].version, pages["Bee"].version) == (2, 3)
    one.engine.close()
    site.app.sandbox.close()


def test_a_full_disk_loses_nothing(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written is named; the old one is untouched, and the next run goes on."""
    import errno
    import os

    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    site.replace(page, "Text.", "Changed.")
    before = one.files()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        result = one.engine.sync()
    assert [(problem.place, problem.remedy) for problem in result.problems] == [("guide.md", "make room on the disk")]
    assert one.files() == before
    assert one.engine.sync().exit_code == 0
    assert "Changed." in one.read("guide.md")
