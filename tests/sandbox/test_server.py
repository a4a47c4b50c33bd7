"""The site over a socket: served, logged, and struck by bad days on demand."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.sandbox import Faults, Server, create_app

Rest = Any


@pytest.fixture
def server(app: Any) -> Iterator[Server]:
    with Server(app) as found:
        yield found


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.auth = ("admin", "admin")
        yield session


def test_a_site_is_served_on_a_free_port_and_stops(app: Any, http: requests.Session) -> None:
    """The address works inside the block and is dead after it."""
    with Server(app) as server:
        answer = http.get(f"{server.url}/rest/api/space/DOC", timeout=10)
        assert answer.json()["_links"]["base"] == server.url
    with pytest.raises(requests.ConnectionError):
        http.get(f"{server.url}/rest/api/space/DOC", timeout=10)


def test_of_many_saves_of_one_version_one_wins(server: Server, http: requests.Session, rest: Rest) -> None:
    """The version check and the write are one step, whatever the threads do."""
    page = rest.page("Guide")

    def save(number: int) -> int:
        sent = {
            "type": "page",
            "title": "Guide",
            "version": {"number": 2},
            "body": {"storage": {"value": f"<p>{number}</p>"}},
        }
        return requests.put(
            f"{server.url}/rest/api/content/{page['id']}", json=sent, auth=("admin", "admin"), timeout=30
        ).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(save, range(12)))
    assert answers == [200] + [409] * 11
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 2


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "truncate"])
def test_a_cut_connection_is_an_error_and_only_a_late_cut_has_acted(
    server: Server, http: requests.Session, rest: Rest, faults: Faults, action: str
) -> None:
    """An answer can get lost before or after the site acted; the client cannot see which."""
    sent = {"type": "page", "title": "Lost", "space": {"key": "DOC"}, "body": {"storage": {"value": "<p>x</p>"}}}
    faults.add("POST", "/content$", action)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        http.post(f"{server.url}/rest/api/content", json=sent, timeout=10)
    assert rest("GET", "/content?spaceKey=DOC&title=Lost")["size"] == (0 if action == "drop_before" else 1)


@pytest.mark.parametrize(("action", "status"), [("429", 429), ("503", 503)])
def test_a_busy_site_says_when_to_come_back(rest: Rest, faults: Faults, action: str, status: int) -> None:
    """The refusal names the seconds, and it strikes as often as told."""
    faults.add("GET", "/space", action, times=2, skip=1, seconds=3)
    codes = []
    for _ in range(4):
        answer = rest.send("GET", "/space")
        codes.append(answer.status_code)
        if answer.status_code == status:
            assert answer.headers["Retry-After"] == "3"
    assert codes == [200, status, status, 200]


def test_a_login_page_may_come_instead_of_json(rest: Rest, faults: Faults) -> None:
    """A session that ran out answers 200 with HTML, as single sign-on does."""
    faults.add("*", "/space", "html200")
    assert rest.send("GET", "/space").mimetype == "text/html"


PROGRAM = """
import sys
from confsync.sandbox import create_app, serve
app = create_app(data=sys.argv[1])
if sys.argv[2:]:
    app.sandbox.create_space(sys.argv[2], "Kept")
serve(app, port=0, ready=lambda url: print(url, flush=True))
"""


@contextmanager
def running(data: Path, *space: str) -> Iterator[str]:
    """Serve a file in a process of its own, which ends by `kill -9`."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(data), *space], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_killed_site_keeps_what_it_answered(tmp_path: Path, http: requests.Session) -> None:
    """Every write that got its answer is there after `kill -9` and a new start on the same file."""
    sent = {"type": "page", "title": "Here", "space": {"key": "DOC"}, "body": {"storage": {"value": "<p>x</p>"}}}
    with running(tmp_path / "site.db", "DOC") as url:
        assert http.post(f"{url}/rest/api/content", json=sent, timeout=30).status_code == 200
    with running(tmp_path / "site.db") as url:
        assert http.get(f"{url}/rest/api/content?spaceKey=DOC&title=Here", timeout=30).json()["size"] == 1


def test_a_fault_that_does_not_exist_is_an_error() -> None:
    """A test with a misspelt fault does not pass by doing nothing."""
    with pytest.raises(ValueError, match="no fault is called"):
        Faults().add("GET", "/", "explode")


def test_the_log_holds_each_request_and_no_credential(rest: Rest, sandbox: Any) -> None:
    """Who asked for what, with digests of both bodies; for a save also what was sent."""
    page = rest.page("Guide")
    before = len(sandbox.log)
    rest.save(page, 2, body="<p>new</p>")
    answer = rest.send("GET", f"/content/{page['id']}?expand=version")
    put, get = sandbox.log[before:]
    assert (put["user"], put["method"], put["status"], put["version"], put["storage"]) == (
        "admin",
        "PUT",
        200,
        2,
        "<p>new</p>",
    )
    assert get["path"] == f"/wiki/rest/api/content/{page['id']}?expand=version"
    assert get["request_sha256"] == hashlib.sha256(b"").hexdigest()
    assert get["response_sha256"] == hashlib.sha256(answer.get_data()).hexdigest()
    assert rest.auth.split()[1] not in json.dumps(sandbox.log)


def test_the_log_is_written_line_by_line(rest: Rest, tmp_path: Path) -> None:
    """A file can be followed while the site runs, refusals included."""
    from werkzeug.test import Client

    app = create_app(log=tmp_path / "requests.jsonl")
    rest.client = Client(app)
    rest.send("GET", "/user/current")
    rest.auth = "Bearer wrong"
    rest.send("GET", "/user/current")
    entries = [json.loads(line) for line in (tmp_path / "requests.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(entry["user"], entry["status"]) for entry in entries] == [("admin", 200), ("", 403)]
    app.sandbox.close()


def test_a_refused_request_is_logged_with_what_it_sent(rest: Rest, sandbox: Any) -> None:
    """Also a body that nobody read is in the log, and the answer is the refusal."""
    body = {"type": "page", "title": "X", "version": {"number": 2}, "body": {"storage": {"value": "<p>lost</p>"}}}
    rest("PUT", "/content/999", 404, json=body)
    assert (sandbox.log[-1]["status"], sandbox.log[-1]["storage"]) == (404, "<p>lost</p>")
    rest.auth = "Bearer wrong"
    data = b"--x\r\n" + b"y" * 100_000
    rest("POST", "/content/1/child/attachment", 403, data=data, content_type="multipart/form-data; boundary=x")
    assert sandbox.log[-1]["request_sha256"] == hashlib.sha256(data).hexdigest()
