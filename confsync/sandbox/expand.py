"""The `expand` parameter: dot notation as a tree, and the limits that shrink with it."""

from __future__ import annotations

from .errors import BadRequest

Expand = dict[str, "Expand"]
MOST = 8
LIMIT_PLAIN, LIMIT_EXPANDED, LIMIT_BODY, LIMIT_EXPORT = 1000, 200, 50, 25


def parse(text: str) -> Expand:
    """Return `a.b,c` as `{"a": {"b": {}}, "c": {}}`; raise `BadRequest` for more than eight steps in one name."""
    tree: Expand = {}
    for name in text.split(","):
        steps = [step.strip() for step in name.split(".") if step.strip()]
        if len(steps) > MOST:
            raise BadRequest(f"Too many sub-expansions in '{name}': at most {MOST} are allowed")
        here = tree
        for step in steps:
            here = here.setdefault(step, {})
    return tree


def largest_page(expand: Expand) -> int:
    """Return how many rows a list may have: the more is expanded, the fewer."""
    body = expand.get("body", {})
    if "export_view" in body or "styled_view" in body:
        return LIMIT_EXPORT
    if "body" in expand:
        return LIMIT_BODY
    return LIMIT_EXPANDED if expand else LIMIT_PLAIN
