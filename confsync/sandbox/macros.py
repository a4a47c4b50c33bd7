"""How macros look: a function for each known name."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from . import links
from .dom import Node
from .render import Renderer, anchor, attribute
from .store import spaces, tree

PANELS = {"info": "information", "note": "note", "tip": "success", "warning": "warning"}
LOZENGES = {"Green": "success", "Blue": "complete", "Red": "error", "Purple": "progress", "Yellow": "current"}
LEVELS = ("minLevel", "maxLevel")
TOC = {"style": "cssliststyle", "exclude": "excludeheaderregex", "include": "includeheaderregex", "type": "structure",
       "outline": "numberedoutline"}  # fmt: skip
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


def _known(node: Node, body: bool = True, **more: str) -> str:
    """Return the attributes that say which macro a box was made of, in the order of the real site."""
    found = {"hasbody": "true" if body else "false", "macro-name": node.get("ac:name"), **more}
    found |= {name: node.get(f"ac:{name}") for name in ("local-id", "macro-id") if node.get(f"ac:{name}")}
    return "".join(f' data-{name.replace("_", "")}="{attribute(value)}"' for name, value in sorted(found.items()))


def panel(at: Renderer, node: Node) -> str:
    """Return one of the four coloured boxes."""
    name = node.get("ac:name")
    return (
        f'<div class="confluence-information-macro confluence-information-macro-{PANELS[name]} '
        f'conf-macro output-block"{_known(node)}>{_title(node)}'
        f'<div class="confluence-information-macro-body">{_body(at, node)}</div></div>'
    )


def plain_panel(at: Renderer, node: Node) -> str:
    """Return the box that has a title and a body."""
    return (
        f'<div class="panel conf-macro output-block"{_known(node)}>{_title(node)}'
        f'<div class="panelContent">{_body(at, node)}</div></div>'
    )


def code(_at: Renderer, node: Node) -> str:
    """Return code, with its language where the script that highlights it looks."""
    language = node.parameters().get("language", "")
    brush = f"brush: {language}; " if language else ""
    return (
        f'<div class="code panel pdl conf-macro output-block"{_known(node)}>{_title(node)}'
        f'<div class="codeContent panelContent pdl"><pre class="syntaxhighlighter-pre" '
        f'data-syntaxhighlighter-params="{attribute(brush)}gutter: false; theme: Confluence" data-theme="Confluence">'
        f"{html.escape(_plain(node))}</pre></div></div>"
    )


def status(_at: Renderer, node: Node) -> str:
    """Return a lozenge, in capitals as the real site shows it."""
    given = node.parameters()
    kind = LOZENGES.get(given.get("colour", "").capitalize(), "")
    shade = f" aui-lozenge-{kind}" if kind else ""
    return (
        f'<span class="status-macro aui-lozenge aui-lozenge-visual-refresh{shade} conf-macro output-inline"'
        f"{_known(node, False)}>{html.escape(given.get('title', '').upper())}</span>"
    )


def expand(at: Renderer, node: Node) -> str:
    """Return a part that the reader opens, also where no script runs; the classes are those that clients look for."""
    title = html.escape(node.parameters().get("title") or "Click here to expand…")
    return (
        f'<div class="expand-container conf-macro output-block"{_known(node)}><details>'
        f'<summary class="expand-control"><span class="expand-control-text">{title}</span></summary>'
        f'<div class="expand-content">{_body(at, node)}</div></details></div>'
    )


def toc(at: Renderer, node: Node) -> str:
    """Return the place where a script of Confluence lists the headings, on the screen the list itself."""
    given = node.parameters()
    low, high = (int(given.get(name) or 0) if (given.get(name) or "0").isdecimal() else 0 for name in LEVELS)
    levels = range(low or 1, min(high or 7, 7) + 1)
    if at.live:
        return f'<div class="toc-macro conf-macro output-block"><ul>{_headings(at, levels, given)}</ul></div>'
    more = {key: given[name] for name, key in TOC.items() if given.get(name)}
    more["headerelements"] = ",".join(f"H{level}" for level in levels)
    more["layout"] = node.get("data-layout") or "default"
    return f'<div class="toc-macro client-side-toc-macro  conf-macro output-block"{_known(node, False, **more)}> </div>'


def _headings(at: Renderer, levels: range, given: dict[str, str]) -> str:
    wanted, unwanted = (_pattern(given.get(name, "")) for name in ("include", "exclude"))
    rows = []
    for node in at.root.walk():
        text = node.text().strip()
        if node.name in HEADINGS and int(node.name[1]) in levels and text:
            left_out = (wanted and not wanted.fullmatch(text)) or (unwanted and unwanted.fullmatch(text))
            target = attribute(anchor(at.page["title"], node.text()))
            row = f'<li class="toc-{node.name}"><a href="#{target}">{html.escape(text)}</a></li>'
            rows.append("" if left_out else row)
    return "".join(rows)


def _pattern(source: str) -> re.Pattern[str] | None:
    """Return a filter of headings; of regular expressions only `|` and `.*` are read, which cannot take for ever."""
    parts = [re.escape(part).replace(r"\.\*", ".*") for part in source.split("|")]
    return re.compile("|".join(parts)) if source else None


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


def view_file(at: Renderer, node: Node) -> str:
    """Return a file as a link with a picture of what it is, which says its name only to who cannot see it."""
    target = next((one for one in node.walk() if one.name == "ri:attachment"), None)
    if target is None:
        return ""
    name = attribute(target.get("ri:filename"))
    shown = name if at.live else ""
    return (
        f'<span class="confluence-embedded-file-wrapper conf-macro output-inline"{_known(node, False)}>'
        f'<a class="confluence-embedded-file" href="{attribute(at.file_url(target))}" '
        f'data-linked-resource-default-alias="{name}" data-linked-resource-type="attachment">'
        f'<img alt="{name}" src="data:," height="250" />{shown}</a></span>'
    )


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
    "view-file": view_file,
    "children": children,
    "anchor": anchor_macro,
    "excerpt": excerpt,
    "section": excerpt,
    "column": excerpt,
    "details": excerpt,
}
