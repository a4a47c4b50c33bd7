"""/user/watch and who watches a content or a space."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox.errors import Forbidden
from confsync.sandbox.store import Row, content, global_permissions, spaces, users, watches

from .common import Json, call, check_xsrf, paged

routes = Blueprint("watches", __name__)
LIMIT = 200
METHODS = ("GET", "POST", "DELETE")
# Where the real site wants the header against forged requests.
GUARDED = {("DELETE", watches.CONTENT), ("POST", watches.LABEL), ("POST", watches.SPACE)}


def _watcher(row: Row) -> Json:
    shown = call().present.user(row["account_id"])
    return {**shown, "operations": None, "personalSpace": None, "externalCollaborator": False}


def _space_watches(space: Row) -> Json:
    rows = watches.watchers(call().store, watches.SPACE, space["id"])
    return paged(rows, lambda row: {"type": "space", "watcher": _watcher(row), "spaceKey": space["key"]}, LIMIT, LIMIT)


@routes.get("/content/<cid:content_id>/notification/child-created")
def of_content(content_id: int) -> Json:
    """List the watches of a content."""
    row = content.get(call().store, content_id)
    rows = watches.watchers(call().store, watches.CONTENT, row["id"])
    return paged(rows, lambda one: {"type": "content", "watcher": _watcher(one), "contentId": row["id"]}, LIMIT, LIMIT)


@routes.get("/content/<cid:content_id>/notification/created")
def of_its_space(content_id: int) -> Json:
    """List the watches of the space that a content is in."""
    row = content.get(call().store, content_id)
    return _space_watches(spaces.by_id(call().store, row["space_id"]))


@routes.get("/space/<key>/watch")
def of_space(key: str) -> Json:
    """List the watches of a space."""
    return _space_watches(spaces.get(call().store, key))


@routes.route("/user/watch/content/<cid:content_id>", methods=METHODS)
def watch_content(content_id: int) -> Json | tuple[str, int]:
    """Ask whether a user watches a content, begin it, or end it."""
    return _one(watches.CONTENT, content.get(call().store, content_id)["id"])


@routes.route("/user/watch/space/<key>", methods=METHODS)
def watch_space(key: str) -> Json | tuple[str, int]:
    """Ask whether a user watches a space, begin it, or end it."""
    return _one(watches.SPACE, spaces.get(call().store, key)["id"])


@routes.route("/user/watch/label/<path:name>", methods=METHODS)
def watch_label(name: str) -> Json | tuple[str, int]:
    """Ask whether a user watches a label, begin it, or end it; the label has to be in use somewhere."""
    known = name.strip().lower()
    if not call().store.one("SELECT 1 FROM label_id WHERE name = ?", known):
        raise Forbidden("Requested label doesn't exist")
    return _one(watches.LABEL, known)


def _one(kind: str, target: object) -> Json | tuple[str, int]:
    """Do what the method says; raise `Forbidden` for somebody else's watch, and without the header where it is due."""
    here = call()
    who = request.args.get("accountId") or request.args.get("key") or request.args.get("username")
    account_id = users.known(here.store, who) if who else here.me
    if account_id != here.me and not global_permissions.has(here.store, here.me, global_permissions.ADMINISTER):
        raise Forbidden("Only administrators may use the watches of another user")
    if (request.method, kind) in GUARDED:
        check_xsrf()
    if request.method == "GET":
        return {"watching": watches.watching(here.store, account_id, kind, target)}
    (watches.watch if request.method == "POST" else watches.unwatch)(here.store, account_id, kind, target)
    return "", 204
