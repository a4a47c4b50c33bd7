"""/label, /space/{key}/label and /space/{key}/settings: labels by name, and what a space has beside its content."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, NotFound
from confsync.sandbox.shapes import label_json
from confsync.sandbox.store import Row, labels, permissions, space_settings, spaces

from .common import Json, call, json_body, json_object, paged

routes = Blueprint("space_details", __name__)
LIMIT, MOST = 200, 1000
PREFIXES = ("global", "my", "team")
TYPES = ("page", "blogpost", "attachment", "page_template")
LABELLED = (
    "SELECT * FROM (SELECT c.id, c.type, c.title, l.prefix, l.name FROM content c JOIN label l ON l.content_id = c.id "
    "WHERE c.status = 'current' AND c.type IN ('page', 'blogpost', 'attachment') UNION ALL "
    "SELECT t.id, 'page_template', t.name, l.prefix, l.name FROM template t JOIN template_label l "
    "ON l.template_id = t.id) WHERE prefix = ? AND name = ? AND (? = '' OR type = ?) ORDER BY id"
)


@routes.get("/label")
def label() -> Json:
    """Return a label, given as `name` or `prefix:name`, and the content that bears it."""
    asked, kind = request.args.get("name", ""), request.args.get("type", "")
    if not asked or (kind and kind not in TYPES):
        raise BadRequest(f"A 'name' is expected, and a 'type' that is one of : {', '.join(TYPES)}")
    prefix, _, name = asked.strip().lower().rpartition(":")
    row = call().store.one("SELECT * FROM label_id WHERE prefix = ? AND name = ?", prefix or "global", name)
    if row is None:
        raise NotFound(f"Requested label doesn't exist: {asked}")
    found = call().store.seen(call().store.all(LABELLED, row["prefix"], row["name"], kind, kind))
    return {"label": label_json(row), "associatedContents": paged(found, _labelled, LIMIT, MOST)}


def _labelled(row: Row) -> Json:
    return {"contentType": row["type"], "contentId": row["id"], "title": row["title"]}


def _prefix() -> str:
    prefix = request.args.get("prefix", "")
    if prefix and prefix not in PREFIXES:
        raise BadRequest(f"Unknown prefix: {prefix}, expected one of : {', '.join(PREFIXES)}")
    return prefix


def _administered(key: str) -> Row:
    space = spaces.get(call().store, key)
    permissions.check_administrator(call().store, space["id"], call().me)
    return space


def _labels(space: Row) -> Json:
    """List the labels of a space: its number is no content's, so they lie beside those of content."""
    return paged(labels.listing(call().store, space["id"], _prefix()), label_json, LIMIT, MOST)


@routes.get("/space/<key>/label")
def space_labels(key: str) -> Json:
    """List the labels of a space."""
    return _labels(spaces.get(call().store, key))


@routes.post("/space/<key>/label")
def add_space_labels(key: str) -> Json:
    """Add labels to a space, and return all."""
    here, space, sent = call(), _administered(key), json_body()
    wanted = sent if isinstance(sent, list) else [sent]
    if not wanted or not all(isinstance(one, dict) for one in wanted):
        raise BadRequest("A label or a list of labels is expected")
    labels.add(here.store, space["id"], [labels.clean(one.get("name"), one.get("prefix")) for one in wanted])
    return _labels(space)


@routes.delete("/space/<key>/label")
def remove_space_label(key: str) -> tuple[str, int]:
    """Remove a label from a space."""
    space, name, prefix = _administered(key), request.args.get("name", ""), _prefix()
    if not name:
        raise BadRequest("Parameter 'name' is required")
    labels.remove(call().store, space["id"], f"{prefix}:{name}" if prefix else name)
    return "", 204


def _settings(space: Row) -> Json:
    return {
        "routeOverrideEnabled": space_settings.route_override(call().store, space),
        "editor": {"page": "v2", "blogpost": "v2", "default": "v2"},
        "_links": {},
    }


@routes.get("/space/<key>/settings")
def settings(key: str) -> Json:
    """Return the settings of a space."""
    return _settings(spaces.get(call().store, key))


@routes.put("/space/<key>/settings")
def change_settings(key: str) -> Json:
    """Change the settings of a space."""
    space, wanted = _administered(key), json_object().get("routeOverrideEnabled")
    if wanted is not None:
        if not isinstance(wanted, bool):
            raise BadRequest("'routeOverrideEnabled' is true or false")
        space_settings.set_route_override(call().store, space, wanted)
    return _settings(space)
