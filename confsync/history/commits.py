"""One version of a page as `git fast-import` reads it: the head of its commit, which is the same for every reader."""

from __future__ import annotations

import re
from typing import Final

from confsync.remote import PageVersion

PAGE, VERSION = "Confluence-Page", "Confluence-Version"
_MARK: Final = re.compile(r"\s*\[confsync [0-9a-f]+\]$")  # names the write that made a version: nothing to read
_UNSAFE: Final = re.compile(r"[<>\x00-\x1f\x7f]+")


def head(ref: str, page: str, version: PageVersion, second: int, host: str, subject: str, parent: str = "") -> bytes:
    """Write a commit up to its files: author, date, message and trailers.

    second: since 1970. host: stands for the e-mail address of an author whose own is not told. subject: the message of
    a version that has none. parent: the commit to go on from, "" for the last one on the ref in this stream.
    """
    name = _UNSAFE.sub(" ", version.name or version.author).strip() or "unknown"
    mail = _UNSAFE.sub("", f"{version.author or 'unknown'}@{host}").replace(" ", "")
    who = f"{name} <{mail}> {second} +0000"
    said = _MARK.sub("", version.message.replace("\0", "")).strip() or subject
    message = f"{said}\n\n{PAGE}: {page}\n{VERSION}: {version.number}\n"
    start = f"commit {ref}\nauthor {who}\ncommitter {who}\n".encode()
    return start + data(message.encode("utf-8", "replace")) + (f"from {parent}\n".encode() if parent else b"")


def data(content: bytes) -> bytes:
    """Write bytes with their length before them."""
    return b"data %d\n%s\n" % (len(content), content)
