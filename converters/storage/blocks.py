"""Block content of storage format: the element tree as a `Doc` of blocks.

What says nothing is not a block but stands between blocks: white space, comments, empty paragraphs, and transparent
wrappers (`div`, a layout of one cell, a paragraph around a block macro). It keeps its bytes whatever is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from converters import notation, targets
from converters.collector import undisturbed
from converters.errors import StorageError
from converters.model import Attrs, Block, Doc, Inline
from converters.site import DEFAULT_SITE, Site
from converters.storage import elements
from converters.storage.inline import image_attrs, read_inline, read_key
from converters.storage.macros import read_macro
from converters.storage.raw import Raw
from converters.storage.reader import Element, Node, Source, Text, parse, parse_said

# HTML that people write inside Markdown: what is in it says all that Confluence has a word for.
_HTML_WRAPPERS = frozenset({"figure", "details", "header", "footer", "main", "aside", "nav", "address"})
_TRANSPARENT = frozenset({"div", "section", "article", "center", "ac:rich-text-body"}) | _HTML_WRAPPERS
# In a heading a macro with a body is carried raw, and the text around it stays text; these leave no heading.
_NOT_IN_HEADINGS = frozenset({"ul", "ol", "table", "blockquote", "hr", "ac:task-list", "ac:layout", "dl", "pre"})
_TABLE_COMPLEMENT = frozenset({"colgroup", "col", "ac:adf-fragment-mark"})
_MACROS = frozenset({"ac:structured-macro", "ac:macro"})  # the second is how Confluence 3 wrote them
_BLOCK_NAMES = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "hr", "table", "pre", "div", "dl", "section",
    "article", "center", "form", "fieldset", "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:task-list",
    "ac:adf-extension", "ac:macro", "at:declarations", "figcaption", "summary",
}) | _HTML_WRAPPERS  # fmt: skip
# Elements that are blocks or not, by what they hold.
_BY_CONTENT = frozenset({"ac:structured-macro", "ac:macro", "ac:image"})
_ALWAYS = _BLOCK_NAMES - _BY_CONTENT
InlineRead = Callable[[Source, Sequence[Node], Site, int, int], Inline]


@undisturbed
def storage_to_doc(source: str, site: Site = DEFAULT_SITE) -> Doc:
    """Read storage format. What is not well-formed becomes one island that holds the whole text."""
    try:
        nodes = parse(source)
    except StorageError:
        return Doc(source, [_island(source, 0, len(source))], "storage")
    return Doc(source, BlockReader(source, site).blocks(nodes), "storage")


def _island(source: Source, start: int, end: int, node: Element | None = None) -> Block:
    raw = Raw(source[start:end].replace("\r\n", "\n").replace("\r", "\n"))
    return Block("island", text=raw, start=start, end=end, node=node)


def is_block(node: Node) -> bool:
    """Does an element stand for a block wherever it is found?"""
    if node.__class__ is not Element:
        return False
    if node.name in _BY_CONTENT:
        if node.name == "ac:image":
            return node.first("ac:caption") is not None
        return any(child.name in ("ac:rich-text-body", "ac:plain-text-body") for child in node.elements())
    return node.name in _BLOCK_NAMES


def _is_break(node: Node) -> bool:
    return isinstance(node, Element) and node.name == "br"


def storage_to_blocks(source: str, site: Site = DEFAULT_SITE) -> list[Block]:
    """Read what storage format says, for a writer: the blocks of `storage_to_doc` with their keys, and no places."""
    try:
        nodes, cut = parse_said(source)
        return BlockReader(cut, site, read_key).blocks(nodes)
    except StorageError:
        return [_island(source, 0, len(source))]


class BlockReader:
    def __init__(self, source: Source, site: Site, read_inline: InlineRead = read_inline) -> None:
        self.source = source
        self.site = site
        self.read_inline = read_inline
        self.exact = read_inline is not read_key

    def blocks(self, nodes: Iterable[Node]) -> list[Block]:
        """Read a container's content; runs of inline nodes become paragraphs without an element of their own."""
        out: list[Block] = []
        run: list[Node] = []
        for node in nodes:
            if node.__class__ is Element and (
                node.name in _ALWAYS or (self._stands_alone(node) and not self._either(node))
            ):
                if run:
                    out.extend(self._mixed(run))
                    run = []
                out.extend(self._element(node))
            else:
                run.append(node)
        if run:
            out.extend(self._mixed(run))
        return out

    def _either(self, node: Node) -> bool:
        """Is this a macro that may be a block or stand in a line of text?"""
        return (
            node.__class__ is Element
            and node.name in _MACROS
            and node.attrs.get("ac:name") not in notation.BLOCK_MACROS
            and not is_block(node)
            and not self._inline_macro(node)
        )

    def _mixed(self, run: list[Node]) -> list[Block]:
        """A run between blocks: where there is text beside them, macros stand in its line; else each is a block."""
        macros = [at for at, node in enumerate(run) if self._either(node)]
        if not macros or any(not self._blank(node) and not _is_break(node) and not self._either(node) for node in run):
            return self._run(run)
        out: list[Block] = []
        for low, at in zip([0, *(at + 1 for at in macros)], [*macros, len(run)], strict=True):
            out.extend(self._run(run[low:at]))
            out.extend(block for node in run[at : at + 1] if isinstance(node, Element) for block in self._element(node))
        return out

    def _stands_alone(self, node: Element) -> bool:
        if node.name in _MACROS and not is_block(node):
            return not self._inline_macro(node)
        return is_block(node)

    def _inline_macro(self, node: Element) -> bool:
        name = node.attrs.get("ac:name", "")
        keyed = name in ("jira", "jiraissues") and any(
            p.attrs.get("ac:name") == "key" for p in node.elements("ac:parameter")
        )
        return name in notation.INLINE_MACROS or keyed

    def _run(self, nodes: list[Node]) -> list[Block]:
        """A paragraph of inline nodes that stand directly in a container."""
        low, high = 0, len(nodes)
        while low < high and self._blank(nodes[low]):
            low += 1
        while high > low and self._blank(nodes[high - 1]):
            high -= 1
        if low == high:
            return []
        nodes = nodes[low:high]
        start, end = nodes[0].start, nodes[-1].end
        inline = self.read_inline(self.source, nodes, self.site, start, end)
        if not inline.key:
            return []
        return [Block("paragraph", inline=inline, start=start, end=end, inner=(start, end))]

    @staticmethod
    def _blank(node: Node) -> bool:
        if node.__class__ is Element:
            return False
        return node.__class__ is not Text or not node.text.strip(" \t\r\n\f")

    def _element(self, element: Element) -> list[Block]:
        if element.name in _TRANSPARENT:
            return self.blocks(element.children)
        handler = _HANDLERS.get(element.name)
        block = handler(self, element) if handler else self.held(element)
        return block if isinstance(block, list) else [block]

    def held(self, element: Element) -> Block:
        """An island: the element's exact bytes."""
        return _island(self.source, element.start, element.end, element if self.exact else None)

    def made(
        self,
        element: Element,
        kind: str,
        attrs: Attrs = (),
        children: list[Block] | None = None,
        inside: Element | None = None,
        text: str = "",
    ) -> Block:
        body = inside or element
        place = (body.inner_start, body.inner_end)
        node = element if self.exact else None  # a writer needs no element: nothing keeps the tree
        return Block(kind, attrs, None, children or [], text, element.start, element.end, place, "", (), node)

    def paragraph(self, element: Element) -> Block | list[Block]:
        if self._wraps_blocks(element):
            blocks = self.blocks(element.children)
            if len(blocks) == 1:  # a paragraph around one block goes and comes with it
                blocks[0].start, blocks[0].end = element.start, element.end
            else:
                for block in blocks:
                    block.prefix = "<p>"
            return blocks
        inline = self._line(element)
        if not inline.key:
            return []
        block = self.made(element, "paragraph")
        block.inline = inline
        return block

    def _line(self, element: Element) -> Inline:
        """Read an element's content as a line, and let go of its nodes: the pieces know their places."""
        nodes, element.children = element.children, []
        return self.read_inline(self.source, nodes, self.site, element.inner_start, element.inner_end)

    def _wraps_blocks(self, element: Element) -> bool:
        macro = None
        for child in element.children:
            if child.__class__ is Element:
                if child.name in _ALWAYS or (child.name in _BY_CONTENT and is_block(child)):
                    return True
                if child.name in _MACROS:
                    macro = child
        if macro is None or macro.attrs.get("ac:name") not in notation.BLOCK_MACROS:
            return False
        return all(child is macro or self._blank(child) for child in element.children)

    def heading(self, element: Element) -> Block | list[Block]:
        if any(isinstance(child, Element) and child.name in _NOT_IN_HEADINGS for child in element.children):
            return self.held(element)
        inline = self._line(element)
        if not inline.key:
            return []
        block = self.made(element, "heading", (("level", element.name[1]),))
        block.inline = inline
        return block

    def items(self, element: Element) -> Block | list[Block]:
        items = []
        for child in element.children:
            if isinstance(child, Element) and child.name == "li":
                items.append(self.made(child, "item", (), self.blocks(child.children)))
            elif isinstance(child, Element) and child.name in ("ul", "ol") and items:
                self._take_in(items[-1], child)
            elif not self._blank(child):
                return self.held(element)
        if not items:
            return []
        ordered = element.name == "ol"
        start = element.attrs.get("start", "1")
        start = start if start.isascii() and start.isdigit() and len(start) < 10 else "1"
        attrs = (("ordered", "true"), ("start", str(int(start)))) if ordered else ()
        return self.made(element, "list", attrs, items)

    def _take_in(self, item: Block, element: Element) -> None:
        """A list that stands right in a list, as older pages have it, belongs to the item above."""
        item.children.extend(self._element(element))
        item.end = element.end

    def tasks(self, element: Element) -> Block | list[Block]:
        tasks: list[Block] = []
        for child in element.children:
            if self._blank(child):
                continue
            if isinstance(child, Element) and child.name == "ac:task-list" and tasks:
                self._take_in(tasks[-1], child)
                continue
            body = child.first("ac:task-body") if isinstance(child, Element) and child.name == "ac:task" else None
            status = child.first("ac:task-status") if isinstance(child, Element) else None
            if (
                not isinstance(child, Element)
                or body is None
                or status is None
                or len(child.elements("ac:task-body")) > 1
            ):
                return self.held(element)
            done = (("done", "true"),) if status.text().strip() == "complete" else ()
            tasks.append(self.made(child, "task", done, self.blocks(body.children), body))
        return self.made(element, "tasks", (), tasks) if tasks else []

    def quote(self, element: Element) -> Block | list[Block]:
        children = self.blocks(element.children)
        return self.made(element, "quote", (), children) if children else []

    def section(self, element: Element) -> Block | list[Block]:
        columns = []
        for child in element.children:
            if isinstance(child, Element) and child.name == "ac:layout-cell":
                columns.append(self.made(child, "column", (), self.blocks(child.children)))
            elif not self._blank(child):
                return self.held(element)
        return self.made(element, "section", (("type", element.attrs.get("ac:type", "single")),), columns)

    def layout(self, element: Element) -> list[Block]:
        blocks = self.blocks(element.children)
        if len(blocks) == 1 and blocks[0].kind == "section" and len(blocks[0].children) == 1:
            return blocks[0].children[0].children  # one cell: the layout says nothing
        return blocks

    def macro(self, element: Element) -> Block:
        macro = read_macro(element, self.site)
        if macro is None:
            return self.held(element)
        attrs = (("ac:name", macro.name), *macro.parameters)
        if macro.inside is None:
            return self.made(element, "plain" if macro.name in ("code", "noformat") else "macro", attrs)
        if macro.body == "plain":
            text = macro.inside.text().replace("\r\n", "\n").replace("\r", "\n")
            return self.made(element, "plain", attrs, None, macro.inside, text)
        return self.made(element, "rich", attrs, self.blocks(macro.inside.children), macro.inside)

    def figure(self, element: Element) -> Block:
        attrs, caption = image_attrs(element, self.site), element.first("ac:caption")
        if attrs is None or caption is None:
            return self.held(element)
        href = element.attrs.get("ac:href", "")
        attrs = (*attrs, ("href", targets.canonical(href, self.site))) if href else attrs
        return self.made(element, "figure", attrs, self.blocks(caption.children), caption)

    def table(self, element: Element) -> Block | list[Block]:
        rows: list[Block] = []
        attrs: Attrs = ()
        for child in element.children:
            if self._blank(child) or (isinstance(child, Element) and child.name in _TABLE_COMPLEMENT):
                continue
            if not isinstance(child, Element):
                return self.held(element)
            if child.name == "caption" and not child.elements() and not attrs:
                text = " ".join(child.text().split())
                attrs = (("caption", text),) if text else ()
                continue
            for row in child.elements() if child.name in ("thead", "tbody", "tfoot") else [child]:
                read = self._row(row)
                if read is None:
                    return self.held(element)
                rows.append(read)
        return self.made(element, "table", attrs, rows) if rows else []

    def _row(self, element: Element) -> Block | None:
        if element.name != "tr" or any(isinstance(child, Text) and child.text.strip() for child in element.children):
            return None
        cells = []
        for child in element.elements():
            if child.name not in ("td", "th"):
                return None
            spans = tuple(
                (name, child.attrs[name]) for name in ("colspan", "rowspan") if child.attrs.get(name, "1") != "1"
            )
            attrs = (*((("header", "true"),) if child.name == "th" else ()), *spans)
            cells.append(self.made(child, "cell", attrs, self.blocks(child.children)))
        return self.made(element, "row", (), cells)


_HANDLERS: dict[str, Callable[[BlockReader, Element], Block | list[Block]]] = {
    "p": BlockReader.paragraph,
    "figcaption": BlockReader.paragraph,
    "summary": BlockReader.paragraph,
    **{f"h{level}": BlockReader.heading for level in range(1, 7)},
    "ul": BlockReader.items,
    "ol": BlockReader.items,
    "ac:task-list": BlockReader.tasks,
    "blockquote": BlockReader.quote,
    "hr": lambda reader, element: reader.made(element, "rule"),
    "ac:layout": BlockReader.layout,
    "ac:layout-section": BlockReader.section,
    "ac:structured-macro": BlockReader.macro,
    "ac:macro": BlockReader.macro,
    "ac:adf-extension": elements.panel,
    "pre": elements.preformatted,
    "dl": elements.definitions,
    "at:declarations": elements.declarations,
    "ac:image": BlockReader.figure,
    "table": BlockReader.table,
}
