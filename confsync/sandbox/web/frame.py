"""What all pages of the web interface share: the frame, the tree at their side, the token of their forms."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, session

from confsync.sandbox import links
from confsync.sandbox.api_v1.common import Call, call
from confsync.sandbox.errors import Forbidden, Refusal
from confsync.sandbox.store import Row, content, tree, users

from .outline import outline

routes = Blueprint("web", __name__)
# Scripts are those of this site alone: what stands in a page never runs.
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src * data:; style-src 'self' 'unsafe-inline'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page_of(name: str, status: int = 200, **values: Any) -> Response:
    """Return a template as an answer that runs no script but ours, whatever is in it."""
    token = session.setdefault("csrf", secrets.token_urlsafe(24))
    text = render_template(name, csrf=token, base=call().present.context, author=_author, when=_when, **values)
    answer = make_response(text, status)
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


def url(space: Row, row: Row) -> str:
    return call().present.context + links.page(space["key"], row, space["homepage_id"] == row["id"])


def shown(here: Call, row: Row | None, space: Row) -> dict[str, Any]:
    """Return what every page of a space needs: the space, its tree, its blog, newest first, and the way to the page."""
    above = tree.ancestors(here.store, row) if row else []
    posts = content.find(here.store, "blogpost", space["id"], None, ("current",))
    return {
        "space": space,
        "row": row,
        "tree": outline(here.store, space, row, here.present.context),
        "posts": [(one["title"], url(space, one)) for one in posts[::-1]],
        "way": [(one["title"], url(space, one)) for one in above],
    }
