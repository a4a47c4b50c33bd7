"""Two hundred clients at once: every request is answered, nobody's save is lost, and the data file is sound."""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from tests.acceptance.crowd import Answers, Person, storage

PEOPLE = 200
SECONDS = float(os.environ.get("CONFSYNC_LOAD_SECONDS", "30"))
HOT = 5


@pytest.mark.timeout(600)
def test_two_hundred_clients_at_once(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """No answer is an error of the site, 409 comes exactly where somebody else was faster, and all that is told is there."""
    data = tmp_path / "site.db"
    with served(tmp_path, data) as url, requests.Session() as site:
        site.auth = ("admin", "admin")
        judged(site, url, record_property)
    with closing(sqlite3.connect(data)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


@contextmanager
def served(folder: Path, data: Path) -> Iterator[str]:
    """A site in a process of its own, with its data in a file; what it complains of goes into a file, too."""
    command = [sys.executable, "-m", "confsync", "sandbox", "--port", "0", "--space", "LOAD", "--data", str(data)]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        try:
            lines = iter(process.stdout)
            yield next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/wiki", line)))
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()
    assert (folder / "errors").read_text().strip() in ("", "stopped")


def judged(site: requests.Session, url: str, record_property: Callable[[str, object], None]) -> None:
    """Let the people live, and judge what they were told by what the site has."""
    space = site.get(f"{url}/rest/api/space/LOAD?expand=homepage", timeout=30).json()
    here = {"key": "LOAD", "id": str(space["id"]), "home": space["homepage"]["id"]}
    hot = [_page(site, url, here, f"Hot {number}") for number in range(HOT)]
    site.post(f"{url}/rest/api/content/{hot[0]}/property", json={"key": "shared", "value": ""}, timeout=30)

    answers = Answers()
    port = int(url.split(":")[2].split("/")[0])
    people = [Person(number, port, here, hot, answers) for number in range(PEOPLE)]
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=one.live, args=(end,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = SECONDS + time.monotonic() - end

    _tell(answers, took, record_property)
    assert answers.problems == []
    assert not [status for status in answers.statuses if int(status) >= 500]
    assert set(answers.statuses) <= {"200", "204", "302", "409"}
    assert answers.late <= {"hot update", "hot update v2", "property"}
    for page in hot:
        now = site.get(f"{url}/rest/api/content/{page}?expand=version", timeout=30).json()["version"]["number"]
        accepted = _judge(answers.tried[page], now)
        for number, text in list(accepted.items())[:: max(1, len(accepted) // 20)]:
            then = f"{url}/rest/api/content/{page}?status=historical&version={number}&expand=body.storage"
            shown = then if number < now else f"{url}/rest/api/content/{page}?expand=body.storage"
            assert site.get(shown, timeout=30).json()["body"]["storage"]["value"] == text
    last = site.get(f"{url}/rest/api/content/{hot[0]}/property/shared", timeout=30).json()["version"]["number"]
    _judge(answers.tried["property"], last)


def _page(site: requests.Session, url: str, here: dict[str, str], title: str) -> str:
    new = {"type": "page", "title": title, "space": {"key": "LOAD"}, "ancestors": [{"id": here["home"]}],
           "body": storage("<p>hot</p>")}  # fmt: skip
    return str(site.post(f"{url}/rest/api/content", json=new, timeout=30).json()["id"])


def _judge(tried: list[tuple[int, int, str]], now: int) -> dict[int, str]:
    """Each number was accepted once, from the first to the present one; each refusal lost to somebody else."""
    assert {status for _, status, _ in tried} <= {200, 409}
    accepted = {number: text for number, status, text in tried if status == 200}
    assert sum(status == 200 for _, status, _ in tried) == len(accepted), "one number was given twice"
    assert sorted(accepted) == list(range(2, now + 1)), "a save was lost"
    for number, status, text in tried:
        if status == 409:
            assert accepted[number] != text, "refused, though nobody else was faster"
    return dict(sorted(accepted.items()))


def _tell(answers: Answers, took: float, record_property: Callable[[str, object], None]) -> None:
    times = sorted(answers.slow)
    total = len(times)
    figures: dict[str, object] = {
        "clients": PEOPLE, "seconds": round(took, 1), "requests": total, "a second": round(total / took),
        "median ms": round(statistics.median(times) * 1000), "95 % ms": round(times[int(total * 0.95)] * 1000),
        "statuses": dict(Counter(answers.statuses)),
    }  # fmt: skip
    record_property("load", figures)
    print(f"\nload: {figures}\n  {dict(answers.kinds.most_common())}")  # noqa: T201
