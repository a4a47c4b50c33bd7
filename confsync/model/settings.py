"""What a page's file may say under `confluence:`, flattened to names: `width`, `restrictions.read.users`, …

A setting belongs to confsync only while the file names it: what is not named is never looked at, nor touched. The
values are JSON; "null" is a setting that is named and not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Settings = tuple[tuple[str, str], ...]

WIDTHS: Final = ("default", "full-width", "max", "fixed")
OPERATIONS: Final = ("read", "update")
SUBJECTS: Final = ("users", "groups")
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
            if not isinstance(one, Mapping | None):
                raise ValueError("properties is not a list of `key: value`")
            yield from ((f"properties.{name}", found) for name, found in (one or {}).items())
        else:
            yield key, _word(key, one)


def _restrictions(value: Any) -> Iterator[tuple[str, Any]]:
    for operation, subjects in _mapping(value, "restrictions", OPERATIONS):
        for subject, names in _mapping(subjects, operation, SUBJECTS):
            if not isinstance(names, list | None):
                raise ValueError(f"{operation}.{subject} is not a list")
            yield f"restrictions.{operation}.{subject}", sorted({str(name) for name in names or ()})


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

    return json.dumps(value, ensure_ascii=False, sort_keys=True)
