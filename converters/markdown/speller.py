"""New blocks in Markdown: readable if that can be read back, else with tags, else as exact storage format."""

from __future__ import annotations

import re

from converters.align import align_blocks
from converters.judge import Judge
from converters.lens import Coarser, Context
from converters.markdown.inline_writer import write_inline
from converters.markdown.reader import GFM, INDENTED, markdown_to_doc
from converters.markdown.writer import MarkdownWriter, fence, separator
from converters.model import BOXES, Block, Doc, inline_of
from converters.site import Site

_BLANK_LINES = re.compile(r"\A(?:[ \t]*\n)+|\A[ \t]*\Z|\s+\Z")  # not the indent of the first line that says something
_SECTION = "<!-- ac:layout-section two_equal -->\n<!-- /ac:layout-section -->\n"
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:.*$", re.MULTILINE)  # of a reference link
_BOXED = frozenset(BOXES.values())  # written by the boxes that they stand in


class Speller:
    """Writes blocks so that they read back as themselves, in the author's own hand where it wrote them before."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.judge = Judge(site)

    def express(self, block: Block, doc: Doc) -> str:
        """Write one block so that it reads back as itself: readable if possible, else with tags, else as an island.

        `doc` is the document that the block was read from: only a storage document has the bytes for an island.
        """
        for safe in (False, True):
            text = self._attempt(block, MarkdownWriter(self.site, safe))
            if text is not None:
                return text
        if doc.language != "storage":
            raise Coarser
        inside = {id(inner) for inner in _contents(block)}
        if inside:
            writer = MarkdownWriter(
                self.site, override=lambda inner: self.express(inner, doc) if id(inner) in inside else None
            )
            text = self._attempt(block, writer)
            if text is not None:
                return text
        return fence("xml ac:xml", doc.slice(block))

    def _attempt(self, block: Block, writer: MarkdownWriter) -> str | None:
        try:
            text = writer.block(block)
        except ValueError:
            return None
        return text if self._reads_as(text, block) else None

    def _reads_as(self, text: str, block: Block) -> bool:
        # A section of one column is left out where it stands alone: it is read beside another.
        beside = "\n\n" + _SECTION if block.kind == "section" else ""
        try:
            read = self._blocks(text + beside)
            return self.judge.same_blocks(read[:-1] if beside else read, [block])
        except ValueError:
            return False

    def _blocks(self, text: str) -> list[Block]:
        return markdown_to_doc(text, self.site).blocks

    def fresh(self, block: Block, context: Context) -> str | None:
        """Write a new block; what was taken away elsewhere and comes again here keeps the author's characters."""
        if block.kind in _BOXED:
            return None
        moved = self._again(block, context)
        if moved is not None:
            return moved
        written = self._as_written(block, context)
        if written is not None:
            return written
        used = len(context.pool.used)
        sign = bullet(context)
        if block.children:
            writer = MarkdownWriter(self.site, override=lambda inner: self._again(inner, context), bullet=sign)
            text = self._attempt(block, writer)
            if text is not None and (sign != "-" or len(context.pool.used) > used):
                return text
        del context.pool.used[used:]
        return self.express(block, context.new)

    @staticmethod
    def _again(block: Block, context: Context) -> str | None:
        moved = context.pool.take(block.key) if block.kind not in _BOXED else None
        return _bare(context.target.source, moved) if moved is not None and moved.node != GFM else None

    def _as_written(self, block: Block, context: Context) -> str | None:
        """The other author's own characters, where a merge brings new Markdown that says the same by itself."""
        if context.new.language != "markdown" or block.node == GFM:
            return None
        text = _bare(context.new.source, block)
        if text is None or (block.kind in ("list", "tasks") and text[:1] in "-+*" and text[:1] != bullet(context)):
            return None
        if "definitions" not in context.style:
            context.style["definitions"] = "\n".join(_DEFINITION.findall(context.target.source))
        return text if self._reads_as(f"{text}\n\n{context.style['definitions']}", block) else None

    def leaf(self, new: Block, single: bool) -> str | None:
        for safe in (False, True):
            text = write_inline(inline_of(new).key, self.site, single, safe)
            probe = self._blocks(("# " if single else "") + text)
            if len(probe) == 1 and probe[0].inline is not None and probe[0].inline.key == inline_of(new).key:
                return text
        return None


def _contents(block: Block) -> list[Block]:
    """The blocks in a block that can be written one by one: those in its items, cells or columns."""
    if block.kind == "figure":
        return []
    if block.kind in BOXES:
        return [inner for child in block.children for inner in _contents(child)]
    return block.children


def _bare(source: str, block: Block) -> str | None:
    """A block's characters without what its further lines begin with; None where one begins otherwise."""
    lines = source[block.start : block.end].split("\n")
    if not all(line.startswith(block.prefix) or line == block.prefix.rstrip() for line in lines[1:]):
        return None
    # A fence that stands further in than it must takes its lines with it.
    before = source[source.rfind("\n", 0, block.start) + 1 + len(block.prefix) : block.start]
    margin = re.compile(f" {{0,{len(before) if not before.strip() else 0}}}")
    return "\n".join([lines[0], *(margin.sub("", line[len(block.prefix) :], count=1) for line in lines[1:])])


def bullet(context: Context) -> str:
    """The sign that the author's first list has."""
    if "bullet" not in context.style:
        found = (block.children[0] for block in context.target.walk() if block.kind in ("list", "tasks"))
        signs = (context.target.source[item.start : item.start + 1] for item in found)
        context.style["bullet"] = next((sign for sign in signs if sign and sign in "-+*"), "-")
    return context.style["bullet"]


def relay(speller: Speller, context: Context, base: Doc) -> str:
    """Lay the text out again: kept blocks and what stands between them as they are, blank lines around the new."""
    target = context.target
    chunks: list[str] = []
    previous: Block | None = None
    kept: int | None = None  # the block of the target that was written last, where nothing came or went since
    gaps = _gaps(target)
    for old, fresh in align_blocks(base.blocks, context.new.blocks):
        new = context.new.blocks[fresh] if fresh is not None else None
        same = old is not None and new is not None and base.blocks[old].key == new.key
        if same and old is not None and kept is not None and old == kept + 1:
            chunks[-1] += target.source[target.blocks[kept].end : target.blocks[old].end]
            previous, kept = target.blocks[old], old
            continue
        gap = gaps[old] if old is not None else ""
        chunks += [gap] if gap else []
        kept = old if same else None
        if new is None:
            continue
        text = speller.express(new, context.new) if not same else ""
        if same and old is not None:
            new = target.blocks[old]
            text = target.source[target.source.rfind("\n", 0, new.start) + 1 : new.end]
        if previous is not None and "<!--" not in gap and _runs_on(previous, new, gap):
            chunks.append("<!-- -->")
        chunks.append(text)
        previous = new
    if gaps[-1]:
        chunks.append(gaps[-1])
    return "\n\n".join(chunks) + "\n" if chunks else ""


def _runs_on(previous: Block, new: Block, gap: str) -> bool:
    """Would a block belong to what stands before it, were nothing put between?"""
    if new.node == INDENTED and (previous.kind in ("list", "tasks") or previous.node == INDENTED):
        return True
    return not gap and "<!--" in separator(previous, new)


def _gaps(doc: Doc) -> list[str]:
    """What stands before each block, and after the last, that is no block: link definitions, comments."""
    edges = [0, *(block.end for block in doc.blocks)]
    starts = [*(block.start for block in doc.blocks), len(doc.source)]
    return [_BLANK_LINES.sub("", doc.source[low:high]) for low, high in zip(edges, starts, strict=True)]
