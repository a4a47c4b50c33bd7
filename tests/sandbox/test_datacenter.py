"""The site passes for Data Center: user keys, its own shapes and refusals, and nothing that only Cloud has."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from confsync.sandbox import create_app
from tests.sandbox.conftest import Rest

OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
KEY = re.compile(r"2c9f[0-9a-f]{28}")


@pytest.fixture
def app() -> Iterator[Any]:
    one = create_app(flavour="datacenter")
    one.sandbox.create_space("DOC", "Handbook")
    yield one
    one.sandbox.close()


@pytest.fixture
def rest(app: Any) -> Rest:
    return Rest(Client(app))


def test_people_are_known_by_names_and_keys(app: Any, rest: Rest) -> None:
    """No account id anywhere; a user is found by key and by name."""
    me = rest("GET", "/user/current")
    assert (me["username"], me["type"], bool(KEY.fullmatch(me["userKey"]))) == ("admin", "known", True)
    assert "accountId" not in me
    app.sandbox.create_user("jane", "Jane Doe")
    jane = rest("GET", "/user?username=jane")
    assert rest("GET", f"/user?key={jane['userKey']}") == jane
    assert jane["_links"]["self"].endswith(f"/rest/api/user?key={jane['userKey']}")


def test_content_has_the_shape_of_data_center(rest: Rest) -> None:
    """Positions, dates with an offset, links to the editor, and versions under their experimental address."""
    page = rest.page("Guide")
    found = rest("GET", f"/content/{page['id']}?expand=version,history,space,ancestors,body.storage")
    assert {"ari", "base64EncodedAri", "macroRenderedOutput"}.isdisjoint(found)
    assert OFFSET.fullmatch(found["version"]["when"])
    assert OFFSET.fullmatch(found["history"]["createdDate"])
    assert (found["version"]["hidden"], "userKey" in found["version"]["by"]) == (False, True)
    assert "/rest/experimental/content/" in found["version"]["_links"]["self"]
    assert found["_links"]["edit"] == f"/pages/resumedraft.action?draftId={page['id']}"
    assert {"editui", "edituiv2"}.isdisjoint(found["_links"])
    assert isinstance(found["position"], int)
    assert found["position"] == -1 or found["extensions"]["position"] == found["position"]


def test_attachments_are_new_or_get_new_data(rest: Rest) -> None:
    """There is no call that does either; a name that is taken is refused, and bytes come without a detour."""
    page = rest.page("Guide")["id"]
    place, no_check = f"/content/{page}/child/attachment", {"X-Atlassian-Token": "no-check"}

    def form() -> dict[str, Any]:
        return {"file": (io.BytesIO(b"bytes"), "a.txt")}

    made = rest("POST", place, data=form(), headers=no_check)["results"][0]
    assert set(made["extensions"]) == {"mediaType", "fileSize", "comment"}
    rest("POST", place, 400, data=form(), headers=no_check)
    rest("PUT", place, 404, data=form(), headers=no_check)
    answer = rest.send("GET", f"/wiki{made['_links']['download']}")
    assert (answer.status_code, answer.data) == (200, b"bytes")


def test_refusals_are_short_and_give_a_reason(rest: Rest) -> None:
    """No Java class, but the reason, and whether a read-only site would have allowed it."""
    missing = rest("GET", "/content/954415933", 404)
    assert missing["message"] == "No content found with id: ContentId{id=954415933}"
    assert (missing["reason"], missing["data"]["allowedInReadOnlyMode"]) == ("Not Found", True)
    page = rest.page("Guide")
    stale = rest.save(page, 9, 409, body="<p>x</p>")
    assert (stale["message"][:34], stale["reason"]) == ("Version must be incremented on upd", "Conflict")


def test_wrong_credentials_are_denied_as_seraph_does(app: Any) -> None:
    """401 with the header that clients look for, which is how a captcha shows, too."""
    wrong = Rest(Client(app), "Basic " + base64.b64encode(b"admin:wrong").decode())
    answer = wrong.send("GET", "/user/current")
    assert (answer.status_code, answer.headers["X-Seraph-LoginReason"]) == (401, "AUTHENTICATION_DENIED")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert Rest(Client(app), "Bearer admin")("GET", "/user/current")["username"] == "admin"


def test_a_browser_is_made_to_write_nothing(rest: Rest) -> None:
    """A write that looks as if it came from a browser needs the header that no foreign page can send."""
    new = {"type": "page", "title": "Forged", "space": {"key": "DOC"}}
    browser = {"User-Agent": "Mozilla/5.0"}
    assert "XSRF" in rest("POST", "/content", 403, json=new, headers=browser)["message"]
    rest("POST", "/content", json=new, headers={**browser, "X-Atlassian-Token": "no-check"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/wiki/api/v2/spaces"), ("GET", "/wiki/_edge/tenant_info"), ("GET", "/content/1/state"),
        ("POST", "/content/archive"), ("PUT", "/content/1/move/append/2"), ("DELETE", "/content/1/pageTree"),
        ("POST", "/contentbody/convert/async/view"), ("GET", "/analytics/content/1/views"), ("GET", "/user/email?accountId=x"),
        ("GET", "/user/x/property"), ("POST", "/content/1/copy"), ("GET", "/group/by-id?id=x"), ("GET", "/wiki/oauth/token"),
        ("GET", "/wiki/rest/atlassian-connect/1/app/module/dynamic"),
    ],
)  # fmt: skip
def test_what_only_cloud_has_is_not_there(rest: Rest, method: str, path: str) -> None:
    """An HTML page with 404, as for any address that does not exist."""
    answer = rest.send(method, path, json={} if method != "GET" else None)
    assert answer.status_code in (404, 405)
    assert answer.mimetype == "text/html"


def test_experimental_addresses_lead_to_versions_and_restrictions(rest: Rest) -> None:
    """Read and delete a version, restrict a page to somebody by their key."""
    page = rest.page("Guide")
    rest.save(page, 2, body="<p>two</p>")
    experimental = f"/wiki/rest/experimental/content/{page['id']}"
    assert rest("GET", f"{experimental}/version/1")["number"] == 1
    assert [one["number"] for one in rest("GET", f"{experimental}/version")["results"]] == [2, 1]
    key = rest("GET", "/user/current")["userKey"]
    rest("PUT", f"{experimental}/restriction/byOperation/update/user?key={key}")
    found = rest("GET", f"/content/{page['id']}/restriction/byOperation/update?expand=restrictions.user")
    assert [one["userKey"] for one in found["restrictions"]["user"]["results"]] == [key]
    rest("DELETE", f"{experimental}/version/1", 204)
    assert len(rest("GET", f"{experimental}/version")["results"]) == 1


def test_search_goes_on_by_offset(rest: Rest) -> None:
    """`start` is obeyed, and `next` names it."""
    for number in range(5):
        rest.page(f"Page {number}")
    first = rest("GET", "/content/search?cql=type=page ORDER BY title&limit=2")
    assert "start=2" in first["_links"]["next"]
    second = rest("GET", "/content/search?cql=type=page ORDER BY title&limit=2&start=2")
    assert {one["id"] for one in first["results"]}.isdisjoint(one["id"] for one in second["results"])


def test_pages_move_as_in_the_browser(rest: Rest) -> None:
    """There is no call of the API for it."""
    a, b = rest.page("A")["id"], rest.page("B")["id"]
    given = f"/wiki/pages/movepage.action?pageId={a}&targetId={b}&position=append"
    rest("POST", given, headers={"X-Atlassian-Token": "no-check"})
    assert [one["id"] for one in rest("GET", f"/content/{b}/child/page")["results"]] == [a]


def test_the_site_says_what_it_is(rest: Rest, app: Any) -> None:
    """To anybody, as JSON."""
    answer = Client(app).get("/wiki/rest/applinks/1.0/manifest")
    assert (answer.json["typeId"], answer.json["version"][0]) == ("confluence", "9")
    assert rest("GET", "/accessmode") == "READ_WRITE"
    assert Client(create_app()).get("/wiki/rest/applinks/1.0/manifest").status_code == 404


def test_a_real_client_works_with_it(app: Any) -> None:
    """atlassian-python-api in its Server mode: create, read, update, move, label, attach, property, CQL, history, delete."""
    from atlassian import Confluence

    from confsync.sandbox import Server

    with Server(app) as server:
        wiki = Confluence(server.url, username="admin", password="admin", cloud=False)
        home = wiki.get_space("DOC", expand="homepage")["homepage"]["id"]
        page = wiki.create_page("DOC", "Guide", "<p>one</p>", parent_id=home)["id"]
        wiki.update_page(page, "Guide", "<p>two</p>")
        assert wiki.get_page_by_id(page, expand="body.storage,version")["body"]["storage"]["value"] == "<p>two</p>"
        other = wiki.create_page("DOC", "Other", "<p>x</p>", parent_id=home)["id"]
        wiki.move_page("DOC", other, target_id=page)
        assert [one["id"] for one in wiki.get_child_pages(page)] == [other]
        wiki.set_page_label(page, "howto")
        assert [one["name"] for one in wiki.get_page_labels(page)["results"]] == ["howto"]
        wiki.attach_content(b"bytes", name="a.txt", content_type="text/plain", page_id=page)
        assert wiki.get_attachments_from_content(page)["results"][0]["title"] == "a.txt"
        wiki.set_page_property(page, {"key": "owner", "value": {"team": "docs"}})
        assert wiki.get_page_property(page, "owner")["value"] == {"team": "docs"}
        assert [one["content"]["id"] for one in wiki.cql('title = "Guide"')["results"]] == [page]
        assert wiki.history(page)["lastUpdated"]["number"] == 2
        wiki.remove_page(other)
        assert not wiki.page_exists("DOC", "Other")
