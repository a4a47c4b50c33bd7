"""The smaller JSON shapes: versions, history, spaces, labels, properties, restrictions."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .expand import Expand
from .store import Row, content, groups, labels, permissions, restrictions, spaces

if TYPE_CHECKING:
    from .present import Part, Presenter

Json = dict[str, Any]
AVATAR = {"path": "/images/icons/profilepics/default.svg", "width": 48, "height": 48, "isDefault": True}


def version_json(at: Presenter, row: Row, version: Row, expand: Expand) -> Json:
    """Return one version; `content` can be expanded in it, with the body of that version."""
    found: Json = {
        "by": at.user(version["author"]),
        "when": version["at"],
        "friendlyWhen": version["at"][:10],
        "message": version["message"],
        "number": version["number"],
        "minorEdit": bool(version["minor"]),
        "contentTypeModified": False,
        "confRev": f"confluence$content${row['id']}.{version['number']}",
        "_expandable": {"collaborators": "", "content": f"/rest/api/content/{row['id']}"},
        "_links": {"self": at.api(f"/content/{row['id']}/version/{version['number']}")},
    }
    if "content" in expand:
        old = None if version["number"] == row["version"] else content.version(at.store, row["id"], version["number"])
        found["content"] = at.content(row, expand["content"], old)
        del found["_expandable"]["content"]
    return found


def history_json(part: Part, expand: Expand) -> Json:
    """Return the history of a content as seen from one of its versions."""
    at, row, number = part.at, part.row, part.version_row["number"]
    found: Json = {
        "latest": number == row["version"],
        "createdBy": at.user(row["creator"]),
        "ownedBy": at.user(row["creator"]),
        "createdDate": row["created"],
    }
    near = {"lastUpdated": row["version"], "previousVersion": number - 1, "nextVersion": number + 1}
    waiting = {}
    for name, wanted in near.items():
        if name not in expand:
            waiting[name] = ""
        elif 1 <= wanted <= row["version"]:
            found[name] = version_json(at, row, content.version(at.store, row["id"], wanted), {})
    if "contributors" in expand:
        ids = list(dict.fromkeys(one["author"] for one in content.versions(at.store, row["id"])))
        found["contributors"] = {
            "publishers": {"users": [at.user(one) for one in ids], "userAccountIds": ids, "userKeys": []}
        }
    else:
        waiting["contributors"] = ""
    return {**found, "_expandable": waiting, "_links": {"self": at.api(f"/content/{part.id}/history")}}


def _whole(rows: list[Json]) -> Json:
    return {"results": rows, "start": 0, "limit": 200, "size": len(rows)}


def _permission(at: Presenter, row: Row) -> Json:
    """Return a permission of a space; a group that is gone has lost its name, everybody has none."""
    anonymous = row["kind"] == permissions.ANONYMOUS[0]
    group = groups.find(at.store, group_id=row["subject"]) if row["kind"] == "group" else None
    shown = at.user(row["subject"]) if row["kind"] == "user" else group_json(at, group["name"] if group else "")
    return {
        "id": row["id"],
        **({} if anonymous else {"subjects": {row["kind"]: _whole([shown])}}),
        "operation": {"operation": row["operation"], "targetType": row["target"]},
        "anonymousAccess": anonymous,
        "unlicensedAccess": False,
    }


def space_json(at: Presenter, space: Row, expand: Expand, top: bool = False) -> Json:
    """Return a space."""
    key = space["key"]
    found: Json = {
        "id": space["id"],
        "key": key,
        "name": space["name"],
        "type": space["type"],
        "status": space["status"],
        "_links": {"webui": f"/spaces/{key}", "self": at.api(f"/space/{key}")},
    }
    waiting = {
        "settings": f"/rest/api/space/{key}/settings",
        "metadata": "",
        "operations": "",
        "lookAndFeel": f"/rest/api/settings/lookandfeel?spaceKey={key}",
        "identifiers": "",
        "permissions": "",
        "icon": "",
        "description": "",
        "theme": f"/rest/api/space/{key}/theme",
        "history": "",
        "homepage": f"/rest/api/content/{space['homepage_id']}",
    }
    home = spaces.home(at.store, space) if "homepage" in expand else None
    makers: dict[str, Callable[[], Any]] = {
        "homepage": lambda: at.content(home, expand["homepage"]) if home else None,
        "description": lambda: {
            kind: {"value": space["description"], "representation": kind, "embeddedContent": []}
            for kind in ("plain", "view")
        },
        "history": lambda: {"createdDate": space["created"], "createdBy": at.user(space["creator"])},
        "metadata": lambda: {"labels": _whole([label_json(row) for row in labels.listing(at.store, space["id"])])},
        "operations": list,
        "permissions": lambda: [_permission(at, row) for row in permissions.listing(at.store, space["id"])],
        "icon": lambda: {**AVATAR, "path": f"{at.context}/images/logo/default-space-logo.svg"},
    }
    for name, make in makers.items():
        if name in expand and (name != "homepage" or home):
            found[name] = make()
            del waiting[name]
    found["_expandable"] = waiting
    if top:
        found["_links"] |= {"context": at.context, "base": at.base, "collection": "/rest/api/space"}
    return found


WHOLE: Expand = {"restrictions": {"user": {}, "group": {}}}


def group_json(at: Presenter, name: str) -> Json:
    """Return a group; one that is gone, and is still named somewhere, has no id."""
    row = groups.find(at.store, name=name)
    self = at.api(f"/group/by-name?{urlencode({'name': name})}")
    return {"type": "group", "name": name, "id": row["id"] if row else None, "_links": {"self": self}}


def restriction_json(at: Presenter, row: Row, operation: str, expand: Expand) -> Json:
    """Return who alone may do one operation on a content; `restrictions.user`, `.group` and `content` are expanded."""
    named = restrictions.listing(at.store, row["id"], operation)
    rows = {
        "user": [at.user(one.name) for one in named if one.kind == "user"],
        "group": [group_json(at, one.name) for one in named if one.kind == "group"],
    }
    found: Json = {"operation": operation}
    waiting = {"restrictions": "", "content": f"/rest/api/content/{row['id']}"}
    if "restrictions" in expand:
        shown = {kind: rows[kind] for kind in rows if kind in expand["restrictions"]}
        found["restrictions"] = {
            **{kind: {"results": who, "start": 0, "limit": 100, "size": len(who)} for kind, who in shown.items()},
            "_expandable": {kind: "" for kind in rows if kind not in shown},
        }
    if "content" in expand:
        found["content"] = at.content(row, expand["content"])
    found["_expandable"] = {name: value for name, value in waiting.items() if name not in found}
    found["_links"] = {"self": at.api(f"/content/{row['id']}/restriction/byOperation/{operation}")}
    return found


def restrictions_json(at: Presenter, row: Row, expand: Expand) -> Json:
    """Return the restrictions by operation; `expand` has what to expand of each operation that is shown."""
    path = f"/content/{row['id']}/restriction/byOperation"
    found: Json = {
        name: restriction_json(at, row, name, expand[name]) for name in restrictions.OPERATIONS if name in expand
    }
    waiting = {name: f"/rest/api{path}/{name}" for name in restrictions.OPERATIONS if name not in found}
    return {**found, "_expandable": waiting, "_links": {"self": at.api(path)}}


def label_json(row: Row) -> Json:
    """Return a label."""
    return {"prefix": row["prefix"], "name": row["name"], "id": str(row["id"]), "label": row["name"]}


def property_json(at: Presenter, row: Row, path: str) -> Json:
    """Return a property; `path` is the address of its collection."""
    version = {
        "by": at.user(row["author"]),
        "when": row["at"],
        "friendlyWhen": row["at"][:10],
        "message": row["message"],
        "number": row["version"],
        "minorEdit": bool(row["minor"]),
        "contentTypeModified": False,
    }
    return {
        "id": str(row["id"]),
        "key": row["key"],
        "value": json.loads(row["value"]),
        "version": version,
        "_links": {"self": at.api(f"{path}/{row['key']}")},
        "_expandable": {row["owner"]: f"/rest/api{path.rpartition('/')[0]}", "additionalProperties": ""},
    }


def describe_type(media_type: str) -> str:
    ending = (mimetypes.guess_extension(media_type) or "").lstrip(".").upper()
    if media_type.startswith("image/"):
        return f"{ending or 'Image'} Image".replace("Image Image", "Image")
    return f"{ending} File" if ending else "File"
