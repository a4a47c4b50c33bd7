"""Versions as a stream for `git fast-import`: the same versions give the same commits, wherever and whenever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from confsync.errors import NotFound
from confsync.local.document import ID_KEY, canonical
from confsync.remote import Api
from converters import to_markdown
from converters.markdown import front_matter

from .commits import data, head
from .names import Names
from .timeline import Moment, read


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
        subject = f"{'Create' if moment.version.number == 1 else 'Edit'} {title}"
        yield head(ref, moment.page, moment.version, moment.second, host, subject, parent)
        yield b"" if old in ("", path) else f"D {old}\n".encode()
        yield f"M 100644 inline {path}\n".encode() + data(text.encode("utf-8", "replace"))
        parent = ""
        tell(moment)


def file_text(page: str, title: str, body: str) -> str:
    """Give a page's file: its id and its title at the head, then its text."""
    fields = front_matter.set_title(front_matter.set_fields("", {ID_KEY: page}), title)
    return fields + ("\n" + body if body else "")
