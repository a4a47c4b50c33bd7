"""A page as the Cloud editor stores it when somebody opens and saves it without an edit.

The editor rebuilds the whole body from its own model. Simulated is all that is known of it (every row was seen on real
pages): local ids on every block, a width, a display mode and columns in pixels on tables, no `thead`, a paragraph in
every item and cell, `start` on numbered lists, macro ids and schema versions, attributes and macro parameters in
alphabetical order, another `version-at-save`, named entities, no white space between blocks, no comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html.entities import codepoint2name
from itertools import count
from xml.sax.saxutils import escape

from converters.storage.blocks import is_block
from converters.storage.reader import Element, Ghost, Node, Text, parse

_LOCAL_ID = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "pre"])
_AC_LOCAL_ID = frozenset(["table", "tr", "td", "th", "ac:structured-macro", "ac:task-list", "ac:task", "ac:link", "ac:layout-section"])
_WRAPPED = frozenset({"li", "td", "th"})
_SPACELESS = frozenset(
    ["ul", "ol", "table", "tbody", "thead", "tfoot", "tr", "colgroup", "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:task-list", "ac:task", "ac:rich-text-body", "ac:structured-macro", "ac:adf-extension", "ac:adf-node", "ac:adf-content", "blockquote"]
) | {""}


def resaved(storage: str) -> str:
    """Save a well-formed page in the editor."""
    root = Element("", {}, 0, children=parse(storage))
    return "".join(_Saver(storage).children(root))


class _Saver:
    def __init__(self, source: str) -> None:
        self.source = source
        self.ids = count(1)

    def new_id(self) -> str:
        return f"{next(self.ids):012x}"

    def node(self, node: Node) -> str:
        if isinstance(node, Ghost):
            return ""
        if isinstance(node, Text):
            raw = self.source[node.start : node.end]
            return f"<![CDATA[{node.text}]]>" if node.cdata and "<![CDATA[" not in raw else _text(node.text)
        return self.element(node)

    def element(self, element: Element) -> str:
        if element.name in ("ac:plain-text-body", "ac:plain-text-link-body") or element.name not in _KNOWN:
            return self.source[element.start : element.end]  # kept to the letter
        attrs = "".join(f' {name}="{_text(value)}"' for name, value in sorted(self.attributes(element).items()))
        inside = "".join(self.children(element))
        return f"<{element.name}{attrs}>{inside}</{element.name}>" if inside else f"<{element.name}{attrs} />"

    def attributes(self, element: Element) -> dict[str, str]:
        out = dict(element.attrs)
        if element.name in _LOCAL_ID:
            out.setdefault("local-id", self.new_id())
        elif element.name in _AC_LOCAL_ID:
            out.setdefault("ac:local-id", self.new_id())
        if element.name == "ol":
            out.setdefault("start", "1")
        elif element.name == "table":
            out |= {"data-table-width": "760", "data-table-display-mode": "default", "data-layout": "default"}
        elif element.name == "ac:structured-macro":
            out.setdefault("ac:schema-version", "1")
            out.setdefault("ac:macro-id", self.new_id())
        elif element.name in ("ri:page", "ri:attachment"):
            out["ri:version-at-save"] = str(int(out.get("ri:version-at-save", "1")) + 1)
        return out

    def children(self, element: Element) -> Iterator[str]:
        nodes = [node for at, node in enumerate(element.children) if not self._insignificant(element, at)]
        if element.name == "ac:structured-macro":
            names = {id(node): node.attrs.get("ac:name", "") for node in nodes if isinstance(node, Element)}
            nodes.sort(key=lambda node: (getattr(node, "name", "") != "ac:parameter", names.get(id(node), "")))
        elif element.name == "table" and nodes:
            marks = [node for node in nodes if isinstance(node, Element) and node.name.startswith("ac:")]
            yield from map(self.node, marks)
            rows = [node for node in nodes if node not in marks]
            yield self._columns(rows)
            yield from self._rows(rows)
            return
        if element.name in _WRAPPED and not any(is_block(node) for node in nodes) and self._bare(nodes):
            yield f'<p local-id="{self.new_id()}">{"".join(map(self.node, nodes))}</p>'
        else:
            yield from map(self.node, nodes)

    def _rows(self, nodes: Sequence[Node]) -> Iterator[str]:
        """All rows in one `tbody`."""
        sections = [node for node in nodes if isinstance(node, Element) and node.name not in ("colgroup", "col")]
        yield "<tbody>"
        for section in sections:
            yield from self.children(section) if section.name in ("thead", "tbody", "tfoot") else [self.node(section)]
        yield "</tbody>"

    @staticmethod
    def _columns(nodes: Sequence[Node]) -> str:
        found = [node for node in nodes if isinstance(node, Element)]
        while found and not any(one.name == "tr" for one in found):
            found = [child for one in found for child in one.elements()]
        width = len(found[0].elements()) if found else 0
        column = '<col style="width: 95.0px;" />'
        return f"<colgroup>{column * width}</colgroup>" if width else ""

    @staticmethod
    def _bare(nodes: Sequence[Node]) -> bool:
        """Is there text without a paragraph? A macro on its own is a block."""
        seen = [node for node in nodes if not isinstance(node, Text) or node.text.strip()]
        alone = len(seen) == 1 and isinstance(seen[0], Element) and seen[0].name == "ac:structured-macro"
        return bool(seen) and not alone

    @staticmethod
    def _insignificant(element: Element, at: int) -> bool:
        """White space between blocks, or between a block and the edge of what it stands in."""
        node = element.children[at]
        if not isinstance(node, Text) or element.name not in _SPACELESS or node.text.strip(" \t\r\n"):
            return False
        beside = [element.children[near] for near in (at - 1, at + 1) if 0 <= near < len(element.children)]
        return element.name != "" or len(beside) < 2 or any(map(is_block, beside))


def _text(text: str) -> str:
    """Every character that has a named entity in HTML 4 is written as that."""
    out = escape(text, {'"': "&quot;"})
    return "".join(
        f"&{codepoint2name[ord(char)]};" if ord(char) > 127 and ord(char) in codepoint2name else char for char in out
    )


_KNOWN = (
    _LOCAL_ID | _AC_LOCAL_ID | _SPACELESS
    | frozenset(
        ["strong", "em", "u", "s", "del", "sub", "sup", "code", "span", "a", "br", "time", "b", "i", "col", "ac:link-body", "ac:image", "ac:caption", "ac:parameter", "ri:page", "ri:attachment", "ri:url", "ri:user", "ri:space", "ac:emoticon", "ac:inline-comment-marker", "ac:task-body", "ac:task-id", "ac:task-status", "ac:task-uuid", "ac:placeholder", "ac:adf-attribute", "ac:adf-fallback", "ac:adf-mark", "div"]
    )
)  # fmt: skip
