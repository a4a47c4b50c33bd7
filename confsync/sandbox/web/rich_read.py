"""Edited HTML back to storage format: what is known by its number gets its source back, the rest goes by a list.

Nothing comes in that is not on the list: elements by `FRESH`, attributes by `ATTRIBUTES`, addresses with a harmless
scheme. What is not on it leaves its text behind, and scripts and the like not even that.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from confsync.sandbox.render import attribute, safe_url

from .rich import SOURCE, TASK, Block, Sheet

FRESH = {
    **{name: name for name in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "strong", "em",
                               "u", "del", "code", "sub", "sup", "table", "tbody", "thead", "tr", "td", "th", "a")},
    "b": "strong", "i": "em", "s": "del", "strike": "del",
}  # fmt: skip
BREAKS = {"br": "\n"}  # in source code
VOID = {"br": "<br />", "hr": "<hr />"}
ATTRIBUTES = {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "ol": ("start",)}
DROPPED = {"script", "style", "head", "title", "template", "iframe", "object", "noscript", "svg", "math", "textarea"}
BLOCKS = {
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "table", "tbody", "thead", "tfoot", "tr",
    "td", "th", "pre", "div", "hr",
}  # fmt: skip
LINES = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}  # hold text only
TRIMMED = LINES | {"li", "td", "th", "div", "blockquote"}  # where a browser puts a break to hold an empty line open
PANELS = ("info", "note", "tip", "warning", "panel")
IDS = re.compile(
    r' (?:ac:local-id|local-id|ri:local-id|ac:macro-id|ac:task-list-id)="[^"]*"|<ac:task-(id|uuid)>[^<]*</ac:task-\1>'
)
STATUS = re.compile(r"<ac:task-status>[^<]*</ac:task-status>|<ac:task-status ?/>")
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")
NEW_TASK = "<ac:task><ac:task-status>{}</ac:task-status><ac:task-body>{}</ac:task-body></ac:task>"


def read(edited: str, sheet: Sheet) -> str:
    """Return the storage format of edited HTML; blocks that are as the sheet has them keep their bytes."""
    return _Reader(sheet).run(_soup(edited))


def _soup(source: str) -> BeautifulSoup:
    return BeautifulSoup(source, "html.parser", preserve_whitespace_tags=BLOCKS | FRESH.keys())


def _number(tag: Tag, name: str, most: int) -> int | None:
    value = str(tag.get(name, ""))
    return int(value) if value.isdecimal() and len(value) < 9 and int(value) < most else None


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.used: set[tuple[str, int]] = set()
        self.hard_space = True  # whether hard spaces of the browser are meant

    def first_use(self, kind: str, number: int) -> bool:
        fresh = (kind, number) not in self.used
        self.used.add((kind, number))
        return fresh

    # ---- blocks at the top

    def run(self, soup: BeautifulSoup) -> str:
        out: list[str] = []
        for line, nodes in _runs(soup.children):
            if line:
                self.hard_space = False
                inner = self.pieces(nodes).strip()
                out.append(f"<p>{inner}</p>" if inner else "")
            else:
                [tag] = nodes
                out.append(self.top(tag) if isinstance(tag, Tag) else "")
        return "".join(out)

    def top(self, tag: Tag) -> str:
        blocks = self.sheet.blocks
        kept = _number(tag, "data-keep", len(blocks))
        if kept is not None:
            return "".join(blocks[kept][:2]) if self.first_use("block", kept) else ""
        number = _number(tag, "data-b", len(blocks))
        if number is None:
            self.hard_space = False
            return self.node(tag)
        block = blocks[number]
        first = self.first_use("block", number)
        if first and _same(tag, block):
            return block.source + block.tail
        self.hard_space = "\xa0" in block.html
        return self.node(tag) + (block.tail if first else "")

    # ---- elements

    def node(self, tag: Tag) -> str:
        """Return an element as its source, by its number or by its name."""
        atom = _number(tag, "data-atom", len(self.sheet.atoms))
        if atom is not None:
            source = self.sheet.atoms[atom]
            return source if self.first_use("atom", atom) else IDS.sub("", source)
        number = _number(tag, "data-s", len(self.sheet.shells))
        if number is None:
            return self.fresh(tag)
        shell = self.sheet.shells[number]
        if shell.tag != tag.name or (tag.name == "li" and (shell.kind == TASK) != _among_tasks(tag)):
            return self.fresh(tag)
        before = shell.before if self.first_use("shell", number) else IDS.sub("", shell.before)
        if shell.kind == SOURCE:
            return before + _source(tag) + shell.after
        if shell.kind == TASK:
            done = "complete" if tag.get("data-done") == "yes" else "incomplete"
            before = STATUS.sub(f"<ac:task-status>{done}</ac:task-status>", before, count=1)
        return self.filled(tag, before, shell.after)

    def fresh(self, tag: Tag) -> str:
        """Return an element that the editor made, or that somebody pasted."""
        name = str(tag.name)
        if name in DROPPED:
            return ""
        if name in VOID:
            return VOID[name]
        if name == "pre":
            body = f"<ac:plain-text-body><![CDATA[{_source(tag)}]]></ac:plain-text-body>"
            return f'<ac:structured-macro ac:name="code">{body}</ac:structured-macro>'
        if name == "ul" and tag.get("data-tasks"):
            return f"<ac:task-list>{self.items(tag)}</ac:task-list>"
        if name == "li" and _among_tasks(tag):
            return NEW_TASK.format("complete" if tag.get("data-done") == "yes" else "incomplete", self.inside(tag))
        if name == "div":
            return self.division(tag)
        if name not in FRESH:
            return self.inside(tag)
        target = str(tag.get("href", ""))
        if name == "a" and safe_url(target) in ("#", ""):
            return self.inside(tag)
        given = f' href="{attribute(target)}"' if name == "a" else ""
        for key in ATTRIBUTES.get(name, ()):
            value = str(tag.get(key, ""))
            given += f' {key}="{value}"' if value.isdecimal() and len(value) < 5 else ""
        return self.filled(tag, f"<{FRESH[name]}{given}>", f"</{FRESH[name]}>")

    def division(self, tag: Tag) -> str:
        panel = str(tag.get("data-panel", ""))
        if panel in PANELS:
            body = f"<ac:rich-text-body>{self.inside(tag)}</ac:rich-text-body>"
            return f'<ac:structured-macro ac:name="{panel}">{body}</ac:structured-macro>'
        return self.filled(tag, "<p>", "</p>", lines=True)

    def filled(self, tag: Tag, before: str, after: str, lines: bool = False) -> str:
        """Return an element with its content; blocks in a line of text come to stand beside it."""
        if lines or (tag.name in LINES and any(_is_block(one) for one in tag.children)):
            return "".join(self.lines(tag, before, after))
        inner = self.items(tag) if tag.name in ("ul", "ol") else self.inside(tag)
        return before + inner + after if inner or tag.name in BLOCKS or tag.name == "br" else ""

    def lines(self, tag: Tag, before: str, after: str) -> Iterator[str]:
        for line, nodes in _runs(_without_last_break(tag)):
            inner = self.pieces(nodes)
            if not line:
                yield inner
            elif inner.strip():
                yield before + inner + after
                before = IDS.sub("", before)

    def items(self, tag: Tag) -> str:
        """Return the items of a list; a list that a browser put beside an item goes into it."""
        out: list[str] = []
        for one in tag.children:
            if isinstance(one, NavigableString):
                text = self.text(one)
                out.append(f"<li>{text}</li>" if text.strip() else text)
            elif isinstance(one, Tag):
                made = self.node(one)
                if one.name in ("ul", "ol") and out and out[-1].endswith("</li>"):
                    out[-1] = f"{out[-1].removesuffix('</li>')}{made}</li>"
                else:
                    out.append(made if one.name == "li" or not made else f"<li>{made}</li>")
        return "".join(out)

    def inside(self, tag: Tag) -> str:
        return self.pieces(_without_last_break(tag) if tag.name in TRIMMED else tag.children)

    def pieces(self, nodes: Iterable[object]) -> str:
        return "".join(
            self.node(one) if isinstance(one, Tag) else self.text(one) if isinstance(one, NavigableString) else ""
            for one in nodes
        )

    def text(self, piece: NavigableString) -> str:
        if isinstance(piece, PreformattedString):  # comments and the like
            return ""
        text = NO_XML.sub("", str(piece))
        return html.escape(text if self.hard_space else text.replace("\xa0", " "), quote=False)


def _same(tag: Tag, block: Block) -> bool:
    return str(tag) == str(_soup(block.html))


def _among_tasks(tag: Tag) -> bool:
    return tag.parent is not None and bool(tag.parent.get("data-tasks"))


def _is_block(node: object) -> bool:
    return isinstance(node, Tag) and node.name in BLOCKS


def _runs(nodes: Iterable[object]) -> Iterator[tuple[bool, list[object]]]:
    """Yield what stands in lines, together, and each block alone."""
    run: list[object] = []
    for one in nodes:
        if _is_block(one):
            if run:
                yield True, run
                run = []
            yield False, [one]
        else:
            run.append(one)
    if run:
        yield True, run


def _without_last_break(tag: Tag) -> list[object]:
    """Return the content without the break at its end that a browser has put there."""
    nodes: list[object] = list(tag.children)
    last = nodes[-1] if nodes else None
    if isinstance(last, Tag) and last.name == "br" and not last.has_attr("data-s"):
        nodes.pop()
    return nodes


def _source(tag: Tag) -> str:
    """Return the text of source code, ready for a CDATA section."""
    pieces = [BREAKS.get(one.name, "") if isinstance(one, Tag) else str(one) for one in tag.descendants]
    return NO_XML.sub("", "".join(pieces)).replace("]]>", "]]]]><![CDATA[>")
