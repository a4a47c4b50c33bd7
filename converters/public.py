"""The conversions: reading, writing and the lens, put together for one page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from converters.collector import undisturbed
from converters.errors import ConversionError
from converters.judge import Judge
from converters.lens import transfer
from converters.markdown.language import MarkdownLanguage
from converters.markdown.plain import doubtful
from converters.markdown.reader import markdown_to_doc
from converters.markdown.writer import MarkdownWriter, fence
from converters.model import Block
from converters.site import DEFAULT_SITE, Site
from converters.storage.blocks import storage_to_blocks, storage_to_doc
from converters.storage.language import StorageLanguage
from converters.storage.writer import StorageWriter


@undisturbed
def to_markdown(storage: str, site: Site = DEFAULT_SITE) -> str:
    """Write storage format as Markdown that reads back as the same document.

    What the notation has no word for becomes an island: a fence with the exact storage format. Storage format that is
    not well-formed is one island as a whole. The text ends with a line end unless it is empty.
    """
    blocks = storage_to_blocks(storage, site)
    if not blocks:
        return ""
    writer = MarkdownWriter(site)
    doubts = doubtful(blocks, site)
    text = _written(writer, blocks)
    if text is None or (doubts and not _says(_written(writer, doubts), doubts, site)):
        doc, language = storage_to_doc(storage, site), MarkdownLanguage(site)
        top = set(map(id, doc.blocks))
        writer = MarkdownWriter(site, override=lambda block: language.express(block, doc) if id(block) in top else None)
        text = writer.blocks(doc.blocks)
        if not _says(text, doc.blocks, site):
            text = fence("xml ac:xml", storage)  # the whole page as it is
        if not _says(text, doc.blocks, site):
            raise ConversionError("the page cannot be written as Markdown that reads back as itself")
    return text + "\n"


def _written(writer: MarkdownWriter, blocks: Sequence[Block]) -> str | None:
    """The Markdown of blocks; None where the notation has no word for one of them."""
    try:
        return writer.blocks(blocks)
    except ValueError:
        return None


def _says(text: str | None, blocks: Sequence[Block], site: Site) -> bool:
    if text is None:
        return False
    try:
        return Judge(site).same_blocks(markdown_to_doc(text, site, exact=False).blocks, blocks)
    except ValueError:
        return False


@undisturbed
def to_storage(markdown: str, site: Site = DEFAULT_SITE) -> str:
    """Write Markdown as storage format. Raises NotationError for a wrapper that is not closed."""
    return StorageWriter(site).blocks(markdown_to_doc(Lines(markdown).text, site, exact=False).blocks)


@undisturbed
def push(storage: str, base_markdown: str, markdown: str, site: Site = DEFAULT_SITE) -> str:
    """Apply the edit base_markdown -> markdown to storage.

    What the edit does not touch keeps its bytes. Raises BaseMismatchError where `storage` and `base_markdown` do not
    say the same, NotationError where the Markdown cannot be read, LawError where the edit cannot be carried over
    exactly.
    """
    target = storage_to_doc(storage, site)
    base = markdown_to_doc(Lines(base_markdown).text, site)
    new = markdown_to_doc(Lines(markdown).text, site)
    return transfer(StorageLanguage(site), target, base, new, Judge(site))


@undisturbed
def pull(markdown: str, base_storage: str, storage: str, site: Site = DEFAULT_SITE) -> str:
    """Apply the edit base_storage -> storage to Markdown, in the author's own style; the mirror image of `push`."""
    lines = Lines(markdown)
    target = markdown_to_doc(lines.text, site)
    out = transfer(
        MarkdownLanguage(site), target, storage_to_doc(base_storage, site), storage_to_doc(storage, site), Judge(site)
    )
    return lines.restore(out)


@undisturbed
def consistent(storage: str, markdown: str, site: Site = DEFAULT_SITE) -> bool:
    """Do a storage text and a Markdown text say the same?"""
    return Judge(site).same_docs(storage_to_doc(storage, site), markdown_to_doc(Lines(markdown).text, site))


class Lines:
    """A text with its line ends taken off, to be put back: `\\r\\n`, `\\n` and a mixture of both come back exactly."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = source.replace("\r\n", "\n") if "\r\n" in source else source

    def restore(self, out: str) -> str:
        """Give an edited text the line ends of the original: kept lines their own, new lines the commonest."""
        if "\r\n" not in self.source or out == self.text:
            return self.source if out == self.text else out
        crlf = self.source.count("\r\n")
        if crlf == self.source.count("\n"):
            return out.replace("\n", "\r\n")
        return _mixed(self.source, out, "\r\n" if 2 * crlf > self.source.count("\n") else "\n")


def _mixed(source: str, out: str, commonest: str) -> str:
    """Match the lines of the new text to those of the old, in order, to find out how each one ends."""
    ends: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(source.split("\n")):
        ends.setdefault(line.removesuffix("\r"), []).append((number, "\r\n" if line.endswith("\r") else "\n"))
    parts: list[str] = []
    at = -1
    lines = out.split("\n")
    for line in lines[:-1]:
        known = ends.get(line, [])
        index = bisect_right(known, (at, "~"))
        if index < len(known):
            at, end = known[index]
        else:
            end = commonest
        parts.append(line + end)
    return "".join(parts) + lines[-1]
