"""What a look and feel consists of: colors and boxes, each in its place."""

from __future__ import annotations

from typing import Any

from confsync.sandbox.errors import BadRequest

Json = dict[str, Any]
# Names that end in `?` may be left out, those that end in `~` may be null, which they are when left out.
_HOVER = {"backgroundColor": str, "color": str}
_NAVIGATION = {"color": str, "highlightColor~": str, "hoverOrFocus": _HOVER}
_TOP = {"color~": str, "highlightColor": str, "hoverOrFocus?": _HOVER}
_HEADER = {
    "backgroundColor": str,
    "button~": _HOVER,
    "primaryNavigation~": _NAVIGATION,
    "secondaryNavigation~": _NAVIGATION,
    "search~": _HOVER,
}
_BACKGROUND = ("Attachment", "BlendMode", "Clip", "Color", "Image", "Origin", "Position", "Repeat", "Size")
_BOX = {"background": str, **{f"background{name}~": str for name in _BACKGROUND}}
_CONTAINER = {**_BOX, "padding": str, "borderRadius": str}
_SCREEN = {
    **_BOX,
    "layer~": {"width?": str, "height?": str},
    **{f"gutter{side}~": str for side in ("Top", "Right", "Bottom", "Left")},
}
LOOK: Json = {
    "headings": {"color": str},
    "links": {"color": str},
    "menus": {"hoverOrFocus": {"backgroundColor": str}, "color": str},
    "header": _HEADER,
    "horizontalHeader?": {**{name: part for name, part in _HEADER.items() if "primary" not in name},
                          "primaryNavigation": _TOP},
    "content": {"screen?": _SCREEN, "container~": _CONTAINER, "header~": _CONTAINER, "body~": _CONTAINER},
    "bordersAndDividers": {"color": str},
    "spaceReference~": {},
}  # fmt: skip


def cleaned(sent: Any, pattern: Any = LOOK, place: str = "lookAndFeel") -> Any:
    """Return the parts of a look and feel; raise `BadRequest` for one that is missing or not of its kind."""
    if not isinstance(pattern, dict):
        if not isinstance(sent, str):
            raise BadRequest(f"Invalid look and feel: '{place}' is no text")
        return sent
    if not isinstance(sent, dict):
        raise BadRequest(f"Invalid look and feel: '{place}' is missing or no object")
    found: Json = {}
    for key, part in pattern.items():
        name = key.rstrip("?~")
        if sent.get(name) is not None or key == name:
            found[name] = cleaned(sent.get(name), part, f"{place}.{name}")
        elif key.endswith("~"):
            found[name] = None
    return found


def look(color: str = "#0052cc") -> Json:
    """Return the look and feel in which header and links have this color."""
    first, second = (_navigation(*colors) for colors in (("#deebff", "#0747a6"), ("#172b4d", "#f4f5f7")))
    bar = {
        "backgroundColor": color,
        "button": {"backgroundColor": "#f4f5f7", "color": "#42526e"},
        "primaryNavigation": first,
        "secondaryNavigation": second,
        "search": {"backgroundColor": "#ffffff", "color": "#172b4d"},
    }
    box = {"background": "#ffffff", "padding": "16px", "borderRadius": "3px"}
    parts = {
        "headings": {"color": "#172b4d"},
        "links": {"color": color},
        "menus": {"hoverOrFocus": {"backgroundColor": "#f4f5f7"}, "color": "#172b4d"},
        "header": bar,
        "horizontalHeader": bar,
        "content": {"screen": {"background": "#ffffff"}, "container": box, "header": box, "body": box},
        "bordersAndDividers": {"color": "#dfe1e6"},
    }
    found: Json = cleaned(parts)
    return found


def _navigation(color: str, behind: str) -> Json:
    return {"color": color, "highlightColor": color, "hoverOrFocus": {"backgroundColor": behind, "color": color}}
