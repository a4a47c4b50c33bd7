"""Front matter and title: what is read, and that a change touches its own characters only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converters.markdown.front_matter import FrontMatterError, labels, set_fields, set_title, split

PAGE = """---
# for the build
title: "Old name"   # shown in the menu
custom: {a: 1,
  b: 2}

tags:
  - one
  - 'two'
# the end
---

# Heading

Text.
"""


def test_the_pieces_make_the_text_again() -> None:
    """Nothing is lost between the pieces."""
    small = ("", "---\n\ntext", "# A\n\nb", "A\n===\nb", "\n\n x")
    for text in (PAGE, PAGE.replace("\n", "\r\n"), "\ufeff" + PAGE, *small):
        parts = split(text)
        assert parts.head + parts.body == text


def test_the_title_is_front_matter_then_heading_then_name() -> None:
    """A heading is taken off the body only when it is the title."""
    assert (split(PAGE).title, split(PAGE).body) == ("Old name", "# Heading\n\nText.\n")
    heading = split("---\na: b\n---\n# The *title* \\# 1 #\n\n\nText")
    assert (heading.title, heading.title_from, heading.body) == ("The *title* # 1", "heading", "Text")
    assert split("Title\n=====\nText").title == "Title"
    assert (split("Text").title, split("Text").title_from) == ("", "name")
    assert split("## Second level\n").title_from == "name"


def test_a_change_touches_only_its_value() -> None:
    """Comments, order, quoting and other keys stay byte for byte."""
    changed = set_fields(PAGE, {"title": "New: name"})
    assert changed == PAGE.replace('"Old name"', '"New: name"')
    assert set_fields(PAGE, {"title": "Old name"}) == PAGE
    assert set_fields(PAGE, {"tags": ["one", "three"]}) == PAGE.replace("'two'", "three")
    assert set_fields(PAGE, {"custom": None}) == PAGE.replace("custom: {a: 1,\n  b: 2}\n", "")


def test_line_ends_and_bom_stay() -> None:
    """A file with CRLF and a BOM keeps both, in new lines too."""
    text = "\ufeff---\r\na: 1\r\n---\r\nText\r\n"
    assert set_fields(text, {"page": "7"}) == text.replace("a: 1\r\n", 'a: 1\r\npage: "7"\r\n')
    assert set_fields("Text\r\n", {"b": "c"}) == "---\r\nb: c\r\n---\r\n\r\nText\r\n"


def test_a_rename_changes_the_place_the_title_came_from() -> None:
    """Front matter, ATX or setext heading; a file without a title gets one."""
    assert set_title(PAGE, "New") == PAGE.replace('"Old name"', "New")
    assert set_title("# Old #\n\nx", "New*") == "# New\\* #\n\nx"
    assert set_title("Old\n===\nx", "New") == "New\n===\nx"
    assert set_title("x\n", "New") == "---\ntitle: New\n---\n\nx\n"


def test_labels_are_read_in_every_common_spelling() -> None:
    """A list, a flow list, or words."""
    for text in ("labels: [a, b]", "labels:\n- a\n- b", "tags: a b", "tags: a, b"):
        assert labels(split(f"---\n{text}\n---\n").fields) == ("a", "b")


def test_values_are_read_as_they_are_written() -> None:
    """No title turns into a number, a date or a boolean."""
    for word in ("yes", "2024", "2024-01-31", "1.10", "null"):
        assert split(f"---\ntitle: {word}\n---\n").title == word


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("---\ntitle: [a\n---\n", 3, 1),
        ("---\na: 1\nb: : c\n---\n", 3, 4),
        ("---\ntitle: x\n\ntext", 1, 1),
        ("---\n- a\n---\n", 2, 1),
    ],
)
def test_bad_front_matter_names_line_and_column(text: str, line: int, column: int) -> None:
    """An error says where."""
    with pytest.raises(FrontMatterError) as caught:
        split(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.split() != []))
def test_any_title_comes_back(title: str) -> None:
    """What is written as a title is what is read, in front matter and in a heading."""
    title = " ".join(title.split())
    for text in ("x\n", "---\ntitle: old\n---\nx\n", "# old\n\nx\n"):
        changed = set_title(text, title)
        assert split(changed).title == title, changed
        assert split(changed).body == "x\n"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=40))
def test_a_title_is_read_as_it_was_written(title: str) -> None:
    """White space of any kind, quotes, signs of YAML: what a title is on the site it is in the file."""
    for text in ("Body.\n", "---\nother: 1   # kept\ntitle: 'was'   # a note\n---\n\nBody.\n"):
        found = split(set_fields(text, {"title": title}))
        assert (found.title or title) == title
        assert found.title or not title.strip()
        assert found.body == "Body.\n"
