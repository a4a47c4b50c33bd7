"""How macros look: a function for each known name."""

from __future__ import annotations

import html
from collections.abc import Callable

from . import links
from .dom import Node
from .render import Renderer, anchor, attribute
from .store import spaces, tree

PANELS = {"info": "information", "note": "note", "tip": "success", "warning": "warning"}
COLOURS = {"Grey", "Red", "Yellow", "Green", "Blue", "Purple"}
HEADINGS = {f"h{level}" for level in range(1, 7)}


def _body(at: Renderer, node: Node) -> str:
    body = node.first("ac:rich-text-body")
    return at.children(body) if body else ""


def _plain(node: Node) -> str:
    body = node.first("ac:plain-text-body")
    return body.text() if body else ""


def _title(node: Node) -> str:
    title = node.parameters().get("title", "")
    return f'<p class="title">{html.escape(title)}</p>' if title else ""


def panel(at: Renderer, node: Node) -> str:
    """Return one of the four coloured boxes."""
    name = node.get("ac:name")
    return (
        f'<div class="confluence-information-macro confluence-information-macro-{PANELS[name]} '
        f'conf-macro output-block" '
        f'data-hasbody="true" data-macro-name="{name}">{_title(node)}'
        f'<div class="confluence-information-macro-body">{_body(at, node)}</div></div>'
    )


def plain_panel(at: Renderer, node: Node) -> str:
    """Return the box that has a title and a body."""
    return (
        f'<div class="panel conf-macro output-block" data-macro-name="panel">{_title(node)}'
        f'<div class="panelContent">{_body(at, node)}</div></div>'
    )


def code(_at: Renderer, node: Node) -> str:
    """Return code, with its language where the script that highlights it looks."""
    language = node.parameters().get("language", "")
    brush = f"brush: {language}; " if language else ""
    name = attribute(node.get("ac:name"))
    return (
        f'<div class="code panel pdl conf-macro output-block" data-macro-name="{name}">{_title(node)}'
        f'<div class="codeContent panelContent pdl"><pre class="syntaxhighlighter-pre" '
        f'data-syntaxhighlighter-params="{attribute(brush)}gutter: false; theme: Confluence" data-theme="Confluence">'
        f"{html.escape(_plain(node))}</pre></div></div>"
    )


def status(_at: Renderer, node: Node) -> str:
    """Return a lozenge."""
    given = node.parameters()
    colour = given.get("colour", "Grey").capitalize()
    shade = colour.lower() if colour in COLOURS else "grey"
    text = html.escape(given.get("title", ""))
    return (
        f'<span class="status-macro aui-lozenge lozenge-{shade} conf-macro output-inline" data-hasbody="false" '
        f'data-macro-name="status">{text}</span>'
    )


def expand(at: Renderer, node: Node) -> str:
    """Return a part that the reader opens, also where no script runs; the classes are those that clients look for."""
    title = html.escape(node.parameters().get("title") or "Click here to expand…")
    return (
        '<div class="expand-container conf-macro output-block" data-hasbody="true" data-macro-name="expand"><details>'
        f'<summary class="expand-control"><span class="expand-control-text">{title}</span></summary>'
        f'<div class="expand-content">{_body(at, node)}</div></details></div>'
    )


def toc(at: Renderer, _node: Node) -> str:
    """Return the headings of the page as links."""
    found = [node for node in at.root.walk() if node.name in HEADINGS]
    rows = "".join(
        f'<li class="toc-{node.name}"><a href="#{attribute(anchor(at.page["title"], node.text()))}">'
        f"{html.escape(node.text())}</a></li>"
        for node in found
    )
    return f'<div class="toc-macro client-side-toc-macro conf-macro output-block"><ul>{rows}</ul></div>'


def children(at: Renderer, _node: Node) -> str:
    """Return the pages below this one as links."""
    key = spaces.by_id(at.store, at.page["space_id"])["key"]
    rows = "".join(
        f'<li><a href="{attribute(at.base + links.page(key, row))}">{html.escape(row["title"])}</a></li>'
        for row in tree.children(at.store, at.page["id"], "page")
    )
    return f'<ul class="childpages-macro conf-macro output-block">{rows}</ul>'


def anchor_macro(_at: Renderer, node: Node) -> str:
    """Return a place that links can point to."""
    return f'<span class="confluence-anchor-link" id="{attribute(next(iter(node.parameters().values()), ""))}"></span>'


def excerpt(at: Renderer, node: Node) -> str:
    """Return the body as it is."""
    return _body(at, node)


MACROS: dict[str, Callable[[Renderer, Node], str]] = {
    **dict.fromkeys(PANELS, panel),
    "panel": plain_panel,
    "code": code,
    "noformat": code,
    "status": status,
    "expand": expand,
    "toc": toc,
    "children": children,
    "anchor": anchor_macro,
    "excerpt": excerpt,
    "section": excerpt,
    "column": excerpt,
    "details": excerpt,
}
