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
    (["r:", "  groups:", "    # who", "    - a", "  x: 1"], ["r", "groups"], [], ["r:", "  groups: []", "  x: 1"]),
    (["p: {a: x, b: y}"], ["p", "a"], "what? no", ["p: {a: \"what? no\", b: y}"]),
    (["p: {a: x}"], ["p", "a"], "word", ["p: {a: word}"]),
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


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (["width: &w max", "p: {x: *w}"], ["width"]), (["p: {x: *w}", "width: &w max"], ["width"]),
        (["<<: {width: max}", "emoji: a"], ["width"]), (["width: !!str max"], ["width"]), (["a: b"], ["width"]),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_refused_with_its_line(lines: list[str], path: list[str]) -> None:
    """Anchors, aliases, merges and tags: an error that names the place, never YAML that says something else."""
    with pytest.raises(FrontMatterError) as refused:
        set_nested(page(*lines), ["confluence", *path], "default")
    assert refused.value.line >= 1
    assert "confluence" in refused.value.message or "front matter" in refused.value.message
