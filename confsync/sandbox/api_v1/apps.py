"""/rest/atlassian-connect/1/app/module/dynamic: what apps add to the site while it runs; users may not."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, Unauthorized
from confsync.sandbox.store import apps

from .common import Json, call, json_object, objects

routes = Blueprint("apps", __name__)
PLACE = "/rest/atlassian-connect/1/app/module/dynamic"


def _app() -> str:
    """Return the key of the app that signed the request; raise `Unauthorized` for anybody else."""
    if not call().app:
        raise Unauthorized("Only an installed app may make this request", plain=True)
    return call().app


@routes.get(PLACE)
def listing() -> Json:
    """Return the modules that the app registered."""
    return {"modules": apps.modules(call().store, _app())}


@routes.post(PLACE)
def register() -> tuple[str, int]:
    """Register modules, all or none."""
    app, sent = _app(), json_object()
    if not isinstance(sent.get("modules"), list):
        raise BadRequest("'modules' is a list of modules")
    apps.register(call().store, app, objects(sent["modules"], "modules"))
    return "", 200


@routes.delete(PLACE)
def remove() -> tuple[str, int]:
    """Remove the modules named by `moduleKey`, or all."""
    apps.remove(call().store, _app(), request.args.getlist("moduleKey"))
    return "", 204
