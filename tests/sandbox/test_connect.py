"""Connect apps: how they sign, what they may do, and how they act as users."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
import pytest
from werkzeug.test import Client

from confsync.sandbox import Sandbox, connect
from confsync.sandbox.store.apps import Installed
from tests.sandbox.conftest import Clock, Rest

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SERVER = "https://oauth-2-authorization-server.services.atlassian.com"


class Signer:
    """An app that signs its requests, as the libraries for apps do."""

    def __init__(self, client: Client, clock: Clock, app: Installed, base: str = "/wiki") -> None:
        self.client, self.clock, self.app, self.base = client, clock, app, base

    def token(self, method: str, path: str, secret: str = "", **claims: Any) -> str:
        parts = urlsplit(path)
        query = parse_qs(parts.query, keep_blank_values=True)
        now = int(self.clock.now.timestamp())
        known = {
            "iss": self.app.key,
            "iat": now,
            "exp": now + 180,
            "qsh": connect.query_hash(method, parts.path, query),
        }
        sent = {name: value for name, value in (known | claims).items() if value is not None}
        return jwt.encode(sent, secret or self.app.shared_secret, algorithm="HS256")

    def __call__(self, method: str, path: str, expect: int = 200, sign: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"JWT {sign or self.token(method, path)}"}
        answer = self.client.open(self.base + path, method=method, headers=headers, **more)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.json if answer.is_json else None

    def bearer(self, expect: int = 200, scope: str = "", sub: str = "", secret: str = "", **claims: Any) -> Any:
        now = int(self.clock.now.timestamp())
        known = {
            "iss": f"urn:atlassian:connect:clientid:{self.app.oauth_client_id}",
            "sub": f"urn:atlassian:connect:useraccountid:{sub}",
            "tnt": "http://localhost/wiki",
            "aud": SERVER,
            "iat": now,
            "exp": now + 60,
        }
        assertion = jwt.encode({**known, **claims}, secret or self.app.shared_secret, algorithm="HS256")
        sent = {"grant_type": GRANT, "assertion": assertion, **({"scope": scope} if scope else {})}
        answer = self.client.post("/oauth2/token", data=sent)
        assert answer.status_code == expect, answer.get_data(as_text=True)
        return answer.json


@pytest.fixture
def signer(app: Any, sandbox: Sandbox, clock: Clock) -> Signer:
    return Signer(Client(app), clock, sandbox.install_app("com.example.app"))


@pytest.mark.parametrize(
    "path",
    [
        "/rest/api/space",
        "/rest/api/space/",
        "/rest/api/content?spaceKey=DOC&title=A+b%20c&expand=version&expand=body.storage",
        "/rest/api/content?title=%C3%A9%26%3D~*",
        "/rest/api/content/search?cql=title%20%3D%20%22x%22&limit=5",
        "/api/v2/pages?limit=5",
        "/rest/api/content?title=",
    ],
)
def test_a_signed_request_is_answered_under_the_context_and_under_the_root(signer: Signer, path: str) -> None:
    """The hash is over the path without the context, with the query in order, however it was written."""
    signer("GET", path)
    signer.base = ""
    signer("GET", path)


@pytest.mark.parametrize("key", ["a%20b", "%C3%A9t%C3%A9", "a&b"])
def test_a_path_may_be_signed_as_it_was_sent(signer: Signer, sandbox: Sandbox, rest: Rest, key: str) -> None:
    """An encoded path, and one with an ampersand, are what the libraries hash."""
    page = rest.page("Guide")["id"]
    rest("POST", f"/content/{page}/property", json={"key": unquote(key), "value": 1})
    assert signer("GET", f"/rest/api/content/{page}/property/{key}")["value"] == 1


def test_the_token_may_stand_in_the_query(signer: Signer, sandbox: Sandbox) -> None:
    """It is no part of what is hashed, and not in the log."""
    path = "/rest/api/content?spaceKey=DOC"
    token = signer.token("GET", path)
    assert signer.client.get(f"/wiki{path}&jwt={token}").status_code == 200
    assert sandbox.log[-1]["path"] == f"/wiki{path}&jwt=…"


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"qsh": "0" * 64}, "expected the SHA-256 of GET&/rest/api/space&limit=1"),
        ({"qsh": "context-qsh"}, "does not serve for requests to the API"),
        ({"qsh": None}, "qsh is missing"),
        ({"exp": None}, "exp is missing"),
        ({"exp": 1}, "has expired"),
        ({"iat": 4 * 10**9}, "iat lies in the future"),
        ({"iss": "unknown"}, "not signed by an installed app"),
        ({"secret": "guess" * 8}, "not signed by an installed app"),
    ],
)
def test_a_token_that_is_not_for_this_request_is_refused_with_the_reason(
    signer: Signer, claims: dict[str, Any], says: str
) -> None:
    """401, and a message that helps who wrote the app; both versions word it their way."""
    path = "/rest/api/space?limit=1"
    message = signer("GET", path, 401, sign=signer.token("GET", path, **claims))["message"]
    assert says in message
    path = "/api/v2/pages"
    answer = signer("GET", path, 401, sign=signer.token("GET", path, **claims | {"qsh": "context-qsh"}))
    assert (answer["errors"][0]["status"], answer["errors"][0]["code"]) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJhcHAifQ.", "\xff.\xff.\xff"])
def test_what_is_no_token_is_refused(signer: Signer, token: str) -> None:
    """Neither nonsense nor a token without a signature is let in."""
    signer("GET", "/rest/api/space", 401, sign=token or " ")


def test_a_token_serves_no_other_method_and_no_other_query(signer: Signer) -> None:
    """What was signed to read does not write."""
    token = signer.token("GET", "/rest/api/content")
    signer("POST", "/rest/api/content", 401, sign=token, json={})
    signer("GET", "/rest/api/content?limit=1", 401, sign=token)


def test_a_token_ends_when_it_says_give_or_take_a_few_seconds(signer: Signer, clock: Clock) -> None:
    """The clock that counts is the site's."""
    path = "/rest/api/space"
    token = signer.token("GET", path)
    clock.forward(seconds=183)
    signer("GET", path, sign=token)
    clock.forward(seconds=5)
    signer("GET", path, 401, sign=token)


def test_an_app_writes_under_an_account_of_its_own(signer: Signer, rest: Rest, sandbox: Sandbox) -> None:
    """Its pages name it as their author, of the type `app`, over both versions; nobody can log in as it."""
    sent = {"type": "page", "title": "Made", "space": {"key": "DOC"}, "body": {"storage": {"value": "<p>x</p>"}}}
    page = signer("POST", "/rest/api/content", json=sent)
    author = rest("GET", f"/content/{page['id']}/history")["createdBy"]
    assert (author["accountId"], author["accountType"]) == (signer.app.account_id, "app")
    assert author["displayName"] == "com.example.app"
    found = rest("POST", "/wiki/api/v2/users-bulk", json={"accountIds": [author["accountId"]]})["results"]
    assert found[0]["accountType"] == "app"
    assert signer("GET", "/rest/api/user/current")["accountId"] == signer.app.account_id
    assert rest("GET", "/user/current")["accountType"] == "atlassian"
    again = sandbox.install_app("com.example.app", ["READ"])
    assert again.account_id == signer.app.account_id
    assert again.shared_secret != signer.app.shared_secret
    for secret in ("", "com.example.app"):
        answer = signer.client.get("/wiki/rest/api/space", auth=("addon_com.example.app", secret))
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ((), ""),
        (("READ",), "read"),
        (("WRITE",), "read write"),
        (("DELETE",), "read write delete"),
        (("ADMIN",), "read write delete"),
    ],
)
def test_an_app_may_do_what_its_scopes_say(signer: Signer, sandbox: Sandbox, scopes: tuple[str, ...], allowed: str) -> None:
    """A higher scope has the lower ones; what no app may do is closed to all of them."""
    signer.app = sandbox.install_app("com.example.app", scopes)
    wanted = {one: 200 if one in allowed.split() else 403 for one in ("read", "write", "delete")}
    signer("GET", "/rest/api/space", wanted["read"])
    sent = {"type": "page", "title": "Made", "space": {"key": "DOC"}}
    signer("POST", "/rest/api/content", wanted["write"], json=sent)
    signer("DELETE", "/rest/api/content/999", 404 if wanted["delete"] == 200 else 403)
    signer("GET", "/rest/api/audit", 403)
    signer("GET", "/rest/api/user/email?accountId=x", 403)
    signer("GET", "/rest/api/nothing", 404)


def test_what_the_site_does_not_know_is_no_scope_and_no_secret(sandbox: Sandbox) -> None:
    """A misspelt scope or a secret that is too short is an error of the test that gives it."""
    with pytest.raises(ValueError, match="no scope of apps is called READING"):
        sandbox.install_app("app", ["READING"])
    with pytest.raises(ValueError, match="at least 32 characters"):
        sandbox.install_app("app", secret="short")


@pytest.fixture
def actor(signer: Signer, sandbox: Sandbox) -> Signer:
    signer.app = sandbox.install_app("com.example.app", ["READ", "WRITE", "ACT_AS_USER"])
    return signer


def test_an_app_acts_as_a_user_within_the_rights_of_both(
    actor: Signer, sandbox: Sandbox, rest: Rest, clock: Clock
) -> None:
    """Pages are the user's, what the user may not see is not there, what the app may not do is refused, and it ends."""
    jane = sandbox.create_user("jane", "Jane")
    secret = rest.page("Secret")["id"]
    sandbox.restrict(secret, "read", ["admin"])
    found = actor.bearer(sub=jane)
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 900)
    as_jane = Rest(rest.client, f"Bearer {found['access_token']}")
    page = as_jane.page("Hers")
    assert as_jane("GET", f"/content/{page['id']}/history")["createdBy"]["accountId"] == jane
    as_jane("GET", f"/content/{secret}", 404)
    as_jane("DELETE", f"/content/{page['id']}", 403)
    as_jane("GET", "/wiki/rest/atlassian-connect/1/app/module/dynamic", 401)
    narrow = Rest(rest.client, f"Bearer {actor.bearer(sub=jane, scope='READ')['access_token']}")
    narrow.save(page, 2, 403, body="<p>new</p>")
    cloud = "/ex/confluence/" + rest.client.get("/_edge/tenant_info").json["cloudId"]  # type: ignore[index]
    answer = rest.client.get(f"{cloud}/wiki/rest/api/space", headers={"Authorization": as_jane.auth})
    assert answer.status_code == 401
    clock.forward(minutes=16)
    as_jane("GET", "/space", 403)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"sub": "nobody"}, "invalid_grant"),
        ({"tnt": "https://other.example/wiki"}, "invalid_grant"),
        ({"aud": "https://other.example"}, "invalid_grant"),
        ({"exp": 1}, "invalid_grant"),
        ({"iss": "urn:atlassian:connect:clientid:unknown"}, "invalid_grant"),
        ({"secret": "guess" * 8}, "invalid_grant"),
        ({"scope": "ADMIN"}, "invalid_scope"),
    ],
)
def test_an_assertion_that_is_not_good_brings_no_token(
    actor: Signer, sandbox: Sandbox, changed: dict[str, Any], error: str
) -> None:
    """Another site, another server, an unknown app, nobody, or more than the app has."""
    jane = sandbox.create_user("jane")
    assert actor.bearer(400, **{"sub": jane, **changed})["error"] == error


def test_only_an_app_with_that_scope_acts_as_a_user(signer: Signer, sandbox: Sandbox) -> None:
    """And no app acts as another app."""
    jane = sandbox.create_user("jane")
    assert signer.bearer(403, sub=jane)["error"] == "unauthorized_client"
    signer.app = sandbox.install_app("com.example.app", ["ACT_AS_USER"])
    assert signer.bearer(400, sub=signer.app.account_id)["error"] == "invalid_grant"
    sent = {"grant_type": "password", "assertion": "x"}
    answer = signer.client.post("/oauth2/token", data=sent)
    assert (answer.status_code, answer.json["error"]) == (400, "unsupported_grant_type")  # type: ignore[index]
