"""Programs that users let in: consent, codes, tokens that last and end, the gateway, and what scopes allow."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.test import Client, TestResponse

from confsync.sandbox import Sandbox, Server, create_app
from confsync.sandbox.oauth import may_return_to
from tests.sandbox.conftest import Browser, Clock, Rest

BACK = "http://127.0.0.1:50123/callback"
READ = "read:confluence-content.all read:confluence-space.summary"
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class App:
    """A program that asks for access; by default the one that every site knows."""

    def __init__(self, client: Client, client_id: str = "confsync", secret: str = "") -> None:
        self.client, self.client_id, self.secret, self.back = client, client_id, secret or client_id, BACK

    def ask(self, scope: str, **more: str) -> TestResponse:
        query = {
            "audience": "api.atlassian.com",
            "client_id": self.client_id,
            "scope": scope,
            "redirect_uri": self.back,
            "state": "s 1",
            "response_type": "code",
            "prompt": "consent",
            **more,
        }
        return self.client.get("/authorize", query_string={name: value for name, value in query.items() if value})

    def decide(self, page: str, decision: str = "accept", user: str = "", **changed: str) -> TestResponse:
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:{user}".encode()).decode()} if user else {}
        return self.client.post("/authorize", data={**fields, "decision": decision, **changed}, headers=headers)

    def code(self, scope: str, user: str = "", **more: str) -> str:
        answer = self.decide(self.ask(scope, **more).get_data(as_text=True), user=user)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        query = parse_qs(urlsplit(answer.location).query)
        assert answer.location.startswith(self.back)
        assert query["state"] == ["s 1"]
        return query["code"][0]

    def token(self, expect: int = 200, **sent: str) -> Any:
        known = {"client_id": self.client_id, "client_secret": self.secret}
        answer = self.client.post("/oauth/token", json={**known, **sent})
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.json

    def redeem(self, code: str, expect: int = 200, **more: str) -> Any:
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, **more}
        return self.token(expect, **sent)

    def refresh(self, token: str, expect: int = 200, **more: str) -> Any:
        return self.token(expect, grant_type="refresh_token", refresh_token=token, **more)

    def tokens(self, scope: str, user: str = "") -> Any:
        return self.redeem(self.code(scope, user))


@pytest.fixture
def program(app: Any) -> App:
    return App(Client(app))


@pytest.fixture
def cloud(rest: Rest) -> str:
    """Give the address of the site at the gateway."""
    return "/ex/confluence/" + rest.client.get("/_edge/tenant_info").json["cloudId"]  # type: ignore[index]


class Gate:
    """A client of the gateway with one access token."""

    def __init__(self, client: Client, cloud: str, token: str, scheme: str = "Bearer") -> None:
        self.client, self.cloud, self.auth = client, cloud, f"{scheme} {token}"

    def __call__(self, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        answer = self.client.open(self.cloud + path, method=method, headers={"Authorization": self.auth}, **more)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.json


@pytest.fixture
def gate(program: App, cloud: str) -> Gate:
    return Gate(program.client, cloud, program.tokens(READ)["access_token"])


def test_the_consent_page_names_the_app_and_what_it_wants_in_words(program: App, sandbox: Sandbox) -> None:
    """Nobody accepts what they cannot read, and a name with mark-up is text."""
    client_id, secret = sandbox.register_oauth_client("Docs <b>bot</b>", [BACK])
    page = App(program.client, client_id, secret).ask(f"{READ} offline_access write:page:confluence")
    text = page.get_data(as_text=True)
    assert "Docs &lt;b&gt;bot&lt;/b&gt; wants to use this site" in text
    assert "As <strong>Admin</strong>" in text
    for words in ("See content with its text", "Stay connected while you are away", "Create and change pages"):
        assert words in text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_a_user_says_no(program: App) -> None:
    """The app is told so, with its state, and gets no code."""
    answer = program.decide(program.ask(READ).get_data(as_text=True), "deny")
    query = parse_qs(urlsplit(answer.location).query)
    assert (query["error"], query["state"]) == (["access_denied"], ["s 1"])
    assert "code" not in query


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "unknown"}, {"redirect_uri": "http://evil.example/callback"}, {"redirect_uri": ""}],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(program: App, changed: dict[str, str]) -> None:
    """An unknown app or a foreign address gets a page for the user, never a redirect; so it does in the form."""
    assert program.ask(READ, **changed).status_code == 400
    page = program.ask(READ).get_data(as_text=True)
    assert program.decide(page, **changed).status_code == 400


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "read:nothing:confluence"}, "invalid_scope"),
        ({"audience": "elsewhere"}, "invalid_request"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_bad_wish_goes_back_to_the_app(program: App, changed: dict[str, str], error: str) -> None:
    """What the app did wrong it hears at its own address."""
    answer = program.ask(**{"scope": READ, **changed})
    assert parse_qs(urlsplit(answer.location).query)["error"] == [error]


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("http://127.0.0.1/callback", True),
        ("http://127.0.0.1:8123/callback", True),
        ("http://[::1]:8123/callback", False),
        ("http://localhost:1/callback", False),
        ("http://127.0.0.1:8123/other", False),
        ("http://127.0.0.1:8123/callback?x=1", False),
        ("https://127.0.0.1/callback", False),
        ("http://evil@127.0.0.1/callback", False),
        ("http://127.0.0.1:999999/callback", False),
        ("https://app.example/back", True),
        ("https://app.example:444/back", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_match_on_any_port(asked: str, allowed: bool) -> None:
    """Programs on the user's own machine listen on the port that is free; all others on the one they said."""
    assert may_return_to(["http://127.0.0.1/callback", "https://app.example/back"], asked) is allowed


def test_a_form_that_another_page_made_up_is_refused(program: App) -> None:
    """Consent needs the token of our own page."""
    page = program.ask(READ).get_data(as_text=True)
    assert program.decide(page, csrf="guess").status_code == 403
    assert App(Client(program.client.application)).decide(page).status_code == 403


def test_tokens_are_what_the_documents_say(program: App, rest: Rest) -> None:
    """An access token of an hour, one to refresh it only where that was agreed, and the site that it opens."""
    plain = program.tokens(READ)
    assert plain == {"access_token": plain["access_token"], "token_type": "Bearer", "expires_in": 3600, "scope": READ}
    assert "refresh_token" in program.tokens(f"{READ} offline_access")
    headers = {"Authorization": f"Bearer {plain['access_token']}"}
    [site] = program.client.get("/oauth/token/accessible-resources", headers=headers).json  # type: ignore[misc]
    assert site["id"] == rest("GET", "/settings/systemInfo")["cloudId"]
    assert (site["url"], site["scopes"]) == ("http://localhost", READ.split())
    assert site.keys() == {"id", "url", "name", "scopes", "avatarUrl"}
    nobody = {"Authorization": "Bearer nobody"}
    answer = program.client.get("/oauth/token/accessible-resources", headers=nobody)
    assert (answer.status_code, answer.json) == (401, {"code": 401, "message": "Unauthorized"})


def test_a_form_and_basic_credentials_serve_as_well_as_json(program: App) -> None:
    """Clients that speak the standard's own form are understood."""
    sent = {"grant_type": "authorization_code", "code": program.code(READ), "redirect_uri": BACK}
    answer = program.client.post("/oauth/token", data=sent, auth=("confsync", "confsync"))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_code_is_good_once_and_its_second_use_ends_what_it_brought(
    program: App, cloud: str, rest: Rest, clock: Clock
) -> None:
    """Whoever stole the code loses what came of it; after ten minutes a code is worth nothing."""
    code = program.code(READ)
    gate = Gate(program.client, cloud, program.redeem(code)["access_token"])
    gate("GET", "/wiki/rest/api/space")
    assert program.redeem(code, 403)["error"] == "invalid_grant"
    assert gate("GET", "/wiki/rest/api/space", 401) == {"code": 401, "message": "Unauthorized"}
    late = program.code(READ)
    clock.forward(minutes=11)
    program.redeem(late, 403)


def test_a_code_belongs_to_its_app_its_address_and_its_verifier(program: App, sandbox: Sandbox) -> None:
    """A code that leaks is of no use to another app, at another address, or without the verifier."""
    client_id, secret = sandbox.register_oauth_client("Other", [BACK])
    code = program.code(READ, code_challenge=CHALLENGE, code_challenge_method="S256")
    App(program.client, client_id, secret).redeem(code, 403, code_verifier=VERIFIER)
    program.redeem(code, 403, redirect_uri="http://127.0.0.1:1/callback", code_verifier=VERIFIER)
    program.redeem(code, 403)
    program.redeem(code, 403, code_verifier="guess")
    assert program.redeem(code, code_verifier=VERIFIER, client_secret="")["scope"] == READ
    plain = program.code(READ)
    program.redeem(plain, 403, code_verifier=VERIFIER)
    assert program.redeem(plain, 401, client_secret="")["error"] == "invalid_client"


def test_each_refresh_brings_a_new_token_and_an_old_one_ends_all(program: App, cloud: str, clock: Clock) -> None:
    """A refresh token that comes twice was stolen: thief and owner both have to ask the user again."""
    first = program.tokens(f"{READ} offline_access")
    clock.forward(hours=2)
    Gate(program.client, cloud, first["access_token"])("GET", "/wiki/rest/api/space", 401)
    second = program.refresh(first["refresh_token"])
    gate = Gate(program.client, cloud, second["access_token"])
    gate("GET", "/wiki/rest/api/space")
    assert second["refresh_token"] != first["refresh_token"]
    assert program.refresh(first["refresh_token"], 403)["error"] == "invalid_grant"
    program.refresh(second["refresh_token"], 403)
    gate("GET", "/wiki/rest/api/space", 401)


def test_a_refresh_token_that_nobody_uses_ends_after_ninety_days(program: App, clock: Clock) -> None:
    """Each use starts the days anew."""
    token = program.tokens(f"{READ} offline_access")["refresh_token"]
    for _ in range(3):
        clock.forward(days=80)
        token = program.refresh(token)["refresh_token"]
    clock.forward(days=91)
    program.refresh(token, 403)


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "guess"}, 403, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "guess"}, 403, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "guess"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "unknown"}, 401, "invalid_client"),
    ],
)
def test_a_bad_request_for_a_token_is_refused_in_the_words_of_the_standard(
    program: App, sent: dict[str, str], status: int, error: str
) -> None:
    """Code and description, and nothing that tells a guesser more."""
    assert program.token(status, **sent)["error"] == error


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"grant_type": 1}', b"\xff"])
def test_what_is_no_form_and_no_json_is_an_invalid_request(program: App, data: bytes) -> None:
    """Whatever is sent, the answer is a refusal."""
    assert program.client.post("/oauth/token", data=data).json["error"] == "invalid_request"  # type: ignore[index]


def test_the_gateway_serves_the_site_in_both_forms_with_the_sites_own_links(gate: Gate) -> None:
    """With and without `/wiki`; what comes back leads to the site."""
    for path in ("/wiki/rest/api/space/DOC", "/rest/api/space/DOC"):
        answer = gate("GET", path)
        assert answer["_links"]["base"] == "http://localhost/wiki"
        assert answer["_links"]["self"] == "http://localhost/wiki/rest/api/space/DOC"
    gate.auth = "Basic " + base64.b64encode(b"admin:admin").decode()
    for path in ("/wiki/api/v2/spaces", "/api/v2/spaces"):
        assert gate("GET", path)["results"][0]["key"] == "DOC"
    gate.auth = "Bearer admin"
    assert gate("GET", "/wiki/rest/api/user/current")["displayName"] == "Admin"


def test_the_gateway_refuses_in_its_own_words(gate: Gate) -> None:
    """An unknown site, nobody, and what is no part of the API."""
    gate.auth = "Bearer nobody"
    for path in ("/wiki/rest/api/space", "/wiki/api/v2/spaces"):
        assert gate("GET", path, 401) == {"code": 401, "message": "Unauthorized"}
    answer = gate.client.get("/ex/confluence/unknown/wiki/rest/api/space", headers={"Authorization": "Bearer admin"})
    assert (answer.status_code, answer.json) == (404, {"code": 404, "message": "Not Found"})
    for path in ("/wiki/spaces/DOC", "/wiki/authorize"):
        gate("GET", path, 404)
    assert gate.client.get(f"{gate.cloud}/wiki/rest/api/space").status_code == 401


def test_a_token_with_scopes_is_worth_nothing_on_the_sites_own_address(gate: Gate, rest: Rest) -> None:
    """There the answer is a page with 401, not JSON."""
    answer = rest.send("GET", "/space", headers={"Authorization": gate.auth})
    assert (answer.status_code, answer.mimetype) == (401, "text/html")


def test_a_scope_that_is_missing_is_said_so_and_nothing_happens(gate: Gate, program: App, rest: Rest) -> None:
    """Reading does not write; classic and granular scopes each serve their own, and both serve version 1."""
    sent = {"type": "page", "title": "New", "space": {"key": "DOC"}}
    mismatch = {"code": 401, "message": "Unauthorized; scope does not match"}
    assert gate("POST", "/wiki/rest/api/content", 401, json=sent) == mismatch
    assert gate("GET", "/wiki/api/v2/spaces", 401) == mismatch
    assert rest("GET", "/content?spaceKey=DOC&title=New")["results"] == []
    granular = program.tokens("read:page:confluence read:content-details:confluence")["access_token"]
    gate = Gate(gate.client, gate.cloud, granular)
    gate("GET", "/wiki/api/v2/pages")
    gate("GET", "/wiki/rest/api/content/search?cql=type = page")
    gate("POST", "/wiki/api/v2/pages", 401, json={})
    assert gate("GET", "/wiki/rest/api/group", 401) == mismatch


def test_a_token_allows_no_more_than_its_user_may(program: App, cloud: str, rest: Rest, sandbox: Sandbox) -> None:
    """With every scope, a page that the user may not see is not there."""
    sandbox.create_user("jane", "Jane")
    page = rest.page("Secret")["id"]
    sandbox.restrict(page, "read", ["admin"])
    gate = Gate(program.client, cloud, program.tokens(f"{READ} read:confluence-user", "jane")["access_token"])
    gate("GET", f"/wiki/rest/api/content/{page}", 404)
    mine = Gate(program.client, cloud, program.tokens(READ)["access_token"])
    assert mine("GET", f"/wiki/rest/api/content/{page}?expand=body.storage")["title"] == "Secret"


def test_who_consents_must_be_known(program: App) -> None:
    """Wrong credentials are not taken for the ready user's."""
    page = program.ask(READ).get_data(as_text=True)
    assert program.decide(page, user="stranger").status_code == 401


@pytest.mark.parametrize("auth", ["Basic \xff", "Basic eA=", "Basic /w==", "Basic", "Bearer \xff", "\xff"])
def test_credentials_that_cannot_be_read_are_refused_everywhere(program: App, cloud: str, auth: str) -> None:
    """Nonsense in the header is a refusal in the words of the place, never a failure."""
    headers = {"Authorization": auth}
    for path, status in (("/wiki/rest/api/space", 403), ("/wiki/api/v2/pages", 404), (f"{cloud}/wiki/rest/api/space", 401)):
        assert program.client.get(path, headers=headers).status_code == status
    sent = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert program.client.post("/oauth/token", json=sent, headers=headers).status_code == 401
    query = {"client_id": "confsync", "scope": READ, "redirect_uri": BACK, "response_type": "code"}
    assert program.client.get("/authorize", query_string=query, headers=headers).status_code == 401


def test_what_cloud_has_removed_is_gone_for_tokens_too() -> None:
    """On Cloud as it is, 410; on Cloud as it was, the page."""
    for flavour, status in (("cloud", 200), ("cloud-current", 410)):
        app = create_app(flavour=flavour)
        app.sandbox.create_space("DOC", "Handbook")
        client = Client(app)
        cloud = "/ex/confluence/" + client.get("/_edge/tenant_info").json["cloudId"]  # type: ignore[index]
        gate = Gate(client, cloud, App(client).tokens(READ)["access_token"])
        gate("GET", "/wiki/rest/api/space/DOC", status)
        app.sandbox.close()


def test_no_secret_lies_in_the_data_or_in_the_log(program: App, cloud: str, sandbox: Sandbox) -> None:
    """Codes, tokens and secrets are kept as digests, and the log names none of them."""
    client_id, secret = sandbox.register_oauth_client("Bot", [BACK])
    bot = App(program.client, client_id, secret)
    code = bot.code(f"{READ} offline_access")
    found = bot.redeem(code)
    Gate(program.client, cloud, found["access_token"])("GET", "/wiki/rest/api/space")
    kept = "\n".join(sandbox.store.connection.iterdump()) + json.dumps(sandbox.log)
    for one in (secret, code, found["access_token"], found["refresh_token"]):
        assert one not in kept
    assert (sandbox.log[-1]["user"], sandbox.log[-1]["path"]) == ("admin", f"{cloud}/wiki/rest/api/space")


@pytest.fixture
def server(app: Any) -> Iterator[Server]:
    with Server(app) as found:
        yield found


def test_a_user_lets_a_program_in_over_a_socket(server: Server, sandbox: Sandbox) -> None:
    """The whole way with a common client: consent as somebody else, tokens, the site, a page."""
    sandbox.create_user("jane", "Jane Doe")
    root = server.url.removesuffix("/wiki")
    with requests.Session() as http:
        http.auth = ("jane", "jane")
        query = {"client_id": "confsync", "scope": "read:confluence-user", "redirect_uri": BACK, "response_type": "code"}
        page = http.get(f"{root}/authorize", params=query, timeout=10).text
        assert "Jane Doe" in page
        fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page)}
        fields["decision"] = "accept"
        answer = http.post(f"{root}/authorize", data=fields, allow_redirects=False, timeout=10)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": "confsync"}
    token = requests.post(f"{root}/oauth/token", json={**sent, "client_secret": "confsync"}, timeout=10).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    [site] = requests.get(f"{root}/oauth/token/accessible-resources", headers=headers, timeout=10).json()
    me = f"{root}/ex/confluence/{site['id']}/wiki/rest/api/user/current"
    assert requests.get(me, headers=headers, timeout=10).json()["displayName"] == "Jane Doe"


def test_images_of_the_web_page_do_not_come_with_consent(browser: Browser, app: Any, rest: Rest) -> None:
    """Who has only seen the consent page is not taken for somebody who has loaded the site."""
    page = rest.page("Files")["id"]
    client = Client(app)
    App(client).ask(READ)
    assert client.get(f"/wiki/download/attachments/{page}/x.png").status_code == 403
