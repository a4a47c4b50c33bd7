"""Markdown as a `Doc` of blocks: markdown-it's parts, with Confluence's notation read into them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from converters import links, notation
from converters.errors import NotationError
from converters.markdown import parser
from converters.markdown.html import Event, events, pair
from converters.markdown.inline import InlineReader, image_attrs
from converters.markdown.parser import Part, SourceMap
from converters.markdown.rawhtml import raw_blocks, starts_inline
from converters.model import Attrs, Block, Doc
from converters.inline import canonical
from converters.site import DEFAULT_SITE, Site
from converters.storage.blocks import storage_to_doc

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|\Z)", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\](?:[ \t]+|\Z)")
_TITLE = re.compile(r"\*\*<ac-title>(.*?)</ac-title>\*\*\Z", re.DOTALL)
_INFO_WORD = re.compile(r"[^\s=\"]+(?=\s|\Z)")
_FLAG_ONLY = frozenset(notation.CODE_FLAGS)

Item = Part | Event
GFM = "gfm"  # the `node` of tables, rows and cells written with pipes


def markdown_to_doc(source: str, site: Site = DEFAULT_SITE) -> Doc:
    """Read Markdown with `\\n` line ends. Raises NotationError for a wrapper that is not closed."""
    reader = _Reader(source, site)
    return Doc(source, reader.blocks(parser.parse(source), ""), "markdown")


class _Reader:
    def __init__(self, source: str, site: Site) -> None:
        self.source = source
        self.site = site

    def blocks(self, parts: Sequence[Part], prefix: str) -> list[Block]:
        """Read the parts of one container; `prefix` is what its further lines begin with."""
        sequence: list[Item] = []
        for part in parts:
            cut = events(part.content.rstrip("\n"), part.start, part.line) if part.type == "html_block" else None
            sequence.extend(self._without_prefix(cut, part, prefix) if cut is not None else [part])
        pair(sequence)  # type: ignore[arg-type]
        out, at = self._until(sequence, 0, "", prefix)
        if at < len(sequence):
            raise AssertionError("an event was left over")
        return _without_single_layout(out)

    def _without_prefix(self, cut: list[Event], part: Part, prefix: str) -> list[Event]:
        """Event offsets count the block's own text: add the prefix that each of its further lines has in the source."""
        if prefix and "\n" in part.content.rstrip("\n"):
            for event in cut:
                extra = len(prefix) * (event.line - part.line)
                event.start += extra
                event.end += extra
        return cut

    def _until(self, sequence: list[Item], at: int, closer: str, prefix: str) -> tuple[list[Block], int]:
        """Read up to the closing event `closer`; the index returned is that event's (or the end)."""
        out: list[Block] = []
        hint: Attrs = ()
        while at < len(sequence):
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "close":
                return out, at
            if isinstance(item, Event) and item.name == "ac:p":
                hint = item.attrs
                at += 1
                continue
            if isinstance(item, Event):
                found, at = self._event(sequence, at, prefix)
            else:
                found, at = self._part(item, prefix), at + 1
            if hint and found and found[0].kind == "paragraph":
                found[0].hints = hint
            hint = ()
            out.extend(found)
        return out, at

    # Wrappers

    def _event(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = sequence[at]
        assert isinstance(event, Event)
        if event.kind == "text":
            return self._text_run(event.text, event.start, event.line, prefix), at + 1
        if event.kind == "single":
            return self._single(event, prefix), at + 1
        if event.name == "table":
            return self._table(sequence, at, prefix)
        if event.name == "figure":
            return self._figure(sequence, at, prefix)
        if event.name in ("td", "th", "tr", "figcaption"):
            raise NotationError(f"<{event.name}> stands outside its {'figure' if event.name == 'figcaption' else 'table'}", event.line + 1, 1)
        return self._wrapper(sequence, at, prefix)

    def _single(self, event: Event, prefix: str) -> list[Block]:
        if not event.name.startswith("ac:"):
            return []
        attrs = macro_attrs(event.name[3:], event.attrs)
        kind = "plain" if attrs[0][1] in ("code", "noformat") else "macro"
        return [Block(kind, attrs, start=event.start, end=event.end, inner=(event.end, event.end), prefix=prefix)]

    def _body(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], Event, int]:
        """The blocks between an opening event and its closing one; the index returned is after the latter."""
        opener = sequence[at]
        assert isinstance(opener, Event)
        children, stop = self._until(sequence, at + 1, opener.name, prefix)
        closer = sequence[stop]
        assert isinstance(closer, Event)
        return children, closer, stop + 1

    def _wrapper(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = sequence[at]
        assert isinstance(event, Event)
        title = sequence[at + 1] if at + 1 < len(sequence) else None
        children, closer, after = self._body(sequence, at, prefix)
        block = Block("rich", (), None, children, "", event.start, closer.end, (event.end, closer.start), prefix)
        if event.name == "details":
            named = isinstance(title, Event) and title.name == "summary"
            if isinstance(title, Event) and named:
                block.inner = (title.end, closer.start)
            block.attrs = (("ac:name", "expand"), *((("title", title.text),) if isinstance(title, Event) and named else ()))
        elif event.name == "ac:layout-section":
            block.kind = "section"
            block.attrs = (("type", dict(event.attrs).get("type", "single")),)
            self._only(children, "column", event)
        elif event.name == "ac:layout-cell":
            block.kind = "column"
        else:
            block.attrs = macro_attrs(event.name[3:], event.attrs)
        return [block], after

    def _only(self, children: list[Block], kind: str, event: Event) -> None:
        if any(child.kind != kind for child in children):
            raise NotationError("only <!-- ac:layout-cell --> may stand in a layout section", event.line + 1, 1)

    def _figure(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = sequence[at]
        assert isinstance(event, Event)
        image: list[Block] = []
        caption: list[Block] = []
        inner = (event.end, event.end)
        at += 1
        while True:
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "open" and item.name == "figcaption":
                caption, closer, at = self._body(sequence, at, prefix)
                inner = (item.end, closer.start)
            elif isinstance(item, Event) and item.kind == "close":
                break
            else:
                found, at = self._event(sequence, at, prefix) if isinstance(item, Event) else (self._part(item, prefix), at + 1)
                image.extend(found)
        key = image[0].inline.key if len(image) == 1 and image[0].inline else ()
        atom = key[0][0] if len(key) == 1 and not key[0][1] else ""
        if not isinstance(atom, tuple) or atom[0] != "image":
            raise NotationError("a <figure> holds one image and its <figcaption>", event.line + 1, 1)
        closing = sequence[at]
        assert isinstance(closing, Event)
        return [Block("figure", atom[1], None, caption, "", event.start, closing.end, inner, prefix)], at + 1

    def _table(self, sequence: list[Item], at: int, prefix: str) -> tuple[list[Block], int]:
        event = sequence[at]
        rows, stop = self._inside(sequence, at + 1, ("tr",), lambda where: self._table_row(sequence, where, prefix))
        closer = sequence[stop]
        assert isinstance(event, Event)
        assert isinstance(closer, Event)
        return [Block("table", (), None, rows, "", event.start, closer.end, (event.end, closer.start), prefix)], stop + 1

    def _table_row(self, sequence: list[Item], at: int, prefix: str) -> tuple[Block, int]:
        event = sequence[at]
        cells, stop = self._inside(sequence, at + 1, ("td", "th"), lambda where: self._table_cell(sequence, where, prefix))
        closer = sequence[stop]
        assert isinstance(event, Event)
        assert isinstance(closer, Event)
        return Block("row", (), None, cells, "", event.start, closer.end, (event.end, closer.start), prefix), stop + 1

    def _table_cell(self, sequence: list[Item], at: int, prefix: str) -> tuple[Block, int]:
        event = sequence[at]
        assert isinstance(event, Event)
        children, closer, after = self._body(sequence, at, prefix)
        given = dict(event.attrs)
        spans = tuple((name, given[name]) for name in ("colspan", "rowspan") if given.get(name, "1") != "1")
        attrs = (*((("header", "true"),) if event.name == "th" else ()), *spans)
        return Block("cell", attrs, None, children, "", event.start, closer.end, (event.end, closer.start), prefix), after

    def _inside(self, sequence: list[Item], at: int, names: tuple[str, ...],
                read: Callable[[int], tuple[Block, int]]) -> tuple[list[Block], int]:
        out = []
        while True:
            item = sequence[at]
            if isinstance(item, Event) and item.kind == "close":
                return out, at
            if not isinstance(item, Event) or item.name not in names:
                line = item.line + 1
                raise NotationError(f"only <{'> and <'.join(names)}> may stand here; is a tag of the table indented?", line, 1)
            block, at = read(at)
            out.append(block)

    # Parts that markdown-it found

    def _part(self, part: Part, prefix: str) -> list[Block]:
        handler = _PARTS.get(part.type)
        if handler is None:
            raise AssertionError(f"no reader for {part.type}")
        return handler(self, part, prefix)

    def _leaf(self, part: Part, kind: str, attrs: Attrs, prefix: str) -> list[Block]:
        reader = InlineReader(part.content, part.map, self.site, part.line)
        reader.read(part.tokens)
        start, end = reader.span(0, len(part.content))
        inline = canonical(reader.pieces, start, max(start, end))
        if not inline.key:
            return []
        return [Block(kind, attrs, inline, [], "", part.start, part.end, (start, max(start, end)), prefix)]

    def paragraph(self, part: Part, prefix: str) -> list[Block]:
        return self._leaf(part, "paragraph", (), prefix)

    def heading(self, part: Part, prefix: str) -> list[Block]:
        level = "12"["=-".index(part.markup)] if part.markup in "=-" else str(len(part.markup))
        return self._leaf(part, "heading", (("level", level),), prefix)

    def rule(self, part: Part, prefix: str) -> list[Block]:
        return [Block("rule", start=part.start, end=part.end, prefix=prefix)]

    def code(self, part: Part, prefix: str) -> list[Block]:
        return [Block("plain", (("ac:name", "code"),), text=part.content.removesuffix("\n"), start=part.start, end=part.end, prefix=prefix)]

    def fence(self, part: Part, prefix: str) -> list[Block]:
        name, attrs = read_info(part.info, part.line)
        text = part.content.removesuffix("\n")
        if name == "xml":
            return self._islands(text, part, prefix)
        return [Block("plain", (("ac:name", name), *attrs), text=text, start=part.start, end=part.end, prefix=prefix)]

    def _islands(self, text: str, part: Part, prefix: str) -> list[Block]:
        """One island for each block of storage format in the fence; the first has the fence's place."""
        inside = storage_to_doc(text, self.site)
        texts = [text] if len(inside.blocks) == 1 else [inside.slice(block) for block in inside.blocks]
        return [Block("island", text=one, start=part.end if number else part.start, end=part.end, prefix=prefix)
                for number, one in enumerate(texts)]

    def list(self, part: Part, prefix: str) -> list[Block]:
        ordered = part.type == "ordered_list"
        marks = [] if ordered else [_TASK.match(_first_paragraph(item)) for item in part.parts]
        tasks = bool(marks) and all(marks)
        items = [self._item(item, prefix, marks[number] if tasks else None) for number, item in enumerate(part.parts)]
        start = str(int(part.attrs.get("start", 1)))
        attrs = (("ordered", "true"), ("start", start)) if ordered else ()
        return [Block("tasks" if tasks else "list", attrs, None, items, "", part.start, part.end, (part.start, part.end), prefix)]

    def _item(self, part: Part, prefix: str, task: re.Match[str] | None) -> Block:
        same_line = bool(part.parts) and part.parts[0].line == part.line
        lead = part.parts[0].start - part.start if same_line else len(part.markup) + 1
        inner = prefix + " " * max(lead, 2)
        content = [_cut_front(part.parts[0], task.end()), *part.parts[1:]] if task else part.parts
        children = self.blocks(content, inner)
        start = children[0].start if children else part.end
        attrs = (("done", "true"),) if task and task.group(1) != " " else ()
        kind = "task" if task else "item"
        return Block(kind, attrs, None, children, "", part.start, max(part.end, part.start), (start, part.end), inner)

    def quote(self, part: Part, prefix: str) -> list[Block]:
        inner = prefix + "> "
        first = part.parts[0] if part.parts else None
        alert = _ALERT.match(first.content) if first is not None and first.type == "paragraph" else None
        if first is None or alert is None:
            children = self.blocks(part.parts, inner)
            return [Block("quote", (), None, children, "", part.start, part.end, (part.start, part.end), inner)] if children else []
        rest = [_cut_front(first, alert.end())] if alert.end() < len(first.content) else []
        content = [*rest, *part.parts[1:]]
        name = notation.MACRO_OF_ALERT[alert.group(1).upper()]
        attrs: Attrs = (("ac:name", name),)
        title = _TITLE.match(content[0].content) if content and content[0].type == "paragraph" else None
        if title is not None:
            attrs = (*attrs, ("title", _title_text(title.group(1))))
            content = content[1:]
        children = self.blocks(content, inner)
        begin = children[0].start if children else part.end
        return [Block("rich", attrs, None, children, "", part.start, part.end, (begin, part.end), inner)]

    def table(self, part: Part, prefix: str) -> list[Block]:
        rows = []
        aligned = []
        for number, row in enumerate(part.parts):
            cells = []
            for cell in row.parts:
                header = (("header", "true"),) if number == 0 else ()
                content = self._leaf(cell, "paragraph", (), prefix)
                place = (cell.start, cell.end)
                cells.append(Block("cell", header, None, content, "", *place, place, prefix, node=GFM))
                if number == 0:
                    aligned.append(str(cell.attrs.get("style", "")).removeprefix("text-align:"))
            rows.append(Block("row", (), None, cells, "", row.start, row.end, (row.start, row.end), prefix, node=GFM))
        hints = (("align", ",".join(aligned)),) if any(aligned) else ()
        return [Block("table", (), None, rows, "", part.start, part.end, (part.start, part.end), prefix, hints, GFM)]

    def html(self, part: Part, prefix: str) -> list[Block]:
        content = part.content.rstrip("\n")
        if starts_inline(content):
            return self._text_run(content, part.start, part.line, prefix)
        return raw_blocks(content, part.start, part.end, self.site, prefix)

    def _text_run(self, content: str, start: int, line: int, prefix: str) -> list[Block]:
        """Inline Markdown that stands where markdown-it saw HTML."""
        places = SourceMap(start)
        at = start
        rows = content.split("\n")
        for number, row in enumerate(rows):
            if number:
                places.add(1, at, at + 1 + len(prefix))
                at += 1 + len(prefix)
            places.add(len(row), at, at + len(row))
            at += len(row)
        part = Part("paragraph", start, at, line, content, map=places, tokens=parser.parse_inline(content))
        return self._leaf(part, "paragraph", (), prefix)


def _without_single_layout(blocks: list[Block]) -> list[Block]:
    """A layout of one section with one cell says nothing: its blocks stand for themselves."""
    out: list[Block] = []
    for at, block in enumerate(blocks):
        beside = [blocks[near] for near in (at - 1, at + 1) if 0 <= near < len(blocks)]
        alone = block.kind == "section" and len(block.children) == 1 and all(near.kind != "section" for near in beside)
        out.extend(block.children[0].children if alone else [block])
    return out


def _first_paragraph(item: Part) -> str:
    return item.parts[0].content if item.parts and item.parts[0].type == "paragraph" else ""


def _cut_front(part: Part, length: int) -> Part:
    """A paragraph without its first `length` characters of content."""
    tokens = parser.parse_inline(part.content[length:])
    places = SourceMap(part.end)
    for low, high, start, stop in part.map.segments:
        if high > length:
            cut = max(0, length - low) if high - low == stop - start else 0
            places.add(high - low - cut, start + cut, stop)
    start = places.segments[0][2] if places.segments else part.end
    return replace(part, start=start, content=part.content[length:], map=places, tokens=tokens)


def _title_text(markdown: str) -> str:
    return " ".join(html.unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)).split())


def macro_attrs(name: str, given: Attrs) -> Attrs:
    """A block macro's attributes: its name, then its parameters by name. `ac:macro` carries the name as a parameter."""
    if name == "macro" and given and any(key == "name" for key, _ in given):
        name = dict(given)["name"]
        given = tuple((key, value) for key, value in given if key != "name")
    return (("ac:name", name), *sorted(given))


def read_info(info: str, line: int) -> tuple[str, Attrs]:
    """A fence's info string as a macro's name and its parameters in canonical form."""
    rest = info.strip()
    word = _INFO_WORD.match(rest)
    language = ""
    if word is not None and word.group() not in _FLAG_ONLY:
        language, rest = word.group(), rest[word.end() :].strip()
    name = "code"
    word = re.match(r"ac:(\S+)", rest)
    if word is not None:
        name, rest, language = word.group(1), rest[word.end() :].strip(), ""
    if name == "xml":
        return name, ()
    attrs = notation.read_attributes(rest)
    given = {key: value or ("true" if key in notation.CODE_FLAGS else "") for key, value in attrs or ()}
    if name == "macro" and "name" in given:
        name = given.pop("name")
    if name == "code" and language and "language" not in given:
        given["language"] = notation.fence_language(language)
    return name, tuple(sorted((key, value) for key, value in given.items() if not (key == "language" and not value)))


_PARTS: dict[str, Callable[[_Reader, Part, str], list[Block]]] = {
    "paragraph": _Reader.paragraph, "heading": _Reader.heading, "hr": _Reader.rule, "code_block": _Reader.code,
    "fence": _Reader.fence, "bullet_list": _Reader.list, "ordered_list": _Reader.list, "blockquote": _Reader.quote,
    "table": _Reader.table, "html_block": _Reader.html,
}  # fmt: skip
__all__ = ["image_attrs", "links", "macro_attrs", "markdown_to_doc", "read_info"]
