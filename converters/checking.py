"""What is wrong with a Markdown text, judged offline: notation that cannot be read, and what has no counterpart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from converters.conflicts import has_conflict_markers
from converters.errors import ConversionError
from converters.judge import Judge
from converters.markdown import parser
from converters.markdown.html import STRUCTURE
from converters.markdown.inline import BLOCK_TAGS
from converters.markdown.parser import Part
from converters.markdown.rawhtml import FORBIDDEN, WORDLESS
from converters.markdown.reader import markdown_to_doc
from converters.markdown.wrappers import Note
from converters.model import Doc
from converters.public import Lines
from converters.site import DEFAULT_SITE, Site
from converters.storage.blocks import storage_to_doc
from converters.storage.reader import parse as parse_storage
from converters.storage.writer import StorageWriter

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_INDENTED = re.compile(r"^(?: {4,}|\t)</?(" + "|".join(sorted(STRUCTURE)) + r")\b", re.MULTILINE)
_ADDRESS = re.compile(r"https?://\S+")
# What other tools read, and Confluence has no word for: it is published as the text that it is.
_FOREIGN = (
    (
        "footnote",
        re.compile(r"(?<!\\)\[\^[\w.-]+\](?![+*?{])"),
        "a footnote",
        "put the note into the text, or in brackets",
    ),
    ("wikilink", re.compile(r"(?<!\\)\[\[(?!_TOC_)[^\W\d][^\[\]\n]*\]\]"), "a wikilink", "write [text](page.md)"),
    ("admonition", re.compile(r"^(?:!!!|\?\?\?\+?) \w+", re.MULTILINE), "an admonition", "write > [!NOTE]"),
    ("container", re.compile(r"^:::+ ?\{?\w+", re.MULTILINE), "a container", "write > [!NOTE]"),
    ("tab", re.compile(r'^===[!+]? "[^"\n]*"', re.MULTILINE), "a content tab", "write a heading for each"),
    ("math", re.compile(r"(?<!\\)\$\$.+?\$\$", re.DOTALL), "a formula", "use a macro of the site for it"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Lines and columns count from 1; `rule` is a stable name; level is error or warning."""

    line: int
    column: int
    rule: str
    message: str
    level: str = "error"


def check(markdown: str, site: Site = DEFAULT_SITE) -> list[Finding]:
    """List what stands in the way of publishing a text, in order of place."""
    source = Lines(markdown).text
    if has_conflict_markers(source):
        line = next(number for number, text in enumerate(source.split("\n"), 1) if text.startswith("<<<<<<< "))
        return [Finding(line, 1, "conflict", "conflict markers: settle the conflict first")]
    out: list[Finding] = []
    try:
        notes: list[Note] = []
        doc = markdown_to_doc(source, site, notes)
        out += [Finding(note.line, 1, note.rule, note.message, "warning") for note in notes]
        # Two pages of one title make links ambiguous: that is found elsewhere, so the text is tried on its own as well.
        if not (_comes_back(doc, site) or _comes_back(markdown_to_doc(source), DEFAULT_SITE)):
            message = "the text cannot be published so that it reads back as itself: simplify it"
            out.append(Finding(_first_line(doc, site), 1, "round-trip", message))
    except ConversionError as error:
        out.append(Finding(error.line or 1, error.column or 1, "notation", error.message))
    for part in parser.parse(source):
        _part(part, out)
    return sorted(out, key=lambda finding: (finding.line, finding.column))


def _comes_back(doc: Doc, site: Site) -> bool:
    return Judge(site).same_docs(storage_to_doc(StorageWriter(site).blocks(doc.blocks), site), doc)


def _first_line(doc: Doc, site: Site) -> int:
    """The line of the first block that does not come back from storage format as it is."""
    judge, writer = Judge(site), StorageWriter(site)
    for block in doc.blocks:
        if not judge.same_blocks(storage_to_doc(writer.blocks([block]), site).blocks, [block]):
            return doc.source.count("\n", 0, block.start) + 1
    return 1


def _part(part: Part, out: list[Finding]) -> None:
    for inner in part.parts:
        _part(inner, out)
    handler = _PARTS.get(part.type)
    if handler is not None:
        handler(part, out)
    tokens = part.tokens
    if tokens:
        _foreign(part, tokens, out)
    for token in tokens:
        _token(part, token, out)


def _warn(out: list[Finding], line: int, rule: str, message: str) -> None:
    out.append(Finding(line, 1, rule, message, "warning"))


def _html_block(part: Part, out: list[Finding]) -> None:
    for match in _TAG.finditer(part.content):
        line = part.line + part.content.count("\n", 0, match.start()) + 1
        if not match[1]:
            _forbidden(match[2], line, out)


def _code_block(part: Part, out: list[Finding]) -> None:
    indented = _INDENTED.search("    " + part.content.replace("\n", "\n    "))
    if indented is not None:
        message = f"<{indented.group(1)}> is indented, so it is code: start it at the margin"
        _warn(out, part.line + 1, "indented-tag", message)


def _fence(part: Part, out: list[Finding]) -> None:
    if part.info.split()[1:2] == ["ac:xml"]:
        try:
            parse_storage(part.content)
        except ConversionError as error:
            line = part.line + 1 + error.line
            out.append(Finding(line, error.column, "island", f"not well-formed: {error.message}", "warning"))


_PARTS: dict[str, Callable[[Part, list[Finding]], None]] = {
    "html_block": _html_block,
    "code_block": _code_block,
    "fence": _fence,
}


def _token(part: Part, token: Token, out: list[Finding]) -> None:
    place = token.meta["span"][0] if "span" in token.meta else part.content.find(token.content)
    line = part.line + part.content.count("\n", 0, max(place, 0)) + 1
    tag = _TAG.match(token.content) if token.type == "html_inline" else None
    if tag is not None and not tag[1]:
        _forbidden(tag[2], line, out)
        if tag[2].lower() in BLOCK_TAGS:
            message = f"<{tag[2].lower()}> inside a line is published as a line break: use Markdown, or an HTML table"
            _warn(out, line, "block-tag", message)


def _foreign(part: Part, tokens: Sequence[Token], out: list[Finding]) -> None:
    """What is text to Confluence, in the text of one leaf; code, tags, comments and addresses are not meant."""
    bare = list(_ADDRESS.sub(lambda found: "x" * len(found.group()), part.content))
    for token in tokens:
        if token.type in ("code_inline", "html_inline") and "span" in token.meta:
            start, end = token.meta["span"]
            bare[start:end] = "x" * (end - start)
    text = "".join(bare)
    for rule, pattern, what, remedy in _FOREIGN:
        for found in pattern.finditer(text):
            line = part.line + text.count("\n", 0, found.start()) + 1
            _warn(out, line, rule, f"{found.group().strip()} is {what}, and published as text: {remedy}")


def _forbidden(tag: str, line: int, out: list[Finding]) -> None:
    if tag.lower() in FORBIDDEN:
        kept = "will be left out" if tag.lower() in WORDLESS else "only the text in it will be published"
        _warn(out, line, "html", f"<{tag.lower()}> has no counterpart in Confluence: {kept}")
