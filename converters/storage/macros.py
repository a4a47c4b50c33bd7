"""`ac:structured-macro`: name, parameters that a writer may edit, and which kind of body it has."""

from __future__ import annotations

from dataclasses import dataclass

from converters import notation, targets
from converters.model import Attrs
from converters.site import Site
from converters.storage.reader import Element, Ghost, Text
from converters.storage.resources import SUFFIX, read_resource

_BODIES = {"ac:plain-text-body": "plain", "ac:rich-text-body": "rich"}


@dataclass(frozen=True, slots=True)
class Macro:
    """body: none, plain or rich; `inside` is the body element; parameters are sorted by name."""

    name: str
    parameters: Attrs
    body: str
    inside: Element | None


def read_macro(element: Element, site: Site) -> Macro | None:
    """Read a macro; None where it holds what the notation has no word for."""
    name = element.attrs.get("ac:name", "")
    bodies: list[Element] = []
    parameters: list[tuple[str, str]] = []
    for child in element.children:
        if isinstance(child, Ghost) or (isinstance(child, Text) and not child.text.strip()):
            continue
        if isinstance(child, Text):
            return None
        if child.name in _BODIES:
            bodies.append(child)
            continue
        parameter = read_parameter(child, site) if child.name == "ac:parameter" else None
        if parameter is None:
            return None
        parameters.append(parameter)
    names = [key for key, _ in parameters]
    if not name or len(bodies) > 1 or len(set(names)) != len(names):
        return None
    body = _BODIES[bodies[0].name] if bodies else "none"
    if body == "plain" and bodies[0].elements():
        return None
    kept = code_parameters(parameters) if name == "code" else parameters
    kept = sorted((key, value) for key, value in kept if key not in notation.COMPLEMENT_PARAMETERS)
    return Macro(name, tuple(kept), body, bodies[0] if bodies else None)


def code_parameters(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The code macro's parameters in canonical form: highlighters' language names, no defaults."""
    out = []
    for key, value in parameters:
        if key == "language":
            value = notation.fence_language(value)
            if not value:
                continue
        elif key in notation.CODE_FLAGS and value == "false":
            continue
        out.append((key, value))
    return out


def read_parameter(element: Element, site: Site) -> tuple[str, str] | None:
    """One parameter as (name, value); a resource has its kind as suffix of the name; `_` is the unnamed one."""
    name = element.attrs.get("ac:name", "") or "_"
    inside = element.elements()
    if not inside:
        return name, element.text().replace("\r\n", "\n")
    if len(inside) > 1 or any(isinstance(child, Text) and child.text.strip() for child in element.children):
        return None
    resource = inside[0]
    if (
        resource.name == "ac:link" and not resource.attrs and len(resource.children) == 1
    ):  # older pages wrap the resource
        resource = next(iter(resource.elements()), resource)
    suffix = SUFFIX.get(resource.name)
    target = read_resource(resource, "", site) if suffix else None
    if target is None:
        return None
    return f"{name}.{suffix}", resource_value(targets.spell(target, site), suffix or "")


def resource_value(destination: str, suffix: str) -> str:
    """Shorten a destination by what the parameter's suffix says already."""
    prefix = {"user": "confluence:user/", "space": "confluence:space?key=", "content": "confluence:content/"}.get(
        suffix, ""
    )
    return destination.removeprefix(prefix) if prefix else destination


def resource_destination(value: str, suffix: str) -> str:
    """The full destination of a parameter's shortened value; the inverse of `resource_value`."""
    prefix = {"user": "confluence:user/", "space": "confluence:space?key=", "content": "confluence:content/"}.get(
        suffix, ""
    )
    return value if not prefix or value.startswith("confluence:") else prefix + value
