"""Inline content as storage format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from converters import notation, targets
from converters.model import Atom, InlineKey, Mark, Wrap
from converters.site import Site
from converters.storage.macro_writer import write_macro_parameters
from converters.storage.resources import attribute, quote_value, write_resource

Written = tuple[tuple[Wrap, ...], str]
_ORDER = ("link", "span", "u", "strong", "em", "del", "sub", "sup")


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")


def write_inline(key: InlineKey, site: Site) -> str:
    """Write inline content anew."""
    pieces: list[Written] = []
    apart, beside = True, False  # does any element stand next to another?
    for content, marks in key:
        wraps = tuple([new_wrap(mark, site) for mark in sort_marks(marks)]) if marks else ()
        pieces.append((wraps, escape_text(content) if isinstance(content, str) else write_atom(content, site)))
        apart = apart and not (beside and wraps)
        beside = bool(wraps)
    return join(pieces if apart else merge_wraps(pieces))


def sort_marks(marks: frozenset[Mark]) -> list[Mark]:
    if len(marks) < 2:
        return list(marks)
    return sorted(marks, key=lambda mark: (_ORDER.index(mark[0]) if mark[0] in _ORDER else len(_ORDER), mark))


def merge_wraps(pieces: Sequence[Written]) -> list[Written]:
    """Let neighbours with equal new marks share their elements."""
    out: list[Written] = []
    previous: tuple[Wrap, ...] = ()
    for wraps, text in pieces:
        shared: list[Wrap] = []
        for mine, theirs in zip(wraps, previous, strict=False):
            same = mine is theirs or (
                mine.mark == theirs.mark and mine.mark is not None and mine.start < 0 and theirs.start < 0
            )
            if not same:
                break
            shared.append(theirs)
        previous = (*shared, *wraps[len(shared) :])
        out.append((previous, text))
    return out


def join(pieces: Sequence[Written]) -> str:
    """Write pieces with the elements around them: each element is opened once for a run of pieces that share it."""
    out: list[str] = []
    stack: list[Wrap] = []
    for wraps, text in pieces:
        keep = 0
        while keep < len(stack) and keep < len(wraps) and stack[keep] is wraps[keep]:
            keep += 1
        while len(stack) > keep:
            out.append(stack.pop().close)
        for wrap in wraps[keep:]:
            out.append(wrap.open)
            stack.append(wrap)
        out.append(text)
    while stack:
        out.append(stack.pop().close)
    return "".join(out)


def new_wrap(mark: Mark, site: Site) -> Wrap:
    """An element for a mark that stands in no source yet."""
    kind, value = mark
    if kind == "link":
        destination, _, title = value.partition("\n")
        return _link_wrap(mark, destination, title, site)
    if kind == "span":
        return Wrap(mark, -1, -1, f"<span{attribute('style', value)}>", "</span>")
    return Wrap(mark, -1, -1, f"<{kind}>", f"</{kind}>")


def _link_wrap(mark: Mark, destination: str, title: str, site: Site) -> Wrap:
    target = targets.resolve(destination, site)
    resource = write_resource(target, site)
    if resource is None and target.kind != "anchor":
        return Wrap(mark, -1, -1, f'<a href="{quote_value(destination)}"{attribute("title", title)}>', "</a>")
    anchor = attribute("ac:anchor", target.anchor) + attribute("ac:tooltip", title)
    return Wrap(mark, -1, -1, f"<ac:link{anchor}>{resource or ''}<ac:link-body>", "</ac:link-body></ac:link>")


# Atoms


def write_atom(atom: Atom, site: Site) -> str:
    kind, attrs = atom
    return _ATOMS[kind](dict(attrs), site)


def write_image(attrs: dict[str, str], site: Site, inside: str = "") -> str:
    target = targets.resolve(attrs["src"], site)
    resource = write_resource(target, site) or f"<ri:url{attribute('ri:value', attrs['src'])} />"
    given = "".join(
        attribute(f"ac:{name}", attrs[name]) for name in ("alt", "title", "width", "height", "href") if name in attrs
    )
    return f"<ac:image{given}>{resource}{inside}</ac:image>"


def _url(href: str, site: Site) -> str:
    """A bare address becomes a link; a page's own stays text, or it would be read as a link to the page."""
    text = escape_text(href)
    return f"<a{attribute('href', href)}>{text}</a>" if targets.resolve(href, site).kind == "url" else text


def _empty_link(attrs: dict[str, str], site: Site) -> str:
    wrap = new_wrap(("link", attrs["href"]), site)
    return (wrap.open + wrap.close).replace("<ac:link-body></ac:link-body>", "<ac:link-body />")


def _macro(attrs: dict[str, str], site: Site) -> str:
    name = attrs.pop("ac:name")
    inside = write_macro_parameters(tuple(attrs.items()), site)
    return f'<ac:structured-macro{attribute("ac:name", name)} ac:schema-version="1">{inside}</ac:structured-macro>'


def _emoji(attrs: dict[str, str], _site: Site) -> str:
    name = attrs["name"]
    short = name.strip(":")
    if "id" not in attrs and short in notation.LEGACY_EMOTICONS:
        return f"<ac:emoticon{attribute('ac:name', short)} />"
    if "id" not in attrs:
        return f"<ac:emoticon{attribute('ac:name', short)}{attribute('ac:emoji-shortname', name)} />"
    return (
        f"<ac:emoticon{attribute('ac:name', short)}{attribute('ac:emoji-shortname', name)}"
        f"{attribute('ac:emoji-id', attrs['id'])}{attribute('ac:emoji-fallback', name)} />"
    )


_ATOMS: dict[str, Callable[[dict[str, str], Site], str]] = {
    "break": lambda attrs, site: "<br />",
    "image": write_image,
    "link": _empty_link,
    "mention": lambda attrs, site: (
        f"<ac:link>{write_resource(targets.Target('user', tuple(attrs.items())), site)}</ac:link>"
    ),
    "macro": _macro,
    "url": lambda attrs, site: _url(attrs["href"], site),
    "date": lambda attrs, site: f"<time{attribute('datetime', attrs['datetime'])} />",
    "emoji": _emoji,
    "placeholder": lambda attrs, site: (
        f"<ac:placeholder{attribute('ac:type', attrs.get('type', ''))}>{escape_text(attrs['text'])}</ac:placeholder>"
    ),
    "var": lambda attrs, site: (
        f"<at:var{attribute('at:name', attrs['name'])}{attribute('at:rawxhtml', attrs.get('rawxhtml', ''))} />"
    ),
    "island": lambda attrs, site: attrs["v"],
}
