"""Macro parameters as storage format."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from converters import notation, targets
from converters.model import Attrs
from converters.site import Site
from converters.storage.macros import resource_destination
from converters.storage.resources import SUFFIX, attribute, write_resource

_KINDS = frozenset(SUFFIX.values())


def write_macro_parameters(parameters: Attrs, site: Site, macro: str = "") -> str:
    """Spell parameters as `ac:parameter` elements."""
    return "".join(write_parameter(name, value, site, macro) for name, value in parameters)


def write_parameter(name: str, value: str, site: Site, macro: str = "") -> str:
    """Spell one parameter; `_` is the unnamed one, and a suffix (`root.page`) says that the value is a resource."""
    stem, _, suffix = name.rpartition(".")
    if suffix in _KINDS and stem:
        target = targets.resolve(resource_destination(value, suffix), site)
        resource = f"<ri:url{attribute('ri:value', value)} />" if suffix == "url" else write_resource(target, site)
        if resource is not None:
            inside = f"<ac:link>{resource}</ac:link>" if suffix in ("page", "blog") else resource
            return f"{_open(stem)}{inside}</ac:parameter>"
    if macro == "code" and name == "language":
        value = notation.storage_language(value)
    return f"{_open(name)}{escape(value)}</ac:parameter>".replace("\u00a0", "&nbsp;")


def _open(name: str) -> str:
    shown = "" if name == "_" else name
    return f"<ac:parameter{attribute('ac:name', shown) or ' ac:name=' + chr(34) * 2}>"


def cdata(text: str) -> str:
    """A CDATA section that holds any text: `]]>` is split over two."""
    return "<![CDATA[" + re.sub(r"\]\]>", "]]]]><![CDATA[>", text) + "]]>"
