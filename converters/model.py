"""The document model: what a page says, apart from how either language spells it.

A `Doc` is a source text and its blocks; a `Block` is a kind, the attributes that a writer may edit, and its content:
inline content, child blocks, or plain text. Spans say which characters of the source a value was read from, and never
take part in comparison: two blocks are the same when their `key`s are equal.

Kinds of block, with their attributes and content:

    paragraph                        inline
    heading       level              inline
    list          ordered, start     item…
    item                             block…
    tasks                            task…
    task          done               block…
    quote                            block…
    rule
    table                            row…
    row                              cell…
    cell          header, colspan, rowspan   block…
    section       type               column…       (a layout section)
    column                           block…        (a layout cell)
    macro         ac:name, parameters              (no body)
    plain         ac:name, parameters   text       (plain-text body; `code` is one)
    rich          ac:name, parameters   block…     (rich-text body)
    figure        src, alt, …        block…        (an image and its caption)
    island                           text          (exact storage format)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Attrs = tuple[tuple[str, str], ...]
Mark = tuple[str, str]  # (kind, value): ("strong", ""), ("link", destination), ("span", style), …
Atom = tuple[str, Attrs]  # (kind, attributes): an inline thing that is not text
BREAK: Atom = ("break", ())
NO_MARKS: frozenset[Mark] = frozenset()

# Boxes hold no text of their own: only these children may stand in them.
BOXES = {"list": "item", "tasks": "task", "table": "row", "row": "cell", "section": "column"}


@dataclass(eq=False, slots=True)
class Wrap:
    """One element around inline content, as it stands in a source: compared by identity.

    `mark` is None for what only the source knows (comment markers, decorative spans). `start` and `end` are the outer
    span; `open` and `close` its tags as written.
    """

    mark: Mark | None
    start: int
    end: int = 0
    open: str = ""
    close: str = ""


@dataclass(slots=True)
class Piece:
    """A stretch of inline content with one set of marks.

    Text that stands in the source character for character has `end - start == len(text)` and may be cut; any other
    piece (an entity, a folded line break, an atom) is indivisible. A ghost has neither text nor atom: it is source
    that says nothing (an empty element, a comment) and only has to survive.
    """

    text: str
    start: int
    end: int
    marks: frozenset[Mark] = frozenset()
    wraps: tuple[Wrap, ...] = ()
    atom: Atom | None = None
    solid: bool = False  # indivisible although the lengths agree

    @property
    def exact(self) -> bool:
        return self.atom is None and not self.solid and self.end - self.start == len(self.text)

    @property
    def ghost(self) -> bool:
        return self.atom is None and not self.text


InlineKey = tuple[tuple[str | Atom, frozenset[Mark]], ...]


class Inline:
    """Inline content: its pieces in source order, in the canonical form that `converters.inline` makes.

    Most content is never looked into: where its key is known, its pieces are made of it when they are asked for.
    """

    __slots__ = ("_at", "_key", "_pieces", "end", "start")

    def __init__(self, pieces: list[Piece] | None = None, start: int = 0, end: int = 0) -> None:
        self._pieces: list[Piece] | None = [] if pieces is None else pieces
        self._key: InlineKey | None = None
        self._at = 0
        self.start = start
        self.end = end

    @classmethod
    def of_text(cls, text: str, at: int, start: int, end: int) -> Inline:
        """Content of one text without marks, that stands in the source from `at` on as it is."""
        return cls.of_key(((text, NO_MARKS),), at, start, end)

    @classmethod
    def of_key(cls, key: InlineKey, at: int = 0, start: int = 0, end: int = 0) -> Inline:
        """Content of which nobody asks where it stands, but for one text."""
        out = cls.__new__(cls)
        out._pieces, out._key, out._at, out.start, out.end = None, key, at, start, end
        return out

    @property
    def pieces(self) -> list[Piece]:
        if self._pieces is None:
            self._pieces = [
                Piece(content, self._at, self._at + len(content), marks)
                if isinstance(content, str)
                else Piece("", self._at, self._at, marks, (), content)
                for content, marks in self._key or ()
            ]
        return self._pieces

    @property
    def key(self) -> InlineKey:
        if self._key is None:
            self._key = _inline_key(self.pieces)
        return self._key

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def _inline_key(pieces: Sequence[Piece]) -> InlineKey:
    key: list[tuple[str | Atom, frozenset[Mark]]] = []
    run: list[str] = []  # texts with the marks `held`, joined once
    held: frozenset[Mark] = frozenset()
    for piece in pieces:
        atom, marks = piece.atom, piece.marks
        if atom is None and not piece.text:
            continue
        if run and (atom is not None or marks != held):
            key.append(("".join(run), held))
            run = []
        if atom is not None:
            key.append((atom, marks))
        else:
            run.append(piece.text)
            held = marks
    if run:
        key.append(("".join(run), held))
    return tuple(key)


BlockKey = tuple[object, ...]


@dataclass(eq=False, slots=True)
class Block:
    """One block with its place in the source.

    `start`/`end` is what is removed or copied with the block; `inner` is where its children stand (also when there are
    none). `prefix` is what each further line of a child begins with; in storage format, the tag of a paragraph that the
    block shares with others. `hints` are side facts of one
    language: compared only between two texts of that language, never across.
    """

    kind: str
    attrs: Attrs = ()
    inline: Inline | None = None
    children: list[Block] = field(default_factory=list)
    text: str = ""
    start: int = 0
    end: int = 0
    inner: tuple[int, int] = (0, 0)
    prefix: str = ""
    hints: Attrs = ()
    node: object = None
    _key: BlockKey | None = None

    @property
    def key(self) -> BlockKey:
        if self._key is None:
            content = self.inline.key if self.inline is not None else ()
            self._key = (self.kind, self.attrs, self.text, content, tuple(child.key for child in self.children))
        return self._key

    def get(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.attrs if key == name), default)

    def hint(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.hints if key == name), default)

    def walk(self) -> Iterator[Block]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class Doc:
    """A source text and what it says. `language` is "storage" or "markdown"; `blocks` are in source order."""

    source: str
    blocks: list[Block]
    language: str

    @property
    def key(self) -> BlockKey:
        return tuple(block.key for block in self.blocks)

    @property
    def laid_out(self) -> bool:
        """Is the page in a layout? One that is taken into it or out of it has its blocks elsewhere."""
        return any(block.kind == "section" for block in self.blocks)

    def slice(self, block: Block) -> str:
        return self.source[block.start : block.end]

    def walk(self) -> Iterator[Block]:
        for block in self.blocks:
            yield from block.walk()


def plain_text(block: Block) -> str:
    """All the visible text of a block, for comparing likeness and for reports."""
    parts = [block.inline.text if block.inline is not None else block.text]
    parts.extend(plain_text(child) for child in block.children)
    return " ".join(part for part in parts if part)


def inline_of(block: Block) -> Inline:
    """The inline content of a block that has some."""
    if block.inline is None:
        raise TypeError(f"a {block.kind} has no inline content")
    return block.inline
