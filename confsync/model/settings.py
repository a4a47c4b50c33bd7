"""What a page's file may say under `confluence:`, flattened to names: `width`, `restrictions.read.users`, …

A setting belongs to confsync only while the file names it: what is not named is never looked at, nor touched. The
values are JSON; "null" is a setting that is named and not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Settings = tuple[tuple[str, str], ...]

WIDTHS: Final = ("default", "full-width", "max", "fixed")
OPERATIONS: Final = ("read", "update")
SUBJECTS: Final = ("users", "groups")
# Properties that are settings of their own here, or the editor's and confsync's own.
RESERVED: Final = frozenset([
    "confsync", "editor", "content-appearance-published", "content-appearance-draft", "emoji-title-published",
    "emoji-title-draft",
])  # fmt: skip
_NAME: Final = re.compile(r"(?!\.+\Z)[^/\\\s\x00-\x1f\x7f?#%]{1,255}")
KEYS: Final = ("state", "width", "emoji", "restrictions", "properties")


def flatten(value: Any) -> Settings:
    """Read the value of `confluence:`, as YAML means it, by name. Raises ValueError that says what is wrong."""
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise ValueError("confluence: is not a list of `key: value`")
    return tuple(sorted((name, _json(one)) for name, one in _entries(value)))


def _entries(value: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        if key not in KEYS:
            raise ValueError(f"confluence: has no key {key!r}: {_near(str(key))}")
        if key == "restrictions":
            yield from _restrictions(one)
        elif key == "properties":
            yield from _properties(one)
        else:
            yield key, _word(key, one)


def _properties(value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping | None):
        raise ValueError("properties is not a list of `key: value`")
    for name, one in (value or {}).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in RESERVED:
            raise ValueError(f"properties: {name!r} is no name that a page's property can have here")
        yield f"properties.{name}", one


def _restrictions(value: Any) -> Iterator[tuple[str, Any]]:
    for operation, subjects in _mapping(value, "restrictions", OPERATIONS):
        for subject, names in _mapping(subjects, operation, SUBJECTS):
            if not isinstance(names, list | None) or not all(isinstance(name, str) and name for name in names or ()):
                raise ValueError(f"{operation}.{subject} is not a list of account ids or names, in quotes if need be")
            yield f"restrictions.{operation}.{subject}", sorted(set(names or ()))


def _mapping(value: Any, name: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping | None):
        raise ValueError(f"{name} is not a list of `key: value`")
    for key, one in (value or {}).items():
        if key not in keys:
            raise ValueError(f"{name} has no key {key!r}, only {' and '.join(keys)}")
        yield key, one


def _word(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise ValueError(f"{key} is not one word or text")
    if key == "width" and value not in WIDTHS:
        raise ValueError(f"width is one of {', '.join(WIDTHS)}")
    return str(value)


def _near(key: str) -> str:
    from difflib import get_close_matches

    return f"did you mean {get_close_matches(key, KEYS, n=1, cutoff=0.0)[0]!r}?"


def _json(value: Any) -> str:
    import json

    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a value is nothing that JSON can hold: {error}") from error
