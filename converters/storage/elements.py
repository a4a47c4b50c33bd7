"""Elements that stand for a block of their own without being a macro: preformatted text, definition lists, ADF panels,
the variables of a template.

Their blocks are kinds that a writer knows already, under a name that no macro can have: `html:` and the element's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from converters import notation
from converters.model import Attrs, Block
from converters.storage.parameters import attribute_name, parameter_name
from converters.storage.reader import Element, Text
from converters.storage.resources import attribute

if TYPE_CHECKING:
    from converters.storage.blocks import BlockReader

PREFIX = notation.ELEMENT_PREFIX
_VARIABLES = {"at:string": (), "at:textarea": ("columns", "rows"), "at:list": ()}


def named(element: str) -> Attrs:
    """The attributes of a block that stands for an element."""
    return (("ac:name", PREFIX + element),)


def preformatted(reader: BlockReader, element: Element) -> Block:
    """Plain text only: marks inside have no place in a fence."""
    if element.elements():
        return reader.held(element)
    text = element.text().replace("\r\n", "\n").replace("\r", "\n")
    return reader.made(element, "plain", named("pre"), text=text)


def definitions(reader: BlockReader, element: Element) -> Block:
    """A definition list: its terms and their descriptions, in a row."""
    children = []
    for child in element.children:
        if isinstance(child, Element) and child.name in ("dt", "dd"):
            children.append(reader.made(child, "rich", named(child.name), reader.blocks(child.children)))
        elif isinstance(child, Element) or (isinstance(child, Text) and child.text.strip()):
            return reader.held(element)
    return reader.made(element, "rich", named("dl"), children)


def panel(reader: BlockReader, element: Element) -> Block:
    """An ADF panel: one of the usual colours is an alert, any other carries its attributes; the fallback repeats it."""
    node = element.first("ac:adf-node")
    content = node.first("ac:adf-content") if node is not None else None
    if node is None or content is None or node.attrs.get("type") != "panel":
        return reader.held(element)
    given = {
        attribute_name(child.attrs.get("key", "")): child.text().strip()
        for child in node.elements("ac:adf-attribute")
        if child.attrs.get("key") != "local-id"
    }
    if any(child.elements() for child in node.elements("ac:adf-attribute")) or node.elements("ac:adf-node"):
        return reader.held(element)
    name = notation.MACRO_OF_ADF_PANEL.get(given.get("panel-type", "")) if len(given) == 1 else None
    attrs = (("ac:name", name),) if name else (("ac:name", "adf-panel"), *sorted(given.items()))
    return reader.made(element, "rich", attrs, reader.blocks(content.children), content)


def write_panel(attrs: Attrs, body: str) -> str:
    """An ADF panel; its type stands first, as the editor writes it."""
    ordered = sorted(attrs, key=lambda pair: (pair[0] != "panel-type", pair[0]))
    inside = "".join(
        f"<ac:adf-attribute{attribute('key', parameter_name(key))}>{escape(value)}</ac:adf-attribute>"
        for key, value in ordered
    )
    return (
        f'<ac:adf-extension><ac:adf-node type="panel">{inside}<ac:adf-content>{body}</ac:adf-content></ac:adf-node>'
        "</ac:adf-extension>"
    )


# The variables of a template: their names, each with its type and what belongs to it.


def declarations(reader: BlockReader, element: Element) -> Block:
    """Each variable is an attribute: `title="string" notes="textarea 60 5" size="list small very%20large"`."""
    found: dict[str, str] = {}
    for child in element.elements():
        words = _variable(child)
        name = attribute_name(child.attrs.get("at:name", ""))
        if words is None or name in found:
            return reader.held(element)
        found[name] = " ".join(words)
    return reader.made(element, "macro", (*named("declarations"), *found.items()))


def _variable(element: Element) -> list[str] | None:
    if element.name not in _VARIABLES or not element.attrs.get("at:name"):
        return None
    values = [element.attrs.get(f"at:{name}", "") for name in _VARIABLES[element.name]]
    options = element.elements()
    if any(one.name != "at:option" or "at:value" not in one.attrs for one in options):
        return None
    return [element.name[3:], *(quote(value, safe="") for value in values if value), *map(_option, options)]


def _option(element: Element) -> str:
    return quote(element.attrs["at:value"], safe="") or "%"


def write_declarations(attrs: Attrs) -> str:
    """The element of a template that declares its variables."""
    return f"<at:declarations>{''.join(_write_variable(name, value) for name, value in attrs)}</at:declarations>"


def _write_variable(name: str, value: str) -> str:
    kind, *rest = value.split() or ["string"]
    words = ["" if word == "%" else unquote(word) for word in rest]
    head = f"at:{kind}{attribute('at:name', parameter_name(name))}"
    if kind != "list":
        given = zip(_VARIABLES.get(f"at:{kind}", ()), words, strict=False)
        return f"<{head}{''.join(attribute(f'at:{key}', word) for key, word in given)} />"
    options = "".join(f"<at:option{attribute('at:value', word) or ' at:value=' + chr(34) * 2} />" for word in words)
    return f"<{head}>{options}</at:list>"
