"""How a clash is shown: both versions between git's conflict markers, on lines of their own."""

from __future__ import annotations

from converters.model import Block, Doc

Names = tuple[str, str]


class Clash(Exception):  # noqa: N818 - not an error: both sides changed the same words
    """The block around is to be shown twice."""


def marked(ours: str, theirs: str, names: Names) -> str:
    """Both versions of some lines between markers that begin at the margin; a version may be empty."""
    parts = [
        f"<<<<<<< {names[0]}",
        ours.removesuffix("\n"),
        "=======",
        theirs.removesuffix("\n"),
        f">>>>>>> {names[1]}",
    ]
    return "\n".join(part for at, part in enumerate(parts) if part or at in (0, 2, 4)) + "\n"


def line_start(source: str, place: int) -> int:
    """Where the line of a place begins."""
    return source.rfind("\n", 0, place) + 1


def line_end(source: str, place: int) -> int:
    """Where the line of a place ends, before its line end."""
    end = source.find("\n", place)
    return len(source) if end < 0 else end


def bare(doc: Doc, block: Block) -> str:
    """A block's text without the prefix that its further lines have in the source."""
    first, *rest = doc.slice(block).split("\n")
    further = (line[len(block.prefix) :] if line.startswith(block.prefix) else line.lstrip() for line in rest)
    return "\n".join([first, *further])


def framed(text: str, lead: str, prefix: str) -> str:
    """Lines with conflict markers, put where a block stands: the markers alone begin at the margin."""
    out: list[str] = []
    first = True
    before = True
    for line in text.split("\n"):
        if line.startswith("<<<<<<< "):
            before = first
        if line.startswith(("<<<<<<< ", ">>>>>>> ")) or line == "=======":
            first = before if line == "=======" else first
            out.append(line)
            continue
        out.append(lead + line if first else (prefix + line).rstrip())
        first = False
    return "\n".join(out)
