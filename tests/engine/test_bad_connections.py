"""Bad days on the way to the site: refusals, conflicts, a site that is busy, answers that are lost or are none."""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import AccessError, ConfsyncError, NotConfluence, Unavailable
from confsync.remote import Session
from confsync.remote.session import LONGEST_WAIT, TRIES
from tests.engine.machines import MAKE, SAVE, SITE, Machine, Notes, Site, at, cloned, machine, quiet
from tests.wire import WsgiAdapter

FULL = Options(full=True)


class Recording(WsgiAdapter):
    """A way to the site that keeps what is sent: method, path, version number, headers."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.sent: list[tuple[str, str, int, dict[str, str]]] = []

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        body = request.body if isinstance(request.body, bytes) and request.body[:1] == b"{" else b"{}"
        number = (json.loads(body).get("version") or {}).get("number", 0)
        self.sent.append((request.method or "", request.path_url, number, dict(request.headers)))
        return super().send(request, **given)

    def saves(self, page: str) -> list[int]:
        """The version numbers that were sent for a page, in order."""
        return [number for method, path, number, _ in self.sent if method == "PUT" and re.search(at(page), path)]


def edited(site: Site, root: Path, wire: WsgiAdapter | None = None) -> tuple[Machine, str]:
    """A machine with one edit to push. One request at a time, so that a fault meets the one that is meant."""
    page = site.create("Page")
    one = cloned(site, root, wire=wire, sync=SyncConfig(workers=1))
    one.replace("page.md", "Text.", "Edited.")
    return one, page


# -- 401, 403, 404


@pytest.mark.parametrize(("status", "words"), [("401", "sign in"), ("403", "rights")])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_refusal_says_which_right_is_missing(site: Site, tmp_path: Path, status: str, words: str, method: str) -> None:
    """Exit code 4, the number, the address and what to look after; file and page stay as they are."""
    one, page = edited(site, tmp_path / "m")
    before = one.files()
    site.faults.add(method, "/", status, times=99)
    with pytest.raises(AccessError) as error:
        one.engine.sync(FULL)
    assert error.value.exit_code == 4
    assert words in error.value.remedy
    assert f"HTTP {status}" in error.value.message
    assert error.value.place.startswith(SITE)
    site.faults.clear()
    assert (one.files(), site.body(page)) == (before, "<p>Text.</p>")
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == "<p>Edited.</p>"


@pytest.mark.parametrize("status", ["401", "403", "404"])
def test_a_page_that_may_not_be_read_is_not_deleted(site: Site, tmp_path: Path, status: str) -> None:
    """When it is looked at alone and refused, its file stays."""
    one, page = edited(site, tmp_path / "m")
    site.edit(page, "<p>Remote.</p>")
    site.faults.add("GET", at(page), status, times=99)
    with suppress(ConfsyncError):
        one.engine.sync(FULL)
    assert "Edited." in one.read("page.md")
    site.faults.clear()
    assert site.page(page).status == "current"
    assert one.engine.sync(FULL).exit_code == 3  # both have changed the same word: that is asked
    assert "Remote." in one.read("page.md")


def test_a_permission_lost_in_the_middle_keeps_what_is_done(site: Site, tmp_path: Path) -> None:
    """Pages written before it are agreed, the others are named with the right that is missing, and go on later."""
    pages = [site.create(f"Page {number}") for number in range(4)]
    one = cloned(site, tmp_path / "m", sync=SyncConfig(workers=1))
    for number in range(4):
        one.replace(f"page-{number}.md", "Text.", "Edited.")
    site.faults.add("PUT", SAVE, "403", skip=2, times=99)
    result = one.engine.sync()
    assert result.exit_code == 3
    assert [found.place for found in result.problems] == ["page-2.md", "page-3.md"]
    assert all("rights" in found.remedy for found in result.problems)
    site.faults.clear()
    one.asked()
    assert len(one.engine.sync().done) == 2
    assert [site.page(page).version for page in pages] == [2] * 4
    quiet(one)


# -- 409


def test_a_conflict_is_looked_at_again_and_never_outbid(site: Site, tmp_path: Path) -> None:
    """Each save is for the version that was read just before; a colleague who saves all the time is never overwritten."""
    wire = Recording(site.app)
    one, page = edited(site, tmp_path / "m", wire)
    busy, numbers = [True], []

    def before(method: str, path: str) -> None:
        if method == "PUT" and re.search(at(page), path) and busy[0]:
            busy[0] = False
            numbers.append(site.page(page).version + 1)
            site.edit(page, f"<p>Text.</p><p>Save {len(numbers)}.</p>")
            busy[0] = True

    wire.before = before
    result = one.engine.sync()
    assert result.exit_code == 3
    assert len(wire.saves(page)) <= 5
    assert wire.saves(page) == numbers
    assert site.body(page) == f"<p>Text.</p><p>Save {len(numbers)}.</p>"
    assert "Edited." in one.read("page.md")
    assert "not settled after 5 rounds" in result.problems[0].message
    wire.before = None
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == f"<p>Edited.</p><p>Save {len(numbers)}.</p>"


# -- 429, 5xx, time-outs, cut connections, answers that are none


@pytest.mark.parametrize(("seconds", "shortest", "longest"), [(7, 7, 7), (None, 0.2, 30), (100_000, LONGEST_WAIT, LONGEST_WAIT)])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_site_that_is_busy_is_waited_for(
    site: Site, tmp_path: Path, method: str, seconds: float | None, shortest: float, longest: float
) -> None:
    """As long as it asks for, within reason; without being told, a growing while. Nothing is done twice."""
    waits: list[float] = []
    one, page = edited(site, tmp_path / "m")
    one.write("new.md", "# New\n\nText.\n")
    one.engine.world.api.session.sleep = waits.append
    site.faults.add(method, "/", "429", times=3, seconds=seconds)
    assert one.engine.sync(FULL).exit_code == 0
    assert len(waits) == 3
    assert all(shortest <= wait <= longest for wait in waits)
    assert (site.page(page).version, site.page(site.titles()["New"]).version) == (2, 1)


WRITES = [("PUT", SAVE), ("POST", MAKE), ("DELETE", SAVE), ("POST", "/child/attachment")]


@pytest.mark.parametrize("action", ["500", "502", "503", "drop_before", "drop_after", "truncate", "html200"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_write_without_an_answer_is_never_sent_blindly_again(
    site: Site, tmp_path: Path, method: str, path: str, action: str
) -> None:
    """The log shows each write once, until it was found out what had become of it; in the end each is done once.

    A draft that nobody was told of stays where no reader sees it, and another one is made.
    """
    gone = site.create("Gone")
    one, page = edited(site, tmp_path / "m")
    one.write("new.md", "# New\n\nA text of its own.\n")
    one.write("page.files/x.txt", "x")
    (one.root / "gone.md").unlink()
    site.app.sandbox.requests.entries.clear()
    site.faults.add(method, path, action)
    for _ in range(3):
        with suppress(ConfsyncError):
            one.engine.sync(FULL)
    assert site.api.page(gone, status="trashed")[0].status == "trashed"
    assert (site.page(page).version, site.body(page)) == (2, "<p>Edited.</p>")
    assert [asset.version for asset in site.page(page).assets] == [1]
    assert sorted(site.titles()) == ["Documentation", "New", "Page"]
    assert site.page(site.titles()["New"]).version == 1
    acted = [entry for entry in site.app.sandbox.requests.entries if entry["method"] == method and entry["status"] < 300]
    times = Counter(entry["path"] for entry in acted if re.search(path, entry["path"] + "?"))
    assert set(times.values()) == {1} or set(times) == {"/wiki/api/v2/pages"}
    quiet(one)


@pytest.mark.parametrize("action", ["500", "503", "drop_before", "drop_after", "truncate", "html200", "404"])
@pytest.mark.parametrize("skip", range(4))
def test_a_read_that_goes_wrong_changes_nothing_for_good(site: Site, tmp_path: Path, action: str, skip: int) -> None:
    """Whatever one answer says, no file and no page is lost; the next run ends as an undisturbed one does."""
    page, other = site.create("Other"), site.create("Third")
    one, _ = edited(site, tmp_path / "m")
    site.replace(page, "Text", "Remote text")
    site.api.move(other, "append", page)
    site.faults.add("GET", "/rest/", action, skip=skip)
    with suppress(ConfsyncError):
        one.engine.sync(FULL)
    site.faults.clear()
    assert one.engine.sync(FULL).exit_code == 0
    assert sorted(one.files()) == ["index.md", "other.md", "other/third.md", "page.md"]
    assert "Remote text" in one.read("other.md")
    quiet(one)


def test_a_web_page_instead_of_data_is_said_in_words(site: Site, tmp_path: Path) -> None:
    """A proxy's log-in page with status 200 is no empty space."""
    one, _ = edited(site, tmp_path / "m")
    site.faults.add("GET", "/", "html200", times=99)
    with pytest.raises(NotConfluence, match="log-in page"):
        one.engine.sync(FULL)
    assert len(one.files()) == 2


def test_a_web_page_instead_of_a_file_is_not_taken_for_the_file(site: Site, tmp_path: Path) -> None:
    """A session that has ended answers a download with a page to log in: that is never kept as the attachment."""
    page = site.create("Page")
    site.attach(page, "x.txt", b"short", tmp_path)
    site.faults.add("GET", "/download/", "html200", times=1)
    one = machine(site, tmp_path / "m")
    with suppress(ConfsyncError):
        one.engine.pull(FULL)
    assert one.files().get("page.files/x.txt") in (None, b"short")
    one.engine.sync(FULL)
    assert one.files()["page.files/x.txt"] == b"short"
    assert site.bytes_of(page, "x.txt") == b"short"
    quiet(one)


def test_a_clone_that_breaks_off_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    """Files that are there are not fetched again."""
    for number in range(40):
        site.create(f"Page {number}", f"<p>{number}</p>")
    one = machine(site, tmp_path / "m", sync=SyncConfig(workers=1))
    site.faults.add("GET", "body", "503", skip=0, times=99)
    with pytest.raises(Unavailable):
        one.engine.clone()
    site.faults.clear()
    site.faults.add("GET", r"content/\d+.*body", "503", times=99)
    with suppress(ConfsyncError):
        one.engine.clone()
    site.faults.clear()
    assert one.engine.clone().exit_code == 0
    assert len(one.files()) == 41
    quiet(one)


def test_an_unreachable_site_is_said_in_words_while_it_is_tried(tmp_path: Path) -> None:
    """Each try says what is wrong and when the next one is; then the error names site, cause and remedy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/wiki"
    notes: list[str] = []
    http = requests.Session()
    http.trust_env = False
    session = Session(address, "u", "s3cret", transport=http, sleep=lambda s: None, random=lambda: 0.5, tell=notes.append)
    with pytest.raises(Unavailable) as error:
        session.get("/space/DOCS")
    assert len(notes) == TRIES - 1
    assert notes[0] == f"no answer from {address} (Connection refused): trying again in 0.4 s (2 of {TRIES})"
    assert "Connection refused" in str(error.value)
    assert error.value.place == address
    assert error.value.remedy
    assert "s3cret" not in " ".join([*notes, str(error.value)])


def test_the_engine_tells_why_it_waits(site: Site, tmp_path: Path) -> None:
    """What is tried again, and a long wait that the site asks for, reach whoever watches the run."""
    site.create("Page")
    notes = Notes()
    one = machine(site, tmp_path / "m", reporter=notes)
    site.faults.add("GET", "/", "drop_before")
    site.faults.add("GET", "/(?:content|pages)", "429", seconds=60)
    one.engine.clone()
    assert [note for note in notes.said if "no answer from" in note and "(2 of 6)" in note]
    assert [note for note in notes.said if "asks for patience" in note and "60.0 s" in note]
