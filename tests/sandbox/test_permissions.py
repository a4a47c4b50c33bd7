"""Permissions of a space: who may not read it finds nothing of it, who may not write is told so."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from confsync.sandbox import Sandbox
from tests.sandbox.conftest import Rest


def _as(rest: Rest, name: str) -> Rest:
    return Rest(rest.client, "Basic " + base64.b64encode(f"{name}:{name}".encode()).decode())


def _without(rest: Rest, *kept: tuple[str, str]) -> None:
    """Take from everybody all permissions in the space but these; its maker keeps them all."""
    me = rest("GET", "/user/current")["accountId"]
    rows: list[Any] = rest("GET", "/space/DOC?expand=permissions")["permissions"]
    for row in rows:
        what = {"key": row["operation"]["operation"], "target": row["operation"]["targetType"]}
        who = {"subject": {"type": "user", "identifier": me}, "operation": what}
        rest("POST", "/space/DOC/permission", json=who)
    for row in reversed(rows):
        if (row["operation"]["operation"], row["operation"]["targetType"]) not in kept:
            rest("DELETE", f"/space/DOC/permission/{row['id']}", 204)


@pytest.fixture
def eve(sandbox: Sandbox, rest: Rest) -> Rest:
    sandbox.create_user("eve")
    return _as(rest, "eve")


def test_a_space_that_a_user_may_not_read_is_not_there(rest: Rest, eve: Rest) -> None:
    """Its key, its pages, search and lists are as if it did not exist, over both versions."""
    page = rest.page("Secret", "<p>needle</p>")["id"]
    assert eve("GET", f"/content/{page}")["title"] == "Secret"
    _without(rest)
    for path in ("/space/DOC", f"/content/{page}", f"/content/{page}/child/page", "/content?spaceKey=DOC"):
        eve("GET", path, 404)
    assert eve("GET", "/space")["results"] == []
    assert eve("GET", '/search?cql=text ~ "needle"')["results"] == []
    assert eve("GET", "/wiki/api/v2/spaces")["results"] == []
    eve("GET", f"/wiki/api/v2/pages/{page}", 404)
    eve("POST", "/content", 404, json={"type": "page", "title": "New", "space": {"key": "DOC"}})
    assert rest("GET", f"/content/{page}")["title"] == "Secret"


def test_who_may_only_read_changes_nothing(rest: Rest, eve: Rest) -> None:
    """Creating, editing, deleting and administering are refused with 403, and leave nothing behind."""
    page = rest.page("Fixed")
    _without(rest, ("read", "space"))
    sent = {"type": "page", "title": "New", "space": {"key": "DOC"}}
    eve("POST", "/content", 403, json=sent)
    eve.save(page, 2, 403, body="<p>mine</p>")
    eve("DELETE", f"/content/{page['id']}", 403)
    eve("DELETE", f"/content/{page['id']}/pageTree", 403)
    eve("PUT", "/space/DOC", 403, json={"name": "Mine"})
    eve("DELETE", "/space/DOC", 403)
    assert rest.storage(page["id"]) == "<p>text</p>"
    assert rest("GET", "/content?spaceKey=DOC&title=New")["results"] == []


def test_who_may_write_but_not_delete_is_told_so(rest: Rest, eve: Rest) -> None:
    """Each permission is one of its own."""
    page = rest.page("Draft")
    _without(rest, ("read", "space"), ("create", "page"))
    eve.save(page, 2, body="<p>better</p>")
    eve("DELETE", f"/content/{page['id']}", 403)
