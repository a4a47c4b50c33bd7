"""Versions as a stream for `git fast-import`: the same versions give the same commits, wherever and whenever."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from confsync.errors import NotFound
from confsync.local.document import ID_KEY, canonical
from confsync.remote import Api
from converters import to_markdown
from converters.markdown import front_matter

from .names import Names
from .timeline import Moment, read

PAGE, VERSION = "Confluence-Page", "Confluence-Version"
_MARK: Final = re.compile(r"\s*\[confsync [0-9a-f]+\]$")  # names the write that made a version: nothing to read
_UNSAFE: Final = re.compile(r"[<>\x00-\x1f\x7f]+")


def stream(
    api: Api, site: str, names: Names, moments: Iterable[Moment], ref: str, parent: str,
    tell: Callable[[Moment], None] = lambda moment: None,
) -> Iterator[bytes]:  # fmt: skip
    """Yield a commit for each version, on a ref, with its author, date and message; only one text is held at a time.

    parent: the commit to go on from, "" for none. names: as they are there; they follow.
    """
    host = urlsplit(site).hostname or "confluence"
    for moment in moments:
        try:
            title, storage = read(api, moment)
        except NotFound:
            continue  # somebody has deleted it in the meantime
        old, path = names.call(moment.page, moment.kind, title)
        text = file_text(moment.page, title, canonical(to_markdown(storage, names.site(path))))
        yield _commit(moment, title, ref, host, parent)
        yield b"" if old in ("", path) else f"D {old}\n".encode()
        yield f"M 100644 inline {path}\n".encode() + _data(text)
        parent = ""
        tell(moment)


def file_text(page: str, title: str, body: str) -> str:
    """Give a page's file: its id and its title at the head, then its text."""
    head = front_matter.set_title(front_matter.set_fields("", {ID_KEY: page}), title)
    return head + ("\n" + body if body else "")


def _commit(moment: Moment, title: str, ref: str, host: str, parent: str) -> bytes:
    one = moment.version
    name = _UNSAFE.sub(" ", one.name or one.author).strip() or "unknown"
    mail = _UNSAFE.sub("", f"{one.author or 'unknown'}@{host}").replace(" ", "")
    who = f"{name} <{mail}> {moment.second} +0000"
    said = _MARK.sub("", one.message.replace("\0", "")).strip() or f"{'Create' if one.number == 1 else 'Edit'} {title}"
    message = f"{said}\n\n{PAGE}: {moment.page}\n{VERSION}: {one.number}\n"
    head = f"commit {ref}\nauthor {who}\ncommitter {who}\n".encode()
    return head + _data(message) + (f"from {parent}\n".encode() if parent else b"")


def _data(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return b"data %d\n%s\n" % (len(data), data)
