"""Info strings of fences and attributes of macro comments."""

from __future__ import annotations

import re

from converters import notation
from converters.model import Attrs
from converters.site import Site
from converters.storage.parameters import canonical_attribute

_INFO_WORD = re.compile(r"[^\s=\"]+(?=\s|\Z)")
_RAW = frozenset({"csf", "confluence-storage", "cfx-storage"})  # how other tools call storage format: read, not written
_FLAG_ONLY = frozenset(notation.CODE_FLAGS)


def macro_attrs(name: str, given: Attrs, site: Site) -> Attrs:
    """A block macro's attributes: its name, then its parameters by name. `ac:macro` carries the name as a parameter."""
    if name == "declarations":  # a form shows them in this order
        return (("ac:name", notation.ELEMENT_PREFIX + name), *given)
    if name == "macro" and given and any(key == "name" for key, _ in given):
        name = dict(given)["name"]
        given = tuple((key, value) for key, value in given if key != "name")
    elif name in notation.ELEMENT_WORDS:
        name = notation.ELEMENT_PREFIX + name
    return (("ac:name", name), *sorted(canonical_attribute(key, value, site) for key, value in given))


def read_info(info: str, site: Site) -> tuple[str, Attrs]:
    """A fence's info string as a macro's name and its parameters in canonical form."""
    rest = info.strip()
    word = _INFO_WORD.match(rest)
    language = ""
    if word is not None and word.group() not in _FLAG_ONLY:
        language, rest = word.group(), rest[word.end() :].strip()
    name = "xml" if language in _RAW else "code"
    word = re.match(r"ac:(\S+)", rest)
    if word is not None:
        name, rest, language = word.group(1), rest[word.end() :].strip(), ""
        name = notation.ELEMENT_PREFIX + name if name in notation.ELEMENT_WORDS else name
    if name == "xml":
        return name, ()
    attrs = notation.read_attributes(rest)
    given = {key: value or ("true" if key in notation.CODE_FLAGS else "") for key, value in attrs or ()}
    if name == "macro" and "name" in given:
        name = given.pop("name")
    if name == "code" and language and "language" not in given:
        given["language"] = notation.fence_language(language)
    kept = (pair for pair in given.items() if pair != ("language", ""))
    return name, tuple(sorted(canonical_attribute(key, value, site) for key, value in kept))
