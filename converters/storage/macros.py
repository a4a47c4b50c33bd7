"""`ac:structured-macro`: name, parameters that a writer may edit, and which kind of body it has."""

from __future__ import annotations

from dataclasses import dataclass

from converters import notation
from converters.model import Attrs
from converters.site import Site
from converters.storage.parameters import read_parameter
from converters.storage.reader import Element, Ghost, Text

_BODIES = {"ac:plain-text-body": "plain", "ac:rich-text-body": "rich"}
_PARAMETERS = frozenset({"ac:parameter", "ac:default-parameter"})
# What the Cloud editor hangs on a macro to find it again: complement.
_EDITORS_OWN = frozenset({"ac:adf-fragment-mark", "ac:adf-mark"})


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
        if child.name in _EDITORS_OWN:
            continue
        if child.name in _BODIES:
            bodies.append(child)
            continue
        found = read_parameter(child, site) if child.name in _PARAMETERS else None
        if found is None:
            return None
        parameters.extend(found)
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
