"""What a reader sees: spaces, pages and the history of a page; everybody here is the ready user."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from confsync.sandbox.api_v1.common import Call, as_id, call
from confsync.sandbox.render import Live, render_page
from confsync.sandbox.store import (
    Row,
    attachments,
    content,
    drafts,
    labels,
    likes,
    restrictions,
    spaces,
    states,
    watches,
)

from .diff import diff
from .frame import page_of, routes, shown, url
from .outline import below
from .threads import Threads, threads

NOTHING: Mapping[str, str] = MappingProxyType({})


@routes.get("/")
def home() -> Response:
    """Show the spaces."""
    here = call()
    found = spaces.listing(here.store, [])
    count = "SELECT count(*) FROM content WHERE space_id = ? AND type = 'page' AND status = 'current'"
    return page_of("spaces.html", title="Spaces", spaces=[(one, here.store.value(count, one["id"])) for one in found])


@routes.get("/<any('style.css', 'page.js', 'editor.js'):name>")
def asset(name: str) -> Response:
    """Return the style sheet, or one of the two scripts."""
    answer = make_response(render_template(name))
    answer.mimetype = "text/css" if name.endswith("css") else "text/javascript"
    return answer


@routes.get("/spaces/<key>/branch/<cid:content_id>")
def branch(key: str, content_id: int) -> Response:
    """Return what stands below one page of the tree, for a tree that is opened in place."""
    here = call()
    space = spaces.get(here.store, key)
    row = content.get(here.store, content_id)
    return page_of("branch.html", items=below(here.store, space, row, here.present.context))


@routes.get("/spaces/<key>")
@routes.get("/spaces/<key>/overview", endpoint="overview")
def space_home(key: str) -> Response:
    """Show the home page of a space beside its tree."""
    here = call()
    space = spaces.get(here.store, key)
    row = spaces.home(here.store, space)
    if row is None:
        return page_of(
            "page.html", title=space["name"], body="", version=None, notes=Threads(), **shown(here, None, space)
        )
    return page_view(here, space, row)


@routes.get(
    "/spaces/<key>/<any(pages, blog, folder, whiteboard, database, embed):kind>/<cid:content_id>", defaults={"slug": ""}
)
@routes.get("/spaces/<key>/<any(pages, blog, folder, whiteboard, database, embed):kind>/<cid:content_id>/<path:slug>")
def show(key: str, kind: str, content_id: int, slug: str) -> Response:
    """Show a page."""
    here = call()
    row = content.get(here.store, content_id)
    return page_view(here, spaces.by_id(here.store, row["space_id"]), row)


def page_view(
    here: Call, space: Row, row: Row, status: int = 200, problem: str = "", typed: Mapping[str, str] = NOTHING
) -> Response:
    """Return the view of a page; `problem` says what did not work, `typed` is the comment to fill in again."""
    version = content.version(here.store, row["id"], row["version"])
    notes = threads(here, row, version["body"])
    body = render_page(here.store, row, version["body"], here.present.context, Live(notes.marks))
    found = states.find(here.store, row["id"], "current")
    liked = [one["account_id"] for one in likes.listing(here.store, row["id"])]
    return page_of("page.html", status, title=row["title"], body=body, version=version, notes=notes,
                   files=_files(here, row), tags=[one["name"] for one in labels.listing(here.store, row["id"])],
                   draft=drafts.find(here.store, row["id"]), restricted=_restricted(here, row),
                   state=found[0] if found else None, likes=len(liked), liked=here.me in liked,
                   watched=watches.watching(here.store, here.me, watches.CONTENT, row["id"]),
                   problem=problem, typed=typed, **shown(here, row, space))  # fmt: skip


def _files(here: Call, row: Row) -> list[tuple[Row, Row, str]]:
    """Return the attachments of a page with their versions and addresses."""
    found = []
    for one in attachments.listing(here.store, row["id"]):
        facts = content.facts_of_version(here.store, one["id"], one["version"])
        address = f"{here.present.context}/download/attachments/{row['id']}/{quote(one['title'], safe='')}"
        found.append((one, facts, f"{address}?version={one['version']}"))
    return found


def _restricted(here: Call, row: Row) -> list[str]:
    words = {restrictions.READ: "see", restrictions.UPDATE: "edit"}
    return [word for name, word in words.items() if restrictions.listing(here.store, row["id"], name)]


@routes.get("/pages/viewpage.action")
def view_by_id() -> AnyResponse:
    """Lead from the old address of a page to the new one."""
    row = content.get(call().store, as_id(request.args.get("pageId")))
    return redirect(url(spaces.by_id(call().store, row["space_id"]), row))


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
                   older=older, newer=newer, diff=rows, **shown(here, row, space))  # fmt: skip
