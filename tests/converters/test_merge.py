"""Three versions of one text as one."""

from __future__ import annotations

import random
import re

import pytest

from converters import has_conflict_markers, merge

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
