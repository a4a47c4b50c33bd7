"""Titles that change hands while a run is cut off: nobody's page stays held back for a title that nobody chose."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from confsync.model import Effect
from tests.engine.machines import Killed, Machine, Site, cloned, machine


def cut_off(one: Machine, site: Site, moment: str, number: int) -> tuple[Machine, bool]:
    """Sync until the effect with this number, end there, and open the folder again."""
    count = 0

    def hook(when: str, effect: Effect) -> None:
        nonlocal count
        count += when == moment
        if count == number:
            raise Killed

    one.engine.world.hook = hook
    with suppress(Killed):
        one.engine.sync()
    one.engine.close()
    return machine(site, one.root), count >= number


def renamed_in_a_row(site: Site, one: Machine) -> None:
    """A becomes B after B has become C."""
    titles = site.titles()
    site.edit(titles["B"], title="C")
    site.edit(titles["A"], title="B")


def swapped(site: Site, one: Machine) -> None:
    """A and B swap their titles."""
    titles = site.titles()
    site.edit(titles["B"], title="For a moment")
    site.edit(titles["A"], title="B")
    site.edit(titles["B"], title="A")


def renamed_there_edited_here(site: Site, one: Machine) -> None:
    """A page gets another's former title, and its file has an edit to push."""
    renamed_in_a_row(site, one)
    one.replace("a.md", "Text", "Edited text")
    one.replace("b.md", "Text", "Edited text")


def drafted_and_created(site: Site, one: Machine) -> None:
    """The same title comes from both sides."""
    site.create("New")
    one.write("note.md", "# New\n\nMine.\n")


def drafted_and_created_with_one_name(site: Site, one: Machine) -> None:
    """The same title comes from both sides, and the draft lies where the page's file shall be."""
    site.create("New")
    one.write("new.md", "# New\n\nMine.\n")


CHANGES = [
    renamed_in_a_row, swapped, renamed_there_edited_here, drafted_and_created, drafted_and_created_with_one_name,
]  # fmt: skip


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_a_run_cut_off_between_two_renames_is_finished_by_the_next(
    change: Callable[[Site, Machine], None], moment: str, tmp_path: Path
) -> None:
    """Wherever it ends, the next run leaves both sides as an undisturbed one does, and holds nothing back."""
    number, reached = 0, True
    while reached:
        site, root = Site(), tmp_path / str(number)
        site.create("A")
        site.create("B")
        one = cloned(site, root)
        change(site, one)
        expected = {"New", "New (2)", "A", "B"} if change.__name__.startswith("drafted") else set(site.titles())
        one, reached = cut_off(one, site, moment, number)
        result = one.engine.sync()
        assert (result.problems, result.conflicts) == ((), ()), (number, result)
        assert one.engine.sync().done == ()
        assert set(site.titles()) - {"Documentation"} == expected - {"Documentation"}
        texts = [one.read(path) for path in one.files() if path != "index.md"]
        named = {page: title for title, page in site.titles().items()}
        for page, title in named.items():
            lines = (f"title: {title}\n", f"# {title}\n")
            assert page == site.home or any(page in text and any(line in text for line in lines) for text in texts)
        one.engine.close()
        site.app.sandbox.close()
        number += 1
    assert number > 2
