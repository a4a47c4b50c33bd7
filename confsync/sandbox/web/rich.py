"""Storage format as HTML that a browser can edit, and what is needed to bring the edited HTML back.

Every element comes with a number into a list that stays on this side (`data-s` into the shells, `data-atom` into the
atoms). A shell is the source around what can be edited, such as a tag with all its attributes, or a macro up to its
body. An atom is something that cannot be edited here; it is shown as it looks, and comes back as its source. `data-b`
is the number of a block at the top: one that nobody touched comes back as its source, whatever is in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from .spans import CDATA, CDATA_END, Element, Text, parse, text

PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
INLINE = {
    "strong", "b", "em", "i", "u", "s", "del", "code", "sub", "sup", "span", "small", "big", "ins", "cite", "kbd",
    "samp", "var", "abbr", "a",
}  # fmt: skip
FLOW = {"div", "blockquote"}
LINE_ATOMS = {"ac:link", "ac:image", "ac:emoticon", "ac:placeholder", "time", ""}
# What may stand in an element whose children are not text; anything else in it closes it to editing.
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "table": {"colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
    "ac:layout": {"ac:layout-section"},
    "ac:layout-section": {"ac:layout-cell"},
    "ac:task-list": {"ac:task"},
}
WITHIN = {"li", "td", "th", "ac:layout-cell"}  # hold text and blocks, and stand in one of the above only
AS = {"ac:layout": "div", "ac:layout-section": "div", "ac:layout-cell": "div", "ac:task-list": "ul"}
EXTRA = {
    "ac:layout": ' class="plainshell"',
    "ac:layout-section": ' class="layout-section"',
    "ac:layout-cell": ' class="layout-cell plainshell"',
    "ac:task-list": ' data-tasks="yes"',
}
SHOWN = {"colspan", "rowspan", "start"}  # attributes that matter to the eye; all of them stay in the shell
MACRO, CODE = "ac:structured-macro", ("code", "noformat")
BLOCK_TAG = re.compile(r"<(?:div|ul|ol|p|table|pre|h[1-6]|details|blockquote|hr)\b")
LINK_TAG = re.compile(r"(</?)a\b")
SPAN = re.compile(r"\A<span( data-atom.*)</span>\Z", re.DOTALL)  # at the top everything is a block
FIRST_TAG = re.compile(r"<\w+")
TEXT, TASK, SOURCE = "text", "task", "source"  # kinds of shells


class Shell(NamedTuple):
    """The source around something editable, and the HTML element that stands for it."""

    tag: str
    before: str
    after: str
    kind: str = TEXT


class Block(NamedTuple):
    """A block at the top: its source, the white space behind it, and its HTML."""

    source: str
    tail: str
    html: str


class _ClosedError(Exception):
    """Something stands where HTML has no place for it."""


@dataclass
class Sheet:
    """A body ready to be edited. `draw` returns how a piece of storage format looks."""

    storage: str
    draw: Callable[[str], str]
    shells: list[Shell] = field(default_factory=list)
    atoms: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    @property
    def html(self) -> str:
        """Return the HTML to edit."""
        return "".join(block.html for block in self.blocks)

    # ---- pieces

    def source(self, node: Element | Text) -> str:
        return self.storage[node.start : node.end]

    def wrap(self, tag: str, before: str, after: str, inner: str, extra: str = "", kind: str = TEXT) -> str:
        self.shells.append(Shell(tag, before, after, kind))
        return f'<{tag} data-s="{len(self.shells) - 1}"{extra}>{inner}</{tag}>'

    def around(self, node: Element, body: Element, tag: str, inner: str, extra: str = "", kind: str = TEXT) -> str:
        """Wrap what is in the body of an element; everything else of the element goes into the shell."""
        before, after = self.storage[node.start : body.inside[0]], self.storage[body.inside[1] : node.end]
        return self.wrap(tag, before, after, inner, extra, kind)

    def atom(self, node: Element, inline: bool) -> str:
        source = self.source(node)
        self.atoms.append(source)
        shown = LINK_TAG.sub(r"\1span", self.draw(source)) if node.name else ""
        blank = not re.sub(r"<(?!img)[^>]*>", "", shown).strip()
        if blank or (inline and BLOCK_TAG.search(shown)):
            label = node.get("ac:name") or node.name.removeprefix("ac:") or "comment"
            shown = f'<span class="chip">{html.escape(label)}</span>'
        in_line = node.name in LINE_ATOMS or (node.name == MACRO and not BLOCK_TAG.search(shown))
        tag = "span" if inline or in_line else "div"
        return f'<{tag} data-atom="{len(self.atoms) - 1}" contenteditable="false">{shown}</{tag}>'

    def characters(self, piece: Text) -> str:
        return html.escape(text(self.storage, piece), quote=False)

    # ---- contents

    def inline(self, node: Element) -> str:
        """Return what stands in a line of text."""
        return "".join(self.characters(one) if isinstance(one, Text) else self.in_line(one) for one in node.children)

    def in_line(self, node: Element) -> str:
        if node.name == "br":
            self.shells.append(Shell("br", self.source(node), ""))
            return f'<br data-s="{len(self.shells) - 1}">'
        if node.inside[0] == node.inside[1]:
            return self.atom(node, inline=True)
        if node.name in INLINE:
            return self.around(node, node, node.name, self.inline(node))
        if node.name == "ac:inline-comment-marker":
            return self.around(node, node, "mark", self.inline(node))
        return self.atom(node, inline=True)

    def flow(self, node: Element) -> str:
        """Return text and blocks."""
        return "".join(self.characters(one) if isinstance(one, Text) else self.any(one) for one in node.children)

    def any(self, node: Element) -> str:
        """Return an element where both blocks and text may stand."""
        shells, atoms = len(self.shells), len(self.atoms)
        try:
            return self.block(node) or (self.in_line(node) if _is_line(node) else self.atom(node, inline=False))
        except _ClosedError:
            del self.shells[shells:], self.atoms[atoms:]
            return self.atom(node, inline=False)

    def block(self, node: Element) -> str:
        """Return a block that can be edited, nothing for what cannot or is none."""
        name = node.name
        if name == "hr":
            self.atoms.append(self.source(node))
            return f'<hr data-atom="{len(self.atoms) - 1}">'
        if name == MACRO:
            return self.macro(node)
        if name in CHILDREN:
            return self.structure(node)
        if name in PARAGRAPHS:
            inner = self.inline(node)
            lead = "\n" if name == "pre" and inner.startswith("\n") else ""  # HTML drops the first one
            return self.element(node, lead + inner)
        return self.element(node, self.flow(node)) if name in FLOW else ""

    def element(self, node: Element, inner: str) -> str:
        tag = AS.get(node.name, node.name)
        kept = "".join(f' {name}="{html.escape(node.get(name))}"' for name in sorted(SHOWN & node.attributes.keys()))
        if node.inside == (node.end, node.end):  # `<p />`, which may get a text
            before = f"{self.source(node).removesuffix('/>').rstrip()}>"
            return self.wrap(tag, before, f"</{node.name}>", inner, kept + EXTRA.get(node.name, ""))
        return self.around(node, node, tag, inner, kept + EXTRA.get(node.name, ""))

    def structure(self, node: Element) -> str:
        """Return lists, tables and layouts: raise `_ClosedError` where anything else stands among their parts."""
        inner = []
        for one in node.children:
            if isinstance(one, Text):
                if text(self.storage, one).strip():
                    raise _ClosedError
                inner.append(self.characters(one))
            elif one.name not in CHILDREN[node.name]:
                raise _ClosedError
            else:
                inner.append(self.part(one))
        return self.element(node, "".join(inner))

    def part(self, node: Element) -> str:
        if node.name in CHILDREN:
            return self.structure(node)
        if node.name in WITHIN:
            return self.element(node, self.flow(node))
        if node.name == "ac:task":
            return self.task(node)
        self.atoms.append(self.source(node))  # the columns of a table
        return f'<{node.name} data-atom="{len(self.atoms) - 1}"></{node.name}>'

    def task(self, node: Element) -> str:
        body, status = node.first("ac:task-body"), node.first("ac:task-status")
        if body is None or status is None or body.inside == (body.end, body.end):
            raise _ClosedError
        done = self.storage[status.inside[0] : status.inside[1]].strip() == "complete"
        return self.around(node, body, "li", self.flow(body), f' data-done="{"yes" if done else "no"}"', TASK)

    def macro(self, node: Element) -> str:
        """Return a macro whose body can be edited."""
        name = node.get("ac:name")
        plain, rich = node.first("ac:plain-text-body"), node.first("ac:rich-text-body")
        if plain is not None and name in CODE and len(plain.children) == 1:
            piece = plain.children[0]
            if isinstance(piece, Text) and self.source(piece).startswith(CDATA):
                code = text(self.storage, piece)
                before = self.storage[node.start : piece.start] + CDATA
                after = CDATA_END + self.storage[piece.end : node.end]
                lead = "\n" if code.startswith("\n") else ""
                return self.wrap("pre", before, after, lead + html.escape(code, quote=False), kind=SOURCE)
        if rich is not None and rich.children:
            extra = f' class="shell" data-label="{html.escape(name)}"'
            return self.around(node, rich, "div", self.flow(rich), extra)
        return ""


def _is_line(node: Element) -> bool:
    return node.name in INLINE or node.name in ("br", "ac:inline-comment-marker")


def sheet(storage: str, draw: Callable[[str], str]) -> Sheet:
    """Return a body ready to be edited; raise `BadRequest` when it is malformed."""
    made = Sheet(storage, draw)
    run: list[Element | Text] = []
    start = 0
    nodes = parse(storage)
    for node in nodes:
        if isinstance(node, Text) or _stands_in_line(node):
            run.append(node)
            continue
        start = _end_run(made, run, start, node.start)
        start = _add(made, SPAN.sub("<div\\1</div>", made.any(node)), start, node.end)
    start = _end_run(made, run, start, len(storage))
    _tail(made, storage[start:])
    return made


def _stands_in_line(node: Element) -> bool:
    """Return whether an element at the top belongs to bare text around it."""
    return _is_line(node) or node.name in LINE_ATOMS


def _end_run(made: Sheet, run: list[Element | Text], start: int, end: int) -> int:
    """Make a block of bare text at the top; white space alone belongs to the block before it."""
    nodes, run[:] = list(run), []
    if not any(isinstance(one, Element) or text(made.storage, one).strip() for one in nodes):
        if made.blocks:
            _tail(made, made.storage[start:end])
            return end
        return start
    inner = "".join(made.characters(one) if isinstance(one, Text) else made.in_line(one) for one in nodes)
    return _add(made, made.wrap("div", "", "", inner), start, end)


def _add(made: Sheet, shown: str, start: int, end: int) -> int:
    numbered = FIRST_TAG.sub(lambda found: f'{found[0]} data-b="{len(made.blocks)}"', shown, count=1)
    made.blocks.append(Block(made.storage[start:end], "", numbered))
    return end


def _tail(made: Sheet, space: str) -> None:
    if space and made.blocks:
        made.blocks[-1] = made.blocks[-1]._replace(tail=made.blocks[-1].tail + space)
