"""The application: one Flask app under `/wiki` and under the root, a transaction around every request."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterable
from copy import copy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from . import admission, api_v2, datacenter, flavours, oauth, web, webhooks
from . import faults as bad_days
from .api_v1 import GROUPS, actions, apps, server
from .errors import Refusal
from .forms import SiteRequest
from .request_log import HashingReader, Log, RequestLog
from .site import Sandbox
from .store import Store, restrictions, users

NOT_FOUND_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


class ContentId(BaseConverter):
    """An id in an address: digits, with or without the `att` of an attachment."""

    regex = r"(?:att)?[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value.removeprefix("att"))


class Site(Flask):
    """The Flask application, with its sandbox at hand."""

    request_class = SiteRequest
    sandbox: Sandbox
    flavour: str

    def passing_for(self, flavour: str) -> Site:
        """Give the same site as another Confluence, without the faults that were put before it."""
        other = copy(self)
        other.flavour = flavour
        other.__dict__.pop("wsgi_app", None)
        return other

    def dispatch_request(self) -> ResponseReturnValue:
        """Serve one request inside one transaction: a refusal leaves nothing behind."""
        flavours.check(self.flavour, request)
        with self.sandbox.store.transaction():
            self.sandbox.store.address = request.remote_addr or ""
            me = admission.admit(self.sandbox.store)
            with restrictions.seen_by(self.sandbox.store, me):
                return super().dispatch_request()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve the site under `/wiki`, under the root, and through the gateway."""
        admission.place(environ)
        if self.flavour == flavours.DATACENTER:
            environ["PATH_INFO"] = datacenter.as_routed(environ["PATH_INFO"])
        environ["wsgi.input"] = HashingReader(environ["wsgi.input"])
        return super().__call__(environ, start_response)


def create_app(
    data: str | Path = ":memory:",
    clock: Callable[[], datetime] | None = None,
    ids: Callable[[], str] | None = None,
    log: Log | str | Path | None = None,
    faults: bad_days.Faults | None = None,
    flavour: str = flavours.CLOUD,
) -> Site:
    """Build the site as a WSGI application; `app.sandbox` is the handle for tests and the command line.

    `data` is a file, or `:memory:`; bytes of attachments lie in `<data>.files/` beside the file. `clock` returns the
    time in UTC, `ids` fresh unique texts, `log` takes one entry a request, `faults` are bad days for tests, `flavour`
    is the Confluence that it passes for, one of `flavours.FLAVOURS`.
    """
    app = copy(_pattern())
    app.config = copy(app.config)
    app.secret_key = secrets.token_bytes(32)
    store = Store(str(data), clock or (lambda: datetime.now(UTC)), ids or (lambda: str(uuid.uuid4())))
    app.sandbox = Sandbox(store, RequestLog(log))
    app.flavour = flavour
    if faults is not None:
        setattr(app, "wsgi_app", bad_days.wrap(app.wsgi_app, faults))  # noqa: B010  (Flask's own way to add a layer)
    return app


@cache
def _pattern() -> Site:
    """Return the application that every site is a copy of.

    Routes, handlers and templates are the same for all and take long to build, so sites share them; what differs
    between sites is set on the copy.
    """
    app = Site(__name__, template_folder="web/templates", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.converters["cid"] = ContentId
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of the default provider
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_FORM_MEMORY_SIZE"] = 8 * 1024 * 1024  # a page of the largest size, sent by the web editor
    app.config["SESSION_COOKIE_NAME"] = "sandbox"
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    for group in GROUPS:
        app.register_blueprint(group, url_prefix="/rest/api")
    for group in api_v2.GROUPS:
        app.register_blueprint(group, url_prefix=api_v2.PREFIX)
    app.register_blueprint(actions.routes)
    app.register_blueprint(apps.routes)
    app.register_blueprint(server.routes)
    app.register_blueprint(oauth.routes)
    app.register_blueprint(webhooks.routes, url_prefix="/rest/api")
    app.register_blueprint(web.routes)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _html_error)
    admission.register(app)
    app.teardown_request(lambda _error: request.close())  # spooled uploads
    app.after_request(_logged)
    app.jinja_env.auto_reload = False  # made here, so that a template is compiled once for all sites
    return app


def _refused(refusal: Exception) -> ResponseReturnValue:
    assert isinstance(refusal, Refusal)  # noqa: S101  (what Flask dispatched on)
    if request.blueprint == "web":
        return web.refused(refusal)
    if request.path.startswith(api_v2.PREFIX):
        return api_v2.refused(refusal)
    data = {"authorized": False, "valid": True, "errors": [], "successful": False}
    return {"statusCode": refusal.status, "data": data, "message": refusal.message}, refusal.status


def _html_error(error: Exception) -> ResponseReturnValue:
    """Answer an unknown address as Confluence does: with an HTML page, not JSON."""
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.code is None or error.code < 400:
        return error.get_response()
    return NOT_FOUND_PAGE.format(error.name), error.code, {"Content-Type": "text/html;charset=UTF-8"}


def _logged(response: Response) -> Response:
    sandbox: Sandbox = current_app.sandbox  # type: ignore[attr-defined]  # a Site
    if flavours.removed(request):
        response.headers.update(flavours.DEPRECATED)
    if current_app.flavour == flavours.DATACENTER:  # type: ignore[attr-defined]  # a Site
        _as_data_center(response, sandbox.store)
    with sandbox.store.lock:
        sandbox.requests.record(response, sandbox.store.now())
    return response


def _as_data_center(response: Response, store: Store) -> None:
    """Rewrite an answer of the REST API."""
    if response.status_code == 401:
        response.headers.update(datacenter.DENIED)
    if response.direct_passthrough or not response.is_json or not request.path.startswith("/rest/api"):
        return
    answer = response.get_json()
    if response.status_code >= 400:
        answer = datacenter.refusal(answer, response.status_code)
    else:

        def name_of(account_id: str) -> str | None:
            row = users.get(store, account_id)
            return str(row["username"]) if row else None

        answer = datacenter.Rewriter(name_of, request.host_url.rstrip("/") + request.script_root).value(answer)
    response.set_data(json.dumps(answer, ensure_ascii=False))
