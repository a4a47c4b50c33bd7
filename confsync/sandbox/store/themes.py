"""Themes and the look and feel of the site and of its spaces, kept among the values of the site."""

from __future__ import annotations

import json
from typing import NamedTuple

from confsync.sandbox.errors import BadRequest, Conflict, Forbidden, NotFound

from .db import Store
from .looks import Json, cleaned, look

SITE = 0  # stands for the site where the number of a space is asked for
SELECTIONS = ("global", "custom", "theme")


class Theme(NamedTuple):
    """A theme; `color` is that of its header and its links."""

    key: str
    name: str
    description: str
    color: str


THEMES = (
    Theme(
        "com.atlassian.confluence.plugins.doctheme:documentation",
        "Documentation theme",
        "Shows the pages of a space as a tree beside the text.",
        "#205081",
    ),
)


def themed(key: str) -> Theme:
    """Return a theme by key; raise `NotFound`."""
    found = next((one for one in THEMES if one.key == key), None)
    if found is None:
        raise NotFound(f"No theme found with key: {key}")
    return found


def chosen(store: Store, space_id: int) -> Theme | None:
    """Return the theme that was set for a space or the site, None for the default theme."""
    key = store.setting(f"theme {space_id}")
    return themed(key) if key else None


def selected(store: Store, space_id: int) -> Theme:
    """Return the theme of a space or the site; raise `NotFound` for the default theme, which is none."""
    found = chosen(store, space_id)
    if found is None:
        raise NotFound("No theme is set, the default theme is used")
    return found


def choose(store: Store, space_id: int, key: str) -> None:
    """Set the theme of a space or the site, or with an empty key the default theme; raise `NotFound`."""
    store.set_setting(f"theme {space_id}", themed(key).key if key else "")
    if not key and selection(store, space_id) == "theme":
        store.set_setting(f"look {space_id}", "global")


def selection(store: Store, space_id: int) -> str:
    """Return which look and feel a space or the site has: `global`, `custom` or `theme`."""
    return store.setting(f"look {space_id}") or "global"


def select(store: Store, space_id: int, kind: str, themed_only: tuple[str, ...], refusal: type[Exception]) -> None:
    """Select a look and feel; raise `refusal` for one of `themed_only` where no theme is set, or `BadRequest`."""
    if kind not in SELECTIONS:
        raise BadRequest(f"Unknown look and feel: {kind}, expected one of : {', '.join(SELECTIONS)}")
    if kind in themed_only and chosen(store, space_id) is None:
        raise refusal(f"The look and feel cannot be {kind}: no theme is set")
    store.set_setting(f"look {space_id}", kind)


def select_in_space(store: Store, space_id: int, kind: str) -> None:
    """Select the look and feel of a space, which needs a theme for all but the one of the site."""
    select(store, space_id, kind, ("custom", "theme"), Conflict)


def select_anywhere(store: Store, space_id: int, kind: str) -> None:
    """Select the look and feel of a space or the site as the older operation does."""
    select(store, space_id, kind, ("theme",), Forbidden)


def custom(store: Store, space_id: int) -> Json:
    """Return the custom look and feel of a space or the site: that of the site, or the default, until one is set."""
    kept = store.setting(f"custom look {space_id}")
    if kept:
        found: Json = json.loads(kept)
        return found
    return look() if space_id == SITE else effective(store)


def set_custom(store: Store, space_id: int, wanted: Json | None) -> None:
    """Set the custom look and feel, or with None make it the default again."""
    store.set_setting(f"custom look {space_id}", "" if wanted is None else json.dumps(cleaned(wanted)))


def effective(store: Store) -> Json:
    """Return the look and feel that the site has, which its spaces inherit."""
    kind, theme = selection(store, SITE), chosen(store, SITE)
    if kind == "theme" and theme:
        return look(theme.color)
    return custom(store, SITE) if kind == "custom" else look()
