"""The pages of the web interface; they act as the ready user, and every form carries a token against forgery."""

from __future__ import annotations

import difflib
import hmac
import secrets
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox import links, saving
from confsync.sandbox.api_v1.common import Call, as_id, call
from confsync.sandbox.errors import Conflict, Forbidden, Refusal
from confsync.sandbox.render import render_page
from confsync.sandbox.store import Row, attachments, content, labels, spaces, tree, users

from .outline import outline

routes = Blueprint("web", __name__)
POLICY = "default-src 'none'; img-src * data:; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'"
TAGS_PER_LINE = (
    "</p>",
    "</li>",
    "</tr>",
    "</h1>",
    "</h2>",
    "</h3>",
    "</ac:structured-macro>",
    "</ul>",
    "</ol>",
    "</table>",
)


def page_of(name: str, status: int = 200, **values: Any) -> Response:
    """Return a template as an answer that runs no script, whatever is in it."""
    token = session.setdefault("csrf", secrets.token_urlsafe(24))
    shown = render_template(name, csrf=token, base=call().present.context, author=_author, when=_when, **values)
    answer = make_response(shown, status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def refused(refusal: Refusal) -> Response:
    """Return a refusal as a page."""
    return page_of("error.html", refusal.status, title="That did not work", reason=refusal.reason)


def check_form() -> None:
    """Raise `Forbidden` for a form that did not come from a page of ours."""
    if not hmac.compare_digest(request.form.get("csrf", ""), session.get("csrf", "")) or not session.get("csrf"):
        raise Forbidden(
            "The form is too old or was not sent from this site; go back and load the page again.", plain=True
        )


def _author(account_id: str) -> str:
    row = users.get(call().store, account_id)
    return str(row["display_name"]) if row else "Former user"


def _when(text: str) -> str:
    return f"{text[:10]} {text[11:16]} UTC"


def _url(space: Row, row: Row) -> str:
    return call().present.context + links.page(space["key"], row, space["homepage_id"] == row["id"])


def _shown(here: Call, row: Row | None, space: Row) -> dict[str, Any]:
    """Return what every page of a space needs: the space, its tree and the way to the page."""
    above = tree.ancestors(here.store, row) if row else []
    return {
        "space": space,
        "row": row,
        "tree": outline(here.store, space, row, here.present.context),
        "way": [(one["title"], _url(space, one)) for one in above],
    }


@routes.get("/")
def home() -> Response:
    """Show the spaces."""
    here = call()
    found = spaces.listing(here.store, [])
    count = "SELECT count(*) FROM content WHERE space_id = ? AND type = 'page' AND status = 'current'"
    return page_of("spaces.html", title="Spaces", spaces=[(one, here.store.value(count, one["id"])) for one in found])


@routes.get("/style.css")
def style() -> Response:
    """Return the style sheet."""
    answer = make_response(render_template("style.css"))
    answer.mimetype = "text/css"
    return answer


@routes.get("/spaces/<key>")
@routes.get("/spaces/<key>/overview", endpoint="overview")
def space_home(key: str) -> Response:
    """Show the home page of a space beside its tree."""
    here = call()
    space = spaces.get(here.store, key)
    row = here.store.one("SELECT * FROM content WHERE id = ? AND status = 'current'", space["homepage_id"])
    if row is None:
        return page_of(
            "page.html", title=space["name"], body="", version=None, files=[], tags=[], **_shown(here, None, space)
        )
    return _page(here, space, row)


@routes.get("/spaces/<key>/<any(pages, blog, folder):kind>/<cid:content_id>", defaults={"slug": ""})
@routes.get("/spaces/<key>/<any(pages, blog, folder):kind>/<cid:content_id>/<path:slug>")
def show(key: str, kind: str, content_id: int, slug: str) -> Response:
    """Show a page."""
    here = call()
    row = content.get(here.store, content_id)
    return _page(here, spaces.by_id(here.store, row["space_id"]), row)


def _page(here: Call, space: Row, row: Row) -> Response:
    version = content.version(here.store, row["id"], row["version"])
    body = render_page(here.store, row, version["body"], here.present.context)
    files = [(one["title"], f"{here.present.context}/download/attachments/{row['id']}/{one['title']}")
             for one in attachments.listing(here.store, row["id"])]  # fmt: skip
    tags = [one["name"] for one in labels.listing(here.store, row["id"])]
    return page_of("page.html", title=row["title"], body=body, version=version, files=files, tags=tags,
                   **_shown(here, row, space))  # fmt: skip


@routes.get("/pages/viewpage.action")
def view_by_id() -> AnyResponse:
    """Lead from the old address of a page to the new one."""
    row = content.get(call().store, as_id(request.args.get("pageId")))
    return redirect(_url(spaces.by_id(call().store, row["space_id"]), row))


@routes.get("/pages/resumedraft.action")
def resume_draft() -> AnyResponse:
    """Lead from the address in `_links.editui` to the editor."""
    return redirect(f"{call().present.context}/pages/edit/{as_id(request.args.get('draftId'))}")


@routes.get("/pages/edit/<cid:content_id>")
@routes.get("/spaces/<_key>/pages/edit-v2/<cid:content_id>", endpoint="edit_v2")
def edit(content_id: int, _key: str = "") -> Response:
    """Show the plain editor: title, storage format, and a message."""
    here = call()
    row = content.get(here.store, content_id)
    space = spaces.by_id(here.store, row["space_id"])
    form = {"title": row["title"], "body": content.body(here.store, row), "version": row["version"], "message": ""}
    return page_of("edit.html", title=f"Edit {row['title']}", form=form, **_shown(here, row, space))


@routes.post("/pages/edit/<cid:content_id>")
def save(content_id: int) -> AnyResponse:
    """Save the form; one that is stale or malformed comes back with its text and the reason."""
    check_form()
    here, given = call(), request.form
    row = content.get(here.store, content_id)
    space = spaces.by_id(here.store, row["space_id"])
    old = content.body(here.store, row)
    body = _as_before(given.get("body", ""), old)
    change = saving.Change(
        as_id(given.get("version")) + 1, given.get("title", ""), body, None, "current", given.get("message", "")
    )
    write = saving.update_in_editor if given.get("how") == "rich" else saving.update
    try:
        saved = write(here.store, row, change, here.me)
    except Conflict:
        form = {**given, "body": body, "version": row["version"]}
        rows = diff(old, body, f"current (version {row['version']})", "your text")
        return page_of(
            "edit.html", 409, title="Somebody else saved first", form=form, conflict=rows, **_shown(here, row, space)
        )
    except Refusal as error:
        return _again(error, row, space, given, body)
    return redirect(_url(space, saved), 303)


def _again(error: Refusal, row: Row, space: Row, given: Any, body: str) -> Response:
    form = {**given, "body": body}
    return page_of("edit.html", error.status, title="This cannot be saved", form=form, reason=error.reason,
                   **_shown(call(), row, space))  # fmt: skip


def _as_before(sent: str, old: str) -> str:
    """Return the text of a form without the line ends that browsers put in, and as it was when nothing else changed."""
    text = sent.replace("\r\n", "\n")
    return old if text == old.replace("\r\n", "\n") else text


@routes.get("/pages/create/<key>")
def new(key: str) -> Response:
    """Show an empty editor for a page under `parent`."""
    here = call()
    space = spaces.get(here.store, key)
    parent = request.args.get("parent", "")
    row = content.get(here.store, as_id(parent)) if parent else None
    form = {"title": "", "body": "<p />", "version": 0, "message": "", "parent": parent}
    return page_of("edit.html", title="New page", form=form, **_shown(here, row, space))


@routes.post("/pages/create/<key>")
def create(key: str) -> AnyResponse:
    """Create a page from the form."""
    check_form()
    here, given = call(), request.form
    space = spaces.get(here.store, key)
    parent = as_id(given["parent"]) if given.get("parent") else None
    body = given.get("body", "").replace("\r\n", "\n")
    try:
        row = saving.create(here.store, content.New("page", space["id"], given.get("title", ""), body, parent), here.me)
    except Refusal as error:
        form = {**given, "body": body}
        return page_of(
            "edit.html", error.status, title="New page", form=form, reason=error.reason, **_shown(here, None, space)
        )
    return redirect(_url(space, row), 303)


@routes.post("/pages/delete/<cid:content_id>")
def delete(content_id: int) -> AnyResponse:
    """Move a page to the trash."""
    check_form()
    here = call()
    row = content.get(here.store, content_id)
    tree.trash(here.store, row)
    return redirect(f"{here.present.context}/spaces/{spaces.by_id(here.store, row['space_id'])['key']}", 303)


@routes.get("/pages/history/<cid:content_id>")
def history(content_id: int) -> Response:
    """Show the versions of a page, and what changed between two of them."""
    here = call()
    row = content.get(here.store, content_id)
    space = spaces.by_id(here.store, row["space_id"])
    newer = as_id(request.args.get("to") or row["version"])
    older = as_id(request.args.get("from") or max(newer - 1, 1))
    texts = [content.version(here.store, row["id"], number)["body"] for number in (older, newer)]
    rows = diff(texts[0], texts[1], f"version {older}", f"version {newer}") if older != newer else []
    return page_of("history.html", title=f"History of {row['title']}", versions=content.versions(here.store, row["id"]),
                   older=older, newer=newer, diff=rows, **_shown(here, row, space))  # fmt: skip


@routes.post("/pages/restore/<cid:content_id>/<int:number>")
def restore(content_id: int, number: int) -> AnyResponse:
    """Make an old version current again."""
    check_form()
    here = call()
    row = content.get(here.store, content_id)
    saved = saving.restore_version(here.store, row, number, f"Restored version {number}", False, here.me)
    return redirect(_url(spaces.by_id(here.store, row["space_id"]), saved), 303)


def diff(old: str, new: str, old_name: str, new_name: str) -> list[tuple[str, str]]:
    """Return a unified diff as pairs of kind and line; storage is cut into lines after its blocks."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name, lineterm="", n=2)
    return [("file" if line.startswith(("+++", "---")) else kinds.get(line[:1], "same"), line) for line in lines]


def _lines(storage: str) -> list[str]:
    for end in TAGS_PER_LINE:
        storage = storage.replace(end, end + "\n")
    return storage.splitlines()
