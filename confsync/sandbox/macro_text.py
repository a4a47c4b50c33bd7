"""Where a macro lies in storage format, and what is between the tags of its body."""

from __future__ import annotations

from . import xhtml

MACROS = ("ac:structured-macro", "ac:macro")
BODIES = ("ac:rich-text-body", "ac:plain-text-body")


def find(storage: str, macro_id: str) -> tuple[str, str] | None:
    """Return the source of the macro with this `ac:macro-id` and that of its body, None where there is none."""
    open_: list[str] = []  # names of the elements from the macro inwards
    start = inside = place = 0
    body = ""
    for token in xhtml.tokens(storage):
        after = place + len(token)
        tag, closed = xhtml.start_tag(token), xhtml.end_name(token)
        if not open_ and tag and tag.name in MACROS and tag.attributes.get("ac:macro-id") == macro_id:
            if tag.empty:
                return token, ""
            start = place
            open_.append(tag.name)
        elif open_ and tag and not tag.empty:
            open_.append(tag.name)
            inside = after if _is_body(open_) else inside
        elif open_ and closed:
            body = storage[inside:place] if _is_body(open_) else body
            open_.pop()
            if not open_:
                return storage[start:after], body
        place = after
    return None


def _is_body(open_: list[str]) -> bool:
    return len(open_) == 2 and open_[1] in BODIES
