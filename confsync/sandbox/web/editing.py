"""What changes pages: the two editors with their drafts, creation, deletion, and the return of old versions.

The plain editor shows the storage format itself. The rich one shows pages as they look; it sends the HTML that it made
(`html`) beside the storage format that it began with (`base`, in base64, since forms change line ends), and saves as
the Cloud editor does.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox import saving
from confsync.sandbox.api_v1.common import as_id, call
from confsync.sandbox.editor import editor_save
from confsync.sandbox.errors import BadRequest, Conflict, Refusal
from confsync.sandbox.render import Live, render_page
from confsync.sandbox.store import Row, content, drafts, restrictions, spaces, tree

from .diff import diff
from .frame import check_form, page_of, routes, shown, url
from .rich import Sheet, sheet
from .rich_read import read

Form = Mapping[str, str]
HEADINGS = {"page": "New page", "blogpost": "New post"}


@routes.get("/pages/resumedraft.action")
def resume_draft() -> AnyResponse:
    """Lead from the address in `_links.editui` to the editor."""
    return redirect(f"{call().present.context}/pages/edit/{as_id(request.args.get('draftId'))}")


@routes.get("/pages/edit/<cid:content_id>")
def edit(content_id: int) -> Response:
    """Show the plain editor: title, storage format, and a message; a draft that is open is resumed."""
    row, space, form, draft = _opened(content_id)
    return page_of("edit.html", title=f"Edit {row['title']}", form=form, draft=draft, **shown(call(), row, space))


@routes.get("/spaces/<_key>/pages/edit-v2/<cid:content_id>")
def edit_rich(_key: str, content_id: int) -> AnyResponse:
    """Show the rich editor; a body that is no storage format can only be edited as text."""
    row, space, form, draft = _opened(content_id)
    try:
        text = _sheet(form["body"], row)
    except BadRequest:
        return redirect(f"{call().present.context}/pages/edit/{row['id']}")
    return page_of("rich.html", title=f"Edit {row['title']}", form=form, draft=draft, text=text,
                   sent=_packed(form["body"]), **shown(call(), row, space))  # fmt: skip


def _opened(content_id: int) -> tuple[Row, Row, dict[str, Any], Row | None]:
    """Return a page that may be edited, its space, what a form for it shows, and the draft that this comes from."""
    here = call()
    row = restrictions.writable(here.store, content_id)
    draft = drafts.find(here.store, row["id"])
    text = draft or content.version(here.store, row["id"], row["version"])
    form = {"title": text["title"], "body": text["body"], "version": row["version"], "message": "",
            "draft": draft["at"] if draft else ""}  # fmt: skip
    return row, spaces.by_id(here.store, row["space_id"]), form, draft


def _sheet(body: str, row: Row | None) -> Sheet:
    here = call()
    return sheet(body, lambda part: render_page(here.store, row, part, here.present.context, Live({})) if row else "")


def _packed(body: str) -> str:
    return base64.b64encode(body.encode("utf-8", "surrogatepass")).decode()


def _edited(given: Form, row: Row | None, known: list[str]) -> str:
    """Return the body that a form stands for, whichever editor sent it; raise `BadRequest`."""
    if "html" not in given and "body" not in given:
        raise BadRequest("The form came without a text.", plain=True)
    if "html" not in given:
        return _as_before(given.get("body", ""), known)
    try:
        began = base64.b64decode(given.get("base", ""), validate=True).decode("utf-8", "surrogatepass")
    except ValueError:
        raise BadRequest("The form is damaged.", plain=True) from None
    return read(given["html"].replace("\r\n", "\n"), _sheet(began, row))


@routes.post("/pages/edit/<cid:content_id>")
def save(content_id: int) -> AnyResponse:
    """Publish the form or keep it as a draft; what is stale or malformed comes back with text and reason."""
    check_form()
    here, given = call(), request.form
    row = restrictions.writable(here.store, content_id)
    space = spaces.by_id(here.store, row["space_id"])
    old, draft = content.body(here.store, row), drafts.find(here.store, row["id"])
    body = _edited(given, row, [old, draft["body"]] if draft else [old])
    write = WRITERS.get(given.get("how", ""), _publish)
    try:
        saved = write(row, given, body)
    except Conflict:
        form = {**given, "body": body, "version": row["version"]}
        rows = diff(old, body, f"current (version {row['version']})", "your text")
        return page_of(
            "edit.html", 409, title="Somebody else saved first", form=form, conflict=rows, **shown(here, row, space)
        )
    except Refusal as error:
        return _again(error, row, space, given, body)
    return redirect(url(space, saved), 303)


def _change(given: Form, body: str) -> saving.Change:
    number = as_id(given.get("version")) + 1
    return saving.Change(number, given.get("title", ""), body, None, "current", given.get("message", ""))


def _publish(row: Row, given: Form, body: str) -> Row:
    saved = saving.update(call().store, row, _change(given, body), call().me)
    drafts.consume(call().store, row["id"], call().me, given.get("draft", ""))
    return saved


def _publish_rich(row: Row, given: Form, body: str) -> Row:
    saved = saving.update_in_editor(call().store, row, _change(given, body), call().me)
    drafts.consume(call().store, row["id"], call().me, given.get("draft", ""))
    return saved


def _keep(row: Row, given: Form, body: str) -> Row:
    saving.save_draft(call().store, row, given.get("title", ""), body, call().me)
    return row


def _discard(row: Row, _given: Form, _body: str) -> Row:
    drafts.discard(call().store, row["id"])
    return row


WRITERS: dict[str, Callable[[Row, Form, str], Row]] = {
    "plain": _publish, "rich": _publish_rich, "draft": _keep, "discard": _discard,
}  # fmt: skip


def _again(error: Refusal, row: Row, space: Row, given: Form, body: str) -> Response:
    form = {**given, "body": body}
    return page_of("edit.html", error.status, title="This cannot be saved", form=form, reason=error.reason,
                   **shown(call(), row, space))  # fmt: skip


def _as_before(sent: str, known: list[str]) -> str:
    """Return the text of a form without the line ends that browsers put in, or as known if nothing else changed."""
    text = sent.replace("\r\n", "\n")
    return next((old for old in known if old.replace("\r\n", "\n") == text), text)


@routes.get("/pages/create/<key>")
def new(key: str) -> Response:
    """Show an empty editor for a page under `parent`, or for a blog post (`type=blogpost`)."""
    here = call()
    space = spaces.get(here.store, key)
    parent = request.args.get("parent", "")
    row = content.get(here.store, as_id(parent)) if parent else None
    kind = request.args.get("type", "page")
    form = {"title": "", "body": "<p />", "version": 0, "message": "", "parent": parent, "type": kind}
    rich = request.args.get("editor") == "rich"
    return page_of("rich.html" if rich else "edit.html", title=HEADINGS.get(kind, "New page"), form=form,
                   text=_sheet("", None), sent="", **shown(here, row, space))  # fmt: skip


@routes.post("/pages/create/<key>")
def create(key: str) -> AnyResponse:
    """Create a page or a blog post from the form."""
    check_form()
    here, given = call(), request.form
    space = spaces.get(here.store, key)
    kind = "blogpost" if given.get("type") == "blogpost" else "page"
    parent = as_id(given["parent"]) if given.get("parent") and kind == "page" else None
    body = _edited(given, None, [])
    try:
        if "html" in given:
            body = editor_save(saving.stored_form(here.store, body, space["id"], None), here.store.ids)
        row = saving.create(here.store, content.New(kind, space["id"], given.get("title", ""), body, parent), here.me)
    except Refusal as error:
        form = {**given, "body": body}
        return page_of(
            "edit.html", error.status, title=HEADINGS[kind], form=form, reason=error.reason, **shown(here, None, space)
        )
    return redirect(url(space, row), 303)


@routes.post("/pages/delete/<cid:content_id>")
def delete(content_id: int) -> AnyResponse:
    """Move a page to the trash."""
    check_form()
    here = call()
    row = restrictions.writable(here.store, content_id)
    tree.trash(here.store, row)
    return redirect(f"{here.present.context}/spaces/{spaces.by_id(here.store, row['space_id'])['key']}", 303)


@routes.post("/pages/restore/<cid:content_id>/<int:number>")
def restore(content_id: int, number: int) -> AnyResponse:
    """Make an old version current again."""
    check_form()
    here = call()
    row = restrictions.writable(here.store, content_id)
    saved = saving.restore_version(here.store, row, number, f"Restored version {number}", False, here.me)
    return redirect(url(spaces.by_id(here.store, row["space_id"]), saved), 303)
