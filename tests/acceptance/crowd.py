"""Two hundred people at once: threads that ask a site for all kinds of things, and write down what they were answered."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ADMIN = "Basic " + base64.b64encode(b"admin:admin").decode()
BOUNDARY = "----confsync"


@dataclass
class Answers:
    """What came of it all. tried: page -> (number sent, status, text); slow: seconds of each request.

    late: kinds of requests that were answered with 409.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    slow: list[float] = field(default_factory=list)
    late: set[str] = field(default_factory=set)
    tried: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[str(status)] += 1
            self.kinds[kind] += 1
            self.slow.append(seconds)
            if status == 409:
                self.late.add(kind)

    def sent(self, thing: str, number: int, status: int, text: str) -> None:
        with self.lock:
            self.tried.setdefault(thing, []).append((number, status, text))


class Person:
    """One client, with a connection that stays open and a page of its own."""

    def __init__(self, number: int, port: int, space: dict[str, str], hot: list[str], answers: Answers) -> None:
        self.number, self.space, self.hot, self.answers = number, space, hot, answers
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.chance = random.Random(number)
        self.count, self.page, self.version, self.file = 0, "", 1, ""

    def ask(self, kind: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        began = time.monotonic()
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Authorization": ADMIN, "Accept-Encoding": "gzip", "Content-Type": "application/json", **headers}
        self.connection.request(method, f"/wiki{path}", data, {name.replace("_", "-"): one for name, one in given.items()})
        answer = self.connection.getresponse()
        raw = answer.read()
        self.answers.tell(kind, answer.status, time.monotonic() - began)
        if answer.status >= 400 and answer.status != 409:
            self.answers.problems.append(f"{kind}: {answer.status}, {raw[:300]!r}")
        if answer.getheader("Content-Encoding") == "gzip":
            import gzip

            raw = gzip.decompress(raw)
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(raw) if is_json and raw else raw

    def text(self) -> str:
        self.count += 1
        return f"<p>person {self.number}, save {self.count}</p>"

    def live(self, end: float) -> None:
        """Do one thing after the other until the time is over; a connection that breaks is a problem."""
        try:
            self.create()
            while time.monotonic() < end:
                things, weights = zip(*THINGS.items(), strict=True)
                self.chance.choices(things, weights)[0](self)
        except Exception as error:  # noqa: BLE001, RUF100  (it is judged, not raised in a thread)
            self.answers.problems.append(f"person {self.number}: {error!r}")
        finally:
            self.connection.close()

    # -- writing

    def create(self) -> None:
        new = {"type": "page", "title": f"Page of {self.number}.{self.count}", "space": {"key": self.space["key"]},
               "ancestors": [{"id": self.space["home"]}], "body": storage(self.text())}  # fmt: skip
        status, made = self.ask("create", "POST", "/rest/api/content", new)
        if status == 200:
            self.page, self.version, self.file = made["id"], 1, ""

    def update_own(self) -> None:
        change = {"type": "page", "title": f"Page of {self.number}.{self.count}", "version": {"number": self.version + 1},
                  "body": storage(self.text())}  # fmt: skip
        status, saved = self.ask("update", "PUT", f"/rest/api/content/{self.page}", change)
        if status != 200 or saved["version"]["number"] != self.version + 1:
            self.answers.problems.append(f"an update of one's own page: {status}, {saved}")
        else:
            self.version += 1

    def update_hot(self) -> None:
        page = self.chance.choice(self.hot)
        _, now = self.ask("read", "GET", f"/rest/api/content/{page}?expand=version")
        number, text = now["version"]["number"] + 1, self.text()
        change = {"type": "page", "title": now["title"], "version": {"number": number}, "body": storage(text)}
        status, _ = self.ask("hot update", "PUT", f"/rest/api/content/{page}", change)
        self.answers.sent(page, number, status, text)

    def update_hot_v2(self) -> None:
        page = self.chance.choice(self.hot)
        _, now = self.ask("read v2", "GET", f"/api/v2/pages/{page}")
        number, text = now["version"]["number"] + 1, self.text()
        change = {"id": page, "status": "current", "title": now["title"], "version": {"number": number},
                  "body": {"representation": "storage", "value": text}}  # fmt: skip
        status, _ = self.ask("hot update v2", "PUT", f"/api/v2/pages/{page}", change)
        self.answers.sent(page, number, status, text)

    def set_property(self) -> None:
        path = f"/rest/api/content/{self.hot[0]}/property/shared"
        _, now = self.ask("read property", "GET", path)
        number, text = now["version"]["number"] + 1, self.text()
        status, _ = self.ask("property", "PUT", path, {"key": "shared", "value": text, "version": {"number": number}})
        self.answers.sent("property", number, status, text)

    def label(self) -> None:
        self.ask("label", "POST", f"/rest/api/content/{self.page}/label", [{"name": f"l{self.count % 5}"}])

    def comment(self) -> None:
        said = {"type": "comment", "container": {"id": self.page, "type": "page"}, "body": storage(self.text())}
        self.ask("comment", "POST", "/rest/api/content", said)

    def attach(self) -> None:
        data = self.text().encode() * 50
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\n'.encode()
        body = head + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = {"Content_Type": f"multipart/form-data; boundary={BOUNDARY}", "X_Atlassian_Token": "no-check"}
        tail = f"/{self.file}/data" if self.file else ""
        kind["Content-Type"] = kind.pop("Content_Type")
        path = f"/rest/api/content/{self.page}/child/attachment{tail}"
        status, made = self.ask("attach", "POST", path, body, **kind)
        if status == 200:
            self.file = (made["results"][0] if "results" in made else made)["id"]
            got, back = self.ask("download", "GET", f"/download/attachments/{self.page}/f.txt")
            if (got, back) != (200, data):
                self.answers.problems.append(f"other bytes came back: {got}, {len(back)} of {len(data)}")

    def move(self) -> None:
        self.ask("move", "PUT", f"/rest/api/content/{self.page}/move/append/{self.chance.choice(self.hot)}")

    def trash(self) -> None:
        """Move one's page to the trash, and every other time bring it back."""
        self.ask("trash", "DELETE", f"/rest/api/content/{self.page}")
        if self.chance.random() < 0.5:
            self.create()
            return
        self.count += 1
        title = f"Page of {self.number}.{self.count}, back"
        back = {"type": "page", "title": title, "status": "current", "version": {"number": self.version + 1}}
        status, found = self.ask("restore", "PUT", f"/rest/api/content/{self.page}", back)
        if status != 200 or found["status"] != "current":
            self.answers.problems.append(f"a page did not come back: {status}, {found}")
        self.version = found["version"]["number"]

    # -- reading

    def read(self) -> None:
        self.ask("read", "GET", f"/rest/api/content/{self.page}?expand=body.storage,body.view,version,ancestors,history")

    def read_v2(self) -> None:
        self.ask("read v2", "GET", f"/api/v2/pages/{self.page}?body-format=storage&include-labels=true")

    def listed(self) -> None:
        self.ask("list", "GET", f"/rest/api/content?spaceKey={self.space['key']}&limit=25&expand=version,metadata.labels")

    def listed_v2(self) -> None:
        self.ask("list v2", "GET", f"/api/v2/spaces/{self.space['id']}/pages?limit=25")

    def search(self) -> None:
        self.ask("search", "GET", f"/rest/api/content/search?cql=text+~+%22person%22+and+title+~+%22{self.number}%22&limit=10")

    def web(self) -> None:
        self.ask("web page", "GET", f"/pages/viewpage.action?pageId={self.page}")


THINGS: dict[Callable[[Person], None], int] = {
    Person.update_hot: 5, Person.update_hot_v2: 3, Person.set_property: 2, Person.update_own: 6, Person.create: 1,
    Person.label: 2, Person.comment: 2, Person.attach: 2, Person.move: 1, Person.trash: 1, Person.read: 8,
    Person.read_v2: 6, Person.listed: 2, Person.listed_v2: 2, Person.search: 2, Person.web: 2,
}  # fmt: skip


def storage(text: str) -> dict[str, Any]:
    return {"storage": {"value": text, "representation": "storage"}}
