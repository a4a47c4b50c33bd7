"""What hangs on a page: labels, files, likes and watches, the ticks of its tasks, and its place in the tree."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import Response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox import saving
from confsync.sandbox.api_v1.common import Call, call
from confsync.sandbox.errors import BadRequest, Refusal
from confsync.sandbox.store import (
    Row,
    attachments,
    content,
    labels,
    likes,
    restrictions,
    spaces,
    tasks,
    tree,
    watches,
)

from .frame import check_form, page_of, routes, shown, url
from .views import page_view

SUGGESTED = 200  # titles that the form for a move offers
POSITIONS = {"append": "under", "before": "before", "after": "after"}


def _back(here: Call, row: Row, fragment: str = "") -> AnyResponse:
    return redirect(url(spaces.by_id(here.store, row["space_id"]), row) + fragment, 303)


def _refused(here: Call, row: Row, error: Refusal) -> Response:
    return page_view(here, spaces.by_id(here.store, row["space_id"]), row, error.status, problem=error.reason)


@routes.post("/pages/label/<cid:content_id>")
def label(content_id: int) -> AnyResponse:
    """Add the labels of `add`, which are apart by spaces or commas, or take `remove` away."""
    check_form()
    here, given = call(), request.form
    row = restrictions.writable(here.store, content_id)
    try:
        if given.get("remove"):
            labels.remove(here.store, row["id"], given["remove"])
        names = given.get("add", "").replace(",", " ").split()
        labels.add(here.store, row["id"], [labels.clean(name) for name in names])
    except Refusal as error:
        return _refused(here, row, error)
    return _back(here, row, "#labels")


@routes.post("/pages/attach/<cid:content_id>")
def attach(content_id: int) -> AnyResponse:
    """Attach files, as new versions where the name is taken."""
    check_form()
    here = call()
    row = restrictions.writable(here.store, content_id)
    files = [one for one in request.files.getlist("file") if one.filename]
    try:
        if not files:
            raise BadRequest("No file was chosen.", plain=True)
        for one in files:
            attachments.create_or_update(here.store, row, _upload(one), here.me)
    except Refusal as error:
        return _refused(here, row, error)
    return _back(here, row, "#files")


def _upload(one: FileStorage) -> attachments.Upload:
    return attachments.Upload(one.filename or "", cast("BinaryIO", one.stream), one.mimetype or "")


@routes.post("/pages/detach/<cid:attachment_id>")
def detach(attachment_id: int) -> AnyResponse:
    """Move a file to the trash."""
    check_form()
    here = call()
    row = content.get(here.store, attachment_id)
    attachments.on_page(here.store, row["container_id"], row["id"])
    restrictions.check_edit(here.store, row)
    tree.trash(here.store, row)
    return _back(here, content.get(here.store, row["container_id"]), "#files")


@routes.post("/pages/task/<cid:content_id>")
def tick(content_id: int) -> AnyResponse:
    """Tick a task off, or take the tick away; the page gets a new version."""
    check_form()
    here, number = call(), request.form.get("task", "")
    task = tasks.on_page(here.store, content.get(here.store, content_id)["id"], number)
    status = tasks.INCOMPLETE if task["status"] == tasks.COMPLETE else tasks.COMPLETE
    saving.set_task(here.store, task, status, here.me)
    return _back(here, content.get(here.store, content_id), f"#task-{task['local_id']}")


@routes.post("/pages/like/<cid:content_id>")
def like(content_id: int) -> AnyResponse:
    """Like a page, or no longer."""
    check_form()
    here = call()
    row = content.get(here.store, content_id)
    liked = here.me in {one["account_id"] for one in likes.listing(here.store, row["id"])}
    (likes.take_back if liked else likes.put)(here.store, row["id"], here.me)
    return _back(here, row)


@routes.post("/pages/watch/<cid:content_id>")
def watch(content_id: int) -> AnyResponse:
    """Watch a page, or no longer."""
    check_form()
    here = call()
    row = content.get(here.store, content_id)
    watching = watches.watching(here.store, here.me, watches.CONTENT, row["id"])
    (watches.unwatch if watching else watches.watch)(here.store, here.me, watches.CONTENT, row["id"])
    return _back(here, row)


@routes.get("/pages/move/<cid:content_id>")
def move_form(content_id: int) -> Response:
    """Ask where in the tree a page should go."""
    here = call()
    row = restrictions.writable(here.store, content_id)
    return _move_page(here, row)


def _move_page(here: Call, row: Row, status: int = 200, reason: str = "") -> Response:
    space = spaces.by_id(here.store, row["space_id"])
    pages = content.find(here.store, "page", space["id"], None, ("current",))[:SUGGESTED]
    titles = [one["title"] for one in pages if one["id"] != row["id"]]
    return page_of("move.html", status, title=f"Move {row['title']}", reason=reason, titles=titles, given=request.form,
                   positions=POSITIONS, **shown(here, row, space))  # fmt: skip


@routes.post("/pages/move/<cid:content_id>")
def move(content_id: int) -> AnyResponse:
    """Put a page under, before or after another of its space, which is named by its title."""
    check_form()
    here, given = call(), request.form
    row = restrictions.writable(here.store, content_id)
    try:
        found = content.find(here.store, "page", row["space_id"], given.get("target", ""), ("current",))
        if not found:
            raise BadRequest(f"This space has no page called {given.get('target', '')!r}.", plain=True)
        tree.move(here.store, row, given.get("position", ""), found[0]["id"])
    except Refusal as error:
        return _move_page(here, row, error.status, error.reason)
    return _back(here, content.get(here.store, row["id"]))
