"""Storage format as the HTML that readers see.

Only known elements and attributes come through, every text is escaped, and an address must have a harmless scheme: no
script of a page is ever run. What is not known is shown as a labelled box with its content.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from . import links
from .dom import Node, parse
from .errors import BadRequest
from .store import Row, Store, attachments, content, spaces, users

KEPT = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "b", "em", "i",
    "u",
    "s", "del", "sub", "sup", "span", "div", "br", "hr", "tbody", "thead", "tfoot", "tr", "colgroup", "col", "time",
    "small", "big", "cite", "dl", "dt", "dd", "kbd", "samp", "var", "abbr", "ins",
}  # fmt: skip
VOID = {"br", "hr", "col"}
ATTRIBUTES = {
    "colspan", "rowspan", "start", "datetime", "data-highlight-colour", "data-layout", "data-table-width", "title",
    "local-id",
}  # fmt: skip
STYLES = re.compile(
    r"(?:color|background-color|text-align|width|min-width|height|margin-left|text-decoration)\s*:\s*[#\w\s.,%()-]+",
    re.IGNORECASE,
)
SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")
SAFE_SCHEMES = {"http", "https", "mailto", "ftp", "tel"}
EMOTICONS = {
    "tick": "✅", "cross": "❌", "warning": "⚠️", "information": "ℹ️", "question": "❓", "smile": "🙂", "sad": "🙁",
    "laugh": "😃", "wink": "😉", "thumbs-up": "👍", "thumbs-down": "👎", "light-on": "💡", "yellow-star": "⭐",
    "blue-star": "🔷",
    "plus": "➕", "minus": "➖", "heart": "❤️",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Live:
    """What a page on the screen has more than a view over REST.

    There are tasks to tick and texts with open comments, and what Confluence leaves to scripts of its own is there
    already: tables of contents, captions, emojis. marks: the fragment of the thread for each marker's reference.
    """

    marks: Mapping[str, str]


def render_page(store: Store, row: Row, storage: str, base: str, live: Live | None = None) -> str:
    """Return the HTML of a body of a page; a malformed body is shown as its source."""
    try:
        root = parse(storage)
    except BadRequest:
        return f'<div class="error"><pre>{html.escape(storage)}</pre></div>'
    return Renderer(store, row, base, root, live).children(root)


def safe_url(url: str) -> str:
    """Return an address when its scheme is harmless, else `#`."""
    found = SCHEME.match(url)
    return "#" if found and found[1].lower() not in SAFE_SCHEMES else url


def attribute(value: str) -> str:
    """Return a value ready to stand between double quotes."""
    return html.escape(value, quote=True)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Render one page; addresses begin with `base`."""

    store: Store
    page: Row
    base: str
    root: Node
    live: Live | None = None

    def children(self, node: Node) -> str:
        """Return the HTML of everything in an element."""
        return "".join(
            html.escape(child, quote=False) if isinstance(child, str) else self.node(child) for child in node.children
        )

    def node(self, node: Node) -> str:
        """Return the HTML of one element."""
        handler = HANDLERS.get(node.name)
        if handler:
            return handler(self, node)
        if node.name in KEPT:
            return self.element(node)
        if ":" in node.name:
            return self.children(node) if node.name in TRANSPARENT else unknown(self, node, node.name)
        return self.children(node)

    def element(self, node: Node, name: str = "", extra: str = "") -> str:
        """Return an element with the attributes that are harmless."""
        name = name or node.name
        kept = "".join(f' {key}="{attribute(node.get(key))}"' for key in sorted(ATTRIBUTES & node.attributes.keys()))
        style = "; ".join(found.strip() for found in STYLES.findall(node.get("style")))
        kept += f' style="{attribute(style)}"' if style else ""
        return f"<{name}{extra}{kept} />" if name in VOID else f"<{name}{extra}{kept}>{self.children(node)}</{name}>"

    def page_url(self, title: str, space_key: str = "") -> str:
        """Return the address of a page by its title, or an empty string when there is none."""
        space = self.store.one("SELECT * FROM space WHERE key = ?", space_key) if space_key else None
        where = space or spaces.by_id(self.store, self.page["space_id"])
        rows = content.find(self.store, "page", where["id"], title, ("current",))
        return self.base + links.page(where["key"], rows[0], where["homepage_id"] == rows[0]["id"]) if rows else ""

    def file_url(self, node: Node) -> str:
        """Return the address of an attachment that a `ri:attachment` names, on this page or on the one inside it."""
        name, page_id = node.get("ri:filename"), self.page["container_id"] or self.page["id"]
        if other := node.first("ri:page"):
            rows = content.find(self.store, "page", self.page["space_id"], other.get("ri:content-title"), ("current",))
            page_id = rows[0]["id"] if rows else page_id
        row = attachments.named(self.store, page_id, name)
        version = f"?version={row['version']}&api=v2" if row else ""
        return f"{self.base}/download/attachments/{page_id}/{quote(name, safe='')}{version}"


def heading(at: Renderer, node: Node) -> str:
    """Return a heading with the anchor that links to it use."""
    return at.element(node, extra=f' id="{attribute(anchor(at.page["title"], node.text()))}"')


def anchor(title: str, text: str) -> str:
    """Return the anchor of a heading: page title and heading, without spaces."""
    return f"{''.join(title.split())}-{''.join(text.split())}"


def table(at: Renderer, node: Node) -> str:
    """Return a table in the wrapper that lets it scroll."""
    ident = node.get("ac:local-id")
    local = f' data-local-id="{attribute(ident)}"' if ident else ""
    shown = at.element(node, "table", f'{local} class="confluenceTable"')
    return f'<div class="table-wrap">{shown}</div>'


def cell(at: Renderer, node: Node) -> str:
    """Return a cell; a highlight shows as its background."""
    colour = node.get("data-highlight-colour")
    style = f' bgcolor="{attribute(colour)}"' if re.fullmatch(r"#[0-9a-fA-F]{3,8}|[a-z]+", colour) else ""
    return at.element(node, extra=f' class="confluence{node.name.capitalize()}"{style}')


def anchor_link(at: Renderer, node: Node) -> str:
    """Return an ordinary link; one with a dangerous scheme leads nowhere."""
    url = safe_url(node.get("href"))
    return f'<a href="{attribute(url)}" class="external-link" rel="nofollow">{at.children(node)}</a>'


def link(at: Renderer, node: Node) -> str:
    """Return a link to a page, an attachment, a person or an anchor."""
    target = next((child for child in node.elements() if child.name.startswith("ri:")), None)
    body = next((child for child in node.elements() if child.name.endswith("link-body")), None)
    fragment = f"#{anchor(at.page['title'], node.get('ac:anchor'))}" if node.get("ac:anchor") else ""
    url, label = fragment, node.get("ac:anchor")
    if target is not None:
        url, label = _target(at, target)
        if target.name == "ri:user":
            who = attribute(target.get("ri:account-id"))
            return f'<a class="confluence-userlink user-mention" data-account-id="{who}">@{html.escape(label)}</a>'
    shown = at.children(body) if body is not None else html.escape(label)
    if not url:
        return f'<span class="createlink">{shown}</span>'
    return f'<a href="{attribute(url + (fragment if target is not None else ""))}">{shown}</a>'


def _target(at: Renderer, target: Node) -> tuple[str, str]:
    """Return address and label of what a link points to."""
    if target.name == "ri:attachment":
        return at.file_url(target), target.get("ri:filename")
    if target.name == "ri:user":
        row = users.get(at.store, target.get("ri:account-id"))
        return "", row["display_name"] if row else "someone"
    if target.name == "ri:url":
        return safe_url(target.get("ri:value")), target.get("ri:value")
    title = target.get("ri:content-title")
    return at.page_url(title, target.get("ri:space-key")), title


def image(at: Renderer, node: Node) -> str:
    """Return an image, with its caption below."""
    target = node.first("ri:attachment")
    other = node.first("ri:url")
    url = at.file_url(target) if target is not None else safe_url(other.get("ri:value")) if other is not None else ""
    name = target.get("ri:filename") if target is not None else url
    size = "".join(
        f' {key}="{int(node.get(f"ac:{key}"))}"' for key in ("width", "height") if node.get(f"ac:{key}").isdecimal()
    )
    align = node.get("ac:align")
    where = f" image-{align}-wrapper" if align in ("left", "center", "right") else ""
    alias = (
        f' data-linked-resource-default-alias="{attribute(name)}" data-linked-resource-type="attachment"'
        if target
        else ""
    )
    caption = node.first("ac:caption") if at.live else None
    below = f'<span class="caption">{at.children(caption)}</span>' if caption else ""
    return (
        f'<span class="confluence-embedded-file-wrapper{where}"><img class="confluence-embedded-image" '
        f'src="{attribute(url)}" '
        f'data-image-src="{attribute(url)}" alt="{attribute(node.get("ac:alt") or name)}"{alias}{size} />{below}</span>'
    )


def emoticon(at: Renderer, node: Node) -> str:
    """Return an emoji: its character if it has one, else an image that says which one it is."""
    name, given = node.get("ac:name"), node.get("ac:emoji-fallback")
    if given.startswith(":"):
        given = ""  # an emoji of the site itself, which is no character
    char = given or _character(node.get("ac:emoji-id")) or EMOTICONS.get(name, f":{name}:")
    if at.live:
        return f'<span class="emoticon">{html.escape(char)}</span>'
    if given:
        return html.escape(given)
    known = {f"data-emoji-{part}": node.get(f"ac:emoji-{part}") for part in ("id", "shortname", "fallback")}
    said = "".join(f' {key}="{attribute(value)}"' for key, value in known.items() if value)
    drawn = quote(
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><text y='13'>{html.escape(char)}</text></svg>"
    )
    return (
        f'<img class="emoticon emoticon-{attribute(name)}"{said} src="data:image/svg+xml,{drawn}" width="16" '
        f'height="16" data-emoticon-name="{attribute(name)}" alt="({attribute(name)})" />'
    )


def _character(ident: str) -> str:
    """Return the character of an emoji whose id is its code points in hexadecimal digits, else nothing."""
    try:
        return "".join(chr(int(part, 16)) for part in ident.split("-")) if ident else ""
    except (ValueError, OverflowError):
        return ""


def task_list(at: Renderer, node: Node) -> str:
    """Return a list of tasks with boxes."""
    return f'<ul class="inline-task-list">{at.children(node)}</ul>'


def task(at: Renderer, node: Node) -> str:
    """Return one task, with the number that it has in the page."""
    status, body, number = (node.first(f"ac:task-{part}") for part in ("status", "body", "id"))
    done = status is not None and status.text().strip() == "complete"
    shown = at.children(body) if body is not None else ""
    mark = ' class="checked"' if done else ""
    local = number.text().strip() if number is not None else ""
    known = f' data-inline-task-id="{attribute(local)}"' if number is not None else ""
    if at.live and local:  # a button of a form that stands beside the text, so that ticking needs no script
        state = f'role="checkbox" aria-checked="{"true" if done else "false"}" aria-label="Done"'
        box = f'<button class="tick" form="tick" name="task" value="{attribute(local)}" {state}></button>'
        known += f' id="task-{attribute(local)}"'
    else:
        box = f'<input type="checkbox" disabled {"checked " if done else ""}/>'
    return f"<li{mark}{known}>{box} <span>{shown}</span></li>"


def marker(at: Renderer, node: Node) -> str:
    """Return a text that somebody has commented on; on the screen it stands out as long as its thread is open."""
    ref = node.get("ac:ref")
    same = f'class="inline-comment-marker" data-ref="{attribute(ref)}"'
    thread = at.live.marks.get(ref) if at.live else None
    if thread is None:
        return f"<span {same}>{at.children(node)}</span>"
    return f'<mark {same} data-thread="{attribute(thread)}" tabindex="0">{at.children(node)}</mark>'


def layout(at: Renderer, node: Node) -> str:
    """Return a layout with the classes of the real site."""
    return f'<div class="contentLayout2">{at.children(node)}</div>'


def section(at: Renderer, node: Node) -> str:
    """Return a section of a layout; its cells stand side by side, sidebars among them are narrow."""
    kind = (node.get("ac:type") or "single").replace("_", "-")
    cells = list(node.elements("ac:layout-cell"))
    aside = {"left-sidebar": cells[:1], "right-sidebar": cells[-1:], "with-sidebars": [*cells[:1], *cells[-1:]]}
    narrow = next((found for end, found in aside.items() if kind.endswith(end)), [])
    shown = "".join(
        f'<div class="cell {name}" data-type="{name}"><div class="innerCell">{at.children(one)}</div></div>'
        for one in cells
        for name in ["aside" if any(one is other for other in narrow) else "normal"]
    )
    return f'<div class="columnLayout {attribute(kind)}" data-layout="{attribute(kind)}">{shown}</div>'


def nothing(_at: Renderer, _node: Node) -> str:
    """Return nothing for what has no appearance."""
    return ""


def unknown(at: Renderer, node: Node, label: str) -> str:
    """Return a box with a label for what this site cannot render, with the text inside."""
    return (
        f'<div class="unknown-macro"><span class="unknown-label">{html.escape(label)}</span>{at.children(node)}</div>'
    )


def macro(at: Renderer, node: Node) -> str:
    """Return a macro by its name."""
    from .macros import MACROS

    name = node.get("ac:name")
    make = MACROS.get(name)
    return make(at, node) if make else unknown(at, node, name)


NOT_SHOWN = {
    "script", "style", "ac:parameter", "ac:adf-attribute", "ac:adf-mark", "ac:adf-fragment-mark",
    "ac:adf-fragment-mark-detail", "ac:task-id", "ac:task-uuid",
}  # fmt: skip
TRANSPARENT = {
    "ac:rich-text-body", "ac:plain-text-body", "ac:placeholder", "ac:link-body",
    "ac:task-body", "ac:caption", "ac:layout-cell", "ac:adf-content", "ac:adf-node", "ac:adf-fallback",
    "ac:plain-text-link-body",
}  # fmt: skip
HANDLERS: dict[str, Callable[[Renderer, Node], str]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), heading),
    **dict.fromkeys(("td", "th"), cell),
    **dict.fromkeys(NOT_SHOWN, nothing),
    "ac:layout": layout,
    "ac:layout-section": section,
    "table": table,
    "a": anchor_link,
    "ac:link": link,
    "ac:image": image,
    "ac:emoticon": emoticon,
    "ac:task-list": task_list,
    "ac:task": task,
    "ac:inline-comment-marker": marker,
    "ac:structured-macro": macro,
    "ac:macro": macro,
    "ac:adf-extension": lambda at, node: at.children(node.first("ac:adf-fallback") or node),
}
