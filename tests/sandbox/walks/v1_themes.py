"""Themes, and the look and feel of the site and of spaces."""

from __future__ import annotations

from tests.sandbox.contract import Walk

JANE = {"Authorization": "Bearer jane"}
LOOK = "/settings/lookandfeel"
PLACE = "/space/DOC/theme"


def walk_themes(walk: Walk) -> None:
    """The default theme is no theme; another one is there once it is set, until it is reset."""
    [theme] = walk.ok("GET", "/settings/theme")["results"]
    key = theme["themeKey"]
    assert walk.ok("GET", f"/settings/theme/{key}")["name"] == theme["name"]
    walk.no("GET", "/settings/theme/selected", 404)
    walk.no("GET", PLACE, 404)
    assert walk.ok("PUT", PLACE, json={"themeKey": key})["themeKey"] == key
    assert walk.ok("GET", PLACE)["themeKey"] == key
    walk.no("GET", "/settings/theme/selected", 404)
    walk.ok("DELETE", PLACE, 204)
    walk.no("GET", PLACE, 404)
    walk.site.set_theme(key)
    assert walk.ok("GET", "/settings/theme/selected")["themeKey"] == key

    walk.stranger("GET", "/settings/theme")
    walk.no("GET", "/settings/theme/none", 404)
    walk.no("PUT", PLACE, 403, json={"themeKey": "none"})
    walk.no("PUT", PLACE, 400, json={"themeKey": 1})
    for method in ("GET", "PUT", "DELETE"):
        walk.no(method, "/space/NONE/theme", 404, json={"themeKey": key})


def walk_look_and_feel(walk: Walk) -> None:
    """A look and feel of one's own is kept, is selected in a second step, and what the site has its spaces inherit."""
    first = walk.ok("GET", LOOK)
    assert (first["selected"], first["custom"]) == ("global", first["global"])
    mine = {**first["global"], "links": {"color": "#ff0000"}}
    assert walk.ok("POST", f"{LOOK}/custom", json=mine)["links"]["color"] == "#ff0000"
    assert walk.ok("GET", f"{LOOK}?spaceKey=DOC")["global"] == first["global"]
    assert walk.ok("PUT", f"{LOOK}/selected", json="custom") == "custom"
    found = walk.ok("GET", f"{LOOK}?spaceKey=DOC")
    assert (found["selected"], found["global"]["links"]["color"]) == ("global", "#ff0000")
    walk.ok("DELETE", f"{LOOK}/custom", 204)
    assert walk.ok("GET", LOOK) == {**first, "selected": "custom"}

    wish = {"spaceKey": "DOC", "lookAndFeelType": "theme"}
    walk.no("PUT", LOOK, 409, json=wish)
    walk.no("PUT", f"{LOOK}/selected?spaceKey=DOC", 403, json="theme")
    [theme] = walk.ok("GET", "/settings/theme")["results"]
    walk.ok("PUT", PLACE, json={"themeKey": theme["themeKey"]})
    assert walk.ok("PUT", LOOK, json=wish) == wish
    found = walk.ok("GET", f"{LOOK}?spaceKey=DOC")
    assert (found["selected"], found["theme"] == found["global"]) == ("custom", False)
    walk.ok("DELETE", PLACE, 204)
    assert walk.ok("GET", f"{LOOK}?spaceKey=DOC")["selected"] == "global"


def walk_refused_looks(walk: Walk) -> None:
    """A look and feel must be whole, of a space that is there, and set by who administers it."""
    walk.site.create_user("jane")
    whole = walk.ok("GET", LOOK)["custom"]
    walk.no("GET", f"{LOOK}?spaceKey=NONE", 404)
    for bad in ({}, {**whole, "links": {}}, {**whole, "header": None}, {**whole, "headings": {"color": 1}}):
        walk.no("POST", f"{LOOK}/custom?spaceKey=DOC", 400, json=bad)
    walk.no("POST", f"{LOOK}/custom", 403, json=whole, headers=JANE)
    walk.no("DELETE", f"{LOOK}/custom", 403, headers=JANE)
    walk.no("DELETE", f"{LOOK}/custom?spaceKey=NONE", 404)
    walk.no("PUT", f"{LOOK}/selected", 400, json="pink")
    walk.no("PUT", f"{LOOK}/selected", 400, json=["custom"])
    walk.no("PUT", LOOK, 400, json={"spaceKey": "DOC", "lookAndFeelType": "pink"})
    walk.no("PUT", LOOK, 404, json={"spaceKey": "NONE", "lookAndFeelType": "global"})
    assert walk.ok("GET", f"{LOOK}?spaceKey=DOC")["selected"] == "global"
