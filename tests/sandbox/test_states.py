"""How far a page has got: content states, which are versions without another text."""

from typing import Any

import pytest

from confsync.sandbox import Sandbox

Rest = Browser = Any


def state(rest: Rest, page: Any, query: str = "?status=current") -> Any:
    return rest("GET", f"/content/{page['id']}/state{query}")


def put(rest: Rest, page: Any, expect: int = 200, status: str = "current", **sent: Any) -> Any:
    return rest("PUT", f"/content/{page['id']}/state?status={status}", expect, json=sent)


def version(rest: Rest, page: Any) -> int:
    return int(rest("GET", f"/content/{page['id']}")["version"]["number"])


def test_a_page_has_no_state_at_first(rest: Rest) -> None:
    """Nothing set is an empty object, not an error; removing nothing makes no version."""
    page = rest.page("Guide")
    assert state(rest, page) == state(rest, page, "") == {}
    assert rest("DELETE", f"/content/{page['id']}/state?status=current") == {}
    assert version(rest, page) == 1


def test_a_state_is_a_new_version_of_the_same_text(rest: Rest, browser: Browser) -> None:
    """Setting one by the id of a suggestion counts the version up and leaves title and body as they are."""
    page = rest.page("Guide", "<p>text</p>")
    made = put(rest, page, id=1)
    assert made["contentState"] == {"id": 1, "name": "In progress", "color": "#2684ff"}
    assert state(rest, page) == made
    assert version(rest, page) == 2
    assert rest.storage(page["id"]) == "<p>text</p>"
    assert "In progress" in browser.get(f"/wiki/spaces/DOC/pages/{page['id']}")


def test_a_state_is_removed_by_another_version(rest: Rest) -> None:
    """Afterwards there is none again."""
    page = rest.page("Guide", "<p>text</p>")
    put(rest, page, id=2)
    assert rest("DELETE", f"/content/{page['id']}/state?status=current") == {}
    assert state(rest, page) == {}
    assert version(rest, page) == 3
    assert rest.storage(page["id"]) == "<p>text</p>"


def test_a_later_text_clears_the_state(rest: Rest) -> None:
    """Whoever writes a new body, a property or an old version has to set the state anew; a new title keeps it."""
    page = rest.page("Guide", "<p>text</p>")
    put(rest, page, id=0)
    rest.save(page, 3, title="Manual")
    assert state(rest, page)["contentState"]["name"] == "Rough draft"
    rest.save(page, 4, body="<p>new</p>")
    assert state(rest, page) == {}
    put(rest, page, id=0)
    rest("POST", f"/content/{page['id']}/property", json={"key": "k", "value": 1})
    assert state(rest, page) == {}
    put(rest, page, id=0)
    rest("POST", f"/content/{page['id']}/version", json={"operationKey": "restore", "params": {"versionNumber": 1}})
    assert state(rest, page) == {}


def test_users_make_up_states_of_their_own(rest: Rest, sandbox: Sandbox) -> None:
    """A name with a color is a state that is used again, offered again, and only by the one who made it."""
    page = rest.page("Guide")
    own = put(rest, page, name="On hold", color="#FF7452")["contentState"]
    assert put(rest, page, name="On hold", color="#ff7452")["contentState"] == own
    for name in ("A", "B", "C"):
        put(rest, page, name=name, color="#8777d9")
    path = f"/content/{page['id']}/state/available"
    offered = rest("GET", path)
    assert [one["name"] for one in offered["spaceContentStates"]] == ["Rough draft", "In progress", "Ready for review"]
    assert [one["name"] for one in offered["customContentStates"]] == ["C", "B", "A"]
    assert own in rest("GET", "/content-states")
    assert put(rest, page, id=own["id"])["contentState"] == own
    assert rest("GET", path)["customContentStates"][0] == own
    sandbox.create_user("jane")
    rest.auth = "Bearer jane"
    assert rest("GET", path)["customContentStates"] == []
    put(rest, page, 400, id=own["id"])
    assert state(rest, page)["contentState"] == own


def test_a_space_suggests_three_states(rest: Rest) -> None:
    """They are the same in every space, and a space says what it allows and what is in a state."""
    page, other = rest.page("Guide"), rest.page("Other")
    put(rest, page, id=2)
    put(rest, other, id=0)
    assert [one["id"] for one in rest("GET", "/space/DOC/state")] == [0, 1, 2]
    assert rest("GET", "/space/DOC/state/settings")["contentStatesAllowed"] is True
    assert [row["id"] for row in rest("GET", "/space/DOC/state/content?state-id=2")["results"]] == [page["id"]]
    rest("GET", "/space/DOC/state/content", 400)
    rest("GET", "/space/NONE/state", 404)


@pytest.mark.parametrize(
    "sent",
    [{}, {"id": 7}, {"id": "x"}, {"id": True}, {"name": "x"}, {"name": "x" * 21, "color": "#ffffff"},
     {"name": "x", "color": "red"}, {"name": " ", "color": "#ffffff"}, {"name": 1, "color": 1}],
)  # fmt: skip
def test_a_bad_state_is_refused(rest: Rest, sent: Any) -> None:
    """No version and no state come of it."""
    page = rest.page("Guide")
    put(rest, page, 400, **sent)
    assert (state(rest, page), version(rest, page)) == ({}, 1)


def test_the_status_must_be_said(rest: Rest) -> None:
    """A write without `status` is refused, as is one for a page in no such status."""
    page = rest.page("Guide")
    rest("PUT", f"/content/{page['id']}/state", 400, json={"id": 1})
    put(rest, page, 400, status="trashed", id=1)
    put(rest, page, 404, status="draft", id=1)


def test_a_draft_has_a_state_of_its_own(rest: Rest, sandbox: Sandbox) -> None:
    """It makes no version, says nothing of the page, and goes with the draft."""
    page = rest.page("Guide")
    sandbox.save_draft(page["id"], "admin", "Guide", "<p>soon</p>")
    put(rest, page, status="draft", id=1)
    assert state(rest, page, "?status=draft")["contentState"]["id"] == 1
    assert (state(rest, page), version(rest, page)) == ({}, 1)
    rest("DELETE", f"/content/{page['id']}?status=draft", 204)
    sandbox.save_draft(page["id"], "admin", "Guide", "<p>again</p>")
    assert state(rest, page, "?status=draft") == {}


def test_only_who_may_edit_sets_a_state(rest: Rest, sandbox: Sandbox) -> None:
    """A state is a version, so it takes the right to edit; reading it does not."""
    page = rest.page("Guide")
    put(rest, page, id=1)
    sandbox.restrict(page["id"], "update", ["admin"])
    sandbox.create_user("jane")
    rest.auth = "Bearer jane"
    put(rest, page, 403, id=2)
    rest("DELETE", f"/content/{page['id']}/state?status=current", 403)
    assert state(rest, page)["contentState"]["id"] == 1
