"""Where pages to be measured come from: files of storage format or Markdown, and spaces, read and never written."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from confsync.config import FILE_NAME, find
from confsync.errors import UsageError
from converters import Site
from converters.fidelity import Fidelity, Refusal, measure, measure_markdown

from .access import access
from .address import Address, read_target
from .session import mirrors, settings

MARKDOWN = (".md", ".markdown")
SUFFIXES = (".xml", ".xhtml", ".html", *MARKDOWN)
_OWN = (".comments.md",)  # names of confsync's own, no pages


class Measured(NamedTuple):
    """One page and its figures. place: a file as it was named, or a space and a title."""

    place: str
    figures: Fidelity


class Source(NamedTuple):
    """Pages to come; size: how many, None where only the site knows."""

    name: str
    size: int | None
    pages: Callable[[], Iterator[Measured]]


def sources(args: Namespace, words: Sequence[str]) -> list[Source]:
    """Find out what is meant: files and folders, a space, an address, or all mirrors. Raises UsageError."""
    if not words:
        return [_space(one.config.site, one.settings.space, one.settings.root) for one in mirrors(args)]
    if words[0].startswith(("http://", "https://")):
        address, folder = read_target(list(words))
        if folder:
            raise UsageError(f"{folder!r} is one word too many", remedy="write SITE SPACE, or URL")
        return [_address(address)]
    there = [word for word in words if Path(word).exists()]
    if there:
        return [_files(words)]
    if len(words) == 1 and not words[0].endswith(SUFFIXES) and "/" not in words[0] and _has_settings(args):
        return [_space(settings(args).site, words[0], None)]
    remedy = "name files or folders, SITE SPACE, or a page's address; a space key alone needs " + FILE_NAME
    raise UsageError("is not there", place=words[0], remedy=remedy)


def _has_settings(args: Namespace) -> bool:
    return bool(args.config) or find(Path.cwd()) is not None


# Files


def _files(words: Sequence[str]) -> Source:
    files: list[Path] = []
    for word in words:
        path = Path(word)
        if not path.exists():
            raise UsageError("is not there", place=word)
        if path.is_file() and not word.lower().endswith(SUFFIXES):
            remedy = f"name files that end in {', '.join(SUFFIXES)}"
            raise UsageError("is no page by its name", place=word, remedy=remedy)
        files += _inside(path) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"holds no pages ({', '.join(SUFFIXES)})", place=" ".join(words))
    return Source("measuring", len(files), lambda: (Measured(str(file), _file(file)) for file in files))


def _inside(folder: Path) -> list[Path]:
    """The pages in a folder; attachments and hidden folders are none."""
    found: list[Path] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and not one.endswith(".files"))
        found += [Path(root) / one for one in sorted(files) if one.lower().endswith(SUFFIXES)]
    return [one for one in found if not one.name.endswith(_OWN) and ".conflict-" not in one.name]


def _file(file: Path) -> Fidelity:
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return Fidelity(pages=1, refusals=(Refusal(1, 1, f"is not UTF-8 at byte {error.start}"),))
    except OSError as error:
        return Fidelity(pages=1, refusals=(Refusal(1, 1, error.strerror or str(error)),))
    return _markdown(text, file.name) if file.suffix.lower() in MARKDOWN else measure(text.removeprefix("\ufeff"))


def _markdown(text: str, name: str) -> Fidelity:
    """Measure the body of a page file; lines count from the start of the file."""
    from dataclasses import replace

    from confsync.local import read_document

    file, document = read_document(name, text)
    if file.problem is not None:
        place = max(file.problem.line, 1), max(file.problem.column, 1)
        return Fidelity(pages=1, refusals=(Refusal(*place, file.problem.message),))
    found = measure_markdown(document.body, Site(path=name))
    moved = (replace(one, line=one.line + document.body_line - 1) for one in found.refusals)
    return replace(found, refusals=tuple(moved))


# Spaces


def _address(address: Address) -> Source:
    """A space, or the page and what is below it, by an address as copied from the browser."""
    space = address.space
    if not space:
        from .init import api_of

        space = api_of(address.site, access(address.site)).space_of(address.page)
    return _space(address.site, space, address.page or address.title or None)


def _space(site: str, space: str, root: str | None) -> Source:
    return Source(f"reading {space}", None, lambda: _stream(site, space, root))


def _stream(site: str, space: str, root: str | None) -> Iterator[Measured]:
    """Read the bodies of a space one after the other; memory stays flat."""
    from confsync.remote import find_root, inside, stream_bodies

    from .init import api_of

    api = api_of(site, access(site))
    key = api.space(space).key
    top = find_root(api, key, root) if root is not None else None
    here = Site(base_url=site, space=key)
    for page, body in stream_bodies(api, key, ("page",)):
        if top is None or inside(page, top) is not None:
            yield Measured(f"{key}/{page.title}", measure(body, here))
