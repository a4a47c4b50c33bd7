"""Elements in a line of Markdown that stand for one thing: status, date, emoji, and any other inline macro."""

from __future__ import annotations

import re
from collections.abc import Callable

from converters.model import Atom
from converters.storage.raw import Raw

ELEMENTS = frozenset({"time"})  # besides those whose name begins with `ac-`
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def element_atom(name: str, attrs: dict[str, str], shown: str) -> Atom | None:
    """What an element says; `shown` is its text. None for one that Confluence has no use for.

    Raises ValueError where its text says something that would be lost.
    """
    maker = _MAKERS.get(name)
    if maker is not None:
        return maker(attrs, shown)
    macro = attrs.pop("name") if name == "ac-macro" and "name" in attrs else name.removeprefix("ac-")
    if shown:
        raise ValueError(
            f"<{name}> is a macro without a text of its own, so {shown[:40]!r} would be lost: put it outside"
        )
    return ("macro", (("ac:name", macro), *sorted(attrs.items())))


def _status(attrs: dict[str, str], shown: str) -> Atom:
    given = {("colour" if name == "color" else name): value for name, value in attrs.items()}
    if shown:
        given["title"] = shown
    return ("macro", (("ac:name", "status"), *sorted(given.items())))


def _jira(attrs: dict[str, str], shown: str) -> Atom:
    given = {"key": shown, **attrs} if shown and "key" not in attrs else attrs
    if shown and given["key"] != shown:
        raise ValueError(
            f"<ac-jira> shows its key {given['key']!r}, not {shown[:40]!r}: change the key, or put the text outside"
        )
    return ("macro", (("ac:name", "jira"), *sorted(given.items())))


def _anchor(attrs: dict[str, str], shown: str) -> Atom:
    if shown:
        raise ValueError(f"<ac-anchor> has no text of its own, so {shown[:40]!r} would be lost: put it outside")
    given = {("_" if name == "name" else name): value for name, value in attrs.items()}
    return ("macro", (("ac:name", "anchor"), *sorted(given.items())))


def _date(attrs: dict[str, str], shown: str) -> Atom | None:
    date = attrs.get("datetime", "")
    if shown and shown != date:
        if _DATE.match(shown) and _DATE.match(date):
            raise ValueError(f"the date {date} shows {shown}: make both the same")
        return None
    return ("date", (("datetime", date),)) if date else None


def _named(kind: str, names: tuple[str, ...], text: str) -> Callable[[dict[str, str], str], Atom]:
    """An atom that keeps the given attributes and its text under the name `text`."""

    def make(attrs: dict[str, str], shown: str) -> Atom:
        return (kind, (*((name, attrs[name]) for name in names if attrs.get(name)), (text, shown)))

    return make


_MAKERS: dict[str, Callable[[dict[str, str], str], Atom | None]] = {
    "ac-status": _status,
    "ac-jira": _jira,
    "ac-anchor": _anchor,
    "ac-emoji": _named("emoji", ("id",), "name"),
    "ac-placeholder": _named("placeholder", ("type",), "text"),
    "ac-var": lambda attrs, shown: (
        "var",
        (("name", attrs.get("name", "")), *((key, attrs[key]) for key in ("rawxhtml",) if attrs.get(key))),
    ),
    "ac-xml": lambda attrs, shown: ("island", (("v", Raw(attrs.get("v", ""))),)),
    "time": _date,
}
