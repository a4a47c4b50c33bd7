"""Killed at every effect, and answers that are lost: the next run finds out what happened and goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import ConfsyncError
from confsync.model import Effect, Side
from tests.engine.machines import MAKE, SAVE, Killed, Machine, Saved, Site, cloned, in_memory, machine
from tests.wire import WsgiAdapter

PARTS = 4


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


def prepared_in_full(site: Site, root: Path) -> Machine:
    """The same, with titles that swap, attachments and labels that come, change and go, on both sides."""
    here = [site.create(f"Here {number}", f"<p>{number} here.</p>") for number in (1, 2)]
    there = [site.create(f"There {number}", f"<p>{number} there.</p>") for number in (1, 2)]
    files = site.create("Files", "<p>With files.</p>")
    labelled = site.create("Labelled", "<p>With labels.</p>")
    for name in ("changed here", "changed there", "deleted here", "deleted there"):
        site.attach(files, f"{name}.txt", name.encode(), root.parent)
    site.api.add_labels(labelled, ["both", "goes-here", "goes-there"])
    links = "".join(
        f'<p><ac:link><ri:page ri:content-title="{title}" /></ac:link></p>' for title in ("C", "D", "E", "There 1")
    )
    site.create("Links", links)
    one = prepared(site, root)
    one.replace("here-1.md", "title: Here 1", "title: Here 2")
    one.replace("here-2.md", "title: Here 2", "title: Here 1")
    site.edit(there[0], title="For a moment")
    site.edit(there[1], title="There 1")
    site.edit(there[0], title="There 2")
    one.write("files.files/new here.txt", "new here")
    one.write("files.files/changed here.txt", "changed here by now")
    (one.root / "files.files/deleted here.txt").unlink()
    site.attach(files, "new there.txt", b"new there", root.parent)
    site.attach(files, "changed there.txt", b"changed there by now", root.parent)
    site.api.trash(next(asset.id for asset in site.api.assets(files) if asset.name == "deleted there.txt"))
    text = one.read("labelled.md")
    one.write("labelled.md", text.replace("goes-here", "new-here"))
    site.api.add_labels(labelled, ["new-there"])
    site.api.remove_label(labelled, "goes-there")
    assert here
    assert "new-here" in one.read("labelled.md")
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


class Losing(WsgiAdapter):
    """A way to the site on which, for a while, what was written is done and its answer lost."""

    losing = False

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        answer = super().send(request, **given)
        if self.losing and request.method != "GET":
            raise requests.ConnectionError("the connection broke")
        return answer


class Stop:
    """Stop a run at the effect with this number: before it, after it, or by losing its answers."""

    def __init__(self, site: Site, moment: str, number: int) -> None:
        self.moment, self.number, self.count = moment, number, 0
        self.wire = Losing(site.app)

    def __call__(self, when: str, effect: Effect) -> None:
        if self.moment == "lost":
            self.wire.losing = False
            if when == "before" and effect.side is Side.REMOTE:
                self.wire.losing = self.count == self.number
                self.count += 1
        elif when == self.moment:
            self.count += 1
            if self.count == self.number + 1:
                raise Killed


class Sweep:
    """A scenario that is run again and again from where it begins, each time stopped elsewhere."""

    def __init__(self) -> None:
        self.folder = in_memory()
        site = Site()
        (self.folder / "start").mkdir()
        prepared_in_full(site, self.folder / "start/m").engine.close()
        self.start = Saved(site, self.folder / "start")
        self.runs = 0
        self.counts, ends = {}, []
        for moment in ("before", "after", "lost"):
            count, end = self.end_state(moment, -1)
            self.counts[moment] = count
            ends.append(end)
        self.wanted = ends[0]
        assert ends == [self.wanted] * 3

    def end_state(self, moment: str, number: int) -> tuple[int, dict[str, object]]:
        """Run with one stop, then until all is quiet. Give how many effects were seen in the first run, and the end."""
        self.runs += 1
        root = self.folder / str(self.runs)
        site = self.start.again(root)
        stop = Stop(site, moment, number)
        one = machine(site, root / "m", hook=stop, wire=stop.wire, sync=SyncConfig(workers=1))
        with suppress(Killed, ConfsyncError):
            one.engine.sync(Options(full=True))
        one.engine.close()
        # The process is dead: its lock is left behind.
        (root / "m/.confsync/lock").write_text("999999999")
        one = machine(site, root / "m")
        result = one.engine.sync(Options(full=True))
        assert result.exit_code == 0, result
        again = one.engine.sync(Options(full=True))
        assert (again.done, again.exit_code) == ((), 0), again
        assert one.engine.world.state.intents() == []
        state = snapshot(site, one)
        one.engine.close()
        shutil.rmtree(root)
        return stop.count, state

    def close(self) -> None:
        self.start.close()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def sweep(flavour: str) -> Iterator[Sweep]:
    one = Sweep()
    yield one
    one.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("moment", ["before", "after", "lost"])
def test_stopped_at_every_effect_the_next_sync_ends_the_same(
    sweep: Sweep, moment: str, part: int, record_property: Callable[[str, object], None]
) -> None:
    """Nothing doubled, nothing lost, no version more than needed."""
    total = sweep.counts[moment]
    numbers = range(part, total, PARTS)
    for number in numbers:
        reached, state = sweep.end_state(moment, number)
        assert reached > number
        assert state == sweep.wanted, f"{moment}, effect {number}"
    assert total > (12 if moment == "lost" else 30)
    record_property("stops", {moment: len(numbers)})
    print(f"{moment}: {len(numbers)} stops of {total}")  # noqa: T201


def lose(site: Site, method: str, path: str, action: str) -> Callable[[], None]:
    return lambda: site.faults.add(method, path, action)


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "503", "429", "truncate", "html200"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", MAKE), ("PUT", SAVE), ("POST", "/child/attachment"), ("PUT", "/move/"),
        ("DELETE", SAVE), ("POST", "/propert"), ("GET", "/(?:content|pages)"), ("POST", "/label"),
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
