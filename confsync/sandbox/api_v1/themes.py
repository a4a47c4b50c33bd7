"""/settings/theme, /space/{key}/theme and /settings/lookandfeel: how the site and its spaces look."""

from __future__ import annotations

from flask import Blueprint, request

from confsync.sandbox.errors import BadRequest, Forbidden, NotFound
from confsync.sandbox.shapes import AVATAR
from confsync.sandbox.store import global_permissions, looks, permissions, spaces, themes
from confsync.sandbox.store.themes import SITE, Theme

from .common import Json, call, json_body, json_object, paged

routes = Blueprint("themes", __name__)
LIMIT = 100
LOOK = "/settings/lookandfeel"


def _json(theme: Theme) -> Json:
    icon = {**AVATAR, "path": f"{call().present.context}{AVATAR['path']}"}
    return {"themeKey": theme.key, "name": theme.name, "description": theme.description, "icon": icon}


def _linked(theme: Theme) -> Json:
    here = call().present
    links = {"self": here.api(f"/settings/theme/{theme.key}"), "base": here.base, "context": here.context}
    return {**_json(theme), "_links": links}


@routes.get("/settings/theme")
def listing() -> Json:
    """List the themes there are, without the default one."""
    return paged(themes.THEMES, _json, LIMIT, LIMIT)


@routes.get("/settings/theme/selected")
def selected() -> Json:
    """Return the theme of the site; the default theme is not found."""
    return _linked(themes.selected(call().store, SITE))


@routes.get("/settings/theme/<key>")
def read(key: str) -> Json:
    """Return a theme."""
    return _linked(themes.themed(key))


@routes.get("/space/<key>/theme")
def of_space(key: str) -> Json:
    """Return the theme that is set for a space; the default theme is not found."""
    return _linked(themes.selected(call().store, spaces.get(call().store, key)["id"]))


@routes.put("/space/<key>/theme")
def set_of_space(key: str) -> Json:
    """Set the theme of a space; one that there is not is forbidden."""
    space_id, wanted = _administered(key), json_object().get("themeKey")
    if not isinstance(wanted, str) or not wanted:
        raise BadRequest("A 'themeKey' is expected")
    try:
        themes.choose(call().store, space_id, wanted)
    except NotFound as error:
        raise Forbidden(error.reason) from None
    return of_space(key)


@routes.delete("/space/<key>/theme")
def reset_of_space(key: str) -> tuple[str, int]:
    """Let a space have the default theme again."""
    themes.choose(call().store, _administered(key), "")
    return "", 204


def _administered(key: str | None) -> int:
    """Return the number of the space, or of the site without a key, that the user administers."""
    here = call()
    if not key:
        global_permissions.check_administrator(here.store, here.me)
        return SITE
    space_id = int(spaces.get(here.store, key)["id"])
    permissions.check_administrator(here.store, space_id, here.me)
    return space_id


@routes.get(LOOK)
def look() -> Json:
    """Return which look and feel a space or the site has, and what each looks like."""
    store, key = call().store, request.args.get("spaceKey")
    space_id = int(spaces.get(store, key)["id"]) if key else SITE
    theme = themes.chosen(store, space_id)
    kind = themes.selection(store, space_id)
    return {
        "selected": "custom" if kind == "theme" else kind,  # there is no word for what a theme provides
        "global": themes.effective(store) if key else looks.look(),
        **({"theme": looks.look(theme.color)} if theme else {}),
        "custom": themes.custom(store, space_id),
    }


@routes.put(LOOK)
def select() -> Json:
    """Select the look and feel of a space."""
    sent = json_object()
    key, kind = sent.get("spaceKey"), sent.get("lookAndFeelType")
    if not isinstance(key, str) or not key or not isinstance(kind, str):
        raise BadRequest("'spaceKey' and 'lookAndFeelType' are expected")
    themes.select_in_space(call().store, _administered(key), kind)
    return {"spaceKey": key, "lookAndFeelType": kind}


@routes.put(f"{LOOK}/selected")
def select_here() -> tuple[str, dict[str, str]]:
    """Select the look and feel of a space or the site; the body is the word alone."""
    space_id, kind = _administered(request.args.get("spaceKey")), json_body()
    if not isinstance(kind, str):
        raise BadRequest("A text is expected")
    themes.select_anywhere(call().store, space_id, kind)
    return f'"{kind}"', {"Content-Type": "application/json"}


@routes.post(f"{LOOK}/custom")
def customize() -> Json:
    """Set the custom look and feel of a space or the site; it is not selected by that."""
    here, space_id = call(), _administered(request.args.get("spaceKey"))
    themes.set_custom(here.store, space_id, json_object())
    links = {"self": request.url, "base": here.present.base, "context": here.present.context}
    return {**themes.custom(here.store, space_id), "_links": links}


@routes.delete(f"{LOOK}/custom")
def reset() -> tuple[str, int]:
    """Make the custom look and feel the default one again; what is selected stays."""
    themes.set_custom(call().store, _administered(request.args.get("spaceKey")), None)
    return "", 204
