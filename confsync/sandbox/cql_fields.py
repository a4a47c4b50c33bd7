"""The fields of the query language: what each compares, and the SQL it becomes over `content c`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .cql_dates import parse_date
from .errors import BadRequest
from .store import iso

TYPES = (
    "space",
    "user",
    "page",
    "blogpost",
    "comment",
    "attachment",
    "database",
    "whiteboard",
    "slide",
    "embed",
    "folder",
)
FIELDS_WITHOUT_DATA = ("watcher", "mention.user", "user", "subtype")


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition with the values it binds."""

    text: str
    values: tuple[Any, ...] = ()
    types: frozenset[str] = frozenset()  # which types the condition names

    @staticmethod
    def join(word: str, parts: list[Sql]) -> Sql:
        """Combine conditions."""
        if len(parts) == 1:
            return parts[0]
        values = tuple(value for part in parts for value in part.values)
        named = frozenset[str]().union(*(part.types for part in parts))
        return Sql("(" + f" {word} ".join(part.text for part in parts) + ")", values, named)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query is relative to: who asks, when, and how far the index has got."""

    me: str
    now: datetime
    indexed_until: str
    fields: Mapping[str, Callable[[Scope, str, str, Any], Sql]] | None = None  # None: those of content

    @property
    def modified(self) -> str:
        """Return the SQL for the time of the newest version that the index knows."""
        return f"(SELECT max(v.at) FROM version v WHERE v.content_id = c.id AND v.at <= '{self.indexed_until}')"


def clause(scope: Scope, field: str, operator: str, values: list[Any]) -> Sql:
    fields = scope.fields or FIELDS
    make = fields.get(field.lower())
    if make is None:
        raise unknown_field(field, fields)
    return Sql.join("OR", [make(scope, str(field), operator, value) for value in values])


def unknown_field(name: str, fields: Mapping[str, Any] | None = None) -> BadRequest:
    names = [*(fields or FIELDS)]
    near = sorted(names, key=lambda one: -difflib.SequenceMatcher(None, one, name.lower()).ratio())[:5]
    return BadRequest(f"No field exists with the name: '{name}' Did you mean one of : {', '.join(near)}")


def _only(operator: str, allowed: str, field: str) -> None:
    if operator not in allowed.split():
        raise BadRequest(f"Unsupported operator '{operator}' for field '{field}', expected one of : {allowed}")


def _equal(column: str) -> Make:
    def make(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
        _only(operator, "=", field)
        return Sql(f"{column} = ? COLLATE NOCASE", (str(value),))

    return make


def _number(column: str) -> Make:
    def make(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
        _only(operator, "=", field)
        text = str(value).removeprefix("att")
        if not text.isdecimal():
            raise BadRequest(f"Unsupported value for {field}, got : {value}, expected a content id")
        return Sql(column, (int(text),) * column.count("?"))

    return make


def _date(column: Callable[[Scope], str]) -> Make:
    def make(scope: Scope, field: str, operator: str, value: Any) -> Sql:
        _only(operator, "= > >= < <=", field)
        moment = value if isinstance(value, datetime) else parse_date(str(value))
        return Sql(f"substr({column(scope)}, 1, 16) {operator} ?", (iso(moment)[:16],))

    return make


def _type(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(operator, "=", field)
    kind = str(value).lower()
    if kind not in TYPES:
        raise BadRequest(f"Unsupported value for type, got : {value}, expected one of :[{', '.join(TYPES)}]")
    return Sql("c.type = ?", (kind,), frozenset({kind}))


def _title(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(operator, "= ~", field)
    if not str(value):
        raise BadRequest("Title must not be empty")
    if operator == "=":
        return Sql("c.title_key = ?", (str(value).strip().casefold(),))
    return _words("c.title_key", str(value))


def _text(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(operator, "~", field)
    return Sql.join("OR", [_words(_PLAIN, str(value)), _words("c.title_key", str(value))])


def _words(column: str, value: str) -> Sql:
    """Match all words, each with `*` and `?` as wildcards; a phrase in quotes as it stands."""
    phrase = re.fullmatch(r'\s*"(.*)"\s*', value)
    words = [phrase[1]] if phrase else value.split()
    if not words:
        raise BadRequest("The search text must not be empty")
    return Sql.join("AND", [Sql(f"{column} LIKE ? ESCAPE '\\'", (f"%{_like(word)}%",)) for word in words])


def _like(word: str) -> str:
    escaped = re.sub(r"([%_\\])", r"\\\1", word)
    return escaped.replace("*", "%").replace("?", "_")


def _body_has(pattern: str) -> Make:
    def make(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
        _only(operator, "=", field)
        wanted = pattern.format(value)
        sql = "EXISTS (SELECT 1 FROM version b WHERE b.content_id = c.id AND b.number = c.version AND instr(b.body, ?))"
        return Sql(sql, (wanted,))

    return make


def _user(sql: str) -> Make:
    def make(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
        _only(operator, "=", field)
        return Sql(sql, (str(value), str(value)))

    return make


def _nothing(_scope: Scope, _field: str, _operator: str, _value: Any) -> Sql:
    return Sql("0")


_PLAIN = "(SELECT w.plain FROM words w WHERE w.content_id = c.id)"
_SPACE = "(SELECT s.{} FROM space s WHERE s.id = c.space_id)"
_WHO = "(SELECT u.account_id FROM user u WHERE u.account_id = ? OR u.username = ?)"
_BELOW = (
    "c.id IN (WITH RECURSIVE down (id) AS (SELECT id FROM content WHERE parent_id = ? OR container_id = ? UNION "
    "SELECT d.id FROM content d JOIN down ON d.parent_id = down.id OR d.container_id = down.id) SELECT id FROM down)"
)
_LABEL = "EXISTS (SELECT 1 FROM label l WHERE l.content_id = c.id AND ? IN (l.name, l.prefix || ':' || l.name))"


def _label(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(operator, "=", field)
    return Sql(_LABEL, (str(value).strip().lower(),))


Make = Callable[[Scope, str, str, Any], Sql]
FIELDS: dict[str, Make] = {
    "ancestor": _number(_BELOW),
    "container": _number("coalesce(c.container_id, c.space_id) = ?"),
    "content": _number("c.id = ?"),
    "id": _number("c.id = ?"),
    "created": _date(lambda _scope: "c.created"),
    "creator": _user(f"c.creator = {_WHO}"),
    "contributor": _user(f"EXISTS (SELECT 1 FROM version w WHERE w.content_id = c.id AND w.author = {_WHO})"),
    "favourite": _user(f"EXISTS (SELECT 1 FROM favourite f WHERE f.content_id = c.id AND f.account_id = {_WHO})"),
    "label": _label,
    "lastmodified": _date(lambda scope: scope.modified),
    "macro": _body_has('ac:name="{}"'),
    "mention": _body_has('ri:account-id="{}"'),
    "parent": _number("c.parent_id = ?"),
    "space": _equal(_SPACE.format("key")),
    "space.key": _equal(_SPACE.format("key")),
    "space.title": _equal(_SPACE.format("name")),
    "space.type": _equal(_SPACE.format("type")),
    "text": _text,
    "sitesearch": _text,
    "title": _title,
    "type": _type,
    **dict.fromkeys(FIELDS_WITHOUT_DATA, _nothing),
}
