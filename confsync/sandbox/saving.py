"""The rules of a save: versions, normalisation, no-op saves, renames that rewrite links.

`create`, `update` and `save_draft` are the only ways by which a body comes in over HTTP or from the web page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from . import xhtml
from .editor import editor_save
from .errors import BadRequest, Conflict, TooLarge, missing_content
from .normalize import World, normalize
from .store import Row, Store, attachments, content, drafts, restrictions, spaces, states, tasks, tree

BODY_LIMIT = 5 * 1024 * 1024
Hits = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """What an update asks for; None leaves a part as it is."""

    number: int | None
    title: str | None = None
    body: str | None = None
    parent_id: int | None = None
    status: str | None = None
    message: str = ""
    minor: bool = False


def world(store: Store, space_id: int, page_id: int | None) -> World:
    """Return what normalisation needs to know of the site, seen from one page."""

    def version_of(name: str, attributes: Mapping[str, str]) -> int:
        if name == "ri:attachment":
            row = attachments.named(store, page_id, attributes.get("ri:filename", "")) if page_id else None
        else:
            space = store.one("SELECT id FROM space WHERE key = ?", attributes.get("ri:space-key", ""))
            where = space["id"] if space else space_id
            rows = content.find(store, "page", where, attributes.get("ri:content-title", ""), ("current",))
            row = rows[0] if rows else None
        return int(row["version"]) if row else 1

    return World(store.ids, version_of)


def stored_form(store: Store, body: str, space_id: int, page_id: int | None) -> str:
    """Return a body as it will be stored; raise `TooLarge` above 5 MB and `BadRequest` when it is malformed."""
    if len(body.encode("utf-8", "surrogatepass")) > BODY_LIMIT:
        raise TooLarge(f"Content body is too large: the limit is {BODY_LIMIT} bytes")
    return normalize(body, world(store, space_id, page_id))


def create(store: Store, new: content.New, author: str) -> Row:
    """Create a content with its body normalised, under a parent that exists in its space."""
    if new.parent_id is not None and new.type == "page":
        tree.check_parent(store, new.parent_id, new.space_id)
    body = stored_form(store, new.body, new.space_id, None)
    made = content.New(
        new.type, new.space_id, new.title, body, new.parent_id, new.container_id, new.status, new.message, new.extra
    )
    return content.create(store, made, author)


def update(store: Store, row: Row, change: Change, author: str) -> Row:
    """Apply a change as the next version and return the content.

    The version must be the current one plus one. A change that leaves body, title and parent equal makes no version
    and loses its message, as on the real site. A draft that is made current is published as version 1.
    """
    if row["status"] == "draft":
        return _publish(store, row, change, author)
    _check_version(row, change.number)
    title = row["title"] if change.title is None else change.title
    if row["status"] == "trashed":
        return _restore(store, row, title, change, author)
    content.check_title(store, row["type"], row["space_id"], title, row["id"])
    old_body = content.body(store, row)
    body = old_body
    if change.body is not None and change.body != old_body:
        body = stored_form(store, change.body, row["space_id"], row["id"])
    moved = change.parent_id is not None and change.parent_id != row["parent_id"]
    if body == old_body and title == row["title"] and not moved:
        return row
    if moved:
        tree.check_parent(store, change.parent_id or 0, row["space_id"])
        tree.reparent(store, row, change.parent_id)
    saved = content.add_version(store, row, title, body, author, change.message, change.minor)
    if body != old_body:
        states.clear(store, row["id"])
    if title != row["title"]:
        rename_links(store, saved, row["title"])
        saved = content.get(store, row["id"])
    return saved


def same_again(store: Store, row: Row, author: str) -> Row:
    """Append a version with the same title and body, as a new content state does."""
    return content.add_version(store, row, row["title"], content.body(store, row), author)


def set_task(store: Store, task: Row, status: str, author: str) -> None:
    """Tick a task off, or take the tick away: the page gets a new version; raise `BadRequest` for another status."""
    if status not in tasks.STATUSES:
        raise BadRequest(f"Unsupported task status: {status}, expected one of : {', '.join(tasks.STATUSES)}")
    row = content.get(store, task["content_id"])
    restrictions.check_edit(store, row)
    body = tasks.with_status(content.body(store, row), task["local_id"], status)
    update(store, row, Change(row["version"] + 1, body=body), author)


def update_in_editor(store: Store, row: Row, change: Change, author: str) -> Row:
    """Apply a change as the Cloud editor saves it, which rebuilds the whole body."""
    body = content.body(store, row) if change.body is None else change.body
    checked = stored_form(store, body, row["space_id"], row["id"])
    return update(store, row, replace(change, body=editor_save(checked, store.ids)), author)


def save_draft(store: Store, row: Row, title: str, body: str, author: str) -> None:
    """Keep a text as the open draft of a published page, normalised as a save would; its title is free until then."""
    if row["status"] != "current" or row["type"] not in content.TITLED:
        raise missing_content(row["id"])
    if len(title) > content.TITLE_LIMIT:
        raise BadRequest(f"Title exceeds the maximum length of {content.TITLE_LIMIT} characters.")
    drafts.save(store, row, title, stored_form(store, body, row["space_id"], row["id"]), author)


def _check_version(row: Row, number: int | None) -> None:
    if number is None:
        raise BadRequest("Must supply an incremented version when updating Content. No version supplied.")
    if number != row["version"] + 1:
        raise Conflict(f"Version must be incremented on update. Current version is: {row['version']}")


def _publish(store: Store, row: Row, change: Change, author: str) -> Row:
    if change.status != "current":
        raise Conflict("draft pages cannot be updated")
    title = row["title"] if change.title is None else change.title
    content.check_title(store, row["type"], row["space_id"], title, row["id"])
    body = (
        content.body(store, row) if change.body is None else stored_form(store, change.body, row["space_id"], row["id"])
    )
    key = content.title_key(title)
    store.run("UPDATE content SET status = 'current', version = 0, title_key = ? WHERE id = ?", key, row["id"])
    store.run("DELETE FROM version WHERE content_id = ?", row["id"])
    states.clear(store, row["id"], "draft")
    return content.add_version(store, content.get(store, row["id"]), title, body, author, change.message, change.minor)


def _restore(store: Store, row: Row, title: str, change: Change, author: str) -> Row:
    if change.status != "current":
        raise BadRequest("Content is in the trash; only its status can be updated, to current.")
    tree.restore(store, row, title)
    return content.add_version(store, row, title, content.body(store, row), author, change.message, change.minor)


def restore_version(store: Store, row: Row, number: int, message: str, with_title: bool, author: str) -> Row:
    """Make an old version current again as a new version; raise `BadRequest` when it is the current one."""
    old = content.version(store, row["id"], number)
    if number == row["version"]:
        raise BadRequest("Cannot restore the current version.")
    title = old["title"] if with_title else row["title"]
    content.check_title(store, row["type"], row["space_id"], title, row["id"])
    if old["body"] != content.body(store, row):
        states.clear(store, row["id"])
    saved = content.add_version(store, row, title, old["body"], author, message)
    if title != row["title"]:
        rename_links(store, saved, row["title"])
    return saved


def rename_links(store: Store, row: Row, old_title: str) -> None:
    """Point the links of other pages' current bodies to the new title, in place and without a new version."""
    key = spaces.by_id(store, row["space_id"])["key"].casefold()
    pages = store.all(
        "SELECT content.*, version.body FROM content JOIN version ON content_id = id AND number = content.version "
        "WHERE status IN ('current', 'archived') AND instr(version.body, ?)",
        xhtml.plainest_part(old_title),
    )
    for page in pages:

        def hits(attributes: Mapping[str, str], own: bool = page["space_id"] == row["space_id"]) -> bool:
            named = xhtml.unescape(attributes.get("ri:space-key", "")).casefold()
            same_title = xhtml.unescape(attributes.get("ri:content-title", "")) == old_title
            return same_title and (named == key or (not named and own))

        body = _retarget(page["body"], row["title"], hits)
        if body != page["body"]:
            content.replace_body(store, page, body)


def _retarget(body: str, title: str, hits: Hits) -> str:
    pieces = []
    for token in xhtml.tokens(body):
        tag = xhtml.start_tag(token) if token.startswith("<ri:page") else None
        if tag and tag.name == "ri:page" and hits(tag.attributes):
            written = tag.attributes["ri:content-title"]
            token = token.replace(f'"{written}"', f'"{xhtml.escape_attribute(title)}"')
        pieces.append(token)
    return "".join(pieces)
