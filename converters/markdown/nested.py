"""Values deep in front matter, as YAML means them: read with their types, and changed where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from .front_matter import FrontMatterError, compose, inner_of, scalar, split, yaml_error

_WORD: Final = re.compile(r"[A-Za-z][\w-]*")


def typed(text: str, key: str) -> Any:
    """Give the value of a key as YAML means it: numbers, dates as text, lists and mappings. Raises FrontMatterError."""
    parts = split(text)
    if key not in parts.fields:
        return None
    import yaml

    try:
        return yaml.load(inner_of(parts.front), Loader=_loader()).get(key)  # noqa: S506  (a safe one, without dates)
    except yaml.YAMLError as error:
        raise yaml_error(error) from error


def set_nested(text: str, path: Sequence[str], value: Any) -> str:
    """Write another value, as JSON where it is no plain word, at a place of the front matter that is there already.

    A value on one line is replaced where it stands; one on lines of its own goes behind its name, before a comment
    there. Raises FrontMatterError, with the line, where the result would not say just that.
    """
    parts = split(text)
    inner = inner_of(parts.front)
    plain = inner.replace("\r\n", "\n")  # the marks of YAML count characters of this
    parent, key, node = _place(plain, path)
    written = _written(value, flow=parent.flow_style)
    if plain[node.start_mark.index : node.start_mark.index + 1] in ("&", "*", "!"):
        raise _refusal(key, path, "has an anchor, an alias or a tag")
    if node.start_mark.line == key.end_mark.line and node.end_mark.line == node.start_mark.line:
        new = _in_line(plain, node, written)
    else:
        new = _behind_its_name(plain, key, node, written)
    new = new.replace("\n", "\r\n") if "\r\n" in inner else new
    at = len(parts.bom) + parts.front.index(inner)
    result = text[:at] + new + text[at + len(inner) :]
    _check(text, result, path, value, key)
    return result


def _place(plain: str, path: Sequence[str]) -> tuple[Any, Any, Any]:
    """Find the mapping, the key and the value at a place."""
    import yaml

    parent, key, node = None, None, compose(plain)
    for name in path:
        if not isinstance(node, yaml.MappingNode):
            raise _refusal(key or node, path, "is not written out")
        found = {one.value: (one, value) for one, value in node.value}
        if name not in found:
            raise _refusal(key or node, path, "is not written out")
        parent, (key, node) = node, found[name]
    return parent, key, node


def _written(value: Any, *, flow: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if flow and not _WORD.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return scalar(value)


def _in_line(plain: str, node: Any, written: str) -> str:
    begin, end = node.start_mark.index, node.end_mark.index
    gap = "" if not begin or plain[begin - 1] in " \t{,[" else " "
    return plain[:begin] + gap + written + plain[end:]


def _behind_its_name(plain: str, key: Any, node: Any, written: str) -> str:
    lines = plain.split("\n")
    first, last = key.end_mark.line, max(key.end_mark.line, _last_line(node))
    at = lines[first].index(":", key.end_mark.column) + 1
    rest = lines[first][at:] if node.start_mark.line > first else ""  # a comment, unless the value begins here
    lines[first : last + 1] = [f"{lines[first][:at]} {written}{rest}".rstrip(" ")]
    return "\n".join(lines)


def _last_line(node: Any) -> int:
    """Give the last line on which something of a value stands; a block's own end mark lies behind it."""
    if isinstance(node.value, str) or node.flow_style:
        end, start = node.end_mark, node.start_mark
        return int(end.line) - int(end.column == 0 and end.line > start.line)
    children = [one for item in node.value for one in (item if isinstance(item, tuple) else (item,))]
    return max((_last_line(one) for one in children), default=int(node.start_mark.line))


def _check(before: str, after: str, path: Sequence[str], value: Any, key: Any) -> None:
    """Everything else must say what it said, and the place what was meant."""
    wanted = typed(before, path[0])
    if len(path) == 1:
        wanted = value
    else:
        wanted = json.loads(json.dumps(wanted))
        below = wanted
        for name in path[1:-1]:
            below = below[name]
        below[path[-1]] = value
    try:
        found = typed(after, path[0])
        others = {name: one for name, one in split(after).fields.items() if name != path[0]}
    except FrontMatterError:
        found, others = None, {}
    if found != wanted or others != {name: one for name, one in split(before).fields.items() if name != path[0]}:
        raise _refusal(key, path, "cannot be changed as it is written")


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
