"""/pages and /blogposts: list, create, read, update, rename, delete."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from confsync.sandbox import saving
from confsync.sandbox.api_v1.common import call, json_object
from confsync.sandbox.errors import BadRequest, NotFound, Refusal
from confsync.sandbox.store import Row, content, drafts, finding, restrictions, spaces, tree, users
from confsync.sandbox.store.db import iso

from .common import (
    Json,
    body_format,
    body_text,
    choice,
    choices,
    flag,
    found,
    ids,
    listed,
    long,
    next_version,
    optional_id,
    required,
    sorting,
    text,
    version_of,
    whole,
)
from .refusals import bad_choice, bad_type, missing, stale
from .shapes import included, titled_json

routes = Blueprint("v2_pages", __name__)
KINDS = {"pages": "page", "blogposts": "blogpost"}
LISTED = {"page": ("current", "archived", "deleted", "trashed"), "blogpost": ("current", "deleted", "trashed")}
READ = ("current", "archived", "trashed", "deleted", "historical", "draft")
WRITTEN = ("current", "draft")


def listing(kind: str) -> ResponseReturnValue:
    """List pages or posts of the whole site by id, space, title, state and subtype."""
    return matching(kind, {"id": ids("id"), "space": ids("space-id")})


def in_space(ident: str, kind: str) -> ResponseReturnValue:
    """List the pages or posts of a space; of pages, `depth=root` only those that stand at its top."""
    space = space_of(long(ident, "id"))
    return matching(kind, {"space": [space["id"]]}, choice("depth", ("all", "root"), "all") == "root")


def with_label(ident: str, kind: str) -> ResponseReturnValue:
    """List the pages or posts that bear a label."""
    return matching(kind, {"space": ids("space-id")}, label=label_id(ident))


def label_id(ident: str) -> int:
    """Return the id of a label; raise `NotFound`."""
    number = long(ident, "id")
    if call().store.value("SELECT 1 FROM label_id WHERE id = ?", number) is None:
        raise missing("label", number)
    return number


def matching(kind: str, wanted: dict[str, Any], top: bool = False, label: int | None = None) -> ResponseReturnValue:
    """Answer with what matches these filters and those of the request."""
    form = body_format()
    title, subtype = request.args.get("title"), choice("subtype", ("live", "page"))
    wanted |= {
        "type": [kind],
        "status": choices("status", LISTED[kind]) or (["current", "archived"] if kind == "page" else ["current"]),
        "title": None if title is None else [content.title_key(title)],
        "subtype": [subtype] if subtype and kind == "page" else None,
    }
    order = sorting("id", "created-date", "modified-date", *(["title"] if kind == "page" else []), default="id")
    rows = finding.find(call().store, wanted, order, label)
    if top:
        rows = content.Rows(call().store, [row["id"] for row in rows[:] if row["parent_id"] is None])
    return listed(rows, lambda row: titled_json(row, form))


def space_of(number: int, word: str = "space") -> Row:
    """Return a space by its id; raise `NotFound` in the words of version 2."""
    try:
        return spaces.by_id(call().store, number)
    except NotFound:
        raise missing(word, number) from None


def create(kind: str) -> Json:
    """Create a page, blog post, or a draft of one; a page without a parent goes below the home page.

    `root-level` puts it at the top of the space, `private` lets only its author see and edit it.
    """
    here, sent = call(), json_object()
    required(sent, "spaceId")
    space = space_of(long(sent["spaceId"], "spaceId"))
    status = written_status(sent)
    title = text(sent, "title")
    if sent.get("title") is None and status == "current":
        raise BadRequest("title must not be null")
    parent = _parent(sent, space) if kind == "page" else None
    extra = {"subtype": "live"} if kind == "page" and _subtype(sent) else {}
    created = _moment(sent) if kind == "blogpost" else None
    new = content.New(kind, space["id"], title, body_text(sent) or "", parent, status=status, extra=extra)
    row = saving.create(here.store, new, here.me)
    if flag("private"):
        for operation in restrictions.OPERATIONS:
            restrictions.add(here.store, row["id"], operation, [restrictions.Subject("user", here.me)])
    if created:
        here.store.run("UPDATE content SET created = ? WHERE id = ?", created, row["id"])
    flag("embedded")  # where the site keeps the text, which nobody sees
    return titled_json(content.get(here.store, row["id"], ("any",)), "storage", single=True)


def _parent(sent: Json, space: Row) -> int | None:
    parent, top = optional_id(sent, "parentId"), flag("root-level")
    if parent is not None and top:
        raise BadRequest("parentId must not be given together with root-level=true")
    home = spaces.home(call().store, space)
    return parent if parent is not None or top or home is None else int(home["id"])


def _subtype(sent: Json) -> str:
    value = text(sent, "subtype")
    if value not in ("", "live"):
        raise bad_choice(value, "subtype", ("live",))
    return value


def _moment(sent: Json) -> str | None:
    value = text(sent, "createdAt")
    try:
        moment = datetime.fromisoformat(value) if value else None
        return iso(moment) if moment else None
    except (ValueError, OverflowError):
        raise bad_type(value, "createdAt", "date-time") from None


def written_status(sent: Json, allowed: tuple[str, ...] = WRITTEN) -> str:
    """Return the state that a body asks for, `current` where it asks for none; raise `BadRequest`."""
    status = text(sent, "status", "current")
    if status not in allowed:
        raise bad_choice(status, "status", allowed)
    return status


def read(ident: str, kind: str) -> Json:
    """Read a page or post in its current or an old version, or (`get-draft`) what is not published yet."""
    form = body_format(single=True)
    asked = choices("status", READ)
    number = whole("version", 0)
    if flag("get-draft") or asked == ["draft"]:
        row, version = draft_of(ident, kind)
        return _single(row, form, version, "draft")
    row = found(ident, (kind,), statuses=tuple({*(asked or ("current", "archived", "trashed")), "current"}))
    if asked and row["status"] not in asked and not (number and "historical" in asked):
        raise missing(kind, row["id"])
    if number and number != row["version"]:
        return _single(row, form, old_version(row, number, kind), "historical")
    return _single(row, form)


def draft_of(ident: str, kind: str) -> tuple[Row, Row | None]:
    """Return a page that was never published, or one that was with the draft that is open on it, if there is one."""
    row = found(ident, (kind,), statuses=("current", "draft"))
    version = None if row["status"] == "draft" else drafts.find(call().store, row["id"])
    if version is None and row["status"] != "draft":
        version = content.version(call().store, row["id"], row["version"])  # a draft without any change
    return row, version


def old_version(row: Row, number: int, word: str) -> Row:
    """Return one version; raise `NotFound`."""
    try:
        return content.version(call().store, row["id"], number)
    except NotFound:
        raise NotFound(f"Cannot find version [{number}] of the {word} with id [{row['id']}]") from None


def _single(row: Row, form: str, version: Row | None = None, status: str = "") -> Json:
    answer = {**titled_json(row, form, version, status, single=True), **included(row)}
    if not flag("include-version", True):
        del answer["version"]
    return answer


def update(ident: str, kind: str) -> Json:
    """Write the next version, publish a draft or change it, or restore from the trash (then only the state changes)."""
    here, sent = call(), json_object()
    row = found(ident, (kind,), statuses=("current", "archived", "trashed", "draft"), writes=True)
    required(sent, "id", "status", "title", "body", "version")
    if long(sent["id"], "id") != row["id"]:
        raise BadRequest(f"The id of the body [{sent['id']}] is not the id of the address [{row['id']}]")
    if (space := optional_id(sent, "spaceId")) not in (None, row["space_id"]):
        raise BadRequest(f"A {kind} cannot be moved to another space: [{space}]")
    status, title, body = written_status(sent), text(sent, "title"), body_text(sent)
    parent = optional_id(sent, "parentId") if kind == "page" else None
    if row["status"] == "archived":
        raise BadRequest("Archived content cannot be updated")
    if status == "draft":
        return _write_draft(row, version_of(sent)[0], title, body)
    number, message = version_of(sent) if row["status"] == "draft" else next_version(sent, kind, row["version"])
    change = saving.Change(number, title, body, parent, status, message)
    saved = saving.update(here.store, row, change, here.me)
    if row["status"] == "draft" and parent is not None:
        tree.check_parent(here.store, parent, row["space_id"])
        tree.reparent(here.store, saved, parent)
    if saved["version"] != row["version"]:
        drafts.discard(here.store, row["id"])
    if kind == "page":
        _give(saved, text(sent, "ownerId"))
    return titled_json(content.get(here.store, row["id"]), "storage", single=True)


def _write_draft(row: Row, number: int, title: str, body: str | None) -> Json:
    """Keep a text without publishing it; a draft has version 1 for as long as it is one."""
    here = call()
    if row["status"] not in WRITTEN:
        raise missing(row["type"], row["id"])
    if number != drafts.NUMBER:
        raise stale(f"{row['type']} draft", drafts.NUMBER, number)
    if row["status"] == "current":
        saving.save_draft(here.store, row, title, content.body(here.store, row) if body is None else body, here.me)
        return titled_json(row, "storage", drafts.find(here.store, row["id"]), "draft", single=True)
    saving.rewrite_draft(here.store, row, title, body)
    return titled_json(content.get(here.store, row["id"], ("draft",)), "storage", single=True)


def _give(row: Row, owner: str) -> None:
    """Make somebody else the owner of a page."""
    here, extra = call(), content.facts(row)
    before = extra.get("ownerId", row["creator"])
    if not owner or owner == before:
        return
    if users.get(here.store, owner) is None:
        raise BadRequest(f"The owner does not exist: {owner}")
    given = json.dumps({**extra, "ownerId": owner, "lastOwnerId": before})
    here.store.run("UPDATE content SET extra = ? WHERE id = ?", given, row["id"])


@routes.put("/pages/<ident>/title")
def rename(ident: str) -> Json:
    """Change only the title of a page, or of its draft."""
    here, sent = call(), json_object()
    row = found(ident, ("page",), statuses=("current", "draft"), writes=True)
    required(sent, "status", "title")
    status, title = written_status(sent), text(sent, "title")
    if status == "draft":
        body = drafts.find(here.store, row["id"]) if row["status"] == "current" else None
        return _write_draft(row, drafts.NUMBER, title, str(body["body"]) if body else None)
    if row["status"] == "draft":
        raise missing("page", row["id"])
    saved = saving.update(here.store, row, saving.Change(row["version"] + 1, title), here.me)
    return titled_json(saved, "storage", single=True)


def delete(ident: str, kind: str) -> tuple[str, int]:
    """Move to the trash, remove from there for good (`purge`), or discard what is not published (`draft`)."""
    store = call().store
    purge, draft = flag("purge"), flag("draft")
    row = found(ident, (kind,), statuses=("current", "archived", "trashed", "draft"), writes=True)
    refusal: Refusal | None = None
    if draft and row["status"] == "draft":
        content.purge(store, row["id"])
    elif draft and drafts.find(store, row["id"]):
        drafts.discard(store, row["id"])
    elif draft or row["status"] == "draft" or (row["status"] == "trashed" and not purge):
        refusal = missing(kind, row["id"])
    elif row["status"] == "trashed":
        content.purge(store, row["id"])
    elif purge:
        refusal = BadRequest(f"The {kind} with id [{row['id']}] must be in the trash before it can be purged")
    else:
        tree.trash(store, row)
    if refusal:
        raise refusal
    return "", 204


for _name, _kind in KINDS.items():
    for _path, _method, _view in (
        (f"/{_name}", "GET", listing),
        (f"/{_name}", "POST", create),
        (f"/{_name}/<ident>", "GET", read),
        (f"/{_name}/<ident>", "PUT", update),
        (f"/{_name}/<ident>", "DELETE", delete),
        (f"/spaces/<ident>/{_name}", "GET", in_space),
        (f"/labels/<ident>/{_name}", "GET", with_label),
    ):
        routes.add_url_rule(
            _path,
            f"{_kind}_{_view.__name__}",
            _view,
            methods=[_method],
            defaults={"kind": _kind},
        )
