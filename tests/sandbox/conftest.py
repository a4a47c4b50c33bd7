"""A site in memory with a clock that stands still until it is told to go on, and a client that talks JSON to it."""

import base64
import html
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from confsync.sandbox import Faults, Sandbox, create_app

API = "/wiki/rest/api"


@dataclass
class Clock:
    """The time of the site; every look at it is a millisecond later."""

    now: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Rest:
    """A client with the rights of one user; answers are parsed, and an unexpected status is an error."""

    client: Client
    auth: str = field(default_factory=lambda: "Basic " + base64.b64encode(b"admin:admin").decode())

    def send(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Authorization": self.auth, **more.pop("headers", {})}
        base = "" if path.startswith("/wiki") else API
        return self.client.open(base + path, method=method, headers=headers, **more)

    def __call__(self, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        answer = self.send(method, path, **more)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.json if answer.is_json else answer.get_data(as_text=True)

    def page(self, title: str, body: str = "<p>text</p>", parent: str = "", space: str = "DOC", **more: Any) -> Any:
        sent = {
            "type": "page",
            "title": title,
            "space": {"key": space},
            **more,
            "body": {"storage": {"value": body, "representation": "storage"}},
        }
        if parent:
            sent["ancestors"] = [{"id": parent}]
        return self("POST", "/content", json=sent)

    def save(
        self, page: Any, number: int, expect: int = 200, title: str = "", body: str | None = None, **more: Any
    ) -> Any:
        sent = {"type": "page", "title": title or page["title"], "version": {"number": number}, **more}
        if body is not None:
            sent["body"] = {"storage": {"value": body, "representation": "storage"}}
        return self("PUT", f"/content/{page['id']}", expect, json=sent)

    def storage(self, page_id: str) -> str:
        found: str = self("GET", f"/content/{page_id}?expand=body.storage")["body"]["storage"]["value"]
        return found


class Browser:
    """A browser that keeps cookies and fills in forms."""

    def __init__(self, app: Any) -> None:
        self.client = Client(app)

    def get(self, path: str, expect: int = 200) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def submit(self, page: str, expect: int = 200, path: str = "", **fields: str) -> str:
        form = next(one for one in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL) if path in one)
        target = html.unescape(re.findall(r'action="([^"]*)"', form)[0])
        given = {
            html.unescape(name): html.unescape(value)
            for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)
        }
        if text := re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.DOTALL):
            given["body"] = html.unescape(text[1]).replace("\n", "\r\n")
        answer = self.client.post(target, data={**given, "how": "plain", **fields}, follow_redirects=True)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults(sleep=lambda _seconds: None)


@pytest.fixture
def app(clock: Clock, faults: Faults) -> Iterator[Any]:
    numbers = itertools.count(2)  # 1 is the ready user
    app = create_app(clock=clock, ids=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}", faults=faults)
    app.sandbox.create_space("DOC", "Handbook")
    yield app
    app.sandbox.close()


@pytest.fixture
def sandbox(app: Any) -> Sandbox:
    found: Sandbox = app.sandbox
    return found


@pytest.fixture
def rest(app: Any) -> Rest:
    return Rest(Client(app))


@pytest.fixture
def browser(app: Any) -> Browser:
    return Browser(app)
