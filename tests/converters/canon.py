"""Storage format without what the notation calls complement: two texts with equal canonical forms look the same to a
writer.

What stays is what a person sees or asked for: texts, marks, titles, parameters, targets, colours of text and status,
sizes of images. What goes is what an editor generates (ids, versions), what is only appearance (styles, classes, column
widths, layout of images), and the choice between two spellings of one thing.
"""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as ET

from converters import notation

Tree = tuple[str, tuple[tuple[str, str], ...], tuple["Tree | str", ...]]

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)\w+;")
_NAMESPACES = "".join(f' xmlns:{name}="{name}"' for name in ("ac", "ri", "at"))
_ATTRIBUTES = {
    "ac:name", "ac:type", "ac:anchor", "ac:tooltip", "ac:alt", "ac:title", "ac:width", "ac:height", "ac:key", "at:name",
    "ri:content-title", "ri:space-key", "ri:filename", "ri:value", "ri:account-id", "ri:userkey", "ri:username",
    "ri:posting-day", "ri:content-id", "href", "title", "start", "colspan", "rowspan", "datetime", "key", "type", "state",
}  # fmt: skip
_GONE = {"colgroup", "ac:task-id", "ac:task-uuid", "ac:adf-fallback", "ac:adf-mark", "ac:adf-fragment-mark"}
_UNWRAPPED = {"ac:inline-comment-marker", "div", "section", "tbody", "thead", "tfoot", "ac:layout"}
_ONE_PARAGRAPH = {"li", "td", "th", "ac:task-body"}
_RENAMED = {"b": "strong", "i": "em", "s": "del", "ac:plain-text-link-body": "ac:link-body"}
_MARKS = {"strong", "em", "u", "del", "sub", "sup", "code", "span"}
_IN_A_LINE = {*_MARKS, "b", "i", "s", "a", "ac:inline-comment-marker", "ac:link-body"}
_BLOCKS = {"p", "ul", "ol", "li", "table", "tr", "td", "th", "ac:structured-macro", "ac:layout-section", "ac:layout-cell",
           "ac:task", "ac:task-list", "ac:task-status", "ac:task-body", "ac:adf-attribute", "ac:adf-content", "ac:rich-text-body", "ac:parameter", "ac:adf-extension", "h2", "h3"}  # fmt: skip
_ALONE = {"ac:structured-macro", "ac:image"}  # a paragraph around one of these says nothing
_TEXT = {"ac:plain-text-body", "ac:parameter", "pre"}


def canon(storage: str) -> tuple[Tree | str, ...]:
    """The canonical form of a text, as nested tuples."""
    known = _ENTITY.sub(lambda found: unescape(found.group()), storage)
    root = ET.fromstring(f"<r{_NAMESPACES}>{known}</r>")
    return _blocks(root)


def _blocks(element: ET.Element) -> tuple[Tree | str, ...]:
    out: list[Tree | str] = []
    _text(out, element.text)
    for child in element:
        out.extend(_element(child))
        _text(out, child.tail)
    return tuple(_joined(out, edges=_name(element.tag) not in _IN_A_LINE))


def _text(out: list[Tree | str], text: str | None) -> None:
    if text:
        out.append(re.sub(r"[ \t\r\n]+", " ", text))


def _joined(parts: list[Tree | str], edges: bool) -> list[Tree | str]:
    """Neighbouring texts as one; outside lines of text no white space beside a block or at an end."""
    out: list[Tree | str] = []
    for part in parts:
        if isinstance(part, str) and out and isinstance(out[-1], str):
            out[-1] = re.sub(" +", " ", out[-1] + part)
        else:
            out.append(part)
    if edges and out and isinstance(out[0], str):
        out[0] = out[0].lstrip(" ")
    if edges and out and isinstance(out[-1], str):
        out[-1] = out[-1].rstrip(" ")
    beside = edges and any(isinstance(part, tuple) and part[0] in _BLOCKS for part in out)
    return [part for part in out if part and not (beside and part == " ")]


def _name(qualified: str) -> str:
    return qualified.replace("{", "").replace("}", ":")


def _element(element: ET.Element) -> tuple[Tree | str, ...]:
    name = _RENAMED.get(_name(element.tag), _name(element.tag))
    attrs = {_name(key): value for key, value in element.attrib.items()}
    if name in _GONE or (name == "ac:adf-attribute" and attrs.get("key") == "local-id"):
        return ()
    if name == "ac:emoticon":
        return _emoticon(attrs)
    inside = _inside(name, element)
    if name in _MARKS:
        style = notation.colour_style(attrs.get("style", ""))
        return inside if name == "span" and not style else _marked(name, (("style", style),) if style else (), inside)
    if name in _UNWRAPPED or (name == "a" and inside == (attrs.get("href"),)):
        return inside
    if name == "p":
        return _paragraph(inside)
    if name == "ac:parameter" and _dropped(attrs.get("ac:name", ""), inside):
        return ()
    if name == "ac:link":
        return _link(attrs, inside)
    if name in _ONE_PARAGRAPH:
        inside = _without_paragraph(name, inside)
    return ((name, _kept(attrs), inside),)


def _kept(attrs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pair for pair in attrs.items() if pair[0] in _ATTRIBUTES and pair not in _DEFAULTS))


def _paragraph(inside: tuple[Tree | str, ...]) -> tuple[Tree | str, ...]:
    """A paragraph without what nobody sees: a last break, the paragraph around a single macro, the empty one."""
    if inside and isinstance(inside[-1], tuple) and inside[-1][0] == "br":
        inside = inside[:-1]
    alone = not inside or (len(inside) == 1 and inside[0][0] in _ALONE)
    return inside if alone else (("p", (), inside),)


def _without_paragraph(name: str, inside: tuple[Tree | str, ...]) -> tuple[Tree | str, ...]:
    """An item, cell or task whose text has no paragraph of its own says the same."""
    first = inside[0] if inside else ""
    if isinstance(first, tuple) and first[0] == "p" and (len(inside) == 1 or name in ("ac:task-body", "li")):
        return (*first[2], *inside[1:])
    return inside


def _link(attrs: dict[str, str], inside: tuple[Tree | str, ...]) -> tuple[Tree | str, ...]:
    """A link; without a body it shows its target's name, and one inside the page has two spellings."""
    body = next((part[2] for part in inside if isinstance(part, tuple) and part[0] == "ac:link-body"), None)
    if "ac:anchor" in attrs and body is not None and len(inside) == 1:
        return (("a", (("href", "#" + attrs["ac:anchor"]),), body),)
    return (("ac:link", _kept(attrs), (*inside, *(_link_text(inside) if body is None else ()))),)


def _marked(name: str, attrs: tuple[tuple[str, str], ...], inside: tuple[Tree | str, ...]) -> tuple[Tree | str, ...]:
    """A mark; of two around the same text, the order is a choice of spelling."""
    only = inside[0] if len(inside) == 1 else ""
    if isinstance(only, tuple) and only[0] in _MARKS and only[0] < name:
        return ((only[0], only[1], ((name, attrs, only[2]),)),)
    return ((name, attrs, inside),) if inside else ()


_DEFAULTS = {("start", "1"), ("colspan", "1"), ("rowspan", "1"), ("ac:title", "")}


def _inside(name: str, element: ET.Element) -> tuple[Tree | str, ...]:
    if name == "time":
        return ()
    if name in _TEXT and len(element) == 0:
        return ((element.text or ""),) if element.text else ()
    inside = _blocks(element)
    if name == "ac:parameter":  # a resource may stand in a link or by itself
        return tuple(part for one in inside for part in (_bare(one) if isinstance(one, tuple) else (one,)))
    if name == "ac:structured-macro":
        return tuple(sorted(inside, key=lambda part: (str(part[0]) != "ac:parameter", str(part))))
    return inside


def _bare(part: Tree) -> tuple[Tree | str, ...]:
    return (
        tuple(one for one in part[2] if isinstance(one, tuple) and one[0] != "ac:link-body")
        if part[0] == "ac:link"
        else (part,)
    )


def _dropped(name: str, inside: tuple[Tree | str, ...]) -> bool:
    return name in notation.COMPLEMENT_PARAMETERS or (name in notation.CODE_FLAGS and inside == ("false",))


def _link_text(inside: tuple[Tree | str, ...]) -> tuple[Tree, ...]:
    """A link without a body shows the title of the page or the name of the file."""
    given = dict(inside[0][1]) if inside and isinstance(inside[0], tuple) else {}
    text = given.get("ri:content-title") or given.get("ri:filename")
    return (("ac:link-body", (), (text,)),) if text else ()


def _emoticon(attrs: dict[str, str]) -> tuple[Tree | str, ...]:
    fallback, name = attrs.get("ac:emoji-fallback", ""), attrs.get("ac:name", "")
    if fallback and not fallback.startswith(":"):
        return (fallback,)
    if "ac:emoji-id" in attrs:
        return (("ac:emoticon", (("id", attrs["ac:emoji-id"]), ("name", attrs["ac:emoji-shortname"])), ()),)
    return (notation.EMOTICONS[name],) if name in notation.EMOTICONS else (("ac:emoticon", (("name", name),), ()),)
