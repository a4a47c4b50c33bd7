"""What the Cloud editor makes of a page when somebody saves it there: the whole body is rebuilt.

Simulated are the changes that a tool has to live with: local ids on every block, columns and a width on tables, a
paragraph in every list item and cell, attributes in alphabetical order.
"""

from __future__ import annotations

from collections.abc import Callable

from . import xhtml
from .xhtml import Tag

HTML_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre"}
OTHER_BLOCKS = {
    "table",
    "tr",
    "td",
    "th",
    "ac:structured-macro",
    "ac:task-list",
    "ac:task",
    "ac:link",
    "ac:adf-extension",
}
WRAPPED = {"li", "td", "th"}
BLOCK_STARTS = HTML_BLOCKS | {"table", "ac:structured-macro", "ac:task-list", "ac:layout", "ac:image", "div"}
WIDTH, COLUMN = 760, '<col style="width: {:.1f}px;" />'


def editor_save(storage: str, new_id: Callable[[], str]) -> str:
    """Return well-formed storage as the editor would store it; ids that are there are kept."""
    out: list[str] = []
    bare: list[bool] = []  # for each open li, td or th: did we open a paragraph in it
    pieces = list(xhtml.tokens(storage))
    for index, token in enumerate(pieces):
        tag = xhtml.start_tag(token)
        name = tag.name if tag else xhtml.end_name(token)
        if tag:
            if bare and bare[-1] and name in BLOCK_STARTS:
                bare[-1] = False
                out.append("</p>")
            out.append(str(_rebuilt(tag, new_id)))
            if name in WRAPPED and not tag.empty:
                bare.append(_needs_paragraph(pieces, index + 1))
                out.append(f'<p local-id="{new_id()}">' if bare[-1] else "")
            if name == "table" and not tag.empty and _next_tag(pieces, index + 1) != "colgroup":
                out.append(_columns(pieces, index + 1))
        elif name in WRAPPED:
            out.append("</p>" if bare and bare.pop() else "")
            out.append(token)
        else:
            out.append(token)
    return "".join(out)


def _rebuilt(tag: Tag, new_id: Callable[[], str]) -> Tag:
    values = dict(tag.attributes)
    if tag.name in HTML_BLOCKS:
        values.setdefault("local-id", new_id())
    elif tag.name in OTHER_BLOCKS:
        values.setdefault("ac:local-id", new_id())
    if tag.name == "table":
        values.setdefault("data-table-width", str(WIDTH))
        values.setdefault("data-layout", "default")
    if tag.name == "ol":
        values.setdefault("start", "1")
    tag.attributes = dict(sorted(values.items()))
    return tag


def _needs_paragraph(pieces: list[str], at: int) -> bool:
    """Return whether what follows the start of an item or cell is text that lies bare in it."""
    for token in pieces[at:]:
        if token.strip() == "":
            continue
        tag = xhtml.start_tag(token)
        return tag.name not in BLOCK_STARTS if tag else not token.startswith("</")
    return False


def _next_tag(pieces: list[str], at: int) -> str:
    return next((tag.name for token in pieces[at:] if (tag := xhtml.start_tag(token))), "")


def _columns(pieces: list[str], at: int) -> str:
    """Return columns of equal width for as many cells as the first row has."""
    count = 0
    for token in pieces[at:]:
        tag = xhtml.start_tag(token)
        if tag and tag.name in ("td", "th"):
            count += int(tag.attributes.get("colspan", "1") or 1)
        if xhtml.end_name(token) == "tr":
            break
    return f"<colgroup>{COLUMN.format(WIDTH / count) * count}</colgroup>" if count else ""
