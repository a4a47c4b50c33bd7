"""`api`: any call of the site's REST API, with confsync's access, paging and patience."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from confsync.config import clean_site
from confsync.errors import UsageError

from .access import access
from .init import api_of
from .output import Output
from .session import settings

METHODS = ("GET", "POST", "PUT", "DELETE")
_READS = ("GET",)


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("method", metavar="METHOD", type=str.upper, choices=METHODS, help=", ".join(METHODS))
    add("path", metavar="PATH", help="from the site's address on: /rest/api/… or /api/v2/…; /… alone is version 1")
    add("-f", "--field", action="append", default=[], metavar="KEY=VALUE",
        help="a parameter of the query, or with a method that writes a field of the JSON body; numbers, true, false, "
        "null and JSON are taken as such")  # fmt: skip
    add("--input", metavar="FILE", help="the JSON body, - for standard input")
    add("--all", action="store_true", help="follow the list to its end, and print its results as one array")
    add("--query", metavar="EXPR", help="print only what a JMESPath expression selects; texts come without quotes")
    add("--site", default="", metavar="SITE", help="its address; else the one of .confsync.toml")


def run(args: Namespace, out: Output) -> int:
    """Call, and print the answer."""
    config = None if args.site else settings(args)
    site = config.site if config else clean_site(args.site)
    expression = _compiled(args.query)
    session = api_of(site, access(site), out.note).session
    if config is not None and (config.read_only or any(one.read_only for one in config.mirrors)):
        session.read_only = True
    asked = _Call(args)
    answer = list(_rows(session, asked)) if args.all else _once(session, asked)
    found = expression.search(answer) if expression else answer
    _print(out, found, raw=bool(expression))
    return 0


class _Call:
    """One call, taken from the command line. Raises UsageError."""

    def __init__(self, args: Namespace) -> None:
        self.method, self.path = args.method, _path(args.path)
        fields = dict(map(_field, args.field))
        reads = self.method in _READS
        if args.all and not reads:
            raise UsageError("--all is for GET", remedy="leave it out")
        if args.input and reads:
            raise UsageError("--input is for methods that write", remedy="use -f key=value for the query")
        if args.input and fields:
            raise UsageError("--input and -f exclude each other", remedy="put everything into the file")
        self.params = {key: _text(value) for key, value in fields.items()} if reads else {}
        self.body = _body(args.input) if args.input else (fields or None) if not reads else None


def _path(path: str) -> str:
    """Bring a path into the form that a session takes; nothing of it names another host."""
    if not path.startswith("/") or path.startswith("//"):
        raise UsageError("is no path", place=path, remedy="begin with a slash: /rest/api/space or /api/v2/spaces")
    if {".", ".."} & set(unquote(path.partition("?")[0]).split("/")):
        raise UsageError("leads elsewhere than it says", place=path, remedy="write the path without . and ..")
    path = path.removeprefix("/wiki") if path.startswith(("/wiki/rest/", "/wiki/api/")) else path
    return path.removeprefix("/rest/api") if path.startswith("/rest/api/") else path


def _field(text: str) -> tuple[str, Any]:
    key, found, value = text.partition("=")
    if not found or not key:
        raise UsageError(f"-f {text}: is not KEY=VALUE", remedy="for example: -f limit=10")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _body(name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise UsageError(error.strerror or str(error), place=name) from error
    except ValueError as error:
        raise UsageError(f"is not JSON: {error}", place=name) from error


def _once(session: Any, asked: _Call) -> Any:
    answer = session.request(asked.method, asked.path, json=asked.body, params=asked.params)
    kind = answer.headers.get("Content-Type", "")
    return answer.json() if "json" in kind and answer.content else (answer.text or None)


def _rows(session: Any, asked: _Call) -> Iterator[Any]:
    """Follow the links of a list; they are relative to the site, or to its host."""
    path, params = asked.path, dict(asked.params)
    while path:
        data = session.get(path, **params)
        if not isinstance(data, Mapping) or not isinstance(data.get("results"), list):
            raise UsageError("is no list", place=asked.path, remedy="leave --all out")
        yield from data["results"]
        link = (data.get("_links") or {}).get("next") or ""
        path, params = (_next(session, link), {}) if link else ("", {})


def _next(session: Any, link: str) -> str:
    """Give the path of the next page as a session takes it."""
    parts = urlsplit(urljoin(f"{session.base}/", link))
    path = parts.path.removeprefix(urlsplit(session.base).path)
    return _path(path) + (f"?{parts.query}" if parts.query else "")


def _compiled(query: str | None) -> Any:
    if not query:
        return None
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(query)
    except JMESPathError as error:
        message = f"is no JMESPath expression: {str(error).partition(chr(10))[0]}"
        raise UsageError(message, place=query, remedy="see https://jmespath.org") from error


def _print(out: Output, found: Any, *, raw: bool) -> None:
    if out.json or not raw:
        out.raw(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found if isinstance(found, list) else [found]:
        out.raw(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False))
