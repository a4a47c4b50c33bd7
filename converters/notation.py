"""The tables of the notation: which words of one language stand for which words of the other."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import reduce

from converters.model import Attrs

# Alerts are paired by colour: Confluence's info is blue as GitHub's NOTE, its note is yellow as WARNING.
ALERT_OF_MACRO = {"info": "NOTE", "tip": "TIP", "note": "WARNING", "warning": "CAUTION", "adf-note": "IMPORTANT"}
MACRO_OF_ALERT = {alert: macro for macro, alert in ALERT_OF_MACRO.items()}
# ADF panel types, by what they look like: success is green as tip, warning is yellow as note, error is red as warning.
MACRO_OF_ADF_PANEL = {
    "info": "info",
    "success": "tip",
    "tip": "tip",
    "warning": "note",
    "error": "warning",
    "note": "adf-note",
}

# Elements that only mark their text. Value: the canonical one; others are read as it.
MARK_TAGS = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "del": "del",
    "s": "del",
    "strike": "del",
    "code": "code",
    "u": "u",
    "sub": "sub",
    "sup": "sup",
    "small": "small",
    "big": "big",
    "cite": "cite",
    "ins": "ins",
    "tt": "tt",
    "kbd": "kbd",
    "samp": "samp",
    "var": "var",
    "q": "q",
    "mark": "mark",
}

# Body-less macros that stand for a block even where the editor put a paragraph around them.
BLOCK_MACROS = frozenset(
    {
        "toc",
        "toc-zone",
        "children",
        "include",
        "excerpt-include",
        "pagetree",
        "pagetreesearch",
        "recently-updated",
        "contentbylabel",
        "gallery",
        "attachments",
        "blog-posts",
        "livesearch",
        "listlabels",
        "popular-labels",
        "detailssummary",
        "content-report-table",
        "tasks-report-macro",
        "change-history",
        "contributors",
        "contributors-summary",
        "drawio",
        "gliffy",
        "index",
        "space-details",
        "spaces",
        "viewpdf",
        "viewxls",
        "viewdoc",
        "viewppt",
        "widget",
        "roadmap",
        "create-from-template",
        "page-index",
        "related-labels",
        "navmap",
        "jirachart",
        "calendar",
        "team-calendar",
    }
)
# Macros that stand in a line of text even where no paragraph is around them.
INLINE_MACROS = frozenset({"status", "anchor", "view-file", "profile-picture", "loremipsum-inline", "emoji"})

# A macro of one of these names would be taken for another notation, so it is written as `ac:macro name="…"`.
RESERVED = frozenset(
    {
        *("layout-section", "layout-cell", "p", "title", "caption", "xml", "macro", "emoji", "placeholder", "var"),
        *("pre", "dl", "dt", "dd", "declarations"),
    }
)
# Words that stand for an element, not for a macro of that name: in the model they carry a prefix no macro can have.
ELEMENT_PREFIX = "html:"
ELEMENT_WORDS = frozenset({"pre", "dl", "dt", "dd", "declarations"})
LEGAL_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")

# Parameters that are appearance or made by the editor: complement, never written.
COMPLEMENT_PARAMETERS = frozenset({"breakoutMode", "breakoutWidth", "atlassian-macro-output-type"})
# Boolean parameters of the code macro: a bare word in the info string; "false" is the default and says nothing.
CODE_FLAGS = ("linenumbers", "collapse")

# The code macro's own name for a language that highlighters name otherwise.
LANGUAGE_OF_FENCE = {"csharp": "c#"}
FENCE_OF_LANGUAGE = {
    "js": "javascript",
    "py": "python",
    "py3": "python",
    "sh": "bash",
    "shell": "bash",
    "yml": "yaml",
    "c#": "csharp",
    "cs": "csharp",
    "html/xml": "html",
    "none": "",
    "plain": "text",
    "plaintext": "text",
    "ps": "powershell",
    "rb": "ruby",
    "golang": "go",
    "jscript": "javascript",
    "c-sharp": "csharp",
    "ts": "typescript",
    "ps1": "powershell",
    "jsonc": "json",
}


def fence_language(language: str) -> str:
    """Name a code macro's language as Markdown highlighters know it; the canonical form of both languages."""
    lower = language.strip().lower()
    return FENCE_OF_LANGUAGE.get(lower, lower)


def storage_language(fence: str) -> str:
    """Name a fence's language as the code macro knows it."""
    return LANGUAGE_OF_FENCE.get(fence, fence)


# The emoticons of the legacy editor that have one Unicode character (Confluence's own names).
EMOTICONS = {
    "smile": "🙂",
    "sad": "🙁",
    "cheeky": "😛",
    "laugh": "😀",
    "wink": "😉",
    "thumbs-up": "👍",
    "thumbs-down": "👎",
    "information": "ℹ️",
    "tick": "✅",
    "cross": "❌",
    "warning": "⚠️",
    "plus": "➕",
    "minus": "➖",
    "question": "❓",
    "light-on": "💡",
    "light-off": "🌑",
    "yellow-star": "⭐",
    "heart": "❤️",
    "broken-heart": "💔",
}


# All names that Confluence itself gives an emoticon without an emoji's id.
LEGACY_EMOTICONS = EMOTICONS.keys() | {"red-star", "green-star", "blue-star", "help_talk", "star"}


def escape_attribute(value: str) -> str:
    """Escape a value for a double-quoted attribute so that any text comes back exactly, on one line."""
    out = html.escape(value, quote=False).replace('"', "&quot;").replace("\n", "&#10;").replace("\r", "&#13;")
    return out.replace("\t", "&#9;")


def escape_comment_value(value: str) -> str:
    """Escape a value for an attribute inside an HTML comment, where `--` may not stand."""
    return escape_attribute(value).replace("--", "&#45;-").replace("--", "&#45;-")


def write_attributes(attrs: Attrs, comment: bool = False) -> str:
    """Spell attributes, each with a leading space."""
    escape = escape_comment_value if comment else escape_attribute
    return "".join(f' {name}="{escape(value)}"' for name, value in attrs)


_ATTRIBUTE = re.compile(r"""\s*([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


def read_attributes(text: str) -> Attrs | None:
    """Read `name="value"` pairs and bare words (value ""); None where the text is anything else.

    Values are unescaped; a bare word keeps the value "" and callers that know flags read it as true.
    """
    out: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _ATTRIBUTE.match(text, at, end)
        if found is None:
            return None
        value = next((group for group in found.groups()[1:] if group is not None), "")
        out.append((found.group(1), html.unescape(value)))
        at = found.end()
    return tuple(out)


_COLOUR = re.compile(r"(?:^|;)\s*(color|background-color)\s*:\s*([^;]+)", re.IGNORECASE)


# Sets of one mark that has no value, one for all the text of all pages.
_ONLY = {(kind, ""): frozenset({(kind, "")}) for kind in MARK_TAGS.values()}


def only_mark(mark: tuple[str, str]) -> frozenset[tuple[str, str]]:
    return _ONLY.get(mark) or frozenset((mark,))


def with_mark(marks: frozenset[tuple[str, str]], mark: tuple[str, str]) -> frozenset[tuple[str, str]]:
    """The marks inside an element that adds one: a colour inside another replaces it, as a viewer shows it."""
    outer = [value for kind, value in marks if kind == "span"] if mark[0] == "span" else []
    if not outer:
        return marks | {mark} if marks else only_mark(mark)
    given = dict(_COLOUR.findall(outer[0] + mark[1]))
    style = "".join(f"{name}: {given[name].strip()}; " for name in ("color", "background-color") if name in given)
    return (marks - {("span", value) for value in outer}) | {("span", style.strip())}


def marks_inside(opened: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The marks of text inside elements, from the outermost to the innermost."""
    opened = tuple(opened)
    if len(opened) < 2:
        return only_mark(opened[0]) if opened else frozenset()
    if sum(kind == "span" for kind, _ in opened) < 2:
        return frozenset(opened)
    return reduce(with_mark, opened, frozenset())


def colour_style(style: str) -> str:
    """The part of a style that a reader of the page sees, text and background colour; "" for none.

    The editor's own variables (`var(--ds-text…)`) name the default colour.
    """
    found = _COLOUR.findall(style)
    out = "; ".join(f"{name.lower()}: {value.strip()}" for name, value in found if "var(--ds-text" not in value)
    return out + ";" if out else ""
