"""The elementary cases of storage format, one by one: none of them may be lost, and none may become raw XML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from converters import PageRef, Pages, Site, consistent, pull, push, to_markdown, to_storage, verify_push
from converters.fidelity import measure
from tests.converters.canon import canon

SITE = Site(
    base_url="https://acme.atlassian.net/wiki",
    space="DOCS",
    path="guide.md",
    pages=Pages([PageRef("guide.md", "DOCS", "Guide", "1"), PageRef("setup/install.md", "DOCS", "Install", "2")]),
    people={"712020:11aa-22bb": "Jane Doe"},
)
TEXT = (Path(__file__).parent / "elementary.md").read_text(encoding="utf-8")
BEFORE, AFTER = "<p>A word before.</p>", "<p>A word after.</p>"


class Case(NamedTuple):
    """A sample and an edit inside it, as (old, new) in the Markdown and in the storage format."""

    storage: str
    edit: tuple[str, str]
    stored: tuple[str, str]


def cases() -> dict[str, Case]:
    """Every sample of the fixture by its name; `name 2` is the second flavour."""
    found = {}
    for section in TEXT.split("\n## ")[1:]:
        name, _, rest = section.partition("\n")
        edits = [_sides(line) for line in re.findall(r"^(?:edit|in storage): (.*)$", rest, re.MULTILINE)]
        for number, storage in enumerate(re.findall(r"~~~~xml\n(.*?)\n~~~~", rest, re.DOTALL), 1):
            found[name if number == 1 else f"{name} {number}"] = Case(storage, edits[0], edits[-1])
    return found


def _sides(text: str) -> tuple[str, str]:
    old, new = text.split(" → ")
    return old, new


CASES = cases()
each = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def test_the_fixture_is_read_to_its_end() -> None:
    """A sample that the pattern does not match would be a test that never runs."""
    assert len(CASES) == TEXT.count("\n~~~~xml\n") >= 68
    assert TEXT.count("\n## ") >= 42


@each
def test_it_comes_back_without_a_base(case: Case) -> None:
    """What a writer sees is all in the Markdown: without any base, only complement is gone."""
    markdown = to_markdown(case.storage, SITE)
    again = to_storage(markdown, SITE)
    assert canon(again) == canon(case.storage)
    assert to_markdown(again, SITE) == markdown


@each
def test_it_needs_no_raw_xml(case: Case) -> None:
    """Only what no editor of storage format can write, an ADF extension, is carried raw."""
    raw = [island.construct for island in measure(case.storage, SITE).islands]
    assert raw == (["ac:adf-extension decision-list"] if "decision-list" in case.storage else [])


@each
def test_it_keeps_every_byte_when_its_neighbours_are_edited(case: Case) -> None:
    """One word before it and one after it."""
    storage = BEFORE + case.storage + AFTER
    markdown = to_markdown(storage, SITE)
    edited = markdown.replace("A word before.", "A letter before.").replace("A word after.", "Two words after.")
    pushed = push(storage, markdown, edited, SITE)
    assert pushed == storage.replace("A word before.", "A letter before.").replace("A word after.", "Two words after.")


@each
def test_it_keeps_every_other_byte_when_it_is_edited_itself(case: Case) -> None:
    """A word of its text, or the value of a parameter."""
    storage = BEFORE + case.storage + AFTER
    markdown = to_markdown(storage, SITE)
    assert case.edit[0] in markdown
    assert case.stored[0] in storage
    edited = markdown.replace(*case.edit)
    pushed = push(storage, markdown, edited, SITE)
    assert pushed == storage.replace(*case.stored)
    assert consistent(pushed, edited, SITE)
    assert verify_push(storage, markdown, edited, pushed, SITE) is None


AROUND = {
    "cell": "<table><tbody><tr><th><p>h</p></th><td>{}</td></tr></tbody></table>",
    "item": "<ul><li>{}</li><li><p>z</p></li></ul>",
    "numbered item": "<ol><li><p>first</p>{}</li></ol>",
    "macro": '<ac:structured-macro ac:name="panel" ac:macro-id="q"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>',
    "expand": '<ac:structured-macro ac:name="expand"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>',
    "panel": '<ac:structured-macro ac:name="info"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>',
    "quote": "<blockquote>{}</blockquote>",
    "column": '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>{}</ac:layout-cell><ac:layout-cell><p>r</p></ac:layout-cell></ac:layout-section></ac:layout>',
    "task": "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>{}</ac:task-body></ac:task></ac:task-list>",
    "panel in a cell": '<table><tbody><tr><td><ac:structured-macro ac:name="tip"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro></td></tr></tbody></table>',
    "expand in an item": '<ul><li><p>x</p><ac:structured-macro ac:name="expand"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro></li></ul>',
    "description": "<dl><dt>t</dt><dd>{}</dd></dl>",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_the_same_holds_inside_others(around: str) -> None:
    """In cells, items, macros, quotes, columns and tasks: without a base, and with one after an edit, both ways."""
    for name, case in CASES.items():
        if name == "layout":  # stands at the top only
            continue
        storage, stored = (BEFORE + around.format(text) + AFTER for text in (case.storage, case.storage.replace(*case.stored)))
        markdown = to_markdown(storage, SITE)
        assert canon(to_storage(markdown, SITE)) == canon(storage), name
        assert all("decision-list" in island.construct for island in measure(storage, SITE).islands), name
        edited = markdown.replace(*case.edit)
        assert push(storage, markdown, edited, SITE) == stored, name
        assert pull(markdown, storage, stored, SITE) == edited, name


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("<p>a</p>", "<p>b</p>"),
        ("<p>a <em>b</em></p>", "<p>a b</p>"),
        ("<p>a<em> b</em></p>", "<p>a<em>b</em></p>"),
        ('<ol start="2"><li>a</li></ol>', "<ol><li>a</li></ol>"),
        (CASES["status"].storage, CASES["status"].storage.replace("Green", "Red")),
        (CASES["info with a title"].storage, CASES["info with a title"].storage.replace("matters", "counts")),
        (CASES["task list"].storage, CASES["task list"].storage.replace("incomplete", "complete")),
        (CASES["image of an attachment"].storage, CASES["image of an attachment"].storage.replace('"760"', '"340"')),
        (CASES["mention"].storage, CASES["mention"].storage.replace("11aa", "11ab")),
        (CASES["merged table"].storage, CASES["merged table"].storage.replace('colspan="2"', "")),
        (CASES["code with parameters"].storage, CASES["code with parameters"].storage.replace("calc.py", "x.py")),
    ],
)
def test_the_canonical_form_keeps_what_a_writer_sees(one: str, two: str) -> None:
    """Else the first test would prove nothing."""
    assert canon(one) != canon(two)
