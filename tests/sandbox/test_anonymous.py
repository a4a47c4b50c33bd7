"""People without credentials, and what users may do on the whole site."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from werkzeug.test import Client

from confsync.sandbox import Sandbox, create_app
from tests.sandbox.conftest import Rest
from tests.sandbox.contract import document, needs_documents


class Nobody(Rest):
    """A client that sends no credentials."""

    def send(self, method: str, path: str, **more: Any) -> Any:
        base = "" if path.startswith("/wiki") else "/wiki/rest/api"
        return self.client.open(base + path, method=method, **more)


def _as(rest: Rest, name: str) -> Rest:
    return Rest(rest.client, "Basic " + base64.b64encode(f"{name}:{name}".encode()).decode())


@pytest.fixture
def nobody(rest: Rest, sandbox: Sandbox) -> Nobody:
    """Give somebody without credentials, on a site that is open to them, with the space DOC."""
    sandbox.allow_anonymous()
    sandbox.open_space("DOC")
    sandbox.create_space("CLOSED", "Closed")
    return Nobody(rest.client)


@pytest.fixture
def jane(rest: Rest, sandbox: Sandbox) -> Rest:
    sandbox.create_user("jane", "Jane")
    return _as(rest, "jane")


def test_without_credentials_nothing_is_there_unless_the_site_says_so(rest: Rest, sandbox: Sandbox) -> None:
    """A new site is closed, also where a space is open; it can be closed again."""
    sandbox.open_space("DOC")
    nobody = Nobody(rest.client)
    for _ in range(2):
        assert nobody("GET", "/user/current", 403)["message"].endswith("caller cannot access Confluence")
        assert nobody("GET", "/space", 403)["message"] == "Current user not permitted to use Confluence"
        assert nobody("GET", "/wiki/api/v2/spaces", 404)["errors"][0]["title"] == "Not Found"
        sandbox.allow_anonymous()
        nobody("GET", "/space")
        sandbox.allow_anonymous(False)


def test_an_anonymous_user_sees_what_is_open_and_nothing_else(nobody: Nobody, rest: Rest, sandbox: Sandbox) -> None:
    """Closed spaces and restricted pages are not there, over lists, search, ids and both versions."""
    page = rest.page("Open", "<p>needle</p>")["id"]
    rest("POST", f"/content/{page}/child/attachment", data={"file": (io.BytesIO(b"x"), "x.txt"), "minorEdit": "true"},
         headers={"X-Atlassian-Token": "no-check"})  # fmt: skip
    closed = rest.page("Closed too", "<p>needle</p>", space="CLOSED")["id"]
    secret = rest.page("Secret", "<p>needle</p>")["id"]
    sandbox.restrict(secret, "read", ["admin"])
    assert [one["key"] for one in nobody("GET", "/space")["results"]] == ["DOC"]
    assert [one["key"] for one in nobody("GET", "/wiki/api/v2/spaces")["results"]] == ["DOC"]
    assert nobody("GET", f"/content/{page}?expand=body.storage")["body"]["storage"]["value"] == "<p>needle</p>"
    found = nobody("GET", '/content/search?cql=text ~ "needle" and type = page')["results"]
    assert [one["id"] for one in found] == [page]
    assert nobody("GET", f"/wiki/download/attachments/{page}/x.txt") == "x"
    for hidden in (closed, secret):
        nobody("GET", f"/content/{hidden}", 404)
        nobody("GET", f"/wiki/api/v2/pages/{hidden}", 404)
    nobody("GET", "/space/CLOSED", 404)


def test_an_anonymous_user_is_nobody_and_learns_nothing_of_people(nobody: Nobody, rest: Rest) -> None:
    """No e-mail address, no directory, no log; what is theirs alone is refused."""
    shown = nobody("GET", "/user/current")
    assert (shown["type"], shown["displayName"]) == ("anonymous", "Anonymous")
    assert nobody("GET", "/user/anonymous") == shown == rest("GET", "/user/anonymous")
    page = rest.page("Open")["id"]
    author = nobody("GET", f"/content/{page}/history")["createdBy"]
    assert (author["displayName"], author["email"]) == ("Admin", "")
    assert rest("GET", f"/content/{page}/history")["createdBy"]["email"] == "admin@example.com"
    for path in ("/user?username=admin", "/user/memberof", "/group", "/search/user?cql=type=user", "/audit"):
        nobody("GET", path, 403)
    nobody("POST", "/wiki/api/v2/users-bulk", 403, json={"accountIds": [author["accountId"]]})
    nobody("POST", f"/user/watch/content/{page}", 403, headers={"X-Atlassian-Token": "no-check"})


@needs_documents
def test_anonymous_answers_have_the_published_shape(nobody: Nobody) -> None:
    """Clients that validate what they read can be anonymous."""
    for path in ("/user/current", "/user/anonymous", "/space", "/content", "/space/DOC?expand=permissions"):
        known = document("v1")
        operation = known.operation("GET", "/wiki/rest/api" + path)
        assert operation is not None
        assert known.faults(operation, 200, nobody("GET", path)) == []


def test_wrong_credentials_are_refused_where_none_are_let_in(nobody: Nobody) -> None:
    """Who mistypes a password is told so, and not taken for nobody; the gateway lets in nobody at all."""
    for auth in ("Basic eDp5", "Bearer nobody", "Basic", "Something else"):
        answer = nobody.client.get("/wiki/rest/api/space", headers={"Authorization": auth})
        assert answer.status_code == 403
    assert nobody.client.get("/wiki/rest/api/space?jwt=x").status_code == 401
    cloud = "/ex/confluence/" + nobody.client.get("/_edge/tenant_info").json["cloudId"]  # type: ignore[index]
    assert nobody.client.get(f"{cloud}/wiki/rest/api/space").status_code == 401


def test_an_anonymous_user_writes_only_where_that_is_open_too(nobody: Nobody, rest: Rest, sandbox: Sandbox) -> None:
    """Comments may be open to everybody; they are by nobody in particular."""
    page = rest.page("Open")
    comment = {
        "type": "comment",
        "container": {"id": page["id"], "type": "page"},
        "body": {"storage": {"value": "<p>Hello</p>", "representation": "storage"}},
    }
    nobody("POST", "/content", 403, json=comment)
    nobody("POST", "/content", 403, json={"type": "page", "title": "Mine", "space": {"key": "DOC"}})
    nobody.save(page, 2, 403, body="<p>mine</p>")
    nobody("DELETE", f"/content/{page['id']}", 403)
    for method, path in (("POST", "/space"), ("POST", "/group"), ("PUT", "/space/DOC"), ("POST", "/space/DOC/label")):
        nobody(method, path, 403, json={"key": "NEW", "name": "new"})
    nobody("POST", "/wiki/api/v2/spaces", 403, json={"key": "NEW", "name": "New"})
    sandbox.open_space("DOC", "create", "comment")
    made = nobody("POST", "/content?expand=history", json=comment)
    assert made["history"]["createdBy"]["type"] == "anonymous"
    nobody("POST", "/content", 403, json={"type": "page", "title": "Mine", "space": {"key": "DOC"}})


def test_a_space_is_opened_to_everybody_when_it_is_made(nobody: Nobody, rest: Rest, jane: Rest) -> None:
    """`permissions` are given instead of the usual ones; its maker keeps all, and takes one back by its id."""
    read = {"operation": {"operation": "read", "targetType": "space"}, "anonymousAccess": True, "unlicensedAccess": False}
    sent = {"key": "PUB", "name": "Public", "permissions": [read]}
    rest("POST", "/space", json=sent)
    nobody("GET", "/space/PUB")
    jane("GET", "/space/PUB")
    jane("POST", "/content", 403, json={"type": "page", "title": "New", "space": {"key": "PUB"}})
    rest.page("Mine", space="PUB")
    rows = rest("GET", "/space/PUB?expand=permissions")["permissions"]
    [row] = [one for one in rows if one["anonymousAccess"]]
    assert "subjects" not in row
    rest("DELETE", f"/space/PUB/permission/{row['id']}", 204)
    nobody("GET", "/space/PUB", 404)
    jane("GET", "/space/PUB", 404)


@pytest.mark.parametrize(
    "given",
    [
        {"operation": {"operation": "administer", "targetType": "space"}, "anonymousAccess": True},
        {"operation": {"operation": "fly", "targetType": "space"}, "anonymousAccess": True},
        {"operation": {"operation": "read"}},
        {"operation": {"operation": "read", "targetType": "space"}, "subjects": {"user": {"results": [{}]}}},
        {"operation": {"operation": "read", "targetType": "space"}, "subjects": {"user": 1}},
        {"operation": {"operation": "read", "targetType": "space"}, "subjects": [1]},
        1,
    ],
)
def test_permissions_that_there_are_not_make_no_space(rest: Rest, given: Any) -> None:
    """400, and no space is left behind."""
    rest("POST", "/space", 400, json={"key": "PUB", "name": "Public", "permissions": [given]})
    rest("GET", "/space/PUB", 404)


def test_a_space_may_be_made_for_a_group_and_a_user(rest: Rest, jane: Rest, sandbox: Sandbox) -> None:
    """Who is named may do what is named, others find nothing."""
    sandbox.create_user("eve")
    read = {"operation": {"operation": "read", "targetType": "space"}, "anonymousAccess": False}
    who = {"user": {"results": [{"accountId": jane("GET", "/user/current")["accountId"]}], "size": 1}}
    rest("POST", "/space", json={"key": "TEAM", "name": "Team", "permissions": [{**read, "subjects": who}]})
    jane("GET", "/space/TEAM")
    _as(rest, "eve")("GET", "/space/TEAM", 404)


def test_who_may_not_use_the_site_is_refused_everything(rest: Rest, jane: Rest, sandbox: Sandbox) -> None:
    """With good credentials too; over both versions it says why."""
    sandbox.permit("use", groups_=["confluence-administrators"])
    assert jane("GET", "/space", 403)["message"] == "Current user not permitted to use Confluence"
    assert jane("GET", "/user/current", 403)["message"] == "Current user not permitted to use Confluence"
    assert jane("GET", "/wiki/api/v2/spaces", 403)["errors"][0]["code"] == "FORBIDDEN"
    rest("GET", "/space")
    sandbox.permit("use", ["jane"], ["confluence-administrators"])
    jane("GET", "/space")


def test_who_may_make_spaces_is_a_permission_of_the_site(rest: Rest, jane: Rest, sandbox: Sandbox) -> None:
    """Other spaces and one's own are two permissions; what is refused leaves nothing."""
    sandbox.permit("create_space", groups_=["confluence-administrators"])
    jane("POST", "/space", 403, json={"key": "NEW", "name": "New"})
    jane("POST", "/wiki/api/v2/spaces", 403, json={"key": "NEW", "name": "New"})
    rest("GET", "/space/NEW", 404)
    jane("POST", "/space", json={"key": "~jane", "name": "Jane"})
    sandbox.permit("create_personal_space")
    jane("POST", "/space", 403, json={"key": "~jane2", "name": "Jane"})
    rest("POST", "/space", json={"key": "NEW", "name": "New"})


def test_administration_is_a_permission_of_the_site(rest: Rest, jane: Rest, sandbox: Sandbox) -> None:
    """Groups, the log and the settings of the site are for who has it, whatever group that is."""
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/group", {"name": "writers"}),
        ("GET", "/audit", {}),
        ("POST", "/settings/lookandfeel/custom", {}),
        ("POST", "/template", {"name": "T", "templateType": "page", "body": {"storage": {"value": "<p>x</p>"}}}),
    ]
    for method, path, sent in asked:
        jane(method, path, 403, json=sent)
    sandbox.permit("administer", ["jane"])
    rest("GET", "/audit", 403)
    jane("GET", "/audit")
    jane("POST", "/group", 201, json={"name": "writers"})
    with pytest.raises(ValueError, match="no permission is called 'fly'"):
        sandbox.permit("fly")


def test_what_is_set_for_a_space_is_for_its_administrators(rest: Rest, jane: Rest, sandbox: Sandbox) -> None:
    """Permissions, settings, labels and properties of a space are changed by who administers it, and read by others."""
    read = {"operation": {"operation": "read", "targetType": "space"}, "anonymousAccess": True}
    rest("POST", "/space", json={"key": "PUB", "name": "Public", "permissions": [read]})
    wish = {"subject": {"type": "user", "identifier": "jane"}, "operation": {"key": "administer", "target": "space"}}
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/space/PUB/permission", wish),
        ("DELETE", "/space/PUB/permission/1", None),
        ("POST", "/space/PUB/permission/custom-content", {"subject": wish["subject"], "operations": []}),
        ("PUT", "/space/PUB/settings", {"routeOverrideEnabled": True}),
        ("POST", "/space/PUB/label", [{"name": "a"}]),
        ("DELETE", "/space/PUB/label?name=a", None),
        ("POST", "/space/PUB/property", {"key": "k", "value": 1}),
        ("POST", f"/wiki/api/v2/spaces/{rest('GET', '/space/PUB')['id']}/properties", {"key": "k", "value": 1}),
    ]
    for method, path, sent in asked:
        jane(method, path, 403, json=sent)
    jane("GET", "/space/PUB/settings")
    jane("GET", "/space/PUB/property")
    rest("POST", "/space/PUB/property", json={"key": "k", "value": 1})


def test_a_file_of_a_site_keeps_its_permissions(tmp_path: Any) -> None:
    """What was permitted is still so after a new start."""
    for start in range(2):
        app = create_app(tmp_path / "site.db")
        if not start:
            app.sandbox.create_user("jane")
            app.sandbox.permit("use", ["admin"])
        answer = Client(app).get("/wiki/rest/api/space", auth=("jane", "jane"))
        assert answer.status_code == 403
        app.sandbox.close()
