"""Macro parameters as storage format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from converters import notation, targets
from converters.model import Attrs
from converters.site import Site
from converters.storage.parameters import LINK, VARIABLE, grouped, parameter_name, resource_destination
from converters.storage.resources import attribute, quote_value, write_resource


def write_macro_parameters(parameters: Attrs, site: Site, macro: str = "") -> str:
    """Spell parameters as `ac:parameter` elements."""
    return "".join(write_parameter(stem, values, site, macro) for stem, values in grouped(parameters).items())


def write_parameter(stem: str, values: Sequence[tuple[str, str]], site: Site, macro: str = "") -> str:
    """Spell one parameter of that name (as an attribute); values: (kind of resource, value), "" as kind for text."""
    inside = "".join(_value(kind, value, site, macro == "code" and stem == "language") for kind, value in values)
    return f'<ac:parameter ac:name="{quote_value(parameter_name(stem))}">{inside}</ac:parameter>'


def _value(kind: str, value: str, site: Site, language: bool) -> str:
    if kind == LINK:
        return f"<a{attribute('href', value)}>{escape(value)}</a>"
    if kind == VARIABLE:
        return f"<at:var{attribute('at:name', value)} />"
    if kind == "url":
        return f"<ri:url{attribute('ri:value', value)} />"
    if kind == "page" and not value:
        return "<ac:link />"
    if kind:
        target = targets.resolve(resource_destination(value, kind), site)
        resource = write_resource(target, site)
        anchor = attribute("ac:anchor", target.anchor)
        if target.kind == "anchor":
            return f"<ac:link{anchor} />"
        if resource is not None:
            return f"<ac:link{anchor}>{resource}</ac:link>" if kind in ("page", "blog") else resource
    return escape(notation.storage_language(value) if language else value).replace("\u00a0", "&nbsp;")


def cdata(text: str) -> str:
    """A CDATA section that holds any text: `]]>` is split over two."""
    return "<![CDATA[" + re.sub(r"\]\]>", "]]]]><![CDATA[>", text) + "]]>"
