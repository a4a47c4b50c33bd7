"""Who may see and who may edit a page, as its restrictions say."""

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from confsync.sandbox import Sandbox

Rest = Browser = Any


def signed_in(rest: Rest, name: str) -> Rest:
    """The same site for another user."""
    return replace(rest, auth="Basic " + base64.b64encode(f"{name}:{name}".encode()).decode())


@pytest.fixture
def jane(rest: Rest, sandbox: Sandbox) -> Rest:
    sandbox.create_user("jane")
    return signed_in(rest, "jane")


@pytest.fixture
def ids(rest: Rest, jane: Rest) -> dict[str, str]:
    """The account ids by name."""
    return {name: one("GET", "/user/current")["accountId"] for name, one in (("admin", rest), ("jane", jane))}


@pytest.fixture
def tree(rest: Rest) -> dict[str, Any]:
    top = rest.page("Top", "<p>secret</p>")
    return {"Top": top, "Leaf": rest.page("Leaf", "<p>secret</p>", parent=top["id"]), "Free": rest.page("Free")}


def naming(operation: str, *accounts: str, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    users = [{"type": "known", "accountId": one} for one in accounts]
    return {
        "operation": operation,
        "restrictions": {"user": users, "group": [{"type": "group", "name": one} for one in groups]},
    }


def named(answer: Any) -> dict[str, tuple[list[str], list[str]]]:
    """Who an answer names, by operation: account ids and groups."""
    return {
        one["operation"]: (
            [who["accountId"] for who in one["restrictions"]["user"]["results"]],
            [who["name"] for who in one["restrictions"]["group"]["results"]],
        )
        for one in answer["results"]
    }


def test_an_open_page_has_two_empty_restrictions(rest: Rest, tree: dict[str, Any]) -> None:
    """Both operations are always listed, in each of the three shapes."""
    path = f"/content/{tree['Top']['id']}"
    listed = rest("GET", f"{path}/restriction")
    assert (named(listed), listed["size"]) == ({"read": ([], []), "update": ([], [])}, 2)
    by_operation = rest("GET", f"{path}/restriction/byOperation")
    assert [by_operation[name]["operation"] for name in ("read", "update")] == ["read", "update"]
    one = rest("GET", f"{path}/restriction/byOperation/read?expand=content,restrictions.user")
    assert (one["restrictions"]["user"]["size"], one["content"]["id"]) == (0, tree["Top"]["id"])
    assert one["restrictions"]["_expandable"] == {"group": ""}
    rest("GET", f"{path}/restriction/byOperation/dance", 400)


def test_put_replaces_post_adds_and_delete_lifts(rest: Rest, ids: dict[str, str], tree: dict[str, Any]) -> None:
    """Restrictions are written as a whole or by addition, and none of it makes a version."""
    path = f"/content/{tree['Top']['id']}/restriction"
    first = rest("PUT", path, json=[naming("read", ids["admin"]), naming("update", ids["admin"])])
    assert named(first) == {"read": ([ids["admin"]], []), "update": ([ids["admin"]], [])}
    added = rest("POST", path, json={"results": [naming("read", ids["jane"], groups=("confluence-administrators",))]})
    assert named(added)["read"] == ([ids["admin"], ids["jane"]], ["confluence-administrators"])
    assert added["restrictionsHash"] != first["restrictionsHash"]
    again = rest("PUT", path, json={"results": [naming("update", groups=("confluence-users",))]})
    assert named(again) == {"read": ([], []), "update": ([], ["confluence-users"])}
    assert named(rest("DELETE", path)) == {"read": ([], []), "update": ([], [])}
    assert rest("GET", f"/content/{tree['Top']['id']}")["version"]["number"] == 1


@pytest.mark.parametrize("way", ["user?accountId={}", "group/confluence-administrators", "byGroupId/confluence-users"])
def test_one_user_or_group_is_named_by_its_address(
    rest: Rest, ids: dict[str, str], tree: dict[str, Any], way: str
) -> None:
    """The status says whether they are named: 404 before, 200 after, 404 again when taken away."""
    path = f"/content/{tree['Top']['id']}/restriction/byOperation/read/{way.format(ids['admin'])}"
    rest("GET", path, 404)
    rest("DELETE", path, 404)
    rest("PUT", path)
    rest("GET", path)
    rest("DELETE", path)
    rest("GET", path, 404)


def test_restrictions_come_with_a_page_when_expanded(rest: Rest, ids: dict[str, str], tree: dict[str, Any]) -> None:
    """One request tells who may see and who may edit a page."""
    path = f"/content/{tree['Top']['id']}"
    rest("PUT", f"{path}/restriction", json=[naming("update", ids["admin"], groups=("confluence-administrators",))])
    parts = [f"restrictions.{name}.restrictions.{kind}" for name in ("read", "update") for kind in ("user", "group")]
    found = rest("GET", f"{path}?expand={','.join(parts)}")["restrictions"]
    assert found["update"]["restrictions"]["user"]["results"][0]["accountId"] == ids["admin"]
    assert found["update"]["restrictions"]["group"]["results"][0]["name"] == "confluence-administrators"
    assert found["read"]["restrictions"]["user"]["size"] == 0
    only = rest("GET", f"{path}?expand=restrictions.read.restrictions.user")["restrictions"]
    assert "group" not in only["read"]["restrictions"]
    assert list(only["_expandable"]) == ["update"]


@pytest.mark.parametrize(
    "sent",
    [1, [1], [{"operation": "dance"}], {"results": 1}, [naming("read", "nobody")], [naming("read", groups=("x",))],
     [{"operation": "read", "restrictions": 1}], [{"operation": "read", "restrictions": {"user": 1}}]],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_restriction_that_names_nobody_known_is_refused(
    rest: Rest, tree: dict[str, Any], method: str, sent: Any
) -> None:
    """What cannot be understood changes nothing."""
    path = f"/content/{tree['Top']['id']}/restriction"
    assert rest.send(method, path, json=sent).status_code in (400, 404)
    assert named(rest("GET", path)) == {"read": ([], []), "update": ([], [])}


def test_nobody_locks_themselves_out(rest: Rest, ids: dict[str, str], tree: dict[str, Any]) -> None:
    """A restriction that leaves out who writes it is refused, and the old ones stand."""
    path = f"/content/{tree['Top']['id']}/restriction"
    for operation in ("read", "update"):
        rest("PUT", path, 400, json=[naming(operation, ids["jane"])])
        rest("PUT", f"{path}/byOperation/{operation}/user?accountId={ids['jane']}", 400)
    rest("PUT", path, json=[naming("read", ids["admin"], ids["jane"])])
    rest("DELETE", f"{path}/byOperation/read/user?accountId={ids['admin']}", 400)
    assert named(rest("GET", path))["read"] == ([ids["admin"], ids["jane"]], [])


def test_a_page_one_may_not_see_is_nowhere(rest: Rest, jane: Rest, sandbox: Sandbox, tree: dict[str, Any]) -> None:
    """It answers as if it were missing, and is in no listing, tree or search, with everything below it."""
    top, leaf = tree["Top"]["id"], tree["Leaf"]["id"]
    file = {"file": (io.BytesIO(b"secret"), "plan.txt")}
    rest("POST", f"/content/{leaf}/child/attachment", data=file, headers={"X-Atlassian-Token": "no-check"})
    rest("PUT", f"/content/{top}/restriction", json=[naming("read", groups=("confluence-administrators",))])
    for page in (top, leaf):
        assert "No content found with id" in jane("GET", f"/content/{page}", 404)["message"]
        jane("GET", f"/content/{page}?status=any", 404)
        jane("GET", f"/content/{page}/child/page", 404)
        jane("GET", f"/content/{page}/restriction", 404)
        jane("DELETE", f"/content/{page}", 404)
        assert jane.send("GET", f"/wiki/download/attachments/{page}/plan.txt").status_code == 404
    jane.save(tree["Leaf"], 2, 404, body="<p>x</p>")
    jane("PUT", f"/content/{tree['Free']['id']}/move/append/{top}", 404)
    assert [row["title"] for row in jane("GET", "/content?spaceKey=DOC")["results"]] == ["Handbook", "Free"]
    assert [row["title"] for row in jane("GET", "/space/DOC/content/page")["results"]] == ["Handbook", "Free"]
    for cql in ("text ~ secret", f"ancestor = {top}", "type = attachment"):
        assert jane("GET", "/content/search", query_string={"cql": cql})["size"] == 0
        assert jane("GET", "/search", query_string={"cql": cql})["totalSize"] == 0
    assert rest("GET", "/content/search", query_string={"cql": "text ~ secret"})["size"] == 2
    sent = {"type": "page", "title": "New", "space": {"key": "DOC"}, "ancestors": [{"id": leaf}]}
    assert "does not exist" in jane("POST", "/content", 400, json=sent)["message"]


def test_a_title_stays_taken_by_a_page_one_may_not_see(rest: Rest, jane: Rest, tree: dict[str, Any]) -> None:
    """That a page is hidden does not free its title."""
    rest("PUT", f"/content/{tree['Top']['id']}/restriction/byOperation/read/group/confluence-administrators")
    sent = {"type": "page", "title": "Leaf", "space": {"key": "DOC"}}
    assert "A page with this title already exists" in jane("POST", "/content", 400, json=sent)["message"]


def test_who_may_see_but_not_edit_reads_only(rest: Rest, jane: Rest, tree: dict[str, Any]) -> None:
    """Every way of changing the page is 403; reading goes on, and pages below are not concerned."""
    top = tree["Top"]["id"]
    rest("POST", f"/content/{top}/label", json={"name": "kept"})
    rest("PUT", f"/content/{top}/restriction", json=[naming("update", groups=("confluence-administrators",))])
    assert jane.storage(top) == "<p>secret</p>"
    upload = {"data": {"file": FileStorage(io.BytesIO(b"x"), "a.txt")}, "headers": {"X-Atlassian-Token": "no-check"}}
    restore = {"operationKey": "restore", "params": {"versionNumber": 1}}
    for method, path, more in (
        ("PUT", "", {"json": {"type": "page", "title": "X", "version": {"number": 2}}}),
        ("DELETE", "", {}),
        ("DELETE", "/pageTree", {}),
        ("POST", "/label", {"json": {"name": "x"}}),
        ("DELETE", "/label/kept", {}),
        ("POST", "/property", {"json": {"key": "k", "value": 1}}),
        ("POST", "/child/attachment", upload),
        ("PUT", f"/move/append/{tree['Free']['id']}", {}),
        ("POST", "/version", {"json": restore}),
        ("DELETE", "/restriction", {}),
        ("POST", "/restriction", {"json": [naming("read", groups=("confluence-users",))]}),
    ):
        assert "PermissionException" in jane(method, f"/content/{top}{path}", 403, **more)["message"], (method, path)
    jane("POST", "/content/archive", 403, json={"pages": [{"id": int(top)}]})
    operations = jane("GET", f"/content/{top}?expand=operations")["operations"]
    assert {"read"} <= {one["operation"] for one in operations} <= {"read", "create", "copy"}
    jane.save(tree["Leaf"], 2, body="<p>mine</p>")
    read = rest("GET", f"/content/{top}?expand=version,metadata.labels")
    assert (read["version"]["number"], read["metadata"]["labels"]["size"]) == (1, 1)


def test_a_restriction_is_lifted_for_everybody(rest: Rest, jane: Rest, tree: dict[str, Any]) -> None:
    """After the last name is gone the page is open again."""
    path = f"/content/{tree['Top']['id']}/restriction"
    rest("PUT", f"{path}/byOperation/read/group/confluence-administrators")
    jane("GET", f"/content/{tree['Leaf']['id']}", 404)
    rest("DELETE", f"{path}/byOperation/read/group/confluence-administrators")
    assert jane.storage(tree["Leaf"]["id"]) == "<p>secret</p>"


def test_a_move_keeps_the_place_of_siblings_one_may_not_see(
    rest: Rest, jane: Rest, sandbox: Sandbox, tree: dict[str, Any]
) -> None:
    """Whoever orders pages orders also those that only others see, and the order stays whole."""
    pages = {name: rest.page(name, parent=tree["Free"]["id"]) for name in ("A", "B", "C")}
    sandbox.restrict(pages["B"]["id"], "read", ["admin"])
    jane("PUT", f"/content/{pages['C']['id']}/move/before/{pages['A']['id']}")
    rows = rest("GET", f"/content/{tree['Free']['id']}/child/page")["results"]
    assert [row["title"] for row in rows] == ["C", "A", "B"]
    positions = [row["extensions"]["position"] for row in rows]
    assert positions == sorted(set(positions))


def test_the_ready_user_is_locked_out_by_a_colleague(
    rest: Rest, jane: Rest, sandbox: Sandbox, ids: dict[str, str], browser: Browser, tree: dict[str, Any]
) -> None:
    """Nobody is above a restriction: what jane keeps to herself the administrator sees neither here nor in the browser."""
    page = tree["Leaf"]["id"]
    jane("PUT", f"/content/{page}/restriction", json=[naming("read", ids["jane"])])
    rest("GET", f"/content/{page}", 404)
    assert "Leaf" not in browser.get(f"/wiki/spaces/DOC/pages/{tree['Top']['id']}")
    browser.get(f"/wiki/spaces/DOC/pages/{page}", 404)
    sandbox.restrict(page, "read")
    sandbox.restrict(page, "update", ["jane"])
    assert "may edit this page" in browser.get(f"/wiki/spaces/DOC/pages/{page}")
    browser.get(f"/wiki/pages/edit/{page}", 403)


def test_groups_have_members(rest: Rest, jane: Rest, ids: dict[str, str]) -> None:
    """Everybody is a user; the ready user alone is an administrator."""
    everybody = [who["accountId"] for who in rest("GET", "/group/confluence-users/member")["results"]]
    assert sorted(everybody) == sorted(ids.values())
    few = rest("GET", "/group/confluence-administrators/member")["results"]
    assert [who["accountId"] for who in few] == [ids["admin"]]
    assert [one["name"] for one in jane("GET", "/user/memberof")["results"]] == ["confluence-users"]
