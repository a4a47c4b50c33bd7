"""Content of every type: pages, blog posts, comments, attachments, folders, and their versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from confsync.sandbox.errors import BadRequest, missing_content
from confsync.sandbox.plain import plain_text

from . import permissions, tasks
from .db import Row, Store

TITLE_LIMIT = 255
AT_ONCE = 500  # rows in one statement, within SQLite's limit of bound values
TITLED = ("page", "blogpost")
HIDDEN = "hidden"  # what a restriction does to a page: every answer is as if it did not exist
FACTS = "content_id, number, title, author, at, message, minor, blob, size, media_type, comment"  # all but the body
TITLE_TAKEN = "A page with this title already exists: A page already exists with the same TITLE in this space"


@dataclass(frozen=True, slots=True)
class New:
    """What a new content is made of; `parent_id` is the page above a page or the comment above a comment."""

    type: str
    space_id: int
    title: str
    body: str
    parent_id: int | None = None
    container_id: int | None = None
    status: str = "current"
    message: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def title_key(title: str) -> str:
    """Return the form in which titles compare: trimmed and without case."""
    return title.strip().casefold()


def get(store: Store, content_id: int, statuses: Iterable[str] = ("current", "archived")) -> Row:
    """Return a content in one of these states, or in any state with `("any",)`; raise `NotFound`."""
    row = store.one("SELECT * FROM content WHERE id = ?", content_id)
    wanted = tuple(statuses)
    if (
        row is None
        or row["status"] == HIDDEN
        or content_id in store.unseen
        or ("any" not in wanted and row["status"] not in wanted)
    ):
        raise missing_content(content_id)
    return row


def version(store: Store, content_id: int, number: int) -> Row:
    """Return one version with its body; raise `NotFound`."""
    row = store.one("SELECT * FROM version WHERE content_id = ? AND number = ?", content_id, number)
    if row is None:
        raise missing_content(content_id)
    return row


def facts_of_version(store: Store, content_id: int, number: int) -> Row:
    """Return one version without its body, which may be large; raise `NotFound`."""
    row = store.one(f"SELECT {FACTS} FROM version WHERE content_id = ? AND number = ?", content_id, number)
    if row is None:
        raise missing_content(content_id)
    return row


def versions(store: Store, content_id: int) -> list[Row]:
    """Return all versions, newest first, bodies left out."""
    return store.all(f"SELECT {FACTS} FROM version WHERE content_id = ? ORDER BY number DESC", content_id)


def body(store: Store, row: Row) -> str:
    """Return the current body of a content."""
    return str(version(store, row["id"], row["version"])["body"])


def facts(row: Row) -> dict[str, Any]:
    """Return what only some types carry, such as the location of a comment."""
    value: dict[str, Any] = json.loads(row["extra"])
    return value


class Rows(Sequence[Row]):
    """Content by its ids, each read when it is looked at: of a long list mostly one page is wanted."""

    def __init__(self, store: Store, ids: list[int]) -> None:
        self._store, self._ids = store, ids

    @property
    def ids(self) -> list[int]:
        """Return all ids, without a look at the rows."""
        return self._ids

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ids)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Read one row, or a slice of them in their order."""
        if isinstance(place, int):
            return self[place : place + 1 or None][0]
        wanted = self._ids[place]
        known: dict[int, Row] = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            rows = self._store.all(f"SELECT * FROM content WHERE id IN ({', '.join('?' * len(some))})", *some)
            known |= {row["id"]: row for row in rows}
        return [known[one] for one in wanted]


def find(store: Store, kind: str, space_id: int | None, title: str | None, statuses: Iterable[str]) -> Rows:
    """Return the content of a type in order of creation, filtered by space and by exact title without case."""
    wanted = tuple(statuses)
    clauses: list[str] = ["type = ?"]
    values: list[Any] = [kind]
    if space_id is not None:
        clauses, values = [*clauses, "space_id = ?"], [*values, space_id]
    if title is not None:
        clauses, values = [*clauses, "title_key = ?"], [*values, title_key(title)]
    clauses, values = [*clauses, "status != ?"], [*values, HIDDEN]
    if "any" not in wanted:
        clauses, values = [*clauses, f"status IN ({', '.join('?' * len(wanted))})"], [*values, *wanted]
    rows = store.seen(store.all(f"SELECT id FROM content WHERE {' AND '.join(clauses)} ORDER BY id", *values))
    return Rows(store, [row["id"] for row in rows])


def check_title(store: Store, kind: str, space_id: int, title: str, own_id: int | None = None) -> None:
    """Raise `BadRequest` for a title that is empty, too long or taken; an archived page keeps its title reserved."""
    if kind not in TITLED:
        return
    if not title.strip():
        raise BadRequest("A title is required and must not be blank.")
    if len(title) > TITLE_LIMIT:
        raise BadRequest(f"Title exceeds the maximum length of {TITLE_LIMIT} characters.")
    taken = store.value(
        "SELECT id FROM content WHERE space_id = ? AND type = ? AND title_key = ? "
        "AND status IN ('current', 'archived', 'hidden')",
        space_id,
        kind,
        title_key(title),
    )
    if taken is not None and taken != own_id:
        raise BadRequest(TITLE_TAKEN)


def create(store: Store, new: New, author: str) -> Row:
    """Insert a content as version 1 without judging or rewriting its body; raise `Forbidden`."""
    permissions.check(store, new.space_id, "create", new.type)
    if new.status != "draft":
        check_title(store, new.type, new.space_id, new.title)
    number = store.next_id()
    now = store.now()
    store.insert(
        "content",
        id=number,
        type=new.type,
        status=new.status,
        space_id=new.space_id,
        parent_id=new.parent_id,
        container_id=new.container_id,
        title=new.title,
        title_key=title_key(new.title),
        version=1,
        creator=author,
        created=now,
        extra=json.dumps(new.extra),
    )
    store.insert(
        "version",
        content_id=number,
        number=1,
        title=new.title,
        body=new.body,
        author=author,
        at=now,
        message=new.message,
    )
    _index(store, number, new.body, author)
    return get(store, number, ("any",))


def _index(store: Store, content_id: int, text: str, author: str) -> None:
    tasks.note(store, content_id, text, author)
    store.run(
        "INSERT INTO words VALUES (?, ?) ON CONFLICT (content_id) DO UPDATE SET plain = excluded.plain",
        content_id,
        plain_text(text),
    )


def words(store: Store, row: Row) -> str:
    """Return the text of the current version without mark-up."""
    return str(store.value("SELECT plain FROM words WHERE content_id = ?", row["id"]) or "")


def add_version(
    store: Store, row: Row, title: str, new_body: str, author: str, message: str = "", minor: bool = False
) -> Row:
    """Append a version and make it the current one."""
    number = row["version"] + 1
    store.insert(
        "version",
        content_id=row["id"],
        number=number,
        title=title,
        body=new_body,
        author=author,
        at=store.now(),
        message=message,
        minor=int(minor),
    )
    store.run(
        "UPDATE content SET version = ?, title = ?, title_key = ? WHERE id = ?",
        number,
        title,
        title_key(title),
        row["id"],
    )
    _index(store, row["id"], new_body, author)
    return get(store, row["id"], ("any",))


def replace_body(store: Store, row: Row, new_body: str) -> None:
    """Rewrite the current body in place, as Confluence does to links when their target is renamed: no new version."""
    store.run("UPDATE version SET body = ? WHERE content_id = ? AND number = ?", new_body, row["id"], row["version"])
    _index(store, row["id"], new_body, row["creator"])


def delete_version(store: Store, row: Row, number: int) -> None:
    """Delete an old version; the ones after it are renumbered, so that 1..N stays without a gap."""
    version(store, row["id"], number)
    if number == row["version"]:
        raise BadRequest("The current version cannot be deleted.")
    store.run("DELETE FROM version WHERE content_id = ? AND number = ?", row["id"], number)
    for later in range(number + 1, row["version"] + 1):
        store.run("UPDATE version SET number = ? WHERE content_id = ? AND number = ?", later - 1, row["id"], later)
    store.run("UPDATE content SET version = version - 1 WHERE id = ?", row["id"])


def purge(store: Store, content_id: int) -> None:
    """Remove a content with its comments and attachments for good; children of it become top-level."""
    for part in store.all("SELECT id FROM content WHERE container_id = ?", content_id):
        purge(store, part["id"])
    store.run("UPDATE content SET parent_id = NULL WHERE parent_id = ?", content_id)
    store.run("DELETE FROM label WHERE content_id = ?", content_id)
    store.run("DELETE FROM property WHERE owner = 'content' AND owner_id = ?", content_id)
    for table in ("version", "words", "task", "liked", "draft", "restriction", "content_state"):
        store.run(f"DELETE FROM {table} WHERE content_id = ?", content_id)
    store.run("DELETE FROM content WHERE id = ?", content_id)
