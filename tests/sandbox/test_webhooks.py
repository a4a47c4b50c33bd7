"""Who is told of what happens on the site: what they are told, how it is proved, and what becomes of it."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from werkzeug.test import Client

from confsync.sandbox import Sandbox, connect, create_app
from confsync.sandbox.webhook_delivery import is_local
from confsync.sandbox.webhook_events import NAMES
from tests.sandbox.conftest import Rest

SECRET = "a secret that is shared"
ALL = sorted(NAMES)


class Receiver:
    """A server that notes what it is sent, and answers with the statuses it was told to, then with 200."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.pause = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append((self.path, dict(self.headers.items()), body))
                time.sleep(receiver.pause)
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.seen]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


class Either(Rest):
    """A client that registers receivers as on Data Center, and for the rest speaks with Cloud: it is one site."""

    def send(self, method: str, path: str, **more: Any) -> Any:
        if not path.startswith("/webhooks"):
            return super().send(method, path, **more)
        server = self.client.application.passing_for("datacenter")  # type: ignore[attr-defined]  # a Site
        return Rest(Client(server), self.auth).send(method, path, **more)


@pytest.fixture
def rest(app: Any) -> Rest:
    """The ready user's client."""
    return Either(Client(app))


def _register(rest: Rest, url: str, *events: str, secret: str = SECRET, **more: Any) -> Any:
    sent = {"name": "Hook", "url": url, "events": list(events or ALL), "configuration": {"secret": secret}, **more}
    return rest("POST", "/webhooks", 201, json=sent)


def _names(sandbox: Sandbox) -> list[str]:
    """Give the names of what has happened since the last look, in order."""
    sandbox.wait_for_deliveries()
    found = [one.event for one in sandbox.deliveries]
    with sandbox.store.transaction():
        sandbox.store.run("DELETE FROM outbox")
    return found


def test_a_receiver_is_told_after_the_answer_and_can_prove_by_whom(
    rest: Rest, sandbox: Sandbox, receiver: Receiver
) -> None:
    """The body is signed with the shared secret, and names the event, the user and the page."""
    _register(rest, f"{receiver.url}/hook?x=1", "page_created")
    page = rest.page("Guide")
    sandbox.wait_for_deliveries()
    [(path, headers, body)] = receiver.seen
    assert path == "/hook?x=1"
    assert headers["X-Event-Key"] == "page_created"
    assert headers["X-Request-Id"]
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    me = rest("GET", "/user/current")["accountId"]
    told = json.loads(body)
    assert (told["event"], told["userKey"]) == ("page_created", me)
    assert {name: told["page"][name] for name in ("id", "title", "spaceKey", "version", "contentType", "creatorKey")} == {
        "id": int(page["id"]),
        "title": "Guide",
        "spaceKey": "DOC",
        "version": 1,
        "contentType": "page",
        "creatorKey": me,
    }
    assert told["page"]["self"] == f"http://localhost/wiki/spaces/DOC/pages/{page['id']}/Guide"
    [one] = sandbox.deliveries
    assert (one.state, one.status, one.attempts, one.body) == ("delivered", 200, 1, told)


def test_each_thing_that_happens_has_its_event(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """From creation to the end of a page, with what hangs on it; what changes nothing is no event."""
    _register(rest, receiver.url, *(one for one in ALL if not one.startswith("content_") or "permissions" in one))
    page = rest.page("Guide")
    assert _names(sandbox) == ["page_created"]
    rest.save(page, 2, body="<p>new</p>")
    assert _names(sandbox) == ["page_updated"]
    rest.save(page, 3, body="<p>new</p>")
    assert _names(sandbox) == []
    rest("POST", f"/content/{page['id']}/label", json=[{"name": "a"}, {"name": "b"}])
    assert _names(sandbox) == ["label_added", "label_added"]
    rest.save(page, 3, body="<p>newer</p>", metadata={"labels": [{"name": "a"}]})
    assert _names(sandbox) == ["page_updated", "label_removed"]
    file = {"file": (io.BytesIO(b"x"), "x.txt"), "minorEdit": "true"}
    no_check = {"X-Atlassian-Token": "no-check"}
    [made] = rest("POST", f"/content/{page['id']}/child/attachment", data=file, headers=no_check)["results"]
    assert _names(sandbox) == ["attachment_created"]
    comment = {
        "type": "comment",
        "container": {"id": page["id"], "type": "page"},
        "body": {"storage": {"value": "<p>Hello</p>", "representation": "storage"}},
    }
    said = rest("POST", "/content", json=comment)
    assert _names(sandbox) == ["comment_created"]
    rest("DELETE", f"/content/{said['id']}", 204)
    assert _names(sandbox) == ["comment_removed"]
    named = [{"operation": "update", "restrictions": {"user": [{"accountId": rest("GET", "/user/current")["accountId"]}]}}]
    rest("PUT", f"/content/{page['id']}/restriction", json=named)
    assert _names(sandbox) == ["content_permissions_updated"]
    rest("PUT", f"/content/{page['id']}/restriction", json=named)
    assert _names(sandbox) == []
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(page["id"])}]})
    assert _names(sandbox) == ["page_archived"]
    other = rest.page("Other")
    rest("DELETE", f"/content/{other['id']}", 204)
    rest("PUT", f"/content/{other['id']}", json={"type": "page", "title": "Other", "version": {"number": 2}})
    rest("DELETE", f"/content/{other['id']}", 204)
    rest("DELETE", f"/content/{other['id']}?status=trashed", 204)
    assert _names(sandbox) == ["page_created", "page_trashed", "page_restored", "page_trashed", "page_removed"]
    rest("POST", "/space", json={"key": "NEW", "name": "New"})
    assert _names(sandbox) == ["space_created", "page_created"]
    rest("PUT", "/space/NEW", json={"name": "Newer"})
    assert _names(sandbox) == ["space_updated"]
    rest("DELETE", "/space/NEW", 202)
    assert _names(sandbox) == ["page_removed", "space_removed"]
    assert made["title"] == "x.txt"


def test_moves_and_orders_are_told_apart(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """A page that goes elsewhere has moved, alone; one that changes place among its siblings has not."""
    top, other = rest.page("Top")["id"], rest.page("Other")["id"]
    first, second = (rest.page(title, parent=top)["id"] for title in ("First", "Second"))
    below = rest.page("Below", parent=first)["id"]
    sandbox.create_space("TWO", "Two")
    home = rest("GET", "/space/TWO?expand=homepage")["homepage"]["id"]
    _register(rest, receiver.url, "page_moved", "page_updated", "page_trashed", "page_children_reordered")
    rest("PUT", f"/content/{second}/move/before/{first}")
    assert _names(sandbox) == ["page_children_reordered"]
    rest("PUT", f"/content/{first}/move/append/{other}")
    assert _names(sandbox) == ["page_moved"]
    moved = receiver.bodies[-1]
    assert (moved["page"]["title"], moved["oldParent"]["id"], moved["newParent"]["id"]) == ("First", int(top), int(other))
    rest("PUT", f"/content/{first}/move/append/{home}")
    assert _names(sandbox) == ["page_moved"]
    assert receiver.bodies[-1]["page"]["spaceKey"] == "TWO"
    rest("DELETE", f"/content/{first}", 204)
    assert _names(sandbox) == ["page_trashed"]
    assert rest("GET", f"/content/{below}?expand=ancestors")["ancestors"][-1]["id"] == home


def test_what_is_rolled_back_did_not_happen(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """A refused write is told to nobody."""
    _register(rest, receiver.url)
    page = rest.page("Guide")
    before = len(_names(sandbox))
    rest.save(page, 7, 409, body="<p>new</p>")
    rest("POST", "/content", 400, json={"type": "page", "title": "Guide", "space": {"key": "DOC"}})
    assert (before, _names(sandbox)) == (2, [])


def test_events_come_in_order_and_only_those_that_were_asked_for(
    rest: Rest, sandbox: Sandbox, receiver: Receiver
) -> None:
    """Twenty saves arrive as versions 2 to 21; a receiver that is switched off hears nothing."""
    _register(rest, f"{receiver.url}/on", "page_updated")
    _register(rest, f"{receiver.url}/off", "page_updated", active=False)
    page = rest.page("Guide")
    for number in range(2, 22):
        rest.save(page, number, body=f"<p>{number}</p>")
    sandbox.wait_for_deliveries()
    assert [one["page"]["version"] for one in receiver.bodies] == list(range(2, 22))
    assert {path for path, _, _ in receiver.seen} == {"/on"}


def test_a_receiver_that_fails_is_asked_again_and_holds_nobody_else_up(
    rest: Rest, sandbox: Sandbox, receiver: Receiver
) -> None:
    """A 503 is tried twice more, in order; a 400 is not; another receiver does not wait for it."""
    other = Receiver()
    _register(rest, receiver.url, "page_created")
    _register(rest, other.url, "page_created")
    receiver.answers = [503, 200, 400, 500, 502, 503]
    for title in ("One", "Two", "Three"):
        rest.page(title)
    sandbox.wait_for_deliveries()
    assert [one["page"]["title"] for one in receiver.bodies] == ["One", "One", "Two", "Three", "Three", "Three"]
    assert [one["page"]["title"] for one in other.bodies] == ["One", "Two", "Three"]
    mine = [(one.state, one.status, one.attempts) for one in sandbox.deliveries if one.url == receiver.url]
    assert mine == [("delivered", 200, 2), ("failed", 400, 1), ("failed", 503, 3)]
    other.close()


def test_nobody_there_is_a_failure_that_says_so(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """A receiver that does not listen loses its event after three tries."""
    receiver.close()
    _register(rest, receiver.url, "page_created")
    rest.page("Guide")
    sandbox.wait_for_deliveries()
    [one] = sandbox.deliveries
    assert (one.state, one.status, one.attempts, one.error) == ("failed", None, 3, "ConnectionError")
    receiver.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    receiver.thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    receiver.thread.start()


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:1/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:80/", True),
        ("http://example.com/", False),
        ("http://127.0.0.1.example.com/", False),
        ("http://10.0.0.1/", False),
        ("http://0.0.0.0/", False),
        ("http://[", False),
    ],
)
def test_only_this_machine_is_local(url: str, local: bool) -> None:
    """A name that looks like an address is none."""
    assert is_local(url) is local


def test_a_sandbox_does_not_call_the_world(rest: Rest, sandbox: Sandbox) -> None:
    """A receiver elsewhere may be registered, but nothing is sent to it."""
    _register(rest, "http://receiver.invalid/hook", "page_created")
    rest.page("Guide")
    sandbox.wait_for_deliveries()
    [one] = sandbox.deliveries
    assert (one.state, one.attempts) == ("failed", 1)
    assert "this machine" in one.error
    sandbox.allow_any_receiver()
    assert sandbox.hooks.post("http://receiver.invalid/", b"{}", {}).error == "ConnectionError"


def test_what_waits_is_delivered_after_a_new_start(tmp_path: Path, receiver: Receiver) -> None:
    """An event is written together with the page: a site that ends before it is sent sends it the next time."""
    app = create_app(tmp_path / "site.db")
    app.sandbox.create_space("DOC", "Handbook")
    rest = Either(Client(app))
    _register(rest, receiver.url, "page_created")
    app.sandbox.hooks.stop()
    rest.page("Guide")
    assert [one.state for one in app.sandbox.deliveries] == ["waiting"]
    app.sandbox.close()
    assert receiver.seen == []
    app = create_app(tmp_path / "site.db")
    app.sandbox.wait_for_deliveries()
    assert [one["page"]["title"] for one in receiver.bodies] == ["Guide"]
    app.sandbox.close()


def test_no_thread_runs_for_a_site_that_nobody_listens_to(app: Any, rest: Rest) -> None:
    """Most sites have no receivers, and no thread."""
    rest.page("Guide")
    assert "confsync-sandbox-webhooks" not in {one.name for one in threading.enumerate()}


def test_an_app_is_told_what_its_descriptor_asks_for(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """Signed with its secret for its address, in the words of Cloud, without a name of the event in the body."""
    hooks = [{"event": "page_created", "url": "/hook/page?kind=new"}, {"event": "comment_created", "url": "/comment"}]
    app = sandbox.install_app("com.example.app", ["READ"], f"{receiver.url}/app", hooks=hooks)
    page = rest.page("Guide")
    sandbox.wait_for_deliveries()
    [(path, headers, body)] = receiver.seen
    assert path == "/app/hook/page?kind=new"
    scheme, _, token = headers["Authorization"].partition(" ")
    claims = jwt.decode(token, app.shared_secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    query = parse_qs(urlsplit("/hook/page?kind=new").query)
    assert (scheme, claims["iss"]) == ("JWT", app.client_key)
    assert claims["qsh"] == connect.query_hash("POST", "/hook/page", query)
    told = json.loads(body)
    me = rest("GET", "/user/current")["accountId"]
    assert {name: told[name] for name in ("userAccountId", "accountType", "updateTrigger", "suppressNotifications")} == {
        "userAccountId": me,
        "accountType": "customer",
        "updateTrigger": "edit_page",
        "suppressNotifications": False,
    }
    assert told["page"].keys() == {
        "idAsString", "creatorAccountId", "spaceKey", "spaceId", "modificationDate", "lastModifierAccountId", "self",
        "id", "title", "creationDate", "contentType", "version",
    }  # fmt: skip
    assert told["page"]["idAsString"] == page["id"]
    comment = {
        "type": "comment",
        "container": {"id": page["id"], "type": "page"},
        "body": {"storage": {"value": "<p>Hello</p>", "representation": "storage"}},
    }
    rest("POST", "/content", json=comment)
    sandbox.wait_for_deliveries()
    assert receiver.bodies[-1]["comment"]["parent"]["title"] == "Guide"


def test_an_app_is_told_nothing_of_what_it_may_not_see(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """Neither of a restricted page nor of a closed space, and without the scope to read of nothing at all."""
    hooks = [{"event": "page_updated", "url": "/hook"}, {"event": "page_removed", "url": "/hook"}]
    sandbox.install_app("com.example.app", ["READ"], receiver.url, hooks=hooks)
    sandbox.install_app("com.example.blind", [], receiver.url, hooks=hooks)
    secret, page = rest.page("Secret"), rest.page("Open")
    sandbox.restrict(secret["id"], "read", ["admin"])
    rest("POST", "/space/_private", json={"key": "MINE", "name": "Mine"})
    mine = rest.page("Mine too", space="MINE")
    for one in (secret, mine, page):
        rest.save(one, 2, body="<p>new</p>")
    rest("DELETE", f"/content/{mine['id']}", 204)
    rest("DELETE", f"/content/{mine['id']}?status=trashed", 204)
    sandbox.wait_for_deliveries()
    assert [one["page"]["title"] for one in receiver.bodies] == ["Open"]


def test_receivers_are_listed_read_changed_and_removed(rest: Rest, sandbox: Sandbox, receiver: Receiver) -> None:
    """The secret is told to nobody, and stays when a change does not name it; what was removed is told no more."""
    made = _register(rest, receiver.url, "page_created", "page_updated")
    place = f"/webhooks/{made['id']}"
    assert SECRET not in json.dumps(made)
    assert rest("GET", place) == made
    assert (made["name"], made["active"], made["events"]) == ("Hook", True, ["page_created", "page_updated"])
    assert [one["id"] for one in rest("GET", "/webhooks")["results"]] == [made["id"]]
    assert rest("GET", "/webhooks?event=page_moved")["results"] == []
    assert rest("PUT", place, json={"name": "Other", "events": ["page_created"]})["name"] == "Other"
    rest.page("Guide")
    sandbox.wait_for_deliveries()
    _, headers, body = receiver.seen[-1]
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    latest = rest("GET", f"{place}/latest")
    assert (latest["event"], latest["result"]) == ("page_created", {"description": "200", "outcome": "SUCCESS"})
    rest("GET", f"{place}/latest?event=page_updated", 404)
    assert rest("GET", f"{place}/statistics")["counts"] == {"SUCCESS": 1}
    assert rest("GET", "/webhooks?statistics=true")["results"][0]["statistics"]["counts"] == {"SUCCESS": 1}
    rest("DELETE", place, 204)
    rest("GET", place, 404)
    rest.page("Unheard")
    sandbox.wait_for_deliveries()
    assert len(receiver.seen) == 1


def test_an_address_can_be_tried_out(rest: Rest, receiver: Receiver) -> None:
    """A ping is sent at once, signed, and the answer says how it went."""
    sent = {"configuration": {"secret": SECRET}}
    found = rest("POST", f"/webhooks/test?url={receiver.url}/try", json=sent)
    assert found["result"] == {"description": "200", "outcome": "SUCCESS"}
    [(path, headers, body)] = receiver.seen
    assert (path, headers["X-Event-Key"], json.loads(body)) == ("/try", "diagnostics:ping", {"test": True})
    assert "X-Hub-Signature" in headers
    receiver.answers = [404]
    assert rest("POST", f"/webhooks/test?url={receiver.url}")["result"]["outcome"] == "FAILURE"
    rest("POST", "/webhooks/test?url=nowhere", 400)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": None},
        {"name": 1},
        {"name": "x" * 256},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://"},
        {"url": "http://["},
        {"url": "http://127.0.0.1:99999/"},
        {"url": None},
        {"events": []},
        {"events": ["page_flown"]},
        {"events": "page_created"},
        {"events": [1]},
        {"active": "yes"},
        {"configuration": []},
        {"configuration": {"secret": 1}},
        {"configuration": {"secret": "x" * 256}},
    ],
)
def test_a_receiver_that_makes_no_sense_is_refused(rest: Rest, changed: dict[str, Any]) -> None:
    """400, whether it is registered or changed, and nothing of it stays."""
    sent = {"name": "Hook", "url": "http://127.0.0.1:1/", "events": ["page_created"]}
    rest("POST", "/webhooks", 400, json={**sent, **changed})
    assert rest("GET", "/webhooks")["totalCount"] == 0
    made = rest("POST", "/webhooks", 201, json=sent)
    if None not in changed.values():
        rest("PUT", f"/webhooks/{made['id']}", 400, json=changed)
    assert rest("GET", f"/webhooks/{made['id']}") == made


def test_only_administrators_register_receivers(rest: Rest, sandbox: Sandbox) -> None:
    """Who hears everything is the business of the site's administrators; and a receiver of an app is not among them."""
    sandbox.create_user("jane")
    sandbox.install_app("app", hooks=[{"event": "page_created", "url": "/x"}])
    jane = Either(rest.client, "Bearer jane")
    for method, path in (("GET", "/webhooks"), ("POST", "/webhooks"), ("GET", "/webhooks/1"), ("DELETE", "/webhooks/1")):
        jane(method, path, 403, json={})
    assert rest("GET", "/webhooks")["results"] == []
    rest("DELETE", "/webhooks/1", 404)
    rest("GET", f"/webhooks/{10**30}", 404)
