"""`ri:` elements: what a resource identifier names, as a link target and back."""

from __future__ import annotations

from xml.sax.saxutils import escape

from converters import targets
from converters.site import Site
from converters.storage.reader import Element, Text
from converters.targets import Target

USER_ATTRIBUTES = {"ri:account-id": "account-id", "ri:userkey": "userkey", "ri:username": "username"}


def read_resource(element: Element, anchor: str, site: Site) -> Target | None:
    """The target of one `ri:` element; None for what the notation has no word for."""
    reader = _READERS.get(element.name)
    if reader is None or any(isinstance(child, Text) and child.text.strip() for child in element.children):
        return None
    return reader(element, anchor, site)


def _page(element: Element, anchor: str, site: Site) -> Target | None:
    title = element.attrs.get("ri:content-title")
    if not title or element.elements():
        return None
    return targets.page_link(element.attrs.get("ri:space-key", ""), title, anchor, site)


def _blog(element: Element, anchor: str, _site: Site) -> Target | None:
    names = {"ri:space-key": "space", "ri:content-title": "title", "ri:posting-day": "day"}
    values = tuple((short, element.attrs[name]) for name, short in names.items() if name in element.attrs)
    return Target("blog", values, anchor=anchor)


def _attachment(element: Element, _anchor: str, site: Site) -> Target | None:
    name = element.attrs.get("ri:filename")
    inside = element.elements()
    if not name or len(inside) > 1:
        return None
    if not inside:
        return targets.attachment(name, "", "", site)
    if inside[0].name == "ri:content-entity":
        content = inside[0].attrs.get("ri:content-id", "")
        return targets.attachment_of(name, content, site) if content else None
    if inside[0].name != "ri:page":
        return None
    title = inside[0].attrs.get("ri:content-title", "")
    return targets.attachment(name, inside[0].attrs.get("ri:space-key", ""), title, site) if title else None


def _user(element: Element, _anchor: str, _site: Site) -> Target | None:
    found = [(element.attrs[name], kind) for name, kind in USER_ATTRIBUTES.items() if name in element.attrs]
    return targets.user(*found[0]) if len(found) == 1 else None


def _space(element: Element, _anchor: str, _site: Site) -> Target | None:
    key = element.attrs.get("ri:space-key")
    return Target("space", (("key", key),)) if key else None


def _shortcut(element: Element, _anchor: str, _site: Site) -> Target | None:
    names = {"ri:key": "key", "ri:parameter": "parameter"}
    return Target(
        "shortcut", tuple((short, element.attrs[name]) for name, short in names.items() if name in element.attrs)
    )


def _content(element: Element, anchor: str, _site: Site) -> Target | None:
    content_id = element.attrs.get("ri:content-id")
    known = element.attrs.keys() <= {"ri:content-id", "ri:version-at-save"}
    return Target("content", (("id", content_id),), anchor=anchor) if content_id and known else None


def _url(element: Element, _anchor: str, _site: Site) -> Target | None:
    value = element.attrs.get("ri:value")
    return Target("url", (("href", value),)) if value else None


_READERS = {
    "ri:page": _page,
    "ri:blog-post": _blog,
    "ri:attachment": _attachment,
    "ri:user": _user,
    "ri:space": _space,
    "ri:shortcut": _shortcut,
    "ri:content-entity": _content,
    "ri:url": _url,
}
# Parameter suffix of each kind of resource, for macro parameters whose value is one.
SUFFIX = {
    "ri:page": "page",
    "ri:blog-post": "blog",
    "ri:attachment": "attachment",
    "ri:user": "user",
    "ri:space": "space",
    "ri:shortcut": "shortcut",
    "ri:content-entity": "content",
    "ri:url": "url",
}


def quote_value(value: str) -> str:
    """Escape an attribute's value; white space that XML would fold is written as a reference."""
    return escape(value, {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;", "\u00a0": "&nbsp;"})


def attribute(name: str, value: str) -> str:
    return f' {name}="{quote_value(value)}"' if value else ""


def write_resource(target: Target, site: Site) -> str | None:
    """Spell a target as an `ri:` element; None for an anchor or a plain address."""
    if target.kind == "page":
        return (
            write_page(target.page.space, target.page.title, site)
            if target.page
            else write_page(target.get("space"), target.get("title"), site)
        )
    if target.kind == "attachment":
        name = attribute("ri:filename", target.get("name"))
        if target.get("content"):
            owner = f"<ri:content-entity{attribute('ri:content-id', target.get('content'))} />"
            return f"<ri:attachment{name}>{owner}</ri:attachment>"
        owner = (
            write_page(target.page.space, target.page.title, site)
            if target.page and target.page.path != site.path
            else (write_page(target.get("space"), target.get("page"), site) if target.get("page") else "")
        )
        return f"<ri:attachment{name}>{owner}</ri:attachment>" if owner else f"<ri:attachment{name} />"
    if target.kind == "user":
        kind = target.get("by") or targets.user_kind(target.get("key"))
        name = (
            next(name for name, value in USER_ATTRIBUTES.items() if value == kind)
            if kind in USER_ATTRIBUTES.values()
            else "ri:account-id"
        )
        return f"<ri:user{attribute(name, target.get('key'))} />"
    return _write_other(target)


def write_page(space: str, title: str, site: Site) -> str:
    elsewhere = space and space.casefold() != site.space.casefold()
    return f"<ri:page{attribute('ri:space-key', space) if elsewhere else ''}{attribute('ri:content-title', title)} />"


_OTHER = {
    "blog": ("ri:blog-post", {"space": "ri:space-key", "title": "ri:content-title", "day": "ri:posting-day"}),
    "space": ("ri:space", {"key": "ri:space-key"}),
    "shortcut": ("ri:shortcut", {"key": "ri:key", "parameter": "ri:parameter"}),
    "content": ("ri:content-entity", {"id": "ri:content-id"}),
}


def _write_other(target: Target) -> str | None:
    if target.kind not in _OTHER:
        return None
    element, names = _OTHER[target.kind]
    return f"<{element}{''.join(attribute(names[name], value) for name, value in target.values if name in names)} />"
