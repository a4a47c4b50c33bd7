"""/template: templates of pages, made by users or shipped as blueprints."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from confsync.sandbox import saving
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.shapes import label_json, space_json
from confsync.sandbox.store import labels, spaces, templates
from confsync.sandbox.store.templates import Template

from .common import Json, as_id, call, json_object, objects, paged

routes = Blueprint("templates", __name__)
MOST = 200


def _json(found: Template, with_body: bool = True) -> Json:
    here = call()
    answer: Json = {
        "templateId": found.id,
        "name": found.name,
        "description": found.description,
        "labels": [label_json(templates.label_row(here.store, one)) for one in found.labels],
        "templateType": "page",
        "editorVersion": "v2",
        "_expandable": {} if with_body else {"body": ""},
        "_links": {"self": here.present.api(f"/template/{found.id}")},
    }
    if found.module:
        answer["originalTemplate"] = {"pluginKey": templates.PLUGIN, "moduleKey": f"{found.module}-page"}
        answer["referencingBlueprint"] = f"{templates.PLUGIN}:{found.module}-blueprint"
    if found.space_id is not None:
        answer["space"] = space_json(here.present, spaces.by_id(here.store, found.space_id), {})
    if with_body:
        waiting = {"content": f"/rest/api/template/{found.id}"}
        body = {"value": found.body, "representation": "storage", "embeddedContent": [], "_expandable": waiting}
        answer["body"] = {"storage": body}
    return answer


def _page(rows: list[Template]) -> Json:
    with_body = "body" in call().expand
    return paged(rows, lambda one: _json(one, with_body), 25, MOST)


def _asked_space() -> int | None:
    key = request.args.get("spaceKey")
    return int(spaces.get(call().store, key)["id"]) if key else None


@routes.get("/template/page")
def of_users() -> Json:
    """List the templates of a space, or without `spaceKey` those of the whole site."""
    return _page(templates.listing(call().store, _asked_space()))


@routes.get("/template/blueprint")
def blueprints() -> Json:
    """List the blueprints; every space has the ones of the site."""
    _asked_space()
    return _page(list(templates.BLUEPRINTS))


@routes.get("/template/<template_id>")
def read(template_id: str) -> Json:
    """Return a template with its body."""
    return _json(templates.get(call().store, template_id))


@routes.post("/template")
def create() -> Json:
    """Create a template in a space, or without one for the whole site."""
    here, sent = call(), json_object(description=str)
    space_id = _sent_space(sent)
    templates.check_edit(here.store, space_id, here.me)
    new = Template("", space_id, _name(sent), _description(sent) or "", _body(sent, space_id), _labels(sent) or ())
    return _json(templates.save(here.store, new))


@routes.put("/template")
def update() -> Json:
    """Write over a template; there are no versions. Description and labels stay where none are sent."""
    here, sent = call(), json_object(description=str)
    old = templates.writable(here.store, str(sent.get("templateId") or ""), here.me)
    if _sent_space(sent) != old.space_id:
        raise BadRequest("A template stays in its space: 'space' must name the one that it is in")
    description, wanted = _description(sent), _labels(sent)
    new = Template(
        old.id,
        old.space_id,
        _name(sent),
        old.description if description is None else description,
        _body(sent, old.space_id),
        old.labels if wanted is None else wanted,
    )
    return _json(templates.save(here.store, new))


@routes.delete("/template/<template_id>")
def delete(template_id: str) -> tuple[str, int]:
    """Delete a template for good."""
    here = call()
    templates.delete(here.store, templates.writable(here.store, template_id, here.me))
    return "", 204


def _sent_space(sent: Json) -> int | None:
    """Return the number of the space that a body names, by key or by number."""
    space = sent.get("space")
    if not space:
        return None
    if space.get("key") is None and space.get("id") is not None:
        return int(spaces.by_id(call().store, as_id(space["id"]))["id"])
    return int(spaces.get(call().store, str(space.get("key")))["id"])


def _name(sent: Json) -> str:
    """Return the name; raise `BadRequest` for none, and for a template of anything but pages."""
    name = sent.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadRequest("Template name cannot be null or empty")
    if sent.get("templateType") != "page":
        raise BadRequest(f"Unsupported templateType: {sent.get('templateType')}, expected one of : page")
    return name


def _description(sent: Json) -> str | None:
    value = sent.get("description")
    if value is not None and not isinstance(value, str):
        raise BadRequest("The description of a template is a text")
    return value


def _body(sent: Json, space_id: int | None) -> str:
    """Return the storage format that was sent, in the form in which it is stored."""
    storage: Any = (sent.get("body") or {}).get("storage")
    if not isinstance(storage, dict) or not isinstance(storage.get("value"), str):
        raise BadRequest("A template needs a 'body' with 'storage', whose 'value' is a text")
    if storage.get("representation", "storage") != "storage":
        raise BadRequest(f"Unsupported representation: {storage['representation']}; this site reads storage")
    return saving.stored_form(call().store, storage["value"], space_id or 0, None)


def _labels(sent: Json) -> tuple[templates.Label, ...] | None:
    if sent.get("labels") is None:
        return None
    return tuple(labels.clean(one.get("name"), one.get("prefix")) for one in objects(sent["labels"], "labels"))
