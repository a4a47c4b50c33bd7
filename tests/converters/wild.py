"""Markdown that other people wrote, and what a reader sees of it: the yardstick is how Markdown is usually shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, Comment
from markdown_it import MarkdownIt

from converters.markdown import front_matter
from converters.storage.reader import Element, Node, Text, parse
from tests.corpus import CORPUS

FOLDER = CORPUS / "markdown"
TREES = ("mkdocs-material/docs", "prometheus-docs/docs", "rust-book/src", "rust-book/nostarch")
_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^(?:\.\n.*?)?`{32}$", re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"[^\W_]+")
_WITHIN = frozenset(
    ["strong", "em", "del", "code", "a", "u", "sub", "sup", "span", "s", "b", "i", "kbd", "ins", "mark", "small", "ac:link", "ac:link-body", "ac:inline-comment-marker"]
)
_TASK = re.compile(r"^([ \t>]*(?:[-*+]|\d+[.)])[ \t]+)\[[ xX]\](?=\s)", re.MULTILINE)


class Seen(NamedTuple):
    """What a reader sees: words with their counts, and how many links, images, tables and pieces of code."""

    words: Counter[str]
    things: dict[str, int]


def examples() -> Iterator[tuple[str, str, str]]:
    """The examples of the specifications of CommonMark and GFM: name, Markdown, HTML."""
    for file in sorted((FOLDER / "gfm-spec" / "test").glob("*.txt")):
        text = file.read_text(encoding="utf-8").replace("→", "\t")
        for number, found in enumerate(_EXAMPLE.finditer(text), 1):
            yield f"{file.stem}:{number}", found[1], found[2]


def pages() -> Iterator[tuple[str, str, str]]:
    """The pages of the docs trees: name, Markdown without front matter, HTML as a plain renderer shows it."""
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for tree in TREES:
        for file in sorted((FOLDER / tree).rglob("*.md")):
            parts = front_matter.split(file.read_text(encoding="utf-8"))
            body = parts.gap + parts.heading + parts.space + parts.body
            # A plain renderer shows the box of a task as text, and knows no table of contents.
            yield name(file), body, shown.render(re.sub(r"^\[TOC\]$", "", _TASK.sub(r"\1", body), flags=re.MULTILINE))


def name(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def seen_in_html(source: str) -> Seen:
    soup = BeautifulSoup(source, "html.parser")
    things = {
        "links": len({id(tag) for tag in soup("a") if tag.get("href")}),
        "images": len(soup("img")),
        "tables": len(soup("table")),
        "code": len(soup("pre")),
    }
    for tag in soup(["script", "style", "input"]):
        tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(True):
        if tag.name not in _WITHIN:
            tag.insert_before("\n")
            tag.append("\n")
    return Seen(Counter(_WORD.findall(soup.get_text())), things)


def seen_in_storage(storage: str) -> Seen:
    things: Counter[str] = Counter()
    text = "".join(_said(parse(storage), things))
    return Seen(Counter(_WORD.findall(text)), {name: things[name] for name in ("links", "images", "tables", "code")})


_THINGS = {"a": "links", "ac:link": "links", "ac:image": "images", "table": "tables", "pre": "code"}


def _said(nodes: list[Node], things: Counter[str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Text):
            yield node.text
        if not isinstance(node, Element) or node.name in ("ac:task-status", "ac:task-id", "ac:parameter"):
            continue
        kind = _THINGS.get(node.name, "code" if node.attrs.get("ac:name") == "code" else "")
        things[kind] += 1
        things["links"] += node.name == "ac:image" and "ac:href" in node.attrs
        apart = "" if node.name in _WITHIN else "\n"
        yield apart
        yield from _said(node.children, things)
        yield apart
