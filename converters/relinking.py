"""The destinations of a Markdown text: where each one stands, where it leads, and how to change only it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from converters import targets
from converters.markdown import parser
from converters.markdown.parser import Part
from converters.public import Lines
from converters.site import DEFAULT_SITE, Site

_TAIL = re.compile(
    r"\]\(\s*(<(?:[^<>\\]|\\.)*>|[^\s]*?)(?:\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)\Z",
    re.DOTALL,
)
_DEFINITION = re.compile(r"^[ >]{0,8}\[(?:[^\[\]\\]|\\.)+\]:[ \t]*(<[^<>\n]*>|\S+)", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"(?:\b(?:src|href)|[\w.-]+\.(?:page|attachment))\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination as it stands at start:end of the source (in `\\n` line ends)."""

    start: int
    end: int
    text: str

    @property
    def value(self) -> str:
        import html

        bare = self.text[1:-1] if self.text.startswith("<") else self.text
        return html.unescape(_ESCAPE.sub(r"\1", bare))


@dataclass(frozen=True, slots=True)
class LinkUse:
    """One use of a destination. kind: page, attachment, file, anchor, url or confluence; `path` is the mirror-relative
    path of a page's file, an attachment or a file, "" for the others.
    """

    line: int
    column: int
    destination: str
    kind: str
    path: str = ""
    anchor: str = ""


def destinations(source: str) -> list[Destination]:
    """All destinations in a text, in order."""
    parts = parser.parse(source)
    spans: list[tuple[int, int]] = []
    found = {(one.start, one.end): one for part in parts for one in _part(part, source, spans)}
    for match in _DEFINITION.finditer(source):
        if not any(low <= match.start(1) < high for low, high in spans):
            found[match.span(1)] = Destination(*match.span(1), match.group(1))
    return [found[key] for key in sorted(found)]


def _part(part: Part, source: str, spans: list[tuple[int, int]]) -> Iterator[Destination]:
    if part.parts:
        for inner in part.parts:
            yield from _part(inner, source, spans)
        return
    spans.append((part.start, part.end))
    if part.type == "html_block":
        yield from _attributes(source, part.start, part.end)
    yield from _inline(part, source)


def _inline(part: Part, source: str) -> Iterator[Destination]:
    places = part.map
    for token in part.tokens:
        if "span" not in token.meta:
            continue
        low, high = token.meta["span"]
        if token.type == "html_inline":
            yield from _attributes(source, places.start(low), places.end(high))
        elif token.type == "image" or (token.type == "link_close" and token.markup != "autolink"):
            match = _last_tail(part.content, low, high) if part.content[low:high].endswith(")") else None
            if match is not None and match.group(1):
                start, end = places.start(match.start(1)), places.end(match.end(1))
                yield Destination(start, end, source[start:end])


def _last_tail(content: str, low: int, high: int) -> re.Match[str] | None:
    """Find the `](…)` that ends a link; in `[![a](b)](c)` it is the last one."""
    found, at = None, low
    while match := _TAIL.search(content, at, high):
        found, at = match, match.start() + 1
    return found


def _attributes(source: str, low: int, high: int) -> Iterator[Destination]:
    for match in _ATTRIBUTE.finditer(source, low, high):
        group = match.lastindex or 1
        yield Destination(match.start(group), match.end(group), match.group(group))


def relink(markdown: str, old: Site, new: Site) -> str:
    """Rewrite the destinations that lead elsewhere once paths have changed; nothing else.

    `old` and `new` are the site as this page saw it before and sees it now; a page is the same one on both if its id
    is, or, for a page without an id, if its former paths name it.
    """
    lines = Lines(markdown)
    source = lines.text
    edits = []
    for one in destinations(source):
        changed = _changed(one, old, new)
        if changed is not None:
            edits.append((one, changed))
    out = source
    for one, text in reversed(edits):
        out = out[: one.start] + text + out[one.end :]
    return lines.restore(out)


def _changed(one: Destination, old: Site, new: Site) -> str | None:
    target = targets.resolve(one.value, old)
    if (
        target.kind == "page"
        and target.page is not None
        and target.page.path == old.path
        and not one.value.startswith("#")
    ):
        wanted = targets.encode(new.path.rpartition("/")[2]) + (
            f"#{targets.encode(target.anchor)}" if target.anchor else ""
        )
    elif target.kind in ("page", "attachment") and target.page is not None:
        page = new.pages.by_id(target.page.id) or new.pages.by_path(target.page.path)
        if page is None:
            return None
        wanted = targets.spell(targets.Target(target.kind, target.values, page, target.anchor), new)
    elif target.kind == "attachment":
        wanted = targets.spell(target, new)
    else:
        return None
    if targets.spell(target, old) == wanted:
        return None
    return f"<{wanted}>" if one.text.startswith("<") else wanted


def links(markdown: str, site: Site = DEFAULT_SITE) -> list[LinkUse]:
    """All uses of destinations, with their places (counting from 1) and what they lead to."""
    source = Lines(markdown).text
    out = []
    for one in destinations(source):
        line = source.count("\n", 0, one.start) + 1
        column = one.start - (source.rfind("\n", 0, one.start) + 1) + 1
        out.append(_use(line, column, one.value, site))
    return out


def _use(line: int, column: int, value: str, site: Site) -> LinkUse:
    import posixpath
    from urllib.parse import unquote

    target = targets.resolve(value, site)
    if target.kind == "page" and target.page is not None:
        return LinkUse(line, column, value, "page", target.page.path, target.anchor)
    if target.kind == "attachment":
        folder = targets.files_folder(target.page.path if target.page else site.path)
        name = target.get("name")
        own = target.page is None
        if own and name in site.outside:
            return LinkUse(line, column, value, "attachment", site.outside[name])
        return LinkUse(line, column, value, "attachment", f"{folder}/{site.files.get(name, name) if own else name}")
    if target.kind == "anchor":
        return LinkUse(line, column, value, "anchor", "", target.anchor)
    if target.kind == "url" and value and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\?", value):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(site.path), unquote(value.partition("#")[0])))
        return LinkUse(line, column, value, "file", path, unquote(value.partition("#")[2]))
    return LinkUse(line, column, value, "url" if target.kind == "url" else "confluence")
