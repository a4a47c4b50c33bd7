"""What is wrong with a Markdown text, judged offline: notation that cannot be read, and what has no counterpart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from converters.conflicts import has_conflict_markers
from converters.errors import ConversionError
from converters.markdown import parser
from converters.markdown.html import STRUCTURE
from converters.markdown.parser import Part
from converters.markdown.rawhtml import FORBIDDEN
from converters.markdown.reader import markdown_to_doc
from converters.public import Lines
from converters.site import DEFAULT_SITE, Site
from converters.storage.reader import parse as parse_storage

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_ANCHOR = re.compile(r"<a(?![^>]*\bhref\b)\s[^>]*>", re.IGNORECASE)
_INDENTED = re.compile(r"^(?: {4,}|\t)</?(" + "|".join(sorted(STRUCTURE)) + r")\b", re.MULTILINE)


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
        markdown_to_doc(source, site)
    except ConversionError as error:
        out.append(Finding(error.line or 1, error.column or 1, "notation", error.message))
    for part in parser.parse(source):
        _part(part, source, out)
    return sorted(out, key=lambda finding: (finding.line, finding.column))


def _part(part: Part, source: str, out: list[Finding]) -> None:
    for inner in part.parts:
        _part(inner, source, out)
    if part.type == "html_block":
        for match in _TAG.finditer(part.content):
            _forbidden(match.group(1), part.line + part.content.count("\n", 0, match.start()) + 1, out)
    elif part.type == "code_block":
        indented = _INDENTED.search("    " + part.content.replace("\n", "\n    "))
        if indented is not None:
            out.append(
                Finding(
                    part.line + 1,
                    1,
                    "indented-tag",
                    f"<{indented.group(1)}> is indented, so it is code: start it at the margin",
                    "warning",
                )
            )
    elif part.type == "fence" and part.info.split()[1:2] == ["ac:xml"]:
        try:
            parse_storage(part.content)
        except ConversionError as error:
            out.append(
                Finding(
                    part.line + 1 + error.line, error.column, "island", f"not well-formed: {error.message}", "warning"
                )
            )
    for token in part.tokens:
        tag = _TAG.match(token.content) if token.type == "html_inline" else None
        line = part.line + part.content.count("\n", 0, token.meta["span"][0]) + 1 if "span" in token.meta else 0
        if _ANCHOR.match(token.content) and token.type == "html_inline":
            message = '<a> without href is not published: write <ac-anchor name="…"></ac-anchor>'
            out.append(Finding(line, 1, "anchor", message, "warning"))
        if tag is not None:
            _forbidden(tag.group(1), line, out)


def _forbidden(tag: str, line: int, out: list[Finding]) -> None:
    if tag.lower() in FORBIDDEN:
        out.append(
            Finding(
                line, 1, "html", f"<{tag.lower()}> has no counterpart in Confluence and will be left out", "warning"
            )
        )
