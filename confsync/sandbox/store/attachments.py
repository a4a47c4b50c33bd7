"""Attachments: content whose versions point to bytes."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import BinaryIO

from confsync.sandbox.errors import BadRequest, Conflict, missing_content

from . import content, tree
from .db import Row, Store


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    name: str
    stream: BinaryIO
    media_type: str
    comment: str = ""
    minor: bool = False


def named(store: Store, page_id: int, name: str) -> Row | None:
    """Return the current attachment of a page with this exact file name, or None."""
    rows = store.all(
        "SELECT * FROM content WHERE container_id = ? AND type = 'attachment' AND title = ? AND status = 'current'",
        page_id,
        name,
    )
    return next(iter(store.seen(rows)), None)


def on_page(store: Store, page_id: int, attachment_id: int) -> Row:
    """Return an attachment of a page by id; raise `NotFound`."""
    row = content.get(store, attachment_id, ("current",))
    if row["type"] != "attachment" or row["container_id"] != page_id:
        raise missing_content(attachment_id)
    return row


def create(store: Store, page: Row, upload: Upload, author: str) -> Row:
    """Attach a new file; raise `BadRequest` when the page has one of that name."""
    check_name(upload.name)
    if named(store, page["id"], upload.name):
        raise BadRequest(
            f"Cannot add a new attachment with same file name as an existing attachment: {upload.name}", plain=True
        )
    new = content.New(
        "attachment", page["space_id"], upload.name, "", container_id=page["id"], extra={"fileId": store.ids()}
    )
    row = content.create(store, new, author)
    _keep(store, row, upload)
    return row


def copy(store: Store, row: Row, page: Row, author: str) -> None:
    """Attach the current version of an attachment to another page; where the name is taken, as its next version."""
    old = content.version(store, row["id"], row["version"])
    there = named(store, page["id"], row["title"])
    if there is None:
        extra = {"fileId": store.ids()}
        new = content.New("attachment", page["space_id"], row["title"], "", None, page["id"], extra=extra)
        made = content.create(store, new, author)
    else:
        made = content.add_version(store, there, row["title"], "", author)
    store.run(
        "UPDATE version SET blob = ?, size = ?, media_type = ?, comment = ? WHERE content_id = ? AND number = ?",
        *(old[name] for name in ("blob", "size", "media_type", "comment")),
        made["id"],
        made["version"],
    )


def add_data(store: Store, row: Row, upload: Upload, author: str) -> Row:
    """Store new bytes as the next version; the name stays."""
    row = content.add_version(store, row, row["title"], "", author, minor=upload.minor)
    _keep(store, row, upload)
    return row


def create_or_update(store: Store, page: Row, upload: Upload, author: str) -> Row:
    """Attach a file, or store it as a new version of the one with that name."""
    row = named(store, page["id"], upload.name)
    return add_data(store, row, upload, author) if row else create(store, page, upload, author)


def describe(
    store: Store, row: Row, number: int, title: str, media_type: str | None, comment: str | None, author: str
) -> Row:
    """Rename an attachment or change its type and comment; `number` may be the current version or the next."""
    if number not in (row["version"], row["version"] + 1):
        raise Conflict(f"Version must be incremented on update. Current version is: {row['version']}")
    check_name(title)
    taken = named(store, row["container_id"], title)
    if taken and taken["id"] != row["id"]:
        raise BadRequest(f"Cannot rename: an attachment named {title} already exists on this page", plain=True)
    old = content.version(store, row["id"], row["version"])
    row = content.add_version(store, row, title, "", author)
    store.run(
        "UPDATE version SET blob = ?, size = ?, media_type = ?, comment = ? WHERE content_id = ? AND number = ?",
        old["blob"],
        old["size"],
        media_type or old["media_type"],
        old["comment"] if comment is None else comment,
        row["id"],
        row["version"],
    )
    return row


def listing(store: Store, page_id: int, name: str = "", media_type: str = "") -> list[Row]:
    """Return the attachments of a page, filtered by file name and media type where given."""
    rows = [row for row in tree.parts(store, page_id, "attachment") if not name or row["title"] == name]
    if not media_type:
        return rows
    return [row for row in rows if content.version(store, row["id"], row["version"])["media_type"] == media_type]


def check_name(name: str) -> None:
    """Raise `BadRequest` for a file name that Confluence refuses."""
    if not name or "/" in name or len(name) > content.TITLE_LIMIT:
        raise BadRequest(f"Invalid attachment file name: {name!r}")


def _keep(store: Store, row: Row, upload: Upload) -> None:
    digest, size = store.keep_blob(upload.stream)
    media_type = upload.media_type
    if media_type in ("", "application/octet-stream"):
        media_type = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    store.run(
        "UPDATE version SET blob = ?, size = ?, media_type = ?, comment = ? WHERE content_id = ? AND number = ?",
        digest,
        size,
        media_type,
        upload.comment,
        row["id"],
        row["version"],
    )
