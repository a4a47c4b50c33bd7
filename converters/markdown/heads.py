"""Changes of a block's attributes or plain text in Markdown, made in place and in the author's style."""

from __future__ import annotations

import re
from collections.abc import Callable

from converters import notation
from converters.lens import Edit
from converters.markdown.reader import GFM
from converters.markdown.writer import MarkdownWriter, indent
from converters.model import Block, Inline, Piece
from converters.site import Site

_WRAPPER = re.compile(r"<!-- [^\s]+|<\w+")
NUMBER = re.compile(r"(\d{1,9})([.)])([ \t]+|$)", re.MULTILINE)


def _heading(_site: Site, source: str, target: Block, _base: Block, new: Block) -> list[Edit] | None:
    hashes = re.compile(r"#{1,6}").match(source, target.start)
    return [Edit(target.start, hashes.end(), "#" * int(new.get("level")))] if hashes else None


def _task(_site: Site, source: str, target: Block, _base: Block, new: Block) -> list[Edit] | None:
    box = source.find("[", target.start)
    return [Edit(box + 1, box + 2, "x" if new.get("done") else " ")] if box >= 0 else None


def _plain(site: Site, source: str, target: Block, base: Block, new: Block) -> list[Edit] | None:
    """A fence keeps its own signs and its indent where the new text can stand between them."""
    first, _, rest = source[target.start : target.end].partition("\n")
    if first[:1] in " \t":
        return _indented(target, first, new) if base.attrs == new.attrs else None
    opening = re.match(r"(`{3,}|~{3,})", first)
    last = rest.rpartition("\n")[2]
    if (
        opening is None
        or not rest
        or not re.fullmatch(rf"[ \t>]*{opening.group(1)[0]}{{{len(opening.group(1))},}}[ \t]*", last)
    ):
        return None
    if opening.group(1) in new.text:
        return None
    made = MarkdownWriter(site).block(new).split("\n")
    head = first if base.attrs == new.attrs else opening.group(1) + made[0].lstrip("`")
    body = f"{new.text}\n" if new.text else ""
    before = source[source.rfind("\n", 0, target.start) + 1 + len(target.prefix) : target.start]
    prefix = target.prefix + (before if not before.strip() else "")
    text = indent(f"{head}\n{body}x", prefix)[: -1 - len(prefix)]
    return [Edit(target.start, target.end, text + last)]


def _indented(target: Block, first: str, new: Block) -> list[Edit] | None:
    """Code that is told by its indent; a fence has to be written where blank lines begin or end it."""
    lines = new.text.split("\n")
    if not lines[0].strip() or not lines[-1].strip():
        return None
    margin = "\t" if first.startswith("\t") else "    "
    return [Edit(target.start, target.end, margin + indent("\n".join(lines), target.prefix + margin))]


def _opening(site: Site, source: str, target: Block, _base: Block, new: Block) -> list[Edit] | None:
    """Rewrite what opens a wrapper: its comment, its tag with the summary, or an alert's first lines."""
    head = source[target.start : target.inner[0]]
    made = MarkdownWriter(site).block(Block(new.kind, new.attrs, children=[Block("rule")]))
    kind = _WRAPPER.match(made)
    if kind is None or not head.startswith(kind.group()):
        return _alert(site, source, target, new)
    return [Edit(target.start, target.inner[0], indent(made.split("\n\n")[0], target.prefix))]


def _alert(site: Site, source: str, target: Block, new: Block) -> list[Edit] | None:
    """An alert's kind and title stand before its first paragraph."""
    word = Block("paragraph", inline=Inline([Piece("x", 0, 1)]))
    made = MarkdownWriter(site).block(Block(new.kind, new.attrs, children=[word]))
    first = target.children[0] if target.children else None
    if first is None or first.kind != "paragraph" or not made.startswith("> [!") or source[target.start] != ">":
        return None
    outer = target.prefix.removesuffix("> ")
    return [Edit(target.start, first.start, indent(made.removesuffix("x"), outer))]


def _macro(site: Site, source: str, target: Block, _base: Block, new: Block) -> list[Edit] | None:
    return [Edit(target.start, target.end, indent(MarkdownWriter(site).block(new), target.prefix))]


def _cell(_site: Site, source: str, target: Block, base: Block, new: Block) -> list[Edit] | None:
    if target.node == GFM:
        return None
    name = "th" if new.get("header") else "td"
    spans = notation.write_attributes(tuple(pair for pair in new.attrs if pair[0] != "header"))
    edits = [Edit(target.start, target.inner[0], f"<{name}{spans}>")]
    if base.get("header") == new.get("header"):
        return edits
    return [*edits, Edit(target.inner[1], target.end, f"</{name}>")]


def _list(_site: Site, source: str, target: Block, base: Block, new: Block) -> list[Edit] | None:
    if base.get("ordered") != new.get("ordered") or not target.children:
        return None
    number = NUMBER.match(source, target.children[0].start)
    return [Edit(target.children[0].start, number.end(1), new.get("start"))] if number else None


Head = Callable[[Site, str, Block, Block, Block], list[Edit] | None]
HEADS: dict[str, Head] = {
    "heading": _heading,
    "task": _task,
    "plain": _plain,
    "island": _macro,
    "macro": _macro,
    "rich": _opening,
    "section": _opening,
    "cell": _cell,
    "list": _list,
}
