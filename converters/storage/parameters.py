"""Macro parameters: their names as attributes, and values that are resources.

root.page="../setup.md"        a parameter whose value is a resource has its kind as suffix
root.page=""                   a link without a target, which means this page
title.var="x"                  a variable of a template
to.href="https://…"            an ordinary link that shows its own address
spaces.space="A" spaces.2.space="B"     the second of several resources
_="x"                          the parameter without a name
colour_x20_scheme="x"          a character that an attribute's name cannot hold
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from converters import targets
from converters.model import Attrs
from converters.site import Site
from converters.storage.reader import Element, Text
from converters.storage.resources import SUFFIX, read_resource

LINK = "href"  # the suffix of an `a` element
VARIABLE = "var"  # the suffix of a template's variable
KINDS = frozenset({*SUFFIX.values(), LINK, VARIABLE})
_PREFIXES = {"user": "confluence:user/", "space": "confluence:space?key=", "content": "confluence:content/"}
_ESCAPED = re.compile(r"_x([0-9A-F]+)_")
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]|^[^A-Za-z_]|_(?=x[0-9A-F]+_)|^_$|\.(?=(?:" + "|".join(sorted(KINDS)) + r")$)")
_NAME = re.compile(rf"(?P<stem>.+?)(?:\.(?P<number>[2-9]|[1-9]\d+))?\.(?P<kind>{'|'.join(sorted(KINDS))})\Z")


def attribute_name(name: str) -> str:
    """Spell a parameter's name so that it can be an attribute's; "" is `_`."""
    return _UNFIT.sub(lambda found: f"_x{ord(found.group()):X}_", name) if name else "_"


def parameter_name(attribute: str) -> str:
    """The inverse of `attribute_name`, for a name without a suffix."""
    return "" if attribute == "_" else _ESCAPED.sub(_unescaped, attribute)


def _unescaped(found: re.Match[str]) -> str:
    """The character that an escape stands for; what `attribute_name` would not have written stays as it is."""
    code = int(found.group(1), 16)
    char = chr(code) if code <= 0x10FFFF else ""
    return char if char == " " or (char.isprintable() and char) else found.group()


def grouped(parameters: Attrs) -> dict[str, list[tuple[str, str]]]:
    """The values of each parameter, with the kinds of resource they are, in their order."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for attribute, value in parameters:
        match = _NAME.match(attribute)
        stem, kind = (match["stem"], match["kind"]) if match else (attribute, "")
        found.setdefault(stem, []).append((int((match and match["number"]) or 1), kind, value))
    return {stem: [(kind, value) for _, kind, value in sorted(values)] for stem, values in found.items()}


def canonical_attribute(attribute: str, value: str, site: Site) -> tuple[str, str]:
    """Bring an attribute that a person wrote into the form that `read_parameter` makes of its storage format."""
    found = _NAME.match(attribute)
    stem = attribute_name(parameter_name(found["stem"] if found else attribute))
    if found is None:
        return stem, value
    kind, value = _canonical_value(found["kind"], value, site)
    number = f".{found['number']}" if found["number"] else ""
    return (f"{stem}{number}.{kind}" if kind else stem), value


def _canonical_value(kind: str, value: str, site: Site) -> tuple[str, str]:
    if kind in (LINK, VARIABLE, "url") or not value:
        return (kind if value or kind == "page" else ""), value
    target = targets.resolve(resource_destination(value, kind), site)
    if target.kind == "anchor":
        return "page", targets.spell(target, site)
    if target.kind == "url" or target.kind not in KINDS:
        return LINK, value  # a file that is no page yet
    return target.kind, resource_value(targets.spell(target, site), target.kind)


def read_parameter(element: Element, site: Site) -> Attrs | None:
    """One parameter as attributes; None for what the notation has no word for."""
    name = attribute_name(element.attrs.get("ac:name", ""))
    inside = element.elements()
    if not inside:
        return ((name, element.text().replace("\r\n", "\n")),)
    if _says_more(element, inside):
        return None
    out = []
    for number, resource in enumerate(inside, 1):
        found = _value(resource, site)
        if found is None:
            return None
        kind, value = found
        out.append((f"{name}.{number}.{kind}" if number > 1 else f"{name}.{kind}", value))
    return tuple(out)


def _says_more(element: Element, inside: Sequence[Element]) -> bool:
    """Does text stand beside the resources?"""
    return any(isinstance(child, Text) and child.text.strip() for child in element.children) or len(inside) > 99


def _value(element: Element, site: Site) -> tuple[str, str] | None:
    """One resource as (kind, destination)."""
    if element.name == "a":
        href = element.attrs.get("href", "")
        return (LINK, href) if href and element.text().strip() == href and not element.elements() else None
    if element.name == "at:var":
        return (VARIABLE, element.attrs["at:name"]) if element.attrs.keys() == {"at:name"} else None
    anchor = ""
    if element.name == "ac:link":
        anchor = element.attrs.get("ac:anchor", "")
        inside = element.elements()
        if not inside and not element.text().strip():
            return "page", targets.spell(targets.Target("anchor", anchor=anchor), site) if anchor else ""
        if len(inside) != 1 or _says_more(element, inside):
            return None
        element = inside[0]
    kind = SUFFIX.get(element.name, "")
    target = read_resource(element, anchor, site) if kind else None
    return (kind, resource_value(targets.spell(target, site), kind)) if target is not None else None


def resource_value(destination: str, kind: str) -> str:
    """Shorten a destination by what the parameter's suffix says already."""
    return destination.removeprefix(_PREFIXES.get(kind, ""))


def resource_destination(value: str, kind: str) -> str:
    """The full destination of a parameter's shortened value; the inverse of `resource_value`."""
    prefix = _PREFIXES.get(kind, "")
    return value if not prefix or value.startswith("confluence:") else prefix + value
