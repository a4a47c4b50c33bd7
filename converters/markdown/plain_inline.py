"""Which inline content needs no reading back. The reasons, each for what is let through below:

- a line that begins with none of the signs that begin a block is text; a dash, or a number with `.` or `)`, is escaped
  where a space follows;
- in text, the writer escapes each `[`, `]`, backslash and backtick, each `_` that is not inside a word (at the bounds
  of a stretch it cannot know), and each `*` that has no space after it; `<` is markup only before a letter, `/`, `!`
  or `?`, where it is escaped; `&` only where a name and `;` follow, likewise. A `!` begins an image before `[`.
  `://` may be an address;
- marks stand around one stretch, between text without any. A delimiter with a letter or digit on the inside can open
  before it and close after it; with another sign on the inside, it needs white space on the outside. Since delimiters
  of equal length follow each other in pairs, and text holds none, none finds another partner;
- a code span without backticks ends at its first; a destination of harmless characters is read as it is written, and
  its canonical spelling is asked for;
- tags are closed where they are opened, and their values are escaped;
- an address ends where `converters.inline` ends it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from converters import notation, targets
from converters.markdown.inline_writer import write_mention
from converters.model import BREAK, Atom, Attrs, InlineKey, Mark
from converters.site import Site

Entry = tuple[str | Atom, frozenset[Mark]]

# Never in plain text: control and format characters, and white space but the space and the no-break space (an entity).
_ODD = (
    "\x00-\x1f\x7f-\x9f\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff0-\uffff\ud800-\udfff"
)
_TEXT = re.compile(rf"(?:[^*<:{_ODD}]++|\*(?=[^ ])|<(?=[ A-Za-z/!?])|:(?!//))*+\Z")
_CELL_TEXT = re.compile(rf"(?:[^*<:|\\{_ODD}]++|\*(?=[^ ])|<(?=[ A-Za-z/!?])|:(?!//))*+\Z")
_BEGINS_LINE = re.compile(r"[^>#+*=|:~<`]")
_CODE = re.compile(r"[^`\s]+(?: [^`\s]+)*\Z")
_CELL_CODE = re.compile(r"[^`\s|\\]+(?: [^`\s|\\]+)*\Z")
_DESTINATION = re.compile(r"[\w/:.~%?=#+,@$&!*'-]+\Z")
_STYLE = re.compile(r"[\w :;#,.%()-]+\Z", re.ASCII)
_AFTER_ADDRESS = re.compile(r"[.,;:!?)*_~]*[\s<>\"'`|\\\[\]{}^]")
_ISSUE = re.compile(r"[A-Z][A-Z0-9]*-\d+\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_SHORTNAME = re.compile(r":[a-z0-9_+-]+:\Z")
_DELIMITED = frozenset({"strong", "em", "del"})
_ALONE = _DELIMITED | {"code", "u", "sub", "sup"}
_NO_BOUND = frozenset("*_~` ")  # signs that the writer spells by what is around them, and spaces

WORDS = re.compile(r"\w+(?:[ .,/-]\w+)*\Z")
VALUE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]*\Z")
PARAMETER = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)


def plain_inline(key: InlineKey, site: Site, single: bool = False, cell: bool = False) -> bool:
    """Is this content plain? single: nothing can begin a block, as in a heading; cell: `|` has a meaning."""
    plain_text = (_CELL_TEXT if cell else _TEXT).match
    begins = not single  # does the next stretch begin a line?
    before = " "  # the character before the next stretch
    beside = False  # are there marks around the stretch before?
    last = len(key) - 1
    for at, (content, marks) in enumerate(key):
        after = key[at + 1] if at < last else None
        if marks and (beside or not _plain_marks(content, marks, before, _first(after), site, cell)):
            return False
        beside = bool(marks)
        if not isinstance(content, str):
            judge = _ATOMS.get(content[0])
            if judge is None or not judge(content[1], before, after, site) or (marks and content[0] != "image"):
                return False
            if cell and any("|" in value or "\\" in value for _, value in content[1]):
                return False
            begins = content == BREAK and not single
            before = " " if content == BREAK else ">"
            continue
        if marks:
            before = "*"
        else:
            before = content[-1]
            if content[0] == "_" or before == "_" or (before == "!" and after is not None):
                return False
            if plain_text(content) is None or (begins and _BEGINS_LINE.match(content) is None):
                return False
        begins = False
    return True


def _plain_marks(content: str | Atom, marks: frozenset[Mark], before: str, after: str, site: Site, cell: bool) -> bool:
    """Marks around one stretch of text: at most one pair of delimiters, which stands innermost but for code."""
    if len(marks) == 1 and before == " " == after and isinstance(content, str) and (content[0] + content[-1]).isalnum():
        ((kind, value),) = marks  # the commonest: words that stand apart
        text = (_CELL_CODE if cell else _CODE) if kind == "code" else (_CELL_TEXT if cell else _TEXT)
        return text.match(content) is not None and _plain_mark(kind, value, content[0], content[-1], site)
    kinds = [kind for kind, _ in marks]
    delimited = [kind for kind in kinds if kind in _DELIMITED]
    if not isinstance(content, str):
        return kinds == ["link"] and _plain_destination(next(iter(marks))[1], site)
    if len(set(kinds)) != len(kinds):  # no link stands in a link, nor is one colour seen through another
        return False
    first, last = content[0], content[-1]
    if "code" in kinds:
        if (_CELL_CODE if cell else _CODE).match(content) is None or (delimited and (before, after) != (" ", " ")):
            return False
        first = last = "`"
    elif first in _NO_BOUND or last in _NO_BOUND or (_CELL_TEXT if cell else _TEXT).match(content) is None:
        return False
    if len(delimited) > 1 or (delimited and len(marks) > 1 and not ("code" in kinds or (first + last).isalnum())):
        return False
    if delimited and not ((first.isalnum() or before == " ") and (last.isalnum() or after == " ")):
        return False
    if before in "*_~\\" or after in "*_~" or (before == "!" and "link" in kinds):
        return False
    return all(_plain_mark(kind, value, first, last, site) for kind, value in marks)


def _plain_mark(kind: str, value: str, first: str, last: str, site: Site) -> bool:
    if kind == "link":
        return first not in "@!" and last != "!" and _plain_destination(value, site)
    if kind == "span":
        return _STYLE.match(value) is not None and notation.colour_style(value) == value
    return kind in _ALONE


def _first(entry: Entry | None) -> str:
    """The character that an unmarked stretch begins with."""
    if entry is None or entry[0] == BREAK:
        return " "
    content = entry[0]
    return content[0] if isinstance(content, str) else "h" if content[0] == "url" else "<"


def _plain_destination(destination: str, site: Site) -> bool:
    return _DESTINATION.match(destination) is not None and targets.canonical(destination, site) == destination


# Atoms


def plain_image(attrs: Attrs, site: Site) -> bool:
    (_, source), given = attrs[0], attrs[1:]
    if not _plain_destination(source, site):
        return False
    if any(name in ("width", "height") for name, _ in given):  # a tag
        return all(VALUE.match(value) for _, value in given)
    return all(name == "alt" and WORDS.match(value) for name, value in given)


def _image(attrs: Attrs, before: str, _after: Entry | None, site: Site) -> bool:
    return before != "!" and plain_image(attrs, site)


def _break(_attrs: Attrs, before: str, after: Entry | None, _site: Site) -> bool:
    """A break between two stretches of text; elsewhere its spelling differs."""
    return before != " " and after is not None and isinstance(after[0], str)


def _url(attrs: Attrs, before: str, after: Entry | None, _site: Site) -> bool:
    ends = after is None or bool(after[1]) or not isinstance(after[0], str) or _AFTER_ADDRESS.match(after[0])
    return before != "*" and bool(ends)


def _mention(attrs: Attrs, before: str, _after: Entry | None, site: Site) -> bool:
    shown, destination = write_mention(dict(attrs), site)
    target = targets.resolve(destination, site)
    known = target.kind == "user" and target.values == attrs and _DESTINATION.match(destination)
    return before != "!" and bool(known) and _CELL_TEXT.match(shown) is not None


def _macro(attrs: Attrs, _before: str, _after: Entry | None, _site: Site) -> bool:
    name, given = attrs[0][1], attrs[1:]
    if name == "status":
        return all(key in ("title", "colour") and WORDS.match(value) for key, value in given)
    if name == "anchor":
        return len(given) == 1 and given[0][0] == "_" and VALUE.match(given[0][1]) is not None
    if name == "jira" and not any(key == "key" and _ISSUE.match(value) for key, value in given):
        return False
    legal = notation.LEGAL_NAME.match(name) is not None and name not in notation.RESERVED
    return legal and all(PARAMETER.match(key) and VALUE.match(value) for key, value in given)


def _date(attrs: Attrs, _before: str, _after: Entry | None, _site: Site) -> bool:
    return _DATE.match(attrs[0][1]) is not None


def _emoji(attrs: Attrs, _before: str, _after: Entry | None, _site: Site) -> bool:
    return all(VALUE.match(value) for name, value in attrs) and _SHORTNAME.match(dict(attrs)["name"]) is not None


_ATOMS: dict[str, Callable[[Attrs, str, Entry | None, Site], bool]] = {
    "break": _break,
    "image": _image,
    "url": _url,
    "mention": _mention,
    "macro": _macro,
    "date": _date,
    "emoji": _emoji,
}
