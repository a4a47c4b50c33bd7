"""Bad days by configuration, a budget of requests, requests that arrive twice, and answers that are compressed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import requests

from confsync.cli.main import main
from confsync.sandbox import Faults, Server, create_app
from confsync.sandbox.fault_file import read_faults
from confsync.sandbox.faults import Budget

Rest = Any
FILE = """
latency = 0.01
index_lag = 30
seed = 7
budget = { requests = 3, seconds = 60 }

[[rule]]
method = "GET"
path = "/space"
action = "503"
times = 1
seconds = 2
"""


def test_a_budget_refuses_what_is_above_it_until_its_time_is_over(rest: Rest, faults: Faults) -> None:
    """The refusal says how long to wait, and after that the site answers again."""
    now = [100.0]
    faults.now, faults.budget = lambda: now[0], Budget(3, 60)
    assert [rest.send("GET", "/space").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    now[0] += 20
    refusal = rest.send("GET", "/space")
    assert (refusal.headers["Retry-After"], refusal.headers["X-RateLimit-Limit"]) == ("40", "3")
    now[0] += 40
    assert rest.send("GET", "/space").status_code == 200


def test_a_request_that_arrives_twice_acts_twice(rest: Rest, faults: Faults) -> None:
    """A save is the next version once, and refused the second time, which is what the client hears."""
    page = rest.page("Guide")
    faults.add("PUT", "/content/", "double")
    answer = rest.save(page, 2, 409, body="<p>new</p>")
    assert "Current version is: 2" in answer["message"]
    assert rest("GET", f"/content/{page['id']}?expand=version")["version"]["number"] == 2


def test_bad_days_are_read_from_a_file(tmp_path: Path) -> None:
    """All that a test can ask for, without a line of code."""
    file = tmp_path / "faults.toml"
    file.write_text(FILE, encoding="utf-8")
    faults, lag = read_faults(file)
    assert (faults.latency, faults.seed, lag, faults.budget) == (0.01, 7, 30.0, Budget(3, 60))
    rule = faults.before("GET", "/wiki/rest/api/space")
    assert rule is not None
    assert (rule.action, rule.seconds) == ("503", 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("latncy = 1", "latncy is unknown"),
        ("latency = 'much'", "wrong type"),
        ("budget = { requests = 0 }", "at least one"),
        ("[[rule]]\naction = 'explode'", "rule 1: action must be one of"),
        ("[[rule]]\naction = '503'\nchance = 3", "between 0 and 1"),
        ("rule = [1]", "is not a table"),
        ("= nonsense", "line 1"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command, before it serves anything, with the place."""
    file = tmp_path / "faults.toml"
    file.write_text(text, encoding="utf-8")
    assert main(["sandbox", "--port", "0", "--faults", str(file)]) == 2
    said = capsys.readouterr().err
    assert str(file) in said
    assert says in said


def test_answers_are_compressed_for_who_can_read_them() -> None:
    """Long texts are, files and short answers are not; whoever does not ask gets them as they are."""
    app = create_app()
    app.sandbox.create_space("DOC", "Handbook")
    with Server(app) as server:
        site, login = f"{server.url}/rest/api", ("admin", "admin")

        def get(path: str, accept: str) -> requests.Response:
            return requests.get(site + path, auth=login, headers={"Accept-Encoding": accept}, timeout=30, stream=True)

        long = "/space/DOC?expand=homepage.body.storage,permissions"
        packed, plain = get(long, "gzip, deflate"), get(long, "identity")
        assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
        raw = packed.raw.read()
        assert len(raw) < len(plain.content)
        assert gzip.decompress(raw) == plain.content
        assert "Content-Encoding" not in plain.headers
        assert "Content-Encoding" not in get("/user/watch/space/DOC", "gzip").headers
    app.sandbox.close()
