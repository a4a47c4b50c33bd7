"""The file of comments as text: what is written can be read back, and only what is meant is taken from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.core.comment_file import CommentFileError, Edit, Note, edits, render

TEXTS = st.sampled_from([
    "Plain.", "Two\n\nparagraphs", "- [ ] **A**, on \"x\" <!-- comment 2 -->", "- item\n  - deeper", "# Heading", "",
    "```\n- [x] x <!-- comment 1 -->\n\n  - y\n```", "    code", "<!-- comment 1 -->", "## Resolved",
])  # fmt: skip
NOTES = st.lists(
    st.tuples(TEXTS, st.integers(0, 5), st.sampled_from([None, True, False]), st.text("a*<>`-\"\n", max_size=6)),
    min_size=1,
    max_size=6,
)


def notes(drawn: list[tuple[str, int, bool | None, str]]) -> list[Note]:
    """Comments of which some answer an earlier one."""
    return [
        Note(str(number + 1), str(parent) if 0 < parent <= number else "", "A. *Uthor*", "2026-01-31T10:22", text, on, done)
        for number, (text, parent, done, on) in enumerate(drawn)
    ]


@given(NOTES, st.data())
def test_an_answer_and_a_tick_are_found_wherever_they_are_written(
    drawn: list[tuple[str, int, bool | None, str]], data: st.DataObject
) -> None:
    """In any thread, whatever its comments hold, and nothing else is found; an untouched file has no edits."""
    there = notes(drawn)
    text = render("guide.md", there)
    assert edits(text, text) == edits(text, text.replace("\n", "\r\n")) == []
    one = data.draw(st.sampled_from([note for note in there if not note.parent]))
    waiting = Edit(one.id, 0, "Yes.\n\n- really\n  so")
    (found,) = edits(text, render("guide.md", there, [waiting]))
    assert (found.thread, found.text) == (one.id, waiting.text)
    if one.resolved is not None:
        lines = text.split("\n")
        (number,) = (at for at, line in enumerate(lines) if line.startswith("- ") and line.endswith(f"comment {one.id} -->"))
        boxes = ("- [x]", "- [ ]") if one.resolved else ("- [ ]", "- [x]")
        lines[number] = lines[number].replace(*boxes, 1)
        assert edits(text, "\n".join(lines)) == [Edit(one.id, number + 1, resolved=not one.resolved)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Jane", "Joan", 5),
        ("Why?", "Why not?", 7),
        ("  Why?\n", "", 8),
        ("## Open", "## Open\n\n  - Under no thread.", 5),
        ("    Because.", "    Because.\n\n- A thread of its own.", 13),
        ("comment 1 ", "comment 9 ", 5),
    ],
)
def test_any_other_edit_is_named_with_its_line(old: str, new: str, line: int) -> None:
    """Rather than being sent as something it is not, or dropped."""
    there = [Note("1", "", "Jane", "2026", "Why?", "fox", False), Note("2", "1", "Bob", "2026", "Because.")]
    text = render("guide.md", there)
    assert old in text
    with pytest.raises(CommentFileError) as refused:
        edits(text, text.replace(old, new))
    assert refused.value.line == line, text
