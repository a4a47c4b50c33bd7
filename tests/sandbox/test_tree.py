"""The page tree: order, moves, folders, and what deletion does to children."""

from typing import Any

import pytest

from confsync.sandbox import Sandbox

Rest = Any


def titles(rest: Rest, page: Any, kind: str = "page") -> list[str]:
    return [row["title"] for row in rest("GET", f"/content/{page['id']}/child/{kind}")["results"]]


@pytest.fixture
def family(rest: Rest) -> dict[str, Any]:
    top = rest.page("Top")
    return {"Top": top} | {name: rest.page(name, parent=top["id"]) for name in ("A", "B", "C")}


def test_children_keep_the_order_of_creation_until_they_are_moved(rest: Rest, family: dict[str, Any]) -> None:
    """Unordered siblings have no position; after a move all of them have one."""
    assert titles(rest, family["Top"]) == ["A", "B", "C"]
    assert rest("GET", f"/content/{family['A']['id']}")["extensions"] == {}
    rest("PUT", f"/content/{family['C']['id']}/move/before/{family['A']['id']}")
    assert titles(rest, family["Top"]) == ["C", "A", "B"]
    positions = [rest("GET", f"/content/{family[name]['id']}")["extensions"]["position"] for name in "CAB"]
    assert positions == sorted(positions)


@pytest.mark.parametrize(("position", "order"), [("before", "ACB"), ("after", "ABC")])
def test_a_page_moves_before_or_after_a_sibling(rest: Rest, family: dict[str, Any], position: str, order: str) -> None:
    """A move answers with the page's id and makes no version."""
    answer = rest("PUT", f"/content/{family['C']['id']}/move/{position}/{family['B']['id']}")
    assert answer == {"pageId": family["C"]["id"]}
    assert titles(rest, family["Top"]) == list(order)
    assert rest("GET", f"/content/{family['C']['id']}")["version"]["number"] == 1


def test_order_survives_many_moves_into_one_gap(rest: Rest, family: dict[str, Any]) -> None:
    """Sparse positions run out of room at some point; the order stays right."""
    for _ in range(20):
        rest("PUT", f"/content/{family['C']['id']}/move/after/{family['A']['id']}")
        rest("PUT", f"/content/{family['B']['id']}/move/after/{family['A']['id']}")
    assert titles(rest, family["Top"]) == ["A", "B", "C"]


def test_a_moved_page_takes_its_descendants_along(rest: Rest, family: dict[str, Any]) -> None:
    """`append` makes a page the last child; ancestors are listed root first."""
    leaf = rest.page("Leaf", parent=family["A"]["id"])
    rest("PUT", f"/content/{family['A']['id']}/move/append/{family['B']['id']}")
    above = rest("GET", f"/content/{leaf['id']}?expand=ancestors")["ancestors"]
    assert [one["title"] for one in above] == ["Top", "B", "A"]
    below = rest("GET", f"/content/{family['Top']['id']}/descendant/page")["results"]
    assert {one["title"] for one in below} == {"A", "B", "C", "Leaf"}


def test_a_page_cannot_be_moved_under_itself(rest: Rest, family: dict[str, Any]) -> None:
    """A loop is refused by move and by save."""
    rest("PUT", f"/content/{family['Top']['id']}/move/append/{family['A']['id']}", 400)
    rest.save(family["Top"], 2, 400, ancestors=[{"id": family["A"]["id"]}])
    assert titles(rest, family["Top"]) == ["A", "B", "C"]


def test_a_save_with_another_ancestor_moves_the_page(rest: Rest, family: dict[str, Any]) -> None:
    """Moving by a save makes a version."""
    saved = rest.save(family["A"], 2, ancestors=[{"id": family["Top"]["id"]}, {"id": family["B"]["id"]}])
    assert saved["version"]["number"] == 2
    assert [one["title"] for one in saved["ancestors"]] == ["Top", "B"]


def test_a_move_to_another_space_respects_its_titles(rest: Rest, sandbox: Sandbox, family: dict[str, Any]) -> None:
    """Pages move across spaces with what is below, unless a title is taken there."""
    sandbox.create_space("OPS", "Operations")
    target = rest.page("A", space="OPS")
    rest("PUT", f"/content/{family['A']['id']}/move/append/{target['id']}", 400)
    rest("PUT", f"/content/{family['B']['id']}/move/append/{target['id']}")
    assert rest("GET", f"/content/{family['B']['id']}?expand=space")["space"]["key"] == "OPS"
    assert titles(rest, family["Top"]) == ["A", "C"]


def test_children_of_a_deleted_page_move_up(rest: Rest, family: dict[str, Any]) -> None:
    """Deleting a page never takes its children along."""
    rest.page("Leaf", parent=family["B"]["id"])
    rest("DELETE", f"/content/{family['B']['id']}", 204)
    assert titles(rest, family["Top"]) == ["A", "C", "Leaf"]


def test_a_whole_tree_can_be_deleted(rest: Rest, family: dict[str, Any]) -> None:
    """A page tree goes to the trash as a task that can be asked after."""
    task = rest("DELETE", f"/content/{family['Top']['id']}/pageTree", 202)
    assert rest("GET", f"/wiki{task['links']['status']}")["finished"] is True
    assert rest("GET", f"/content/{family['A']['id']}?status=trashed")["status"] == "trashed"


def test_a_missing_parent_is_refused(rest: Rest) -> None:
    """No page without a place."""
    sent = {"type": "page", "title": "X", "space": {"key": "DOC"}, "ancestors": [{"id": "999"}]}
    assert (
        "The parent ID specified (ContentId{id=999}) does not exist"
        in rest("POST", "/content", 400, json=sent)["message"]
    )


def test_folders_are_parents_that_only_child_folder_shows(rest: Rest, sandbox: Sandbox, family: dict[str, Any]) -> None:
    """A Cloud folder is read through `child/folder` and can hold pages."""
    folder = sandbox.create_folder("DOC", "Box", family["Top"]["id"])
    rest.page("Inside", parent=folder)
    assert titles(rest, family["Top"], "folder") == ["Box"]
    assert titles(rest, {"id": folder}) == ["Inside"]
    assert titles(rest, family["Top"]) == ["A", "B", "C"]
    answer = rest("GET", "/content?type=folder&spaceKey=DOC", 501)
    assert "Cannot fetch folders with ContentFinder" in answer["message"]


def test_archived_pages_leave_the_tree(rest: Rest, family: dict[str, Any]) -> None:
    """Archiving wants numbers, and answers 500 for an id that does not exist, as the real site does."""
    rest("POST", "/content/archive", 400, json={"pages": [{"id": family["A"]["id"]}]})
    rest("POST", "/content/archive", 500, json={"pages": [{"id": 999}]})
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(family["A"]["id"])}]})
    assert titles(rest, family["Top"]) == ["B", "C"]
    assert rest("GET", f"/content/{family['A']['id']}")["status"] == "archived"


def test_children_can_be_expanded_in_one_answer(rest: Rest, family: dict[str, Any]) -> None:
    """One request shows which kinds of children there are, and their first rows."""
    read = rest("GET", f"/content/{family['Top']['id']}?expand=children.page.version,childTypes.all")
    assert [one["version"]["number"] for one in read["children"]["page"]["results"]] == [1, 1, 1]
    assert {kind: one["value"] for kind, one in read["childTypes"].items() if kind != "_expandable"} == {
        "attachment": False,
        "comment": False,
        "page": True,
    }


def test_a_space_lists_its_pages(rest: Rest, family: dict[str, Any]) -> None:
    """All pages or the top level; page and blog post as lists of their own."""
    assert rest("GET", "/space/doc/content/page")["size"] == 5
    assert [one["title"] for one in rest("GET", "/space/DOC/content/page?depth=root")["results"]] == ["Handbook", "Top"]
    assert set(rest("GET", "/space/DOC/content")) == {"page", "blogpost", "_links"}


def test_spaces_are_made_changed_and_deleted(rest: Rest) -> None:
    """A space comes with a home page; keys are unique without case."""
    made = rest("POST", "/space", json={"key": "NEW", "name": "New space", "description": {"plain": {"value": "d"}}})
    assert isinstance(made["id"], int)
    home = rest("GET", "/space/NEW?expand=homepage")["homepage"]
    assert home["title"] == "New space"
    assert rest("GET", f"/content/{home['id']}")["_links"]["webui"] == "/spaces/NEW/overview"
    rest("POST", "/space", 400, json={"key": "new", "name": "Again"})
    assert rest("PUT", "/space/NEW", json={"name": "Renamed"})["name"] == "Renamed"
    assert {one["key"] for one in rest("GET", "/space")["results"]} == {"DOC", "NEW"}
    rest("DELETE", "/space/NEW", 202)
    assert rest("GET", "/space/NEW", 404)["message"] == "No space with key : NEW"
    rest("GET", f"/content/{home['id']}?status=any", 404)


def test_a_short_link_leads_to_its_page(rest: Rest, family: dict[str, Any]) -> None:
    """`tinyui` of a page is an address that works."""
    tiny = rest("GET", f"/content/{family['A']['id']}")["_links"]["tinyui"]
    answer = rest.send("GET", f"/wiki{tiny}")
    assert answer.headers["Location"].endswith(f"/wiki/spaces/DOC/pages/{family['A']['id']}/A")


def test_a_hidden_page_looks_like_a_missing_one_but_keeps_its_title(
    rest: Rest, sandbox: Sandbox, family: dict[str, Any]
) -> None:
    """Lost permission and deletion cannot be told apart by the answers; only the title stays taken."""
    leaf = rest.page("Leaf", parent=family["A"]["id"])
    sandbox.hide(family["A"]["id"])
    for page in (family["A"], leaf):
        rest("GET", f"/content/{page['id']}", 404)
        rest("GET", f"/content/{page['id']}?status=any", 404)
        rest.save(page, 2, 404, body="<p>x</p>")
    assert titles(rest, family["Top"]) == ["B", "C"]
    assert rest("GET", "/content?spaceKey=DOC&title=Leaf&status=any")["size"] == 0
    assert rest("GET", "/content/search", query_string={"cql": "title = Leaf"})["size"] == 0
    sent = {"type": "page", "title": "leaf", "space": {"key": "DOC"}}
    assert "A page with this title already exists" in rest("POST", "/content", 400, json=sent)["message"]
    sandbox.unhide_all()
    assert titles(rest, family["Top"]) == ["A", "B", "C"]
