"""/content: find, read, create, update, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request

from confsync.sandbox import saving
from confsync.sandbox.errors import BadRequest, Conflict, NotImplementedHere, missing_content
from confsync.sandbox.expand import Expand
from confsync.sandbox.present import Part
from confsync.sandbox.shapes import history_json
from confsync.sandbox.store import Row, content, drafts, labels, properties, restrictions, spaces, tree

from .attachments import replace_data
from .common import Json, as_id, call, contents, expanded, json_object, number, objects, statuses

routes = Blueprint("content", __name__)
READ_DEFAULT = "history,space,version"
WRITE_DEFAULT = "history,space,version,ancestors,container,body.storage"
CREATABLE = ("page", "blogpost", "comment")
VISIBLE = ("current", "archived")
ORDERS = {"title": "title_key", "id": "id", "created": "created", "createdDate": "created"}


@routes.get("/content")
def find() -> Json:
    """List content by type, space, title and the day of creation, `postingDay` in UTC as `yyyy-mm-dd`."""
    here = call()
    kind = request.args.get("type", "page")
    if kind == "folder":
        raise NotImplementedHere("Cannot fetch folders with ContentFinder")
    key = request.args.get("spaceKey")
    space_id = spaces.get(here.store, key)["id"] if key else None
    rows: Sequence[Row] = content.find(here.store, kind, space_id, request.args.get("title"), statuses())
    if day := request.args.get("postingDay"):
        rows = [row for row in rows[:] if row["created"].startswith(f"{day}T")]
    order, _, direction = request.args.get("orderby", "").partition(" ")
    if order in ORDERS:
        rows = sorted(rows[:], key=lambda row: row[ORDERS[order]], reverse=direction.lower() == "desc")
    elif order in ("modified", "history.lastUpdated"):
        rows = sorted(
            rows[:],
            key=lambda row: str(content.facts_of_version(here.store, row["id"], row["version"])["at"]),
            reverse=direction.lower() == "desc",
        )
    return contents(rows)


@routes.get("/content/<cid:content_id>")
def read(content_id: int) -> Json:
    """Read one content, in its current or in an older version, or its draft."""
    here = call()
    wanted = number("version", 0)
    expand = expanded(READ_DEFAULT)
    asked = tuple(one for one in statuses("") if one)
    if asked == ("draft",):
        return _draft(content_id, expand)
    row = content.get(here.store, content_id, tuple(set(asked) - {"historical"}) or VISIBLE)
    shown = None
    if wanted and wanted != row["version"]:
        shown = content.version(here.store, row["id"], wanted)
    elif "historical" in asked and not wanted:
        raise BadRequest("A version is needed to read historical content")
    return here.present.content(row, expand, shown, top=True)


def _draft(content_id: int, expand: Expand) -> Json:
    """Return a page that was never published, or the draft that is open on one that was."""
    here = call()
    row = content.get(here.store, content_id, ("current", "draft"))
    shown = None if row["status"] == "draft" else drafts.get(here.store, row)
    return here.present.content(row, expand, shown, top=True, status="draft")


@routes.get("/content/<cid:content_id>/history")
def history(content_id: int) -> Json:
    """Read who made a content, and its neighbouring versions."""
    here = call()
    row = content.get(here.store, content_id)
    expand = expanded("lastUpdated,previousVersion,nextVersion")
    return history_json(Part(here.present, row, content.version(here.store, row["id"], row["version"])), expand)


@routes.post("/content")
def create() -> Json:
    """Create a page, blog post, comment or draft; the answer is 200, as on the real site."""
    here, sent = call(), json_object()
    kind = sent.get("type")
    if kind not in CREATABLE:
        raise BadRequest(f"Unsupported content type: {kind}")
    if sent.get("id"):
        raise BadRequest("Cannot create content with an id")
    status = str(sent.get("status") or request.args.get("status") or "current")
    new = _new_comment(sent) if kind == "comment" else _new_page(kind, status, sent)
    row = saving.create(here.store, new, here.me)
    _write_metadata(row, sent)
    return _answer(row)


def _new_page(kind: str, status: str, sent: Json) -> content.New:
    here = call()
    space = spaces.get(here.store, str((sent.get("space") or {}).get("key", "")))
    above = objects(sent.get("ancestors"), "ancestors")
    parent = as_id(above[-1].get("id")) if above and kind == "page" else None
    return content.New(kind, space["id"], _title(sent, status), _body(sent) or "", parent, None, status)


def _new_comment(sent: Json) -> content.New:
    here = call()
    page = content.get(here.store, as_id((sent.get("container") or {}).get("id", "")))
    above = objects(sent.get("ancestors"), "ancestors")
    parent = as_id(above[-1].get("id")) if above else None
    extra = {"location": "footer", **(sent.get("extensions") or {})}
    title = str(sent.get("title") or f"Re: {page['title']}")
    return content.New("comment", page["space_id"], title, _body(sent) or "", parent, page["id"], extra=extra)


@routes.put("/content/<cid:content_id>")
def update(content_id: int) -> Json:
    """Write the next version of a content, restore it from the trash, or publish a draft.

    A new version of a page overrides the draft that somebody has open on it.
    """
    here = call()
    row = _writable(content_id)
    if row["type"] == "attachment" and request.mimetype == "multipart/form-data":
        return replace_data(row)  # what atlassian-python-api sends for a new version of a file
    sent = json_object()
    status = str(sent.get("status") or request.args.get("status") or "current")
    if sent.get("type", row["type"]) != row["type"]:
        raise BadRequest(f"The type of content {content_id} is {row['type']} and cannot be changed")
    if row["status"] == "archived":
        raise BadRequest("Archived content cannot be updated")
    if status == "draft" and row["status"] == "current":
        raise Conflict("draft pages cannot be updated")
    version = sent.get("version") or {}
    given = version.get("number")
    change = saving.Change(
        given if isinstance(given, int) else None,
        _optional_title(sent),
        _body(sent),
        _parent(row, sent),
        status,
        str(version.get("message") or ""),
        bool(version.get("minorEdit")),
    )
    saved = saving.update(here.store, row, change, here.me)
    if saved["version"] != row["version"]:
        drafts.discard(here.store, row["id"])
    _write_metadata(saved, sent)
    return _answer(saved)


def _writable(content_id: int) -> Row:
    """Return a content in any state that the user may edit; comments are open to everybody who sees the page."""
    row = content.get(call().store, content_id, ("any",))
    if row["type"] != "comment":
        restrictions.check_edit(call().store, row)
    return row


def _answer(row: Row) -> Json:
    here = call()
    return here.present.content(row, expanded(WRITE_DEFAULT), top=True)


def _title(sent: Json, status: str) -> str:
    title = sent.get("title")
    if title is None and status != "draft":
        raise BadRequest("A title is required and must not be blank.")
    return str(title or "")


def _optional_title(sent: Json) -> str | None:
    return None if sent.get("title") is None else str(sent["title"])


def _parent(row: Row, sent: Json) -> int | None:
    above = objects(sent.get("ancestors"), "ancestors")
    return as_id(above[-1].get("id")) if above and row["type"] == "page" else None


def _body(sent: Json) -> str | None:
    """Return the storage format that was sent, or None when no body was."""
    bodies = sent.get("body") or {}
    if not bodies:
        return None
    storage = bodies.get("storage") or bodies.get("editor") or bodies.get("editor2")
    if not isinstance(storage, dict) or storage.get("representation", "storage") not in (
        "storage",
        "editor",
        "editor2",
    ):
        raise BadRequest(f"Unsupported representation: {', '.join(bodies)}; this site reads storage")
    return str(storage.get("value") or "")


def _write_metadata(row: Row, sent: Json) -> None:
    """Set properties, and replace labels, as far as `metadata` names them."""
    here = call()
    metadata = sent.get("metadata") or {}
    given = metadata.get("properties") or {}
    if not isinstance(given, dict):
        raise BadRequest("Could not parse request body as JSON: 'properties' is not an object")
    for key, one in given.items():
        value: Any = one.get("value") if isinstance(one, dict) else one
        properties.put(here.store, "content", row["id"], str(key), value, here.me)
    wanted = metadata.get("labels")
    if wanted is not None:
        found = objects(wanted.get("results") if isinstance(wanted, dict) else wanted, "labels")
        labels.replace(here.store, row["id"], [labels.clean(one.get("name"), one.get("prefix")) for one in found])


@routes.delete("/content/<cid:content_id>")
def delete(content_id: int) -> tuple[str, int]:
    """Move a content to the trash, with `status=trashed` remove it from there for good, or discard its draft."""
    here = call()
    row = _writable(content_id)
    asked = request.args.get("status", "current")
    if asked == "draft" and row["status"] != "draft":
        drafts.get(here.store, row)
        drafts.discard(here.store, row["id"])
        return "", 204
    if asked in ("trashed", "deleted"):
        if row["status"] != "trashed":
            raise Conflict("Content must be in the trash before it can be purged")
        content.purge(here.store, row["id"])
    elif row["status"] == "draft" or row["type"] == "comment":
        content.purge(here.store, row["id"])
    elif row["status"] == "trashed":
        raise missing_content(content_id)
    else:
        tree.trash(here.store, row)
    return "", 204
