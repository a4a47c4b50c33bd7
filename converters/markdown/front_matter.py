"""What stands before the body of a Markdown page: a BOM, YAML front matter, and the heading that is the title.

`split` takes a text apart, `set_fields` and `set_title` change only the characters that must change: comments, order,
quoting and line ends of everything else stay byte for byte. All values are read as text, as a person wrote them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

Value: TypeAlias = str | Sequence[str] | None

BOM: Final = "\ufeff"
_OPEN: Final = re.compile(r"---[ \t]*(\r?\n)")
_CLOSE: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_BLANKS: Final = re.compile(r"(?:[ \t]*\r?\n)*")
_ATX: Final = re.compile(r" {0,3}#(?:[ \t]+(?P<text>[^\r\n]*?))?(?:[ \t]+#+)?[ \t]*(?:\r?\n|\Z)")
_SETEXT: Final = re.compile(r" {0,3}(?P<text>[^\s#>*+\-`|<][^\r\n]*?)[ \t]*\r?\n {0,3}=+[ \t]*(?:\r?\n|\Z)")
_KEY: Final = re.compile(r"[A-Za-z_][\w-]*[ \t]*:(?:[ \t]|\r?$)", re.MULTILINE)
# What YAML takes for a line break, or does not take at all: such a character is written by its number.
_UNWRITABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_BREAK: Final = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_PLAIN: Final = re.compile(r"[^\W\d_](?:[^\x00-\x1f\x7f:#\"\[\]{},|`\\]|:(?=\S)|(?<=\S)#)*(?<!\s)(?<!:)")
_WORDS: Final = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


class FrontMatterError(ValueError):
    """Front matter that cannot be read; line and column count from 1, from the start of the file."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Parts(NamedTuple):
    """A text in pieces: `bom + front + gap + heading + space + body` is the text again.

    front: with its `---` lines. heading: the line or lines of a first heading, only when it is the title.
    title: from front matter or heading, "" when the file's name must give it. title_from says which.
    """

    bom: str
    front: str
    gap: str
    heading: str
    space: str
    body: str
    fields: Mapping[str, Any]
    title: str
    title_from: str  # front_matter | heading | name

    @property
    def head(self) -> str:
        """Everything before the body."""
        return self.bom + self.front + self.gap + self.heading + self.space

    @property
    def body_line(self) -> int:
        """The line, counted from 1, on which the body begins."""
        return self.head.count("\n") + 1


def split(text: str) -> Parts:
    """Take a page's text apart. Raises FrontMatterError with line and column."""
    bom = BOM if text.startswith(BOM) else ""
    front = _front(text, len(bom))
    values = _load(front)
    at = len(bom) + len(front)
    gap = _BLANKS.match(text, at).group()  # type: ignore[union-attr]  # matches always
    at += len(gap)
    title, title_from, heading = _one_line(values.get("title")), "front_matter", ""
    if not title:
        found = _ATX.match(text, at) or _SETEXT.match(text, at)
        title = _unescape(found["text"] or "") if found else ""
        heading = found.group() if found and title else ""
        title_from = "heading" if heading else "name"
    at += len(heading)
    space = _BLANKS.match(text, at).group() if heading else ""  # type: ignore[union-attr]
    return Parts(bom, front, gap, heading, space, text[at + len(space) :], values, title, title_from)


def labels(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Read `labels` (or `tags`): a list, or words separated by commas or spaces."""
    value = fields.get("labels", fields.get("tags"))
    if isinstance(value, str):
        return tuple(re.split(r"[,\s]+", value.strip())) if value.strip() else ()
    if isinstance(value, list):
        return tuple(item.strip() for item in value if isinstance(item, str) and item.strip())
    return ()


def set_fields(text: str, changes: Mapping[str, Value]) -> str:
    """Set keys of the front matter, or with None remove them; keys that already have the value keep their bytes."""
    for key, value in changes.items():
        text = _set_field(text, key, value)
    return text


def set_title(text: str, title: str) -> str:
    """Change the title where it stands: in the front matter or in the heading, else as a new key."""
    parts = split(text)
    if parts.title_from != "heading" or "\n" in title:
        return set_fields(text, {"title": title})
    return parts.bom + parts.front + parts.gap + _heading(parts.heading, title) + parts.space + parts.body


def _front(text: str, start: int) -> str:
    opening = _OPEN.match(text, start)
    if not opening:
        return ""
    closing = _CLOSE.search(text, opening.end())
    if closing:
        return text[start : closing.end()]
    if _KEY.match(text, opening.end()):
        raise FrontMatterError("front matter has no closing ---", 1, 1)
    return ""  # a thematic break


def inner_of(front: str) -> str:
    """Give the YAML between the `---` lines."""
    opening = _OPEN.match(front)
    closing = _CLOSE.search(front, opening.end()) if opening else None
    return front[opening.end() : closing.start()] if opening and closing else ""


def _load(front: str) -> dict[str, Any]:
    inner = inner_of(front)
    if not inner.strip():
        return {}
    node = compose(inner)
    import yaml

    loader = yaml.BaseLoader("")
    try:
        return {_one_line(loader.construct_object(key, deep=True)): loader.construct_object(value, deep=True)
                for key, value in node.value}  # fmt: skip
    except yaml.YAMLError as error:
        raise yaml_error(error) from error
    finally:
        loader.dispose()


def compose(inner: str) -> Any:
    """Parse YAML into its node tree, which knows the place of everything."""
    import yaml

    try:
        node = yaml.compose(inner.replace("\r\n", "\n"), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise yaml_error(error) from error
    if not isinstance(node, yaml.MappingNode):
        raise FrontMatterError("front matter is not a list of `key: value`", 2, 1)
    return node


def yaml_error(error: Exception) -> FrontMatterError:
    """Give an error of the YAML parser with its line in the file."""
    mark = getattr(error, "problem_mark", None)
    message = getattr(error, "problem", None) or str(error).partition("\n")[0]
    line, column = (mark.line + 2, mark.column + 1) if mark else (2, 1)
    return FrontMatterError(f"bad front matter: {message}", line, column)


def _set_field(text: str, key: str, value: Value) -> str:
    parts = split(text)
    newline = "\r\n" if re.search(r"\r?\n", text) and "\r\n" in text[: text.index("\n") + 1] else "\n"
    if parts.fields.get(key) == _plain(value):
        return text
    if not parts.front:
        if value is None:
            return text
        front = newline.join(["---", _entry(key, value), "---", ""])
        gap = parts.gap or newline if parts.heading or parts.body else ""
        return parts.bom + front + gap + parts.heading + parts.space + parts.body
    lines = parts.front.splitlines(keepends=True)
    first, last, node = _place(parts.front, key)
    if node is None:
        if value is not None:
            lines.insert(len(lines) - 1, _entry(key, value) + newline)
    elif value is None:
        del lines[first:last]
    elif isinstance(value, str) and last == first + 1 and node.start_mark.line == node.end_mark.line:
        # A value on one line: what stands before and after it, a comment perhaps, stays.
        line, (begin, end) = lines[first], (node.start_mark.column, node.end_mark.column)
        before = line[:begin] if begin and line[begin - 1] in " \t" else line[:begin].rstrip("\r\n") + " "
        lines[first] = before + scalar(value) + line[end:]
    else:
        items = [line for line in lines[first + 1 : last] if line.strip()]
        indent = items[0][: len(items[0]) - len(items[0].lstrip())] if items else "  "
        block = not isinstance(value, str) and not getattr(node, "flow_style", True)
        entry = _block(key, value or "", indent, newline) if block else _entry(key, value) + newline
        lines[first:last] = [entry]
    front = "".join(lines)
    if not inner_of(front).strip() and value is None:
        return parts.bom + (parts.heading + parts.space + parts.body)
    return parts.bom + front + parts.gap + parts.heading + parts.space + parts.body


def _place(front: str, key: str) -> tuple[int, int, Any]:
    """Give the first and the end line of a key's entry within the front matter, and its value's node."""
    inner = inner_of(front)
    if not inner.strip():
        return 0, 0, None
    entries = compose(inner).value
    for number, (name, node) in enumerate(entries):
        if name.value == key:
            following = entries[number + 1][0].start_mark.line if number + 1 < len(entries) else inner.count("\n")
            lines = inner.splitlines()[name.start_mark.line : following]
            while len(lines) > 1 and (not lines[-1].strip() or lines[-1].startswith("#")):
                lines.pop()
            first = name.start_mark.line + 1
            return first, first + max(1, len(lines)), node
    return 0, 0, None


def _plain(value: Value) -> str | list[str] | None:
    return value if value is None or isinstance(value, str) else list(value)


def _entry(key: str, value: Value) -> str:
    if value is None or isinstance(value, str):
        return f"{key}: {scalar(value or '')}"
    return f"{key}: [{', '.join(scalar(item) for item in value)}]"


def _block(key: str, value: Sequence[str], indent: str, newline: str) -> str:
    return "".join([f"{key}:{newline}", *(f"{indent}- {scalar(item)}{newline}" for item in value)])


def scalar(value: str) -> str:
    """Write a text as YAML: bare where every reader takes it for this text, else in double quotes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not _UNWRITABLE.search(value):
        return value
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def _one_line(value: Any) -> str:
    """Give a title as it is written, spaces of any kind included; only its line breaks are spaces."""
    text = _BREAK.sub(" ", value.strip("\r\n")) if isinstance(value, str) else ""
    return text if text.strip() else ""


def _heading(heading: str, title: str) -> str:
    found = _ATX.match(heading) or _SETEXT.match(heading)
    begin, end = found.span("text")  # type: ignore[union-attr]  # it was split off by the same patterns
    return heading[:begin] + _escape(title) + heading[end:]


def _escape(title: str) -> str:
    return re.sub(r"([\\`*\[\]<]|#$)", r"\\\1", title)


def _unescape(text: str) -> str:
    return _one_line(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))
