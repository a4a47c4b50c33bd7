"""Values deep in front matter, as YAML means them: read with their types, and changed where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from .front_matter import FrontMatterError, compose, inner_of, quoted, scalar, split, yaml_error

_WORD: Final = re.compile(r"[A-Za-z][\w-]*")
_COLON: Final = re.compile(r"[ \t]*:")
_BARE_EXPONENT: Final = re.compile(r"\A(-?\d+)e")  # JSON's 1e+16, which YAML takes for a word


class _Edit(NamedTuple):
    """Characters begin:end of a text, and what shall stand there instead."""

    begin: int
    end: int
    text: str


def typed(text: str, key: str) -> Any:
    """Give the value of a key as YAML means it: numbers, dates as text, lists and mappings. Raises FrontMatterError."""
    parts = split(text)
    if key not in parts.fields:
        return None
    import yaml

    loader, line = _loader()(inner_of(parts.front)), 1
    try:
        name, node = [one for one in loader.get_single_node().value if one[0].value == key][-1]
        line = name.start_mark.line + 2
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise yaml_error(error) from error
    except (ValueError, KeyError, AttributeError, RecursionError) as error:
        # What comes of `!!bool x`, of a number of 5,000 digits, and of a list in a list in a list.
        raise FrontMatterError(f"bad front matter: a value of {key} cannot be read", line, 1) from error
    finally:
        loader.dispose()


def set_nested(text: str, path: Sequence[str], value: Any) -> str:
    """Write another value, as JSON where it is no plain word, at a place of the front matter that is there already.

    A value is replaced where it stands; one on lines of its own goes behind its name, before a comment there. Raises
    FrontMatterError, with the line, where the result would not say just that.
    """
    parts = split(text)
    inner = inner_of(parts.front)
    plain = inner.replace("\r\n", "\n")  # the marks of YAML count characters of this
    parent, key, node = _place(plain, path)
    if plain[node.start_mark.index : node.start_mark.index + 1] in ("&", "*", "!"):
        raise _refusal(key, path, "has an anchor, an alias or a tag")
    written = _written(value, flow=parent.flow_style)
    edits = _edits(plain, key, node, written, flow=parent.flow_style)
    at = len(parts.bom) + parts.front.index(inner)
    result = text[:at] + _edited(inner, edits) + text[at + len(inner) :]
    _check(text, result, path, value, key)
    return result


def _place(plain: str, path: Sequence[str]) -> tuple[Any, Any, Any]:
    """Find the mapping, the key and the value at a place."""
    import yaml

    parent, key, node = None, None, compose(plain)
    for name in path:
        if not isinstance(node, yaml.MappingNode):
            raise _refusal(key or node, path, "is not written out")
        found = {one.value: (one, value) for one, value in node.value if isinstance(one, yaml.ScalarNode)}
        if name not in found:
            raise _refusal(key or node, path, "is not written out")
        parent, (key, node) = node, found[name]
    return parent, key, node


def _written(value: Any, *, flow: bool) -> str:
    """Write a value for one line. flow: within braces or brackets, where fewer texts can do without quotes."""
    if isinstance(value, str):
        return scalar(value) if not flow or _WORD.fullmatch(value) else quoted(value)
    return _json(value)


def _json(value: Any) -> str:
    """Write a value as JSON that is YAML too."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)}: {_json(one)}" for name, one in value.items()) + "}"
    return _BARE_EXPONENT.sub(r"\1.0e", json.dumps(value))


def _edits(plain: str, key: Any, node: Any, written: str, *, flow: bool) -> list[_Edit]:
    begin, end = node.start_mark.index, _end(plain, node)
    colon = _COLON.match(plain, key.end_mark.index)
    if flow or colon is None or "\n" not in plain[colon.end() : begin]:
        gap = "" if not begin or plain[begin - 1] in " \t\n{,[" else " "
        return [_Edit(begin, end, gap + written)]
    # A value on lines of its own: comments before it stay, its lines go.
    first, last = plain.rindex("\n", 0, begin), plain.find("\n", end)
    return [_Edit(colon.end(), colon.end(), f" {written}"), _Edit(first, last if last >= 0 else len(plain), "")]


def _end(plain: str, node: Any) -> int:
    """Give the place behind the last character of a value; a block's own end mark lies on a later line."""
    if isinstance(node.value, str) or node.flow_style:
        start = int(node.start_mark.index)
        return start + len(plain[start : node.end_mark.index].rstrip())
    children = [one for item in node.value for one in (item if isinstance(item, tuple) else (item,))]
    return max((_end(plain, one) for one in children), default=int(node.start_mark.index))


def _edited(inner: str, edits: Sequence[_Edit]) -> str:
    """Make edits, in order, that count each line end as one character; line ends stay as they are."""
    where = [at for at, char in enumerate(inner) if char != "\n" or inner[at - 1 : at] != "\r"] + [len(inner)]
    for edit in reversed(edits):
        inner = inner[: where[edit.begin]] + edit.text + inner[where[edit.end] :]
    return inner


def _check(before: str, after: str, path: Sequence[str], value: Any, key: Any) -> None:
    """Everything else must say what it said, and the place what was meant."""
    try:
        wanted, found = _with(typed(before, path[0]), path[1:], value), typed(after, path[0])
        others = [
            {name: one for name, one in split(text).fields.items() if name != path[0]} for text in (before, after)
        ]
    except (FrontMatterError, KeyError, TypeError) as error:
        raise _refusal(key, path, "cannot be changed as it is written") from error
    if found != wanted or others[0] != others[1]:
        raise _refusal(key, path, "cannot be changed as it is written")


def _with(value: Any, path: Sequence[str], new: Any) -> Any:
    """Give a value with another one at a place in it; what two places share is changed in this one only."""
    return {**value, path[0]: _with(value[path[0]], path[1:], new)} if path else new


def _refusal(node: Any, path: Sequence[str], why: str) -> FrontMatterError:
    line = node.start_mark.line + 2 if node is not None else 1
    message = f"{'.'.join(path)} {why}: write it as `name: value`"
    return FrontMatterError(message, line, 1)


@cache
def _loader() -> Any:
    """Make a safe YAML loader for which a date is the text that it is."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    resolvers: Mapping[str, Any] = yaml.SafeLoader.yaml_implicit_resolvers
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in resolvers.items()
    }
    return Loader
