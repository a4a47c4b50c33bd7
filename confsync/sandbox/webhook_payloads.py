"""What receivers are told: one JSON object an event, in the words of Cloud for apps and of Data Center for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from . import links
from .store import Store, permissions, restrictions, users
from .webhook_events import Event

Json = dict[str, Any]
Item = Mapping[str, Any]
EDITED: Final = ("page_created", "page_updated", "blog_created", "blog_updated")


@dataclass(frozen=True, slots=True)
class Telling:
    """The events of one transaction, on their way to receivers; `gone` has the spaces that were removed in it."""

    store: Store
    gone: dict[int, Json] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """Return the account that did it; without a request it is the ready user's."""
        return self.store.asker or users.ADMIN_ID

    def for_app(self, event: Event, account_id: str) -> Json | None:
        """Return what an app is told, None where there is nothing to tell, or its account may not see it."""
        if event.item["id"] in restrictions.unseen(self.store, account_id) or self._closed(event, account_id):
            return None
        body = self.body(event, ("creatorAccountId", "lastModifierAccountId"))
        if body is None:
            return None
        kind = users.account_type(self.store, self.actor)
        said: Json = {"userAccountId": self.actor, "timestamp": self._now(), "accountType": ACCOUNTS[kind]}
        if event.name in EDITED:
            said |= {"updateTrigger": "edit_page", "suppressNotifications": self._minor(event.item)}
        return {**body, **said}

    def for_registered(self, event: Event) -> Json | None:
        """Return what a registered receiver is told, None where there is nothing to tell."""
        body = self.body(event, ("creatorKey", "lastModifierKey"))
        said = {"timestamp": self._now(), "event": event.name, "userKey": self.actor}
        return None if body is None else {**said, **body}

    def _now(self) -> int:
        return int(self.store.clock().timestamp() * 1000)

    def _closed(self, event: Event, account_id: str) -> bool:
        """Return whether a space, or what was removed from one, is nothing that an account may read of."""
        return event.item.get("space_id", event.item["id"]) in permissions.closed_to(self.store, account_id)

    def _minor(self, item: Item) -> bool:
        row = self._version(item)
        return bool(row and row["minor"])

    def body(self, event: Event, people: tuple[str, str]) -> Json | None:
        """Return the parts of an event by name; `people` are the words for who made and who last changed something."""
        word = event.name.partition("_")[0]
        if word == "space":
            return {"space": self._space(event.item)}
        item = event.item if "type" in event.item else self._find(event.item["id"])
        if item is None:
            return None
        told = self.content(item, people)
        if event.label:
            name = event.label["name"]
            self_ = f"{self.store.base}/label/{name}"
            label = {"prefix": event.label["prefix"], "name": name, "title": name, "self": self_}
            return {"label": label, "labeled": told}
        if word == "attachment":
            return {"attachments": [told], "attachedTo": self._found(item["container_id"], people)}
        if word == "comment":
            told["parent"] = self._found(item["container_id"], people)
            if item["parent_id"]:
                told["inReplyTo"] = self._found(item["parent_id"], people)
        if event.name.endswith("_moved"):
            places = (("oldParent", event.old.get("parent_id")), ("newParent", item["parent_id"]))
            return {word: told, **{name: self._found(one, people) for name, one in places if one}}
        return {word: told}

    def _found(self, number: int, people: tuple[str, str]) -> Json:
        item = self._find(number)
        return self.content(item, people) if item else {"id": number}

    def _find(self, number: int) -> Item | None:
        row = self.store.one("SELECT * FROM content WHERE id = ?", number)
        return {name: row[name] for name in row.keys()} if row else None  # noqa: SIM118  (a row's keys)

    def _version(self, item: Item) -> Item | None:
        sql = "SELECT at, author, minor, size, media_type, comment FROM version WHERE content_id = ? AND number = ?"
        return self.store.one(sql, item["id"], item["version"])  # type: ignore[return-value]  # a row, by its names

    def content(self, item: Item, people: tuple[str, str]) -> Json:
        """Return a content as it is, or as it was when it was removed."""
        version = self._version(item)
        space = self._space_of(item)
        maker, changer = people
        told: Json = {
            "idAsString": str(item["id"]),
            maker: item["creator"],
            "spaceKey": space["key"],
            "spaceId": item["space_id"],
            "modificationDate": millis(version["at"] if version else item["created"]),
            changer: version["author"] if version else item["creator"],
            "self": self.store.base + self._place(item, space),
            "id": item["id"],
            "title": item["title"],
            "creationDate": millis(item["created"]),
            "contentType": item["type"],
            "version": item["version"],
        }
        if item["type"] == "attachment":
            facts = {"fileSize": version["size"], "comment": version["comment"] or ""} if version else {}
            told |= {"fileName": item["title"], **facts}
        return told

    def _place(self, item: Item, space: Item) -> str:
        if item["type"] == "attachment":
            return links.preview(item["container_id"], item)  # type: ignore[arg-type]  # asked by names only
        if item["type"] == "comment":
            page = self._find(item["container_id"])
            return f"{self._place(page, space)}?focusedCommentId={item['id']}" if page else ""
        return links.page(space["key"], item)  # type: ignore[arg-type]

    def _space_of(self, item: Item) -> Item:
        row = self.store.one("SELECT * FROM space WHERE id = ?", item["space_id"])
        return row or self.gone.get(item["space_id"], {"key": ""})  # type: ignore[return-value]

    def _space(self, item: Item) -> Json:
        return {
            "id": item["id"],
            "key": item["key"],
            "title": item["name"],
            "isPersonalSpace": item["type"] == "personal",
            "creationDate": millis(item["created"]),
            "self": f"{self.store.base}/spaces/{item['key']}",
        }


ACCOUNTS: Final = {"atlassian": "customer", "app": "app"}


def millis(text: str) -> int:
    """Return a moment in milliseconds since 1970."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)
