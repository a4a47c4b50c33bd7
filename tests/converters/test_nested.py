"""Values deep in front matter: only the value changes, or it is said why it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from converters.markdown.front_matter import FrontMatterError
from converters.markdown.nested import set_nested, typed


def page(*lines: str) -> str:
    return "\n".join(["---", "title: A", "confluence:", *(f"  {line}" for line in lines), "labels: [x]", "---", "", "Text.", ""])


CASES: list[tuple[list[str], list[str], Any, list[str]]] = [
    (["width: max   # wide"], ["width"], "default", ["width: default   # wide"]),
    (["width:"], ["width"], "max", ["width: max"]),
    (["state: 'Rough draft'"], ["state"], None, ["state: null"]),
    (["r:", "  groups:", "  - a", "  - b"], ["r", "groups"], ["a"], ["r:", "  groups: [\"a\"]"]),
    (["r:", "  groups: # who", "    - a", "    - b"], ["r", "groups"], ["a"], ["r:", "  groups: [\"a\"] # who"]),
    (["r:", "  groups:", "    # who", "    - a", "  x: 1"], ["r", "groups"], [], ["r:", "  groups: []", "    # who", "  x: 1"]),
    (["p: {a: x, b: y}"], ["p", "a"], "what? no", ["p: {a: \"what? no\", b: y}"]),
    (["p: {a: x}"], ["p", "a"], "word", ["p: {a: word}"]),
    (["p: {a: [x,", "   y], b: z}"], ["p", "a"], ["w"], ["p: {a: [\"w\"], b: z}"]),
    (["p: {a: 1}"], ["p", "a"], {"k": [1e16, 1.5e20, True, None]}, ["p: {a: {\"k\": [1.0e+16, 1.5e+20, true, null]}}"]),
    (["width: max"], ["width"], ["\ud83d\x85"], ["width: [\"\\ud83d\\u0085\"]"]),
    (["width: [a,", "  b]  # wide"], ["width"], "max", ["width: max  # wide"]),
    (["? width", ": - a", "  - b"], ["width"], "max", ["? width", ": max"]),
    (["p:", "  yes: 1", "  .nan: 2", "  a: !!binary aGk=", "  b: 1"], ["p", "b"], 2, ["p:", "  yes: 1", "  .nan: 2", "  a: !!binary aGk=", "  b: 2"]),
    (["p:", "  a: >-", "    folded", "    text", "  b: 2"], ["p", "a"], "plain", ["p:", "  a: plain", "  b: 2"]),
    (["p:", "  a:", "    x: 1", "    y: 2", "", "  b: 2"], ["p", "a"], {"x": 3}, ["p:", "  a: {\"x\": 3}", "", "  b: 2"]),
]


@pytest.mark.parametrize(("before", "path", "value", "after"), CASES, ids=lambda one: repr(one)[:40])
def test_a_value_is_changed_where_it_stands(before: list[str], path: list[str], value: Any, after: list[str]) -> None:
    """Whatever the author's way of writing YAML: the value is the new one, and every other character stays."""
    assert set_nested(page(*before), ["confluence", *path], value) == page(*after)
    windows = page(*before).replace("\n", "\r\n")
    assert set_nested(windows, ["confluence", *path], value) == page(*after).replace("\n", "\r\n")
    found = typed(page(*after), "confluence")
    for name in path:
        found = found[name]
    assert found == value


def test_each_line_keeps_its_own_end() -> None:
    """A file of `\\r\\n` and `\\n`, as two editors leave it, differs in the value only; a lone `\\r` does no harm."""
    text = "---\r\na: 1\rb: 2\nconfluence:\r\n  g: # who\n  - a\r\n  - b\n  width: max\r\n---\nText.\r\n"
    new = "---\r\na: 1\rb: 2\nconfluence:\r\n  g: [] # who\n  width: max\r\n---\nText.\r\n"
    assert set_nested(text, ["confluence", "g"], []) == new


def test_what_other_tools_keep_in_front_matter_is_nobodys_business() -> None:
    """A tag, a list deep in lists or a huge number under another key: the setting is read and changed all the same."""
    others = ["plugin: !ENV [A, b]", "size: " + "9" * 5_000, "p: " + "[" * 50 + "]" * 50]
    text = "\n".join(["---", *others, "order: 3", "---", "Text."])
    assert typed(text, "order") == 3
    assert set_nested(text, ["order"], 4) == text.replace("order: 3", "order: 4")


@pytest.mark.parametrize("value", ["!!bool x", "!!timestamp x", "9" * 5_000, "!!int x", "!foo x"])
def test_a_value_that_yaml_cannot_make_is_an_error_with_its_line(value: str) -> None:
    """No traceback of the parser's own."""
    with pytest.raises(FrontMatterError) as refused:
        typed(page(f"p: {value}"), "confluence")
    assert refused.value.line in (3, 4)  # of the key, or of the value
    assert "bad front matter" in refused.value.message


def test_front_matter_that_lies_too_deep_is_an_error() -> None:
    """Thousands of brackets are refused in words; the parser's limit is nobody's traceback."""
    with pytest.raises(FrontMatterError, match="too deep"):
        typed(page("p: " + "[" * 3_000 + "]" * 3_000), "confluence")


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (["width: &w max", "p: {x: *w}"], ["width"]), (["p: {x: *w}", "width: &w max"], ["width"]),
        (["<<: {width: max}", "emoji: a"], ["width"]), (["width: !!str max"], ["width"]), (["a: b"], ["width"]),
        (["p: &p {width: max}", "q: *p"], ["q", "width"]), (["p: {width, b: c}"], ["p", "width"]), (["width: - a"], ["width"]),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_refused_with_its_line(lines: list[str], path: list[str]) -> None:
    """Anchors, aliases, merges and tags: an error that names the place, never YAML that says something else."""
    with pytest.raises(FrontMatterError) as refused:
        set_nested(page(*lines), ["confluence", *path], "default")
    assert refused.value.line >= 1
    assert "confluence" in refused.value.message or "front matter" in refused.value.message
