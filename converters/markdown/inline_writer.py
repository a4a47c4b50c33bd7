"""Inline content as Markdown."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from converters import notation, targets
from converters.markdown.escape import escape_destination, escape_line_start, escape_text, escape_title
from converters.model import BREAK, Atom, InlineKey, Mark
from converters.site import Site

_DELIMITERS = {"strong": "**", "em": "*", "del": "~~"}
_ORDER = ("link", "span", "u", "strong", "em", "del", "sub", "sup")
_BANG = re.compile(r"(?<!\\)(?:\\\\)*!\Z")
_UNTICKED = re.compile(r"[^\S ]")
_TICKS = re.compile(r"`+")


@dataclass(slots=True)
class _Item:
    """One step of the output: opening or closing a mark, or written text."""

    kind: str
    mark: Mark = ("", "")
    text: str = ""
    partner: int = -1


def write_inline(key: InlineKey, site: Site, single: bool = False, safe: bool = False) -> str:
    """Write inline content.

    single: it must stay on one line, as in a heading or a cell. safe: marks are written as tags only, which reads less
    well and cannot be misread.
    """
    out = _apart(key, site, single, safe)
    if out is None:
        out = _spell(_items(key, site, single), safe)
    if "\n" not in out:
        return out if single else escape_line_start(out)
    if single:
        return out.replace("\n", " ")
    return "\n".join(escape_line_start(line) for line in out.split("\n"))


def _apart(key: InlineKey, site: Site, single: bool, safe: bool) -> str | None:
    """Write content whose marks stand one at a time and apart, as nearly all do; None for any other.

    The outcome is that of `_items` and `_spell`, without the steps between.
    """
    texts: list[str] = []
    marked: list[tuple[int, Mark]] = []
    before, beside, last = "", False, len(key) - 1
    for index, (content, marks) in enumerate(key):
        if not marks:
            text = _content(content, False, before, "x" if index < last else "", site, single, index == 0)
            before = text[-1:]
        elif beside or len(marks) > 1:
            return None
        else:
            (mark,) = marks
            ticked = mark[0] == "code" and isinstance(content, str) and not _UNTICKED.search(content)
            text = _content(content, ticked, "x", "x", site, single, index == 0)
            before = text[-1:] if ticked else "x"
            if not ticked:
                marked.append((index, mark))
        beside = bool(marks)
        texts.append(text)
    for at, mark in marked:
        _mark(texts, at, mark, safe)
    return "".join(texts)


def _mark(texts: list[str], at: int, mark: Mark, safe: bool) -> None:
    """Put a mark around one of the texts; those beside it have none."""
    text, kind = texts[at], mark[0]
    if kind in _DELIMITERS:
        before = texts[at - 1][-1:] if at else ""
        after = texts[at + 1][:1] if at + 1 < len(texts) else ""
        tag = safe or not _flanks(before, text[:1], text[-1:], after)
        texts[at] = f"{_mark_text(mark, True, tag)}{text}{_mark_text(mark, False, tag)}"
        return
    if kind == "link" and at:
        texts[at - 1] = _before_bracket(texts[at - 1])
    texts[at] = f"{_mark_text(mark, True, False)}{text}{_mark_text(mark, False, False)}"


def _before_bracket(text: str) -> str:
    """Escape a `!` at the end, which would make an image of the link after it."""
    return text[:-1] + "\\!" if text[-1:] == "!" and _BANG.search(text) else text


def _items(key: InlineKey, site: Site, single: bool) -> list[_Item]:
    """Order the marks: those that last longest are opened first, code last of all."""
    items: list[_Item] = []
    stack: list[tuple[Mark, int]] = []
    for index, (content, marks) in enumerate(key):
        ticked = _in_ticks(key, index)
        wanted = {mark for mark in marks if not (ticked and mark[0] == "code")}
        keep = next((at for at, (mark, _) in enumerate(stack) if mark not in wanted), len(stack))
        while len(stack) > keep:
            _close(items, stack)
        fresh = wanted - {mark for mark, _ in stack}
        for mark in sorted(fresh, key=lambda mark: (-_reach(key, index, mark), _rank(mark), mark)):
            stack.append((mark, len(items)))
            items.append(_Item("open", mark))
        before = "x" if items and items[-1].kind != "text" else items[-1].text[-1:] if items else ""
        following = index + 1 < len(key)
        items.append(
            _Item(
                "text",
                text=_content(content, ticked, before, "x" if following or stack else "", site, single, index == 0),
            )
        )
    while stack:
        _close(items, stack)
    return items


def _close(items: list[_Item], stack: list[tuple[Mark, int]]) -> None:
    mark, opened = stack.pop()
    items[opened].partner = len(items)
    items.append(_Item("close", mark, partner=opened))


def _rank(mark: Mark) -> int:
    return _ORDER.index(mark[0]) if mark[0] in _ORDER else len(_ORDER) + (mark[0] == "code")


def _reach(key: InlineKey, index: int, mark: Mark) -> int:
    reach = 0
    while index + reach < len(key) and mark in key[index + reach][1]:
        reach += 1
    return reach


def _in_ticks(key: InlineKey, index: int) -> bool:
    """Can this stretch be a code span of its own? Only whole, plain, ordinary text can."""
    content, marks = key[index]
    code = ("code", "")
    if code not in marks or not isinstance(content, str) or _UNTICKED.search(content):
        return False
    beside = [key[at][1] for at in (index - 1, index + 1) if 0 <= at < len(key)]
    return not any(code in other for other in beside)


def _content(content: str | Atom, ticked: bool, before: str, after: str, site: Site, single: bool, first: bool) -> str:
    if not isinstance(content, str):
        if content == BREAK:
            return "<br>" if single or first else "\\\n"
        return write_atom(content, site)
    if not ticked:
        return escape_text(content, before, after)
    if "`" not in content and content[0] != " " != content[-1]:
        return f"`{content}`"
    fence = "`" * (max((len(run) for run in _TICKS.findall(content)), default=0) + 1)
    pad = " " if content[:1] in "` " or content[-1:] in "` " else ""
    if content.isspace():
        pad = ""
    return f"{fence}{pad}{content}{pad}{fence}"


def _spell(items: list[_Item], safe: bool) -> str:
    tagged = {
        at
        for at, item in enumerate(items)
        if item.kind == "open" and item.mark[0] in _DELIMITERS and (safe or not _delimits(items, at))
    }
    out: list[str] = []
    for at, item in enumerate(items):
        if item.kind == "text":
            out.append(item.text)
            continue
        opening = item.kind == "open"
        tag = (at if opening else item.partner) in tagged
        piece = _mark_text(item.mark, opening, tag)
        if piece == "[" and out:
            out[-1] = _before_bracket(out[-1])
        out.append(piece)
    return "".join(out)


def _mark_text(mark: Mark, opening: bool, tag: bool) -> str:
    kind, value = mark
    if kind in _DELIMITERS and not tag:
        return _DELIMITERS[kind]
    if kind == "link":
        if opening:
            return "["
        destination, _, title = value.partition("\n")
        shown = f' "{escape_title(title)}"' if title else ""
        return f"]({escape_destination(destination)}{shown})"
    if kind == "span":
        return f'<span style="{html.escape(value)}">' if opening else "</span>"
    return f"<{kind}>" if opening else f"</{kind}>"


def _delimits(items: list[_Item], at: int) -> bool:
    """Would delimiters at this opening item and its partner be read as meant? (CommonMark's flanking rules.)"""
    stop = items[at].partner
    before, first = _around(items, at)
    last, after = _around(items, stop)
    if before is None or after is None or first is None or last is None:
        return False
    return _flanks(before, first, last, after)


def _flanks(before: str, first: str, last: str, after: str) -> bool:
    """Can delimiters with these characters outside and inside open, and close?"""
    if first.isalnum() and last.isalnum():
        return True
    if first == "" or last == "" or first.isspace() or last.isspace():
        return False
    left = not _punct(first) or not before or before.isspace() or _punct(before)
    right = not _punct(last) or not after or after.isspace() or _punct(after)
    return left and right


def _around(items: list[_Item], at: int) -> tuple[str | None, str | None]:
    """The characters before and after the run of delimiters that item `at` is part of; None where runs would fuse."""
    low = at
    while low > 0 and items[low - 1].kind == items[at].kind and items[low - 1].mark[0] in _DELIMITERS:
        low -= 1
    high = at
    while high + 1 < len(items) and items[high + 1].kind == items[at].kind and items[high + 1].mark[0] in _DELIMITERS:
        high += 1
    return _edge(items, low - 1, -1), _edge(items, high + 1, 0)


def _edge(items: list[_Item], at: int, end: int) -> str | None:
    if not 0 <= at < len(items):
        return ""
    item = items[at]
    if item.kind == "text":
        return item.text[end:][:1] if item.text else ""
    if item.mark[0] in _DELIMITERS:
        return None
    text = _mark_text(item.mark, item.kind == "open", False)
    return text[end:][:1]


def _punct(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


# Atoms


def write_atom(atom: Atom, site: Site) -> str:
    """Write one atom."""
    kind, attrs = atom
    return _ATOMS[kind](dict(attrs), site)


def _image(attrs: dict[str, str], _site: Site) -> str:
    if "width" in attrs or "height" in attrs:
        names = ("src", "width", "height", "alt", "title")
        return f"<img{notation.write_attributes(tuple((name, attrs[name]) for name in names if name in attrs))}>"
    title = f' "{escape_title(attrs["title"])}"' if "title" in attrs else ""
    return f"![{escape_text(attrs.get('alt', ''), 'x', 'x')}]({escape_destination(attrs['src'])}{title})"


def write_mention(attrs: dict[str, str], site: Site) -> tuple[str, str]:
    """What the link to a person shows after its `@`, and where it leads."""
    key = attrs["key"]
    name = site.people.get(key)
    if name and site.base_url and "by" not in attrs:
        return name, f"{site.base_url}/people/{targets.encode(key)}"
    return name or key, escape_destination(targets.spell(targets.Target("user", tuple(attrs.items())), site))


def _mention(attrs: dict[str, str], site: Site) -> str:
    name, destination = write_mention(attrs, site)
    return f"[@{escape_text(name, 'x', 'x')}]({destination})"


def _macro(attrs: dict[str, str], _site: Site) -> str:
    name = attrs.pop("ac:name")
    if name == "status":
        shown = attrs.pop("title", "")
        given = tuple(("color" if key == "colour" else key, value) for key, value in attrs.items())
        return f"<ac-status{notation.write_attributes(given)}>{_shown(shown)}</ac-status>"
    if name == "anchor":
        given = tuple(("name" if key == "_" else key, value) for key, value in attrs.items())
        return f"<ac-anchor{notation.write_attributes(given)}></ac-anchor>"
    shown = attrs.get("key", "") if name == "jira" else ""
    legal = notation.LEGAL_NAME.match(name) and name not in notation.RESERVED
    tag, given = (f"ac-{name}", tuple(attrs.items())) if legal else ("ac-macro", (("name", name), *attrs.items()))
    return f"<{tag}{notation.write_attributes(given)}>{_shown(shown)}</{tag}>"


def _shown(text: str) -> str:
    return escape_text(text, "x", "x").replace("\n", " ")


def _url(attrs: dict[str, str], _site: Site) -> str:
    """Write a bare address; one that a semicolon after it would make an entity of stands in angle brackets."""
    href = attrs["href"]
    return href if escape_text(href + ";", "x", "x") == href + ";" else f"<{href}>"


def _emoji(attrs: dict[str, str], _site: Site) -> str:
    given = (("id", attrs["id"]),) if "id" in attrs else ()
    return f"<ac-emoji{notation.write_attributes(given)}>{_shown(attrs['name'])}</ac-emoji>"


def _placeholder(attrs: dict[str, str], _site: Site) -> str:
    given = (("type", attrs["type"]),) if "type" in attrs else ()
    return f"<ac-placeholder{notation.write_attributes(given)}>{_shown(attrs['text'])}</ac-placeholder>"


_ATOMS: dict[str, Callable[[dict[str, str], Site], str]] = {
    "break": lambda attrs, site: "<br>",
    "image": _image,
    "link": lambda attrs, site: f"[]({escape_destination(attrs['href'].partition(chr(10))[0])})",
    "mention": _mention,
    "macro": _macro,
    "url": _url,
    "date": lambda attrs, site: (
        f'<time datetime="{html.escape(attrs["datetime"])}">{html.escape(attrs["datetime"])}</time>'
    ),
    "emoji": _emoji,
    "placeholder": _placeholder,
    "var": lambda attrs, site: f"<ac-var{notation.write_attributes(tuple(attrs.items()))}></ac-var>",
    "island": lambda attrs, site: f'<ac-xml v="{notation.escape_attribute(attrs["v"])}"></ac-xml>',
}
