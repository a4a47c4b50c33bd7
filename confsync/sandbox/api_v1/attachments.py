"""Attachments: multipart uploads, new data, renames, and the download of bytes."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, request

from confsync.sandbox.errors import BadRequest, missing_content
from confsync.sandbox.store import Row, attachments, content, restrictions
from confsync.sandbox.store.attachments import Upload

from .common import Json, as_id, call, check_xsrf, contents, json_object

routes = Blueprint("attachments", __name__)


def _uploads() -> list[Upload]:
    check_xsrf()
    files = request.files.getlist("file")
    if not files:
        raise BadRequest("At least one file part named 'file' is required")
    comment, minor = request.form.get("comment", ""), request.form.get("minorEdit", "").lower() == "true"
    return [Upload(one.filename or "", one.stream, one.mimetype or "", comment, minor) for one in files]  # type: ignore[arg-type]


def _page(content_id: int) -> Row:
    row = restrictions.writable(call().store, content_id, ("current", "draft"))
    if row["type"] not in ("page", "blogpost", "comment"):
        raise missing_content(content_id)
    return row


def _answer(rows: list[Row]) -> Json:
    here = call()
    found = [here.present.content(row, {**here.expand, "version": {}, "container": {}}) for row in rows]
    return {
        "results": found,
        "start": 0,
        "limit": len(found),
        "size": len(found),
        "_links": {"base": here.present.base, "context": here.present.context, "self": request.url},
    }


@routes.get("/content/<cid:content_id>/child/attachment")
def listing(content_id: int) -> Json:
    """List the attachments of a page, filtered by `filename` and `mediaType`."""
    row = content.get(call().store, content_id)
    name, media_type = request.args.get("filename", ""), request.args.get("mediaType", "")
    return contents(attachments.listing(call().store, row["id"], name, media_type))


@routes.post("/content/<cid:content_id>/child/attachment")
def create(content_id: int) -> Json:
    """Attach new files; a name that is taken is refused."""
    here, page = call(), _page(content_id)
    return _answer([attachments.create(here.store, page, one, here.me) for one in _uploads()])


@routes.put("/content/<cid:content_id>/child/attachment")
def create_or_update(content_id: int) -> Json:
    """Attach files, as new versions where the name is taken."""
    here, page = call(), _page(content_id)
    return _answer([attachments.create_or_update(here.store, page, one, here.me) for one in _uploads()])


@routes.post("/content/<cid:content_id>/child/attachment/<cid:attachment_id>/data")
def new_data(content_id: int, attachment_id: int) -> Json:
    """Store new bytes under an attachment; the answer is the bare content."""
    row = attachments.on_page(call().store, content_id, attachment_id)
    restrictions.check_edit(call().store, row)
    return replace_data(row)


def replace_data(row: Row) -> Json:
    """Store the bytes of the form at hand as the next version of an attachment."""
    here = call()
    saved = attachments.add_data(here.store, row, _uploads()[0], here.me)
    return here.present.content(saved, {**here.expand, "version": {}, "container": {}}, top=True)


@routes.put("/content/<cid:content_id>/child/attachment/<cid:attachment_id>")
def describe(content_id: int, attachment_id: int) -> Json:
    """Rename an attachment, or change its comment or media type."""
    here, sent = call(), json_object()
    row = attachments.on_page(here.store, content_id, attachment_id)
    restrictions.check_edit(here.store, row)
    number = (sent.get("version") or {}).get("number")
    if not isinstance(number, int):
        raise BadRequest("Must supply an incremented version when updating Content. No version supplied.")
    metadata = sent.get("metadata") or {}
    saved = attachments.describe(
        here.store,
        row,
        number,
        str(sent.get("title") or row["title"]),
        metadata.get("mediaType"),
        metadata.get("comment"),
        here.me,
    )
    return here.present.content(saved, {**here.expand, "version": {}, "container": {}}, top=True)


@routes.get("/content/<cid:content_id>/child/attachment/<cid:attachment_id>/download")
def download(content_id: int, attachment_id: int) -> Response:
    """Return the bytes of an attachment."""
    return stream(attachments.on_page(call().store, content_id, attachment_id))


def stream(row: Row) -> Response:
    """Stream the bytes of the version that `version` names, or of the current one."""
    store = call().store
    asked = request.args.get("version", "")
    version = content.version(store, row["id"], as_id(asked) if asked else row["version"])
    response = Response(store.open_blob(version["blob"]), mimetype=version["media_type"], direct_passthrough=True)
    response.content_length = version["size"]
    response.headers["Content-Disposition"] = _disposition(version["title"])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    request.environ["sandbox.digest"] = version["blob"]
    return response


def _disposition(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
