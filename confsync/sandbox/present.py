"""Content as JSON: which parts are expanded, and where the others can be had.

Every part has one function in a table at the end; what is not asked for appears in `_expandable` with its address.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from . import kin, links
from .expand import Expand
from .shapes import (
    AVATAR,
    WHOLE,
    Json,
    describe_type,
    history_json,
    label_json,
    property_json,
    restrictions_json,
    space_json,
    version_json,
)
from .store import Row, Store, content, labels, properties, restrictions, spaces, tree, users

CONTEXT = "/wiki"
REPRESENTATIONS = (
    "editor",
    "atlas_doc_format",
    "view",
    "export_view",
    "styled_view",
    "dynamic",
    "storage",
    "editor2",
    "anonymous_export_view",
)
UNDESCRIBED = {"application/json"}  # as recorded
RENDERED = ("view", "export_view", "styled_view", "anonymous_export_view", "editor", "editor2")


@lru_cache(maxsize=64)
def cloud_id(base: str) -> str:
    """Return the id of the site: the same for the same address."""
    return str(uuid5(NAMESPACE_URL, base))


def resource_names(base: str, row: Row) -> Json:
    """Return the names that a content has among all sites; the encoded one calls everything but files `content`."""
    site = f"ari:cloud:confluence:{cloud_id(base)}"
    kind = row["type"] if row["type"] == "attachment" else "content"
    encoded = b64encode(f"{site}:{kind}/{row['id']}".encode()).decode()
    return {"ari": f"{site}:{row['type']}/{row['id']}", "base64EncodedAri": encoded}


@dataclass(frozen=True, slots=True)
class Presenter:
    """Turn rows into the JSON of one request; `base` is the site's address as the client wrote it, with its context.

    What the rows of a list have in common is made once and kept in `known`: a request shows one state of the site.
    """

    store: Store
    base: str
    context: str
    me: str
    known: dict[tuple[str, Any], Any] = field(default_factory=dict)

    def once(self, key: tuple[str, Any], make: Callable[[], Any]) -> Any:
        """Return what is known under a key, made now if nothing is."""
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def api(self, path: str) -> str:
        """Return an absolute address under the REST root."""
        return f"{self.base}/rest/api{path}"

    def user(self, account_id: str) -> Json:
        """Return a person; an account that is gone is `unknown`."""
        found: Json = self.once(("user", account_id), lambda: self._user(account_id))
        return found

    def anonymous(self) -> Json:
        """Return nobody in particular."""
        return {
            "type": "anonymous",
            "profilePicture": {**AVATAR, "path": f"{self.context}{AVATAR['path']}"},
            "displayName": "Anonymous",
            "_expandable": {"operations": ""},
            "_links": {"self": self.api("/user/anonymous")},
        }

    def _user(self, account_id: str) -> Json:
        if not account_id:
            return self.anonymous()
        row = users.get(self.store, account_id)
        name = row["display_name"] if row else "Former user"
        return {
            "type": "known" if row else "unknown",
            "accountId": account_id,
            "accountType": users.account_type(self.store, account_id) if row else "",
            "email": row["email"] if row and self.me else "",
            "publicName": name,
            "displayName": name,
            "profilePicture": {**AVATAR, "path": f"{self.context}{AVATAR['path']}"},
            "isExternalCollaborator": False,
            "isGuest": False,
            "_expandable": {"operations": "", "personalSpace": ""},
            "_links": {"self": self.api(f"/user?accountId={account_id}")},
        }

    def bare(self, row: Row) -> Json:
        """Return a content with nothing expanded."""
        found: Json = self.once(("bare", row["id"]), lambda: self.content(row, {}))
        return found

    def content(
        self, row: Row, expand: Expand, shown: Row | None = None, top: bool = False, status: str = "historical"
    ) -> Json:
        """Return a content; `top` adds the links of a single answer.

        `shown` is an old version of it, or what else stands for its text, and `status` is what that is called.
        """
        find = content.version if "body" in expand else content.facts_of_version
        version = shown or find(self.store, row["id"], row["version"])
        part = Part(self, row, version)
        answer: Json = {
            "id": part.id,
            "type": row["type"],
            **resource_names(self.base, row),
            "status": status if shown else row["status"],
            "title": version["title"],
            "macroRenderedOutput": {},
            "extensions": part.extensions(expand.get("extensions", {})),
        }
        if row["type"] == "attachment":
            answer["metadata"] = part.metadata(expand["metadata"]) if "metadata" in expand else part.media()
        waiting = {}
        number, key = part.id, part.space["key"]
        for name, (make, address) in PARTS.items():
            if name in expand:
                answer[name] = make(part, expand[name])
            elif name not in answer:
                waiting[name] = address.format(id=number, space=key) if address else ""
        if row["type"] in ("attachment", "comment"):
            waiting["container"] = f"/rest/api/content/{row['container_id']}"
        answer["_expandable"] = {name: value for name, value in waiting.items() if name not in answer}
        answer["_links"] = part.links(top)
        return answer


@dataclass(frozen=True, slots=True)
class Part:
    """One content in one version, on its way to JSON; its methods are the expandable parts."""

    at: Presenter
    row: Row
    version_row: Row

    @property
    def store(self) -> Store:
        """Return the store behind."""
        return self.at.store

    @property
    def id(self) -> str:
        """Return the id as the API writes it."""
        return f"att{self.row['id']}" if self.row["type"] == "attachment" else str(self.row["id"])

    @property
    def space(self) -> Row:
        """Return the space that holds this content."""
        number = self.row["space_id"]
        found: Row = self.at.once(("space", number), lambda: spaces.by_id(self.store, number))
        return found

    def links(self, top: bool) -> Json:
        """Return `_links`; all but `self` are relative to the base."""
        row, key = self.row, self.space["key"]
        found: Json = {"self": self.at.api(f"/content/{self.id}")}
        if row["type"] != "attachment":
            found["tinyui"] = f"/x/{links.tiny(row['id'])}"
        if row["type"] == "attachment":
            stamp = int(datetime.fromisoformat(self.version_row["at"]).timestamp() * 1000)
            found |= {
                "webui": links.preview(row["container_id"], row),
                "download": links.download(
                    row["container_id"], self.version_row["title"], self.version_row["number"], stamp
                ),
            }
        elif row["type"] == "comment":
            page = content.get(self.store, row["container_id"], ("any",))
            found["webui"] = f"{links.page(key, page)}?focusedCommentId={row['id']}"
        else:
            found |= {
                "webui": links.page(key, row, self.space["homepage_id"] == row["id"]),
                "editui": f"/pages/resumedraft.action?draftId={row['id']}",
                "edituiv2": f"/spaces/{key}/pages/edit-v2/{row['id']}",
            }
        if top:
            found |= {"context": self.at.context, "base": self.at.base, "collection": "/rest/api/content"}
        return found

    def extensions(self, expand: Expand) -> Json:
        """Return position, file facts, or the place of a comment."""
        row, version = self.row, self.version_row
        if row["type"] == "attachment":
            media = version["media_type"] or ""
            described = {} if media in UNDESCRIBED else {"mediaTypeDescription": describe_type(media)}
            return {
                "mediaType": media,
                "fileSize": version["size"],
                "comment": version["comment"] or "",
                **described,
                "fileId": content.facts(row).get("fileId", ""),
                "collectionName": f"contentId-{row['container_id']}",
            }
        if row["type"] == "comment":
            extra = content.facts(row)
            return {"location": extra.get("location", "footer"), **{name: extra.get(name, {}) for name in expand}}
        return {} if row["position"] is None else {"position": row["position"]}

    def version(self, expand: Expand) -> Json:
        """Return number, author, time and message of the version."""
        return version_json(self.at, self.row, self.version_row, expand)

    def body(self, expand: Expand) -> Json:
        """Return the body in each representation asked for; the others wait in `_expandable`."""
        found: Json = {}
        for name in expand:
            if name in REPRESENTATIONS:
                found[name] = self._representation(name)
        found["_expandable"] = {name: "" for name in REPRESENTATIONS if name not in found}
        return found

    def _representation(self, name: str) -> Json:
        storage = str(self.version_row["body"])
        if name in RENDERED:
            from .render import render_page

            storage = render_page(self.store, self.row, storage, self.at.base)
        waiting = {"content": f"/rest/api/content/{self.id}"}
        if name in RENDERED:
            waiting = {"webresource": "", "embeddedContent": "", "mediaToken": "", **waiting}
        inside: Json = {} if name in RENDERED else {"embeddedContent": []}
        return {"value": storage, "representation": name, **inside, "_expandable": waiting}

    def ancestors(self, _expand: Expand) -> list[Json]:
        """Return what stands above, the root first."""
        found: list[Json] = self.at.once(("above", self.row["parent_id"]), self._ancestors)
        return found

    def _ancestors(self) -> list[Json]:
        return [self.at.bare(row) for row in tree.ancestors(self.store, self.row)]

    def space_json(self, expand: Expand) -> Json:
        """Return the space."""
        return space_json(self.at, self.space, expand)

    def history(self, expand: Expand) -> Json:
        """Return who made this and when, and the versions around the one shown."""
        return history_json(self, expand)

    def container(self, expand: Expand) -> Json:
        """Return the page of an attachment or comment, or the space of a page."""
        if self.row["container_id"]:
            return self.at.content(content.get(self.store, self.row["container_id"], ("any",)), expand)
        return self.space_json({})

    def media(self) -> Json:
        """Return the facts of a file, of which the comment is only there when it has one."""
        comment = self.version_row["comment"]
        return {"mediaType": self.version_row["media_type"], **({"comment": comment} if comment else {})}

    def metadata(self, expand: Expand) -> Json:
        """Return labels and properties, and an attachment's own facts."""
        found = self.media() if self.row["type"] == "attachment" else {}
        if "labels" in expand:
            found["labels"] = self._labels()
        if "properties" in expand:
            found["properties"] = self._properties(expand["properties"])
        if "currentuser" in expand:
            found["currentuser"] = {
                "_expandable": {"favourited": "", "lastmodified": "", "lastcontributed": "", "viewed": ""}
            }
        names = ("currentuser", "comments", "simple", "properties", "frontend", "likes", "labels")
        found["_expandable"] = {name: "" for name in names if name not in found}
        return found

    def _labels(self) -> Json:
        rows = [label_json(row) for row in labels.listing(self.store, self.row["id"])]
        return {
            "results": rows,
            "start": 0,
            "limit": 200,
            "size": len(rows),
            "_links": {"self": self.at.api(f"/content/{self.id}/label")},
        }

    def _properties(self, expand: Expand) -> Json:
        rows = properties.listing(self.store, "content", self.row["id"])
        path = f"/content/{self.id}/property"
        found: Json = {
            row["key"]: property_json(self.at, row, path) for row in rows if not expand or row["key"] in expand
        }
        return {
            **found,
            "_expandable": {row["key"]: f"/rest/api{path}/{row['key']}" for row in rows if row["key"] not in found},
            "_links": {"self": self.at.api(path)},
        }

    def restrictions(self, expand: Expand) -> Json:
        """Return who alone may see and edit this, of both operations when none is named."""
        return restrictions_json(self.at, self.row, expand or dict.fromkeys(restrictions.OPERATIONS, WHOLE))

    def nothing(self, _expand: Expand) -> Json:
        """Return an empty value for parts that this site does not fill."""
        return {}

    def operations(self, _expand: Expand) -> list[Json]:
        """Return what the user may do: everything, or without the right to edit only what changes nothing here."""
        edits = restrictions.admits(self.store, self.row["id"], restrictions.UPDATE, self.at.me)
        names = ["read", "create", "copy"]
        names += ["update", "delete", "restrict_content", "archive", "move"] if edits else []
        return [{"operation": name, "targetType": self.row["type"]} for name in names]


Maker = Callable[[Part, Expand], Any]
PARTS: dict[str, tuple[Maker, str]] = {
    "childTypes": (kin.child_types, ""),
    "container": (Part.container, "/rest/api/space/{space}"),
    "schedulePublishDate": (Part.nothing, ""),
    "schedulePublishInfo": (Part.nothing, ""),
    "metadata": (Part.metadata, ""),
    "operations": (Part.operations, ""),
    "children": (kin.children, "/rest/api/content/{id}/child"),
    "restrictions": (Part.restrictions, "/rest/api/content/{id}/restriction/byOperation"),
    "history": (Part.history, "/rest/api/content/{id}/history"),
    "ancestors": (Part.ancestors, ""),
    "body": (Part.body, ""),
    "version": (Part.version, ""),
    "descendants": (kin.descendants, "/rest/api/content/{id}/descendant"),
    "space": (Part.space_json, "/rest/api/space/{space}"),
    "draftVersion": (Part.nothing, ""),
}
