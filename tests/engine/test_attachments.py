"""Attachments: three states, conflicts of their own, nothing sent or fetched twice, names that disks cannot hold."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.model import Policy
from tests.engine.machines import Machine, Site, cloned

FULL = Options(full=True)


def attached(site: Site, root: Path, data: bytes = b"one") -> tuple[Machine, str]:
    page = site.create("Guide")
    site.attach(page, "x.bin", data, root.parent)
    return cloned(site, root), page


@pytest.mark.parametrize(("policy", "wins"), [(Policy.REMOTE, b"web"), (Policy.LOCAL, b"disk"), (Policy.BOTH, b"web"), (None, b"web")])
def test_an_attachment_changed_on_both_sides_is_settled_and_neither_is_lost(
    site: Site, tmp_path: Path, policy: Policy | None, wins: bytes
) -> None:
    """The policy says whose bytes are taken; the others are beside it, in the trash, or in the site's history."""
    one, page = attached(site, tmp_path / "m")
    site.attach(page, "x.bin", b"web", tmp_path)
    (one.root / "guide.files/x.bin").write_bytes(b"disk")
    result = one.engine.sync(Options(full=True, on_conflict=policy))
    assert [conflict.facet for conflict in result.decisions] == ["content"]
    assert site.bytes_of(page, "x.bin") == wins
    files = one.files()
    assert files["guide.files/x.bin"] == wins
    if policy in (None, Policy.BOTH):
        assert files["guide.files/x.conflict-2.bin"] == b"disk"
    if policy is Policy.REMOTE:
        assert "disk" in one.trash()
    again = one.engine.sync(FULL)
    assert (again.done, again.problems) == ((), ())
    assert {asset.name for asset in site.page(page).assets} == {"x.bin"}


@pytest.mark.parametrize("side", ["web", "disk"])
def test_an_attachment_deleted_here_and_changed_there_survives(site: Site, tmp_path: Path, side: str) -> None:
    """Edit beats delete for attachments, too."""
    one, page = attached(site, tmp_path / "m")
    if side == "web":
        site.attach(page, "x.bin", b"edited", tmp_path)
        (one.root / "guide.files/x.bin").unlink()
    else:
        site.api.trash(site.page(page).assets[0].id)
        (one.root / "guide.files/x.bin").write_bytes(b"edited")
    one.engine.sync(FULL)
    assert site.bytes_of(page, "x.bin") == (one.root / "guide.files/x.bin").read_bytes() == b"edited"


def test_equal_bytes_are_neither_sent_nor_fetched(site: Site, tmp_path: Path) -> None:
    """A file that is touched, or attached here and there alike, costs no transfer: the digest decides."""
    one, page = attached(site, tmp_path / "m")
    file = one.root / "guide.files/x.bin"
    file.write_bytes(file.read_bytes())
    (one.root / "guide.files/y.bin").write_bytes(b"yyy")
    one.engine.sync(FULL)
    two = cloned(site, tmp_path / "m2")
    one.asked(), two.asked()
    (two.root / "guide.files/y.bin").write_bytes(b"yyy")
    for machine in (one, two):
        assert machine.engine.sync(FULL).done == ()
        assert not [path for method, path in machine.asked() if method != "GET" or "download" in path]
    assert {asset.name: asset.version for asset in site.page(page).assets} == {"x.bin": 1, "y.bin": 1}


def test_both_trashes_keep_what_is_deleted(site: Site, tmp_path: Path) -> None:
    """Deleted here: in the trash here, before the site's is taken away. Deleted there: the file is in the trash."""
    one, page = attached(site, tmp_path / "m", b"precious")
    site.attach(page, "y.bin", b"dear", tmp_path)
    one.engine.sync(FULL)
    (one.root / "guide.files/x.bin").unlink()
    site.api.trash(next(asset.id for asset in site.page(page).assets if asset.name == "y.bin"))
    one.engine.sync(FULL)
    assert site.page(page).assets == ()
    assert not (one.root / "guide.files").exists()
    assert "precious" in one.trash()
    assert "dear" in one.trash()


def test_memory_does_not_grow_with_the_file(site: Site, tmp_path: Path) -> None:
    """Thirty megabytes up and down: the sync itself holds a small part of it at any time."""
    size = 30_000_000
    one, page = attached(site, tmp_path / "m")
    file = one.root / "guide.files/big.bin"
    file.write_bytes(b"\0" * size)
    path = one.engine.world.folder.at("guide.files/big.bin")
    sent = 0

    def swallow(method: str, url: str, data: object = None, **rest: object) -> object:
        nonlocal sent
        while piece := data.read(1 << 16):  # type: ignore[attr-defined]
            sent += len(piece)
        raise ConnectionError("far enough")

    session = one.engine.world.api.session
    kept, session.http.request = session.http.request, swallow  # type: ignore[method-assign]
    tracemalloc.start()
    with pytest.raises(Exception, match="far enough"):
        one.engine.world.api.attach(page, None, "big.bin", path, "0" * 64, "application/octet-stream")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    session.http.request = kept  # type: ignore[method-assign]
    assert sent > size
    assert peak < size / 10


def test_an_upload_refused_for_its_number_is_sent_again_from_the_start(site: Site, tmp_path: Path) -> None:
    """After a 429 the file is read once more: what arrives is whole."""
    one, page = attached(site, tmp_path / "m")
    (one.root / "guide.files/y.bin").write_bytes(b"whole" * 1000)
    site.faults.add("POST", "/child/attachment", "429")
    one.engine.sync(FULL)
    assert site.bytes_of(page, "y.bin") == b"whole" * 1000


def test_names_that_no_disk_can_hold_come_back_as_they_are(site: Site, tmp_path: Path) -> None:
    """A colon, a device, a question mark: a safe file name here, the same attachment there."""
    page = site.create("Guide", '<p><ac:image><ri:attachment ri:filename="a:b?.png" /></ac:image></p>')
    for name in ("a:b?.png", "con", "trailing."):
        site.attach(page, name, name.encode(), tmp_path)
    one = cloned(site, tmp_path / "m", sync=SyncConfig())
    assert set(one.files()) >= {"guide.files/a%3Ab%3F.png", "guide.files/%63on", "guide.files/trailing%2E"}
    one.replace("guide.md", "![](guide.files/a%253Ab%253F.png)", "Look: ![](guide.files/a%253Ab%253F.png)")
    (one.root / "guide.files/con").unlink(missing_ok=True)
    (one.root / "guide.files/%63on").write_bytes(b"changed")
    assert one.engine.sync(FULL).exit_code == 0
    assert site.bytes_of(page, "con") == b"changed"
    assert 'ri:filename="a:b?.png"' in site.body(page)
