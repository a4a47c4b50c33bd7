"""Content, versions and their parts as JSON of version 2: every id is text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from confsync.sandbox.api_v1.common import call
from confsync.sandbox.present import Part
from confsync.sandbox.render import render_page
from confsync.sandbox.shapes import describe_type
from confsync.sandbox.store import Row, content, labels, likes, properties, restrictions, tree

from .common import RENDERED, SITE, Json, cursor, flag

MOST_PARTS = 50
COLLECTIONS = {
    "page": "pages", "blogpost": "blogposts", "attachment": "attachments", "comment": "footer-comments",
    "folder": "folders", "whiteboard": "whiteboards", "database": "databases", "embed": "embeds",
    "custom": "custom-content",
}  # fmt: skip


def content_id(row: Row) -> str:
    """Return the id of a content as the API writes it."""
    return f"att{row['id']}" if row["type"] == "attachment" else str(row["id"])


def collection(row: Row) -> str:
    """Return the address of a content."""
    inline = row["type"] == "comment" and content.facts(row).get("location") == "inline"
    return f"{SITE}/{'inline-comments' if inline else COLLECTIONS[row['type']]}/{content_id(row)}"


def version_json(row: Row) -> Json:
    """Return a version."""
    return {
        "createdAt": row["at"],
        "message": row["message"],
        "number": row["number"],
        "minorEdit": bool(row["minor"]),
        "authorId": row["author"],
    }


def detailed_version(row: Row, version: Row) -> Json:
    """Return a version with its neighbours, and who has worked on the content so far."""
    number = version["number"]
    found = {**version_json(version), "contentTypeModified": False, "collaborators": collaborators(row, number)}
    if number > 1:
        found["prevVersion"] = number - 1
    if number < row["version"]:
        found["nextVersion"] = number + 1
    return found


def collaborators(row: Row, number: int) -> list[str]:
    """Return who has written the versions up to one, in order of their first."""
    rows = content.versions(call().store, row["id"])
    return list(dict.fromkeys(one["author"] for one in reversed(rows) if one["number"] <= number))


def shown_version(row: Row, body_format: str) -> Row:
    """Return the current version, with its body only where a body is wanted."""
    find = content.version if body_format else content.facts_of_version
    return find(call().store, row["id"], row["version"])


def body_json(row: Row, version: Row, body_format: str) -> Json:
    """Return the body in the form that is wanted."""
    if not body_format:
        return {}
    value = str(version["body"])
    if body_format in RENDERED:
        value = render_page(call().store, row, value, call().present.base)
    return {body_format: {"representation": body_format, "value": value}}


def links_json(row: Row, version: Row, single: bool = False) -> Json:
    """Return `_links`, relative to the base, which only a single answer names."""
    found = Part(call().present, row, version).links(top=False)
    del found["self"]
    return {**found, "base": call().present.base} if single else found


def place_json(row: Row) -> Json:
    """Return where a content stands in the tree; in the trash it stands nowhere."""
    here = call()
    above = None if row["status"] == "trashed" else row["parent_id"]
    kind = here.present.once(("type", above), lambda: _type_of(above)) if above else None
    return {
        "parentId": str(above) if above else None,
        "parentType": kind,
        "position": None if row["status"] == "trashed" else row["position"],
    }


def _type_of(number: int) -> str:
    return str(call().store.value("SELECT type FROM content WHERE id = ?", number))


def titled_json(
    row: Row, body_format: str = "", version: Row | None = None, status: str = "", single: bool = False
) -> Json:
    """Return a page or blog post; `version` is an old version or a draft, and `status` what that is called."""
    shown = version or shown_version(row, body_format)
    extra = content.facts(row)
    found: Json = {
        "id": str(row["id"]),
        "status": status or row["status"],
        "title": shown["title"],
        "spaceId": str(row["space_id"]),
    }
    if row["type"] == "page":
        found |= place_json(row)
        found |= {"ownerId": extra.get("ownerId", row["creator"]), "lastOwnerId": extra.get("lastOwnerId")}
        found |= {"subtype": extra["subtype"]} if "subtype" in extra else {}
    found |= {
        "authorId": row["creator"],
        "createdAt": row["created"],
        "version": {**version_json(shown), "ncsStepVersion": str(shown["number"])},
        "body": body_json(row, shown, body_format),
        "_links": links_json(row, shown, single),
    }
    return found


def label_json(row: Row) -> Json:
    """Return a label."""
    return {"id": str(row["id"]), "name": row["name"], "prefix": row["prefix"]}


def like_json(row: Row) -> Json:
    """Return who likes something."""
    return {"accountId": row["account_id"]}


def property_json(row: Row) -> Json:
    """Return a property of a content."""
    version = {
        "createdAt": row["at"],
        "message": row["message"],
        "number": row["version"],
        "minorEdit": bool(row["minor"]),
        "authorId": row["author"],
    }
    return {"id": str(row["id"]), "key": row["key"], "value": json.loads(row["value"]), "version": version}


def operations_json(row: Row) -> list[Json]:
    """Return what whoever asks may do: everything, or without the right to edit only what changes nothing here."""
    here = call()
    place = row["container_id"] if row["type"] == "attachment" else row["id"]
    names = ["read", "create", "copy"]
    if restrictions.admits(here.store, place, restrictions.UPDATE, here.me):
        names += ["update", "delete", "restrict_content", "archive", "move"]
    return [{"operation": name, "targetType": row["type"]} for name in names]


def child_json(row: Row) -> Json:
    """Return a child in the tree."""
    return {
        "id": str(row["id"]),
        "status": row["status"],
        "title": row["title"],
        "type": row["type"],
        "spaceId": str(row["space_id"]),
        "childPosition": row["position"],
    }


def attachment_json(row: Row, version: Row | None = None, single: bool = False) -> Json:
    """Return an attachment."""
    shown = version or shown_version(row, "")
    links = links_json(row, shown, single)
    holder = {"blogpost": "blogPostId", "custom": "customContentId"}.get(_type_of(row["container_id"]), "pageId")
    return {
        "id": content_id(row),
        "status": row["status"],
        "title": shown["title"],
        "createdAt": row["created"],
        holder: str(row["container_id"]),
        "mediaType": shown["media_type"],
        "mediaTypeDescription": describe_type(shown["media_type"] or ""),
        "comment": shown["comment"] or "",
        "fileId": content.facts(row).get("fileId", ""),
        "fileSize": shown["size"],
        "webuiLink": links["webui"],
        "downloadLink": links["download"],
        "version": version_json(shown),
        "_links": links,
    }


def part(rows: Sequence[Any], make: Callable[[Any], Json], address: str, keys: Iterable[Any] = ()) -> Json:
    """Return what is included in a single content: its first rows, and where the others can be had."""
    more = len(rows) > MOST_PARTS
    meta = {"hasMore": True, "cursor": cursor(list(keys), MOST_PARTS)} if more else {"hasMore": False}
    return {"results": [make(row) for row in rows[:MOST_PARTS]], "meta": meta, "_links": {"self": address}}


def included(row: Row) -> Json:
    """Return the parts of a content that `include-…` asks for, each with at most 50 rows."""
    found: Json = {}
    for name, (find, make, key, path) in PARTS.items():
        if flag(f"include-{path}"):
            rows = find(row)
            found[name] = part(rows, make, f"{collection(row)}/{path}", [key(one) for one in rows])
    if flag("include-favorited-by-current-user-status"):
        found["isFavoritedByCurrentUser"] = False  # nothing can be favoured on this site
    return found


def _id(row: Any) -> Any:
    return row["id"]


Find = Callable[[Row], Sequence[Any]]
PARTS: dict[str, tuple[Find, Callable[[Any], Json], Callable[[Any], Any], str]] = {
    "labels": (lambda row: labels.listing(call().store, row["id"]), label_json, _id, "labels"),
    "properties": (
        lambda row: properties.listing(call().store, "content", row["id"]), property_json, lambda one: one["key"],
        "properties",
    ),
    "operations": (operations_json, dict, lambda one: one["operation"], "operations"),
    "likes": (lambda row: likes.listing(call().store, row["id"]), like_json, lambda one: one["account_id"], "likes"),
    "versions": (
        lambda row: content.versions(call().store, row["id"]), version_json, lambda one: one["number"], "versions",
    ),
    "directChildren": (lambda row: tree.children(call().store, row["id"]), child_json, _id, "direct-children"),
    "collaborators": (
        lambda row: collaborators(row, row["version"]), lambda one: {"accountId": one}, str, "collaborators",
    ),
}  # fmt: skip
