"""The order of siblings as listings tell it, and which titles are free."""

import random
from typing import Any

import pytest

from confsync.sandbox import Sandbox

Rest = Any
TAKEN = "A page with this title already exists"


def rows_below(rest: Rest, parent: str) -> list[Any]:
    found: list[Any] = rest("GET", f"/content/{parent}/child/page?limit=200")["results"]
    return found


def positions(rest: Rest) -> dict[str, int | None]:
    """The position of every page of the space, from the listing that has them all."""
    rows = rest("GET", "/content?spaceKey=DOC&type=page&limit=200&expand=ancestors,version")["results"]
    return {row["id"]: row["extensions"].get("position") for row in rows}


def check_order(rest: Rest, parents: list[str], expected: dict[str, list[str]]) -> None:
    """Children come as expected; positions rise strictly along them, and only the last ones may have none."""
    known = positions(rest)
    for parent in parents:
        ids = [row["id"] for row in rows_below(rest, parent)]
        assert ids == expected.get(parent, [])
        numbers = [known[one] for one in ids]
        given = [number for number in numbers if number is not None]
        assert given == sorted(set(given))
        assert numbers[: len(given)] == given
        assert all(number > 0 for number in given)


@pytest.mark.parametrize("seed", range(6))
def test_positions_follow_the_tree_through_any_moves(rest: Rest, seed: int) -> None:
    """Whatever is moved before, after or under whatever, a listing with positions tells the order of the tree."""
    rng = random.Random(seed)
    top = rest.page("Top")["id"]
    pages, below, above = [top], {top: []}, {}
    for step in range(60):
        if len(pages) < 12:
            parent = rng.choice(pages)
            made = rest.page(f"Page {step}", parent=parent)["id"]
            pages.append(made)
            below[made], above[made] = [], parent
            below[parent].append(made)
            continue
        page, target = rng.sample(pages[1:], 2)
        way = rng.choice(["before", "after", "append"])
        up, loop = target, False
        while up in above:
            loop, up = loop or up == page, above[up]
        parent = target if way == "append" else above[target]
        rest("PUT", f"/content/{page}/move/{way}/{target}", 400 if loop else 200)
        if loop:
            continue
        below[above[page]].remove(page)
        place = len(below[parent]) if way == "append" else below[parent].index(target) + (way == "after")
        below[parent].insert(place, page)
        above[page] = parent
        check_order(rest, [parent], below)
    check_order(rest, pages, below)


def test_a_moved_page_keeps_the_order_of_its_children(rest: Rest, sandbox: Sandbox) -> None:
    """Children come along as they stood, in the space and across spaces."""
    sandbox.create_space("OPS", "Operations")
    top, other, away = rest.page("Top"), rest.page("Other"), rest.page("Away", space="OPS")
    leaves = [rest.page(name, parent=top["id"])["id"] for name in ("A", "B", "C")]
    rest("PUT", f"/content/{leaves[2]}/move/before/{leaves[0]}")
    wanted = [leaves[2], leaves[0], leaves[1]]
    for target in (other, away):
        rest("PUT", f"/content/{top['id']}/move/append/{target['id']}")
        found = rows_below(rest, top["id"])
        assert [row["id"] for row in found] == wanted
        numbers = [row["extensions"]["position"] for row in found]
        assert numbers == sorted(set(numbers))


def test_pages_never_moved_have_no_position(rest: Rest) -> None:
    """An order that nobody gave is not told; new pages come after those that were put somewhere."""
    top = rest.page("Top")["id"]
    first, second = (rest.page(name, parent=top)["id"] for name in ("A", "B"))
    assert positions(rest)[first] is None
    rest("PUT", f"/content/{second}/move/before/{first}")
    third = rest.page("C", parent=top)["id"]
    assert positions(rest)[third] is None
    assert [row["id"] for row in rows_below(rest, top)] == [second, first, third]


def test_pages_before_the_first_one_stay_above_nought(rest: Rest) -> None:
    """A position is never negative, however often something is put in front: below 1 it would mean none."""
    top = rest.page("Top")["id"]
    ids = [rest.page(f"Page {number}", parent=top)["id"] for number in range(4)]
    for _ in range(8):
        for one in ids:
            first = rows_below(rest, top)[0]["id"]
            if first != one:
                rest("PUT", f"/content/{one}/move/before/{first}")
    assert [row["id"] for row in rows_below(rest, top)] == ids[::-1]
    assert min(row["extensions"]["position"] for row in rows_below(rest, top)) > 0


def test_top_level_pages_and_folders_share_one_order(rest: Rest, sandbox: Sandbox) -> None:
    """A page can be put beside a folder at the top of a space."""
    folder = sandbox.create_folder("DOC", "Box")
    one, two = rest.page("One"), rest.page("Two")
    rest("PUT", f"/content/{two['id']}/move/before/{folder}")
    known = positions(rest)
    place = rest("GET", f"/content/{folder}")["extensions"]["position"]
    assert known[two["id"]] < place < known[one["id"]]


@pytest.mark.parametrize(
    ("title", "status"), [("x" * 255, 200), ("é" * 255, 200), ("x" * 256, 400), ("", 400), (" ", 400)]
)
def test_a_title_has_1_to_255_characters_wherever_it_comes_from(rest: Rest, title: str, status: int) -> None:
    """The limit holds for a new page, a rename and a published draft."""
    sent = {"type": "page", "title": title, "space": {"key": "DOC"}, "body": {"storage": {"value": ""}}}
    made = rest("POST", "/content", status, json=sent)
    if status == 200:
        rest("DELETE", f"/content/{made['id']}", 204)
    named = rest.page("Guide")
    put = {"type": "page", "title": title, "version": {"number": 2}}
    if rest("PUT", f"/content/{named['id']}", status, json=put) and status == 200:
        rest.save(named, 3, title="Guide")
    draft = rest.page("Idea", status="draft")
    rest("PUT", f"/content/{draft['id']}", status, json={**put, "status": "current", "version": {"number": 1}})


def test_an_archived_page_keeps_its_title_for_itself(rest: Rest, sandbox: Sandbox) -> None:
    """Nothing takes it: no new page, no rename, no restored or published page, no move; one in the trash lets it go."""
    sandbox.create_space("OPS", "Operations")
    old, other, gone = rest.page("Guide"), rest.page("Other"), rest.page("Gone")
    away, draft = rest.page("guide", space="OPS"), rest.page("GUIDE", status="draft")
    rest("DELETE", f"/content/{gone['id']}", 204)
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(old["id"])}]})
    new = {"type": "page", "title": "guide", "space": {"key": "DOC"}, "body": {"storage": {"value": ""}}}
    answers = [
        rest("POST", "/content", 400, json=new),
        rest.save(other, 2, 400, title="Guide"),
        rest.save(gone, 2, 400, title="Guide", status="current"),
        rest.save(draft, 1, 400, status="current"),
        rest("PUT", f"/content/{away['id']}/move/append/{other['id']}", 400),
    ]
    assert all(TAKEN in answer["message"] for answer in answers)
    rest("DELETE", f"/content/{other['id']}", 204)
    rest.page("Other")


def test_archived_pages_go_along_to_another_space(rest: Rest, sandbox: Sandbox) -> None:
    """A title reserved below a page that moves is reserved in the other space then, and free in the old one."""
    sandbox.create_space("OPS", "Operations")
    top, away = rest.page("Top"), rest.page("Away", space="OPS")
    old = rest.page("Old", parent=top["id"])
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(old["id"])}]})
    rest("PUT", f"/content/{top['id']}/move/append/{away['id']}")
    assert rest("GET", f"/content/{old['id']}?expand=space")["space"]["key"] == "OPS"
    sent = {"type": "page", "title": "Old", "space": {"key": "OPS"}, "body": {"storage": {"value": ""}}}
    assert TAKEN in rest("POST", "/content", 400, json=sent)["message"]
    rest.page("Old")


def test_a_page_is_restored_in_its_own_space(rest: Rest, sandbox: Sandbox) -> None:
    """When its parent has gone to another space meanwhile, it comes back at the top of its own."""
    sandbox.create_space("OPS", "Operations")
    top, away = rest.page("Top"), rest.page("Away", space="OPS")
    leaf = rest.page("Leaf", parent=top["id"])
    rest("DELETE", f"/content/{leaf['id']}", 204)
    rest("PUT", f"/content/{top['id']}/move/append/{away['id']}")
    rest.save(leaf, 2, status="current")
    back = rest("GET", f"/content/{leaf['id']}?expand=ancestors,space")
    assert (back["ancestors"], back["space"]["key"]) == ([], "DOC")
