"""Changes of a block's attributes or plain text in storage format, made on its own element."""

from __future__ import annotations

from collections.abc import Callable

from converters import targets
from converters.lens import Edit
from converters.model import Attrs, Block
from converters.site import Site
from converters.storage.edits import rename, set_attribute, set_parameters, set_text
from converters.storage.inline_writer import write_atom
from converters.storage.macro_writer import cdata
from converters.storage.reader import Element
from converters.storage.resources import write_resource
from converters.storage.writer import paragraph_style


def image_edits(site: Site, source: str, element: Element, old: Attrs, new: Attrs) -> list[Edit]:
    before, after = dict(old), dict(new)
    edits: list[Edit] = []
    if element.name != "ac:image":
        return edits  # an `img` is written anew
    for name in ("alt", "width", "height", "title"):
        if before.get(name) != after.get(name):
            edits.extend(set_attribute(source, element, f"ac:{name}", after.get(name)))
    if before["src"] != after["src"]:
        resource = next(child for child in element.elements() if child.name.startswith("ri:"))
        target = targets.resolve(after["src"], site)
        written = write_resource(target, site) or write_atom(("image", new), site).partition(">")[2].removesuffix(
            "</ac:image>"
        )
        edits.append(Edit(resource.start, resource.end, written))
        if "ac:src" in element.attrs:  # the Cloud editor says it twice
            edits.extend(set_attribute(source, element, "ac:src", after["src"] if target.kind == "url" else None))
    return edits


Head = Callable[[Site, str, Element, Block, Block], list[Edit] | None]


def _heading(_site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    name = f"h{new.get('level')}" if new.kind == "heading" else "p"
    return rename(source, element, name) if base.attrs != new.attrs else []


def _paragraph(_site: Site, source: str, element: Element, _base: Block, new: Block) -> list[Edit]:
    if new.kind == "heading":
        return rename(source, element, f"h{new.get('level')}")
    style = paragraph_style(new).removeprefix(' style="').removesuffix('"')
    return set_attribute(source, element, "style", style) if style else []


def _list(_site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    if base.get("ordered") != new.get("ordered"):
        edits = rename(source, element, "ol" if new.get("ordered") else "ul")
        return edits + (
            set_attribute(source, element, "start", new.get("start"))
            if new.get("ordered")
            else set_attribute(source, element, "start", None)
        )
    return set_attribute(source, element, "start", new.get("start")) if base.attrs != new.attrs else []


def _task(_site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    status = element.first("ac:task-status")
    if status is None or base.attrs == new.attrs:
        return []
    return set_text(source, status, "complete" if new.get("done") else "incomplete")


def _macro(site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit] | None:
    name = new.attrs[0][1]
    if element.name != "ac:structured-macro" or (name != base.attrs[0][1] and name == "adf-note"):
        return None if base.attrs != new.attrs else []
    edits = set_parameters(source, element, base.attrs[1:], new.attrs[1:], site)
    if name != base.attrs[0][1]:
        edits.extend(set_attribute(source, element, "ac:name", name))
    if base.text != new.text:
        body = element.first("ac:plain-text-body")
        if body is None:
            return None
        edits.extend(set_text(source, body, cdata(new.text)))
    return edits


def _section(_site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    return set_attribute(source, element, "ac:type", new.get("type")) if base.attrs != new.attrs else []


def _cell(_site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    edits: list[Edit] = []
    if base.get("header") != new.get("header"):
        edits.extend(rename(source, element, "th" if new.get("header") else "td"))
    for name in ("colspan", "rowspan"):
        if base.get(name) != new.get(name):
            edits.extend(set_attribute(source, element, name, new.get(name) or None))
    return edits


def _figure(site: Site, source: str, element: Element, base: Block, new: Block) -> list[Edit]:
    return image_edits(site, source, element, base.attrs, new.attrs) if base.attrs != new.attrs else []


HEADS: dict[str, Head] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "list": _list,
    "task": _task,
    "macro": _macro,
    "plain": _macro,
    "rich": _macro,
    "section": _section,
    "cell": _cell,
    "figure": _figure,
}
