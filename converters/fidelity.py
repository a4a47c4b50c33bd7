"""How much of a page the notation expresses, and what it has to carry as raw storage format.

The rules of counting:

- An element is expressed when it stands in no island. All elements in an island count as not expressed, however deep;
  ADF extensions that are no panels, which no editor can write, count on neither side.
- A visible word is one that a reader of the page sees: text, titles of macros, labels of status lozenges, names of
  linked pages that stand for the link's text. It is open when it stands in the Markdown outside fences and tags, so
  that people can read and edit it there. The words of plain-text bodies and of preformatted text live in a fence by
  nature; they are counted apart.
- A page that is not well-formed, or whose bytes would not come back, is refused, and the place is named. A page of
  storage format is carried whole then: none of it is expressed. Of Markdown that cannot be read nothing is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from converters.complement import unwritten_words
from converters.errors import ConversionError, StorageError
from converters.laws import put_get
from converters.markdown.reader import markdown_to_doc
from converters.model import Doc
from converters.public import Lines, push, to_markdown, to_storage
from converters.site import DEFAULT_SITE, Site
from converters.storage.reader import Element, Node, parse
from converters.words import WORD, foreign, open_words, visible_words

_TAG = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<([A-Za-z][\w:.-]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a page is refused; `line` and `column` count from 1."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Island:
    """A construct that is carried as raw storage format. inline: in a line of text, else a block of its own."""

    construct: str
    inline: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The figures of one page, or of many: they add up.

    exact: pages whose bytes come back without an edit. stable: pages whose second trip changes nothing.
    expressed: elements outside islands. open_words: visible words outside fences and tags. code_words: words that are
    in a fence by nature, not among `words`. islands: the most frequent first.
    """

    pages: int = 0
    exact: int = 0
    stable: int = 0
    elements: int = 0
    expressed: int = 0
    words: int = 0
    open_words: int = 0
    code_words: int = 0
    islands: tuple[Island, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def __add__(self, other: Fidelity) -> Fidelity:
        return Fidelity(
            self.pages + other.pages,
            self.exact + other.exact,
            self.stable + other.stable,
            self.elements + other.elements,
            self.expressed + other.expressed,
            self.words + other.words,
            self.open_words + other.open_words,
            self.code_words + other.code_words,
            _together((*self.islands, *other.islands)),
            (*self.refusals, *other.refusals),
        )

    @property
    def perfect(self) -> bool:
        """Is every page exact, stable and not refused?"""
        return self.exact == self.stable == self.pages and not self.refusals

    @property
    def element_share(self) -> float:
        """The share of the elements that are expressed, 0 to 1."""
        return self.expressed / self.elements if self.elements else 1.0

    @property
    def word_share(self) -> float:
        """The share of the visible words that are open, 0 to 1."""
        return self.open_words / self.words if self.words else 1.0


def total(pages: Iterable[Fidelity]) -> Fidelity:
    """Add up the figures of many pages."""
    out = Fidelity()
    for page in pages:
        out += page
    return out


def measure(storage: str, site: Site = DEFAULT_SITE) -> Fidelity:
    """Take one page of storage format to Markdown and back, and count what happens to it."""
    try:
        nodes = parse(storage)
    except StorageError as error:
        return _refused(storage, Refusal(max(error.line, 1), max(error.column, 1), error.message))
    try:
        markdown = to_markdown(storage, site)
        back = push(storage, markdown, markdown, site)
        stable = to_markdown(to_storage(markdown, site), site) == markdown
    except ConversionError as error:
        return _refused(storage, Refusal(max(error.line, 1), max(error.column, 1), error.message))
    lost = unwritten_words(storage, markdown)
    refusals: tuple[Refusal, ...] = () if back == storage else (_difference(storage, back),)
    if lost:
        refusals += (Refusal(*_place(storage, max(storage.find(lost[0]), 0)), f"the Markdown lacks {lost[0]!r}"),)
    return _figures(nodes, markdown, site, exact=back == storage, stable=stable, refusals=refusals)


def measure_markdown(markdown: str, site: Site = DEFAULT_SITE) -> Fidelity:
    """Take one page of Markdown (without front matter) to storage format and back, and count what happens to it.

    Exact means here that both say the same: an author's style is kept by the lens, which needs a base.
    """
    try:
        storage = to_storage(markdown, site)
        nodes = parse(storage)
        again = to_markdown(storage, site)
        broken = put_get(storage, markdown, site) or put_get(storage, again, site)
        stable = to_markdown(to_storage(again, site), site) == again
    except ConversionError as error:
        refusal = Refusal(max(error.line, 1), max(error.column, 1), error.message)
        words = len(WORD.findall(markdown))
        return Fidelity(pages=1, words=words, refusals=(refusal,))
    refusals = (Refusal(max(broken.line, 1), 1, broken.message),) if broken else ()
    return _figures(nodes, Lines(markdown).text, site, exact=not broken, stable=stable, refusals=refusals)


def _refused(storage: str, refusal: Refusal) -> Fidelity:
    """A page that is carried whole: its bytes come back, and nothing of it is expressed."""
    text = _TAG.sub(lambda found: "<" if found.group(1) else " ", storage)
    return Fidelity(
        pages=1,
        stable=1,
        elements=sum(1 for found in _TAG.finditer(storage) if found.group(1)),
        words=len(WORD.findall(re.sub(r"<[^>]*>?", " ", text))),
        islands=(Island("page", inline=False),),
        refusals=(refusal,),
    )


def _difference(old: str, new: str) -> Refusal:
    at = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return Refusal(*_place(old, at), f"{old[at : at + 40]!r} would become {new[at : at + 40]!r}")


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _figures(
    nodes: list[Node], markdown: str, site: Site, *, exact: bool, stable: bool, refusals: tuple[Refusal, ...]
) -> Fidelity:
    doc = markdown_to_doc(markdown, site)
    held = list(_islands(doc))
    lost = sum(1 for raw, _ in held for _ in _counted(_parsed(raw)))
    words, code = visible_words(nodes)
    elements = sum(1 for _ in _counted(nodes))
    return Fidelity(
        1,
        int(exact),
        int(stable),
        elements,
        max(elements - lost, 0),
        words.total(),
        (words & open_words(doc)).total(),
        code.total(),
        _together(Island(_construct(raw), inline) for raw, inline in held),
        refusals,
    )


# Elements and islands


def _counted(nodes: Iterable[Node]) -> Iterator[Element]:
    """The elements that count."""
    for node in nodes:
        if isinstance(node, Element) and not foreign(node):
            yield node
            yield from _counted(node.children)


def _islands(doc: Doc) -> Iterator[tuple[str, bool]]:
    """The raw storage format that a Markdown text carries, and whether it stands in a line of text."""
    for block in doc.walk():
        if block.kind == "island":
            yield block.text, False
        for piece in block.inline.pieces if block.inline else ():
            if piece.atom is not None and piece.atom[0] == "island":
                yield dict(piece.atom[1])["v"], True


def _parsed(raw: str) -> list[Node]:
    try:
        return parse(raw)
    except StorageError:
        return []


def _construct(raw: str) -> str:
    """Name what an island holds: a macro by its name, an ADF extension by its type, anything else by its element."""
    element = next((node for node in _parsed(raw) if isinstance(node, Element)), None)
    if element is None:
        return "text"
    if element.name in ("ac:structured-macro", "ac:macro"):
        return f"macro {element.attrs.get('ac:name', '')}".rstrip()
    node = element.first("ac:adf-node") if element.name == "ac:adf-extension" else None
    return f"{element.name} {node.attrs.get('type', '')}".rstrip() if node is not None else element.name


def _together(islands: Iterable[Island]) -> tuple[Island, ...]:
    """One entry for each construct, the most frequent first."""
    counts: Counter[tuple[str, bool]] = Counter()
    for one in islands:
        counts[one.construct, one.inline] += one.count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Island(construct, inline, count) for (construct, inline), count in ordered)
