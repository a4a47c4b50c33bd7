"""Differences between two bodies, line by line."""

from __future__ import annotations

import difflib

TAGS_PER_LINE = (
    "</p>",
    "</li>",
    "</tr>",
    "</h1>",
    "</h2>",
    "</h3>",
    "</h4>",
    "</ac:task>",
    "</ac:task-list>",
    "</ac:layout-cell>",
    "</blockquote>",
    "</ac:structured-macro>",
    "</ul>",
    "</ol>",
    "</table>",
)


def diff(old: str, new: str, old_name: str, new_name: str) -> list[tuple[str, str]]:
    """Return a unified diff as pairs of kind and line; storage is cut into lines after its blocks."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name, lineterm="", n=2)
    return [("file" if line.startswith(("+++", "---")) else kinds.get(line[:1], "same"), line) for line in lines]


def _lines(storage: str) -> list[str]:
    for end in TAGS_PER_LINE:
        storage = storage.replace(end, end + "\n")
    return storage.splitlines()
