"""Conflict markers in a Markdown text: apart from the merge, so that looking for them loads no parser."""

from __future__ import annotations

import re

_MARKER = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.MULTILINE)
_OWN_MARKER = re.compile(r"^(?:<{7} local|>{7} remote|={7})$")
_FENCE = re.compile(r"^ {0,3}(`{3,}(?=[^`]*$)|~{3,})", re.MULTILINE)


def has_conflict_markers(markdown: str) -> bool:
    """Does a text hold all three of git's conflict markers?

    In code, where a page about git may show some, only the ones count that `merge` itself writes.
    """
    kinds = set()
    fence = ""
    for line in markdown.replace("\r\n", "\n").split("\n"):
        found = _FENCE.match(line)
        if found is not None and (not fence or (found.group(1).startswith(fence) and not line.strip("`~ "))):
            fence = "" if fence else found.group(1)
        elif (_OWN_MARKER if fence else _MARKER).match(line):
            kinds.add(line[0])
    return kinds == {"<", "=", ">"}
