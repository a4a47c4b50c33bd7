"""Ancestors of pages that come with their parents only."""

from __future__ import annotations

from confsync.remote.records_v2 import Above


def test_what_is_above_is_found_in_the_listing() -> None:
    """The highest first, whatever the order of the listing, and however deep; nobody is asked."""
    parents = {str(number): str(number - 1) if number else None for number in range(5_000)}
    above = Above(parents, lambda page: 1 / 0)  # type: ignore[arg-type, return-value]
    assert above.of("4999") == tuple(str(number) for number in range(4999))
    assert (above.of("2"), above.of("0")) == (("0", "1"), ())


def test_pages_under_something_that_is_not_listed_cost_one_request() -> None:
    """A folder, or a page that this user may not view: all its children have the same ancestors."""
    asked: list[str] = []

    def ask(page: str) -> tuple[str, ...]:
        asked.append(page)
        return ("home", "folder")

    above = Above({"home": None, "a": "folder", "b": "folder", "c": "b"}, ask)
    assert [above.of(page) for page in "abc"] == [("home", "folder")] * 2 + [("home", "folder", "b")]
    assert len(asked) == 1


def test_pages_that_were_moved_while_they_were_listed_end_no_run() -> None:
    """The listing may say that each stands under the other: the site is asked, and the next listing sees it."""
    above = Above({"a": "b", "b": "a"}, lambda page: ("home",))
    assert above.of("a")[0] == "home"
    assert above.of("b")[0] == "home"
