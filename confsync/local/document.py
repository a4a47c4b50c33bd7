"""One page file: its facets, and its body apart from what stands before it."""

import re
from collections.abc import Sequence
from sys import intern
from typing import Any, Final, NamedTuple

from confsync.model import Problem, TitleFrom
from confsync.model.paths import files_dir, stem
from confsync.model.settings import Settings, flatten

ID_KEY: Final = "confluence_page_id"
SETTINGS_KEY: Final = "confluence"
_NONE: Final[Settings] = ()
_TITLE_FROM: Final = {str(one): one for one in TitleFrom}
_ORDER: Final = re.compile(r"-?[0-9]{1,9}")
# Something that may be the destination of a link to a file: no scheme, and an ending that is not that of a page.
_FILE_LINK: Final = re.compile(
    r"""(?:\]\(\s*<?|\]:[ \t]*<?|\b(?:src|href)\s*=\s*["'])"""
    r"""(?![A-Za-z][A-Za-z0-9+.-]*:|[/#])([^\s"'<>)#]+\.(?!md\b)\w+)"""
)


class PageFile(NamedTuple):
    """What a scan keeps of a page file. body: digest of the canonical body. problem: why it cannot be used.

    outside: the files that it links to which are neither pages nor in its own attachments' folder, whether they are
    there or not.
    """

    path: str
    id: str = ""
    title: str = ""
    title_from: str = TitleFrom.NAME
    labels: tuple[str, ...] = ()
    order: int | None = None
    body: str = ""
    problem: Problem | None = None
    settings: Settings = ()
    outside: tuple[str, ...] = ()

    @classmethod
    def of(cls, facts: Sequence[Any]) -> "PageFile":
        """Read what the stat cache stored: the fields in order, tuples as lists."""
        path, page_id, title, title_from, labels, order, body, problem, settings, outside = facts
        return cls(
            path, intern(page_id), title, _TITLE_FROM[title_from], tuple(labels) if labels else (), order, intern(body),
            Problem(*problem) if problem else None,
            tuple((name, value) for name, value in settings) if settings else (),
            tuple(outside) if outside else (),
        )  # fmt: skip


class Document(NamedTuple):
    """A page file's text in two: `head` (BOM, front matter, title heading) and `body`, both as they are."""

    head: str
    body: str
    body_line: int

    @property
    def text(self) -> str:
        """The body in canonical form."""
        return canonical(self.body)

    def with_body(self, body: str) -> str:
        """Give the file's text with another canonical body; line ends and the end of the file stay as they are."""
        return self.head + (restore(self.body, body) if self.body else self._first(body))

    def _first(self, body: str) -> str:
        """A body for a file that had none takes the line ends of its head, and a blank line before it."""
        newline = "\r\n" if "\r\n" in self.head else "\n"
        gap = newline if self.head and body and not self.head.endswith(("\n\n", "\n\r\n")) else ""
        return gap + body.replace("\n", newline)


def canonical(body: str) -> str:
    """Give a body with plain line ends and exactly one at its end; "" stays empty."""
    text = body.replace("\r\n", "\n").rstrip("\n")
    return text + "\n" if text else ""


def digest(text: str) -> str:
    """Give the SHA-256 of a text."""
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def restore(original: str, body: str) -> str:
    """Give a canonical body the line ends that the original's equal lines have, and the original's end."""
    if canonical(original) == body:
        return original
    stripped = original.rstrip("\r\n")
    tail = original[len(stripped) :]
    text = body.rstrip("\n")
    if "\r\n" not in original:
        return text + tail
    if "\n" not in original.replace("\r\n", ""):
        return text.replace("\n", "\r\n") + tail
    from difflib import SequenceMatcher

    old, new = stripped.splitlines(keepends=True), text.split("\n")
    bare = [line.rstrip("\r\n") for line in old]
    mostly = "\r\n" if original.count("\r\n") * 2 > original.count("\n") else "\n"
    ends = [mostly] * len(new)
    for block in SequenceMatcher(None, bare, new, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            ends[block.b + offset] = "\r\n" if old[block.a + offset].endswith("\r\n") else "\n"
    return "".join(line + end for line, end in zip(new[:-1], ends, strict=False)) + new[-1] + tail


def read_document(path: str, text: str) -> tuple[PageFile, Document]:
    """Take a page file apart; what is wrong with it becomes its `problem`, with line and column."""
    from converters.markdown import front_matter

    try:
        parts = front_matter.split(text)
    except front_matter.FrontMatterError as error:
        problem = Problem(path, error.message, "mend the front matter", error.line, error.column)
        return PageFile(path, problem=problem), Document("", text, 1)
    document = Document(parts.head, parts.body, parts.body_line)
    markers, settings = _markers(path, document), _NONE
    if SETTINGS_KEY in parts.fields:
        from converters.markdown.nested import typed

        try:
            settings = flatten(typed(text, SETTINGS_KEY))
        except (ValueError, TypeError) as error:
            bad = Problem(path, str(error), "mend the front matter", *_line_of(text, SETTINGS_KEY))
            markers = markers or bad
    order = str(parts.fields.get("order", "")).strip()
    file = PageFile(
        path,
        id=intern(str(parts.fields.get(ID_KEY, "") or "").strip()),
        title=parts.title or stem(path),
        title_from=parts.title_from,
        labels=tuple(sorted({label(word) for word in front_matter.labels(parts.fields)})),
        order=int(order) if _ORDER.fullmatch(order) else None,
        body=intern(digest(document.text)),
        problem=markers,
        settings=settings,
        outside=outside_links(path, document),
    )
    return file, document


def outside_links(path: str, document: Document) -> tuple[str, ...]:
    """Find the links to files of the mirror that are no pages; the text is parsed only where some link may be one."""
    own = files_dir(path).rpartition("/")[2] + "/"
    if all(found.startswith(own) for found in _FILE_LINK.findall(document.body)):
        return ()
    from converters import Site, links

    try:
        uses = links(document.text, Site(path=path))
    except ValueError:
        return ()
    found = (use.path for use in uses if use.kind == "file" and not use.path.endswith(".md"))
    return tuple(sorted({one for one in found if not one.startswith("../") and "/." not in f"/{one}"}))


def _line_of(text: str, key: str) -> tuple[int, int]:
    """Give line and column of a key of the front matter."""
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1), 1


def label(word: str) -> str:
    """Normalise a label as Confluence does: lower case, no spaces."""
    return "-".join(word.lower().split())


def _markers(path: str, document: Document) -> Problem | None:
    if "<<<<<<<" not in document.body:
        return None
    from converters import has_conflict_markers

    if not has_conflict_markers(document.text):
        return None
    line = document.body_line + document.body[: document.body.index("<<<<<<<")].count("\n")
    return Problem(path, "conflict markers are left", f"mend the text, or: confsync resolve {path}", line, 1)
