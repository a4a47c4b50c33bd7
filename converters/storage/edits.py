"""Edits inside one storage element: its attributes, its macro parameters, and the rest of it left alone."""

from __future__ import annotations

import re

from converters.lens import Edit
from converters.model import Attrs
from converters.site import Site
from converters.storage.macro_writer import write_parameter
from converters.storage.parameters import attribute_name, grouped
from converters.storage.reader import Element
from converters.storage.resources import quote_value


def set_attribute(source: str, element: Element, name: str, value: str | None) -> list[Edit]:
    """Give an attribute another value, add it, or take it away (None); the others keep their bytes."""
    tag = source[element.start : element.inner_start]
    found = re.search(rf"""(\s+{re.escape(name)}\s*=\s*)("[^"]*"|'[^']*')""", tag)
    if found is None:
        if value is None:
            return []
        at = element.start + len(re.match(r"<[^\s/>]+", tag).group())  # type: ignore[union-attr]  # a start tag has a name
        at = element.start + len(tag.rstrip("/> \t\n")) if element.attrs else at
        return [Edit(at, at, f' {name}="{quote_value(value)}"')]
    if value is None:
        return [Edit(element.start + found.start(), element.start + found.end(), "")]
    return [Edit(element.start + found.start(2), element.start + found.end(2), f'"{quote_value(value)}"')]


def rename(source: str, element: Element, name: str) -> list[Edit]:
    """Give an element another name."""
    edits = [Edit(element.start + 1, element.start + 1 + len(element.name), name)]
    if not element.empty:
        edits.append(Edit(element.inner_end + 2, element.inner_end + 2 + len(element.name), name))
    return edits


def set_text(source: str, element: Element, text: str) -> list[Edit]:
    """Replace all that stands in an element by (already escaped) text."""
    if element.empty:
        tag = source[element.start : element.end - 2].rstrip()
        return [Edit(element.start, element.end, f"{tag}>{text}</{element.name}>")]
    return [Edit(element.inner_start, element.inner_end, text)]


def set_parameters(source: str, element: Element, old: Attrs, new: Attrs, site: Site) -> list[Edit]:
    """Change those parameters of a macro that differ; the others, and their order, stay."""
    macro = element.attrs.get("ac:name", "")
    before, after = grouped(old), grouped(new)
    places = {attribute_name(child.attrs.get("ac:name", "")): child for child in element.elements("ac:parameter")}
    edits: list[Edit] = []
    added: list[str] = []
    for name in [*before, *(key for key in after if key not in before)]:
        if before.get(name) == after.get(name):
            continue
        place = places.pop(name, None)
        text = write_parameter(name, after[name], site, macro) if name in after else ""
        if place is not None:
            edits.append(Edit(place.start, place.end, text))
        elif text:
            added.append(text)
    if added:
        edits.append(_insert_parameters(source, element, "".join(added)))
    return edits


def _insert_parameters(source: str, element: Element, text: str) -> Edit:
    last = next(reversed(element.elements("ac:parameter")), None)
    if last is not None:
        return Edit(last.end, last.end, text)
    if element.empty:
        tag = source[element.start : element.end - 2].rstrip()
        return Edit(element.start, element.end, f"{tag}>{text}</{element.name}>")
    return Edit(element.inner_start, element.inner_start, text)
