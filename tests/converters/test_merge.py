"""Three versions of one text as one."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from converters import Merge, has_conflict_markers, merge, merge_unrelated, to_markdown, to_storage
from tests.converters.edits import named_edit
from tests.corpus import needs_corpus, read, sample

BASE = "# Title\n\nThe quick brown fox jumps over the lazy dog.\n\nSecond paragraph.\n\n- one\n- two\n"


@pytest.mark.parametrize(
    ("local", "remote", "expected"),
    [
        (("quick", "slow"), ("Second", "Other"), "# Title\n\nThe slow brown fox jumps over the lazy dog.\n\nOther paragraph.\n\n- one\n- two\n"),
        (("quick", "slow"), ("lazy", "tired"), "# Title\n\nThe slow brown fox jumps over the tired dog.\n\nSecond paragraph.\n\n- one\n- two\n"),
        (("- one\n", ""), ("- two\n", "- two\n- three\n"), "# Title\n\nThe quick brown fox jumps over the lazy dog.\n\nSecond paragraph.\n\n- two\n- three\n"),
        (("quick", "slow"), ("quick", "slow"), "# Title\n\nThe slow brown fox jumps over the lazy dog.\n\nSecond paragraph.\n\n- one\n- two\n"),
    ],
)  # fmt: skip
def test_edits_of_different_words_are_both_kept(local: tuple[str, str], remote: tuple[str, str], expected: str) -> None:
    """No loss: who edits elsewhere is never in conflict."""
    merged = merge(BASE, BASE.replace(*local), BASE.replace(*remote))
    assert (merged.text, merged.conflicts) == (expected, 0)


def test_the_same_word_is_a_conflict_that_holds_both() -> None:
    """No loss: both versions stand between git's markers, and only the line that clashes."""
    merged = merge(BASE, BASE.replace("quick", "slow"), BASE.replace("quick", "fast"), ("mine", "theirs"))
    assert merged.conflicts == 1
    assert "<<<<<<< mine\nThe slow brown" in merged.text
    assert "=======\nThe fast brown" in merged.text
    assert merged.text.startswith("# Title\n\n<<<<<<<")
    assert has_conflict_markers(merged.text)


def test_a_deletion_against_an_edit_is_a_conflict() -> None:
    """No loss: a sentence that someone edits is not deleted by someone else."""
    merged = merge(BASE, BASE.replace("Second paragraph.\n\n", ""), BASE.replace("Second", "Changed"))
    assert merged.conflicts == 1
    assert "Changed paragraph." in merged.text


def test_line_ends_of_the_local_text_are_kept() -> None:
    """CRLF is the author's choice."""
    merged = merge(BASE, BASE.replace("quick", "slow").replace("\n", "\r\n"), BASE.replace("Second", "Other"))
    assert merged.text.count("\r\n") == merged.text.count("\n")


def test_markers_in_code_are_not_a_conflict() -> None:
    """A page about git is not held back."""
    sample = "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"
    assert has_conflict_markers(sample)
    assert not has_conflict_markers(f"```\n{sample}```\n")
    assert not has_conflict_markers("Title\n=======\n")


def test_no_word_of_either_side_is_lost() -> None:
    """No loss: whatever the edits, each new word of each side stands in the result."""
    words = re.findall(r"\w+", BASE)
    for seed in range(300):
        rnd = random.Random(seed)
        sides = []
        for side in ("L", "R"):
            text = BASE
            for number in range(rnd.randint(1, 3)):
                text = re.sub(rf"\b{rnd.choice(words)}\b", f"{side}{seed}n{number}", text, count=1)
            sides.append(text)
        merged = merge(BASE, *sides)
        for side in sides:
            new = set(re.findall(r"[LR]\d+n\d+", side))
            assert new <= set(re.findall(r"\w+", merged.text)), (seed, merged.text)
        assert bool(merged.conflicts) == has_conflict_markers(merged.text)


def test_a_conflict_inside_code_is_seen() -> None:
    """No loss: a page whose code clashes is held back too."""
    base = "```sh\na=1\nb=2\n```\n"
    merged = merge(base, base.replace("b=2", "b=3"), base.replace("b=2", "b=4"))
    assert merged.conflicts == 1
    assert has_conflict_markers(merged.text)


def test_many_changes_in_one_paragraph_are_merged_quickly() -> None:
    """A long paragraph with changes all over is no reason to wait: this took a minute with a cubic search."""
    base = " ".join(f"w{number % 40}" for number in range(4_000)) + "\n"
    local = re.sub(r"w7\b", "L", base)
    remote = re.sub(r"w9\b", "R", base)
    assert merge(base, local, remote).text == re.sub(r"w9\b", "R", local)


TABLE = "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n"
WIDER = "| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | x |\n| 3 | 4 | y |\n"
WRAPPED = "A long paragraph that the author\nhas wrapped at some columns.\n\nSecond one.\n"


@pytest.mark.parametrize(
    ("base", "local", "remote", "expected"),
    [
        (TABLE, WIDER, TABLE.replace("| 1 |", "| one |") + "| 5 | 6 |\n", WIDER.replace("| 1 |", "| one |") + "| 5 | 6 |  |\n"),
        (TABLE, TABLE.replace("| 1 |", "| one |") + "| 5 | 6 |\n", WIDER, WIDER.replace("| 1 |", "| one |") + "| 5 | 6 |  |\n"),
        (TABLE, "| a  | b |\n|----|---|\n| one | 2 |\n| 3  | 4 |\n", TABLE.replace("| 2 |", "| two |"), "| a  | b |\n|----|---|\n| one | two |\n| 3  | 4 |\n"),
        ("- one\n", "- one\n- mine\n", "- one\n- theirs\n", "- one\n- mine\n- theirs\n"),
        ("- [ ] do this\n", "- [x] do this\n", "- [ ] do it now\n", "- [x] do it now\n"),
        (WRAPPED, WRAPPED.replace(" the author\nhas ", " the\nauthor has "), WRAPPED.replace("columns", "width"), WRAPPED.replace(" the author\nhas ", " the\nauthor has ").replace("columns", "width")),
        (WRAPPED, "Second one.\n\nA long paragraph that the author\nhas wrapped at some columns.\n", WRAPPED.replace("some", "sixty"), "Second one.\n\nA long paragraph that the author\nhas wrapped at sixty columns.\n"),
        (WRAPPED, WRAPPED.replace("some", "sixty"), "Second one.\n\nA long paragraph that the author has wrapped at some columns.\n", "Second one.\n\nA long paragraph that the author\nhas wrapped at sixty columns.\n"),
        ("## Plan\n\ntext\n", "# Plan\n\ntext\n", "## New plan\n\ntext\n", "# New plan\n\ntext\n"),
        ("```py\na\nb\nc\n```\n", "```py\nA\nb\nc\n```\n", '```python title="x"\na\nb\nC\n```\n', '```python title="x"\nA\nb\nC\n```\n'),
        ("> [!NOTE]\n> one two\n", "> [!NOTE]\n> one three\n", "> [!TIP]\n> some two\n", "> [!TIP]\n> some three\n"),
        ("---\na: 1\n---\n\nx\n", "---\na: 2\n# why\nb: x\n---\n\nx\n", "---\na: 1\nc: [y]\n---\n\nx y\n", "---\na: 2\n# why\nb: x\nc: [y]\n---\n\nx y\n"),
    ],
)  # fmt: skip
def test_edits_of_different_parts_of_one_thing_are_merged(base: str, local: str, remote: str, expected: str) -> None:
    """No loss, no churn: columns against rows, states against words, moves against edits, in the local author's hand."""
    merged = merge(base, local, remote)
    assert (merged.text, merged.conflicts) == (expected, 0)


@pytest.mark.parametrize(
    ("base", "local", "remote", "expected"),
    [
        (TABLE, TABLE.replace("1", "one"), TABLE.replace("1", "uno"), TABLE.replace("| 1 | 2 |\n", "<<<<<<< local\n| one | 2 |\n=======\n| uno | 2 |\n>>>>>>> remote\n")),
        ("- a\n- b\n- c\n", "- a\n- mine\n- c\n", "- a\n- theirs\n- c\n", "- a\n<<<<<<< local\n- mine\n=======\n- theirs\n>>>>>>> remote\n- c\n"),
        ("- a\n- b c\n", "- a\n", "- a\n- b d\n", "- a\n<<<<<<< local\n=======\n- b d\n>>>>>>> remote\n"),
        ("- a\n- b c\n", "- a\n- b d\n", "- a\n", "- a\n<<<<<<< local\n- b d\n=======\n>>>>>>> remote\n"),
        ("1. x\n\n   old text\n", "1. x\n\n   my text\n", "1. x\n\n   your text\n", "1. x\n\n<<<<<<< local\n   my text\n=======\n   your text\n>>>>>>> remote\n"),
    ],
)  # fmt: skip
def test_conflict_markers_enclose_no_more_than_they_must(base: str, local: str, remote: str, expected: str) -> None:
    """Readable: only the row, item or paragraph that clashes is shown twice, on lines that stand where it stood."""
    merged = merge(base, local, remote)
    assert (merged.text, merged.conflicts) == (expected, 1)
    assert has_conflict_markers(merged.text)


@needs_corpus
def test_two_edits_of_a_real_page_lose_no_word() -> None:
    """No loss: of two seeded edits of one page each new word is in the merged text, which can be read; most agree."""
    clashes = made = 0
    for page in sample(every=9):
        markdown = to_markdown(read(page))
        for seed in range(6):
            mine, theirs = (named_edit(markdown, random.Random(f"{page.name}/{seed}/{side}"))[1] for side in "lr")
            theirs = theirs.replace("Zebra", "Yak").replace("A **new**", "Some **fresh**").replace("added", "put in")
            merged = merge(markdown, mine, theirs)
            made += 1
            clashes += bool(merged.conflicts)
            old, one, two, out = (Counter(re.findall(r"\w+", text)) for text in (markdown, mine, theirs, merged.text))
            assert not ((one - old) | (two - old)) - out, (page.name, seed)
            assert has_conflict_markers(merged.text) == bool(merged.conflicts), (page.name, seed)
            assert merged.conflicts or to_storage(merged.text) is not None
    assert clashes < made // 5


def test_a_heading_is_not_drawn_into_what_stood_before_the_paragraph_that_goes() -> None:
    """No loss: what is left when a block goes says what it said, also where its author left out a blank line."""
    base = "<details>\n\nq\n\n</details>\n\nC\n### D\n\nE\n"
    merged = merge(base, base.replace("E\n", "E two\n"), base.replace("C\n", ""))
    assert merged == Merge("<details>\n\nq\n\n</details>\n\n### D\n\nE two\n", 0)


def test_new_blocks_keep_the_style_of_the_side_that_wrote_them() -> None:
    """No churn: a new block arrives as its author wrote it, its line breaks and its language included."""
    new = "A long paragraph\nthat _is_ [wrapped][r].\n\n- one\n    - two\n\n``` sh\nls\n```"
    link = "[r]: http://x\n"
    merged = merge(f"A\n\nB\n\n{link}", f"A\n\nB x\n\n{link}", f"A\n\n{new}\n\nB\n\n{link}")
    assert merged == Merge(f"A\n\n{new}\n\nB x\n\n{link}", 0)



def test_an_item_that_takes_code_on_one_side_beside_one_that_goes_on_the_other_is_no_conflict() -> None:
    """No surprise: the sides are treated alike, and the name of a language is no word that was lost."""
    base = "- a\n- b\n\nx\n"
    code, gone = "- a\n\n  ```sh\n  ls\n  ```\n\n- b\n\nx\n", "- a\n\nx\n"
    merged = "- a\n\n  ```sh\n  ls\n  ```\n\nx\n"
    assert merge(base, code, gone) == merge(base, gone, code) == Merge(merged, 0)


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("- a\n\n  ```sh\n  x=1\n  ```\n", "x=2", "x=3"),
        ("> ```sh\n> x=1\n> ```\n", "x=2", "x=3"),
        ("text\n\n    x=1\n    y\n", "x=2", "x=3"),
        ("1. a\n\n   ```xml ac:xml\n   <odd>x=1</odd>\n   ```\n", "x=2", "x=3"),
    ],
)
def test_a_clash_in_code_is_seen_wherever_the_code_stands(base: str, mine: str, theirs: str) -> None:
    """No surprise: conflict markers that are not seen would be published; they begin at the margin, whatever is around."""
    merged = merge(base, base.replace("x=1", mine), base.replace("x=1", theirs))
    assert merged.conflicts == 1
    assert has_conflict_markers(merged.text)
    assert mine in merged.text
    assert theirs in merged.text


@pytest.mark.parametrize(
    ("base", "local", "remote", "expected"),
    [
        ("---\na b\n---\n\nx\n", "---\na b\n---\n\ny\n", "---\na b\n---\n\nx\n\nz\n", "---\na b\n---\n\ny\n\nz\n"),
        ("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\n\nc\n", "a\r\n\r\nc\r\n"),
        ("a\n\nb\n", "\ufeffa\n\nb\n", "A\n\nb\n", "\ufeffA\n\nb\n"),
        ("a\n\nb\n", "a\r\n\nB\n", "a\n\nb\n\nc\n", "a\r\n\nB\n\nc\n"),
    ],
)  # fmt: skip
def test_rules_line_ends_and_marks_of_the_local_text_stay(base: str, local: str, remote: str, expected: str) -> None:
    """No churn: a body that begins with a rule, line ends of either kind and a BOM are no edit."""
    assert merge(base, local, remote).text == expected


def test_two_texts_of_unknown_origin_clash_wherever_they_differ() -> None:
    """Nothing is taken for an addition that may be a deletion: equal lines stay, every other stretch is shown twice."""
    merged = merge_unrelated("# A\r\n\r\nSame.\r\n\r\nHere.\r\n", "# A\n\nSame.\n\nThere.\n\nMore.\n")
    assert merged.conflicts == 1
    assert merged.text == (
        "# A\r\n\r\nSame.\r\n\r\n<<<<<<< local\r\nHere.\r\n=======\r\nThere.\r\n\r\nMore.\r\n>>>>>>> remote\r\n"
    )
    assert merge_unrelated("Only here.\n\nSame.\n", "Same.\n").text.count("<<<<<<<") == 1
    assert merge_unrelated("Same.\n", "Same.\n").conflicts == 0
