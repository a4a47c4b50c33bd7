"""Confluence Query Language: parsed by a grammar, compiled to one SQL condition over `content c`.

Values are always bound. Times have the resolution of a minute, as the real index has; archived and trashed content is
never found, folders and the like only when asked for by type.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput
from lark.exceptions import VisitError

from .cql_dates import call_date
from .cql_fields import Scope, Sql, clause, unknown_field
from .errors import BadRequest
from .store import Store, iso, tree

ORDERS = {
    "created": "c.created",
    "lastmodified": "modified",
    "title": "c.title_key",
    "type": "c.type",
    "space": "c.space_id",
    "space.key": "c.space_id",
    "id": "c.id",
    "content": "c.id",
    "creator": "c.creator",
}


@cache
def _grammar() -> Lark:
    return Lark((Path(__file__).parent / "cql.lark").read_text(encoding="utf-8"), parser="lalr")


def search(store: Store, query: str, me: str) -> list[int]:
    """Return the ids of the content that a query finds, in its order; raise `BadRequest` in Confluence's words."""
    now = store.clock()
    scope = Scope(me, now, iso(now - store.index_lag) if store.index_lag else "9999")
    condition, order = compile_query(query, scope)
    silent = [kind for kind in (*tree.PLACES, "custom") if kind not in condition.types]  # has no text to be found
    hidden = "".join(f"AND c.type != '{kind}' " for kind in silent)
    modified = f", {scope.modified} AS modified" if "modified" in order else ""
    rows = store.all(
        f"SELECT c.id{modified} FROM content c LEFT JOIN content p ON p.id = c.container_id "
        f"WHERE c.status = 'current' AND coalesce(p.status, 'current') = 'current' {hidden}"
        f"AND c.created <= '{scope.indexed_until}' AND {condition.text} ORDER BY {order}",
        *condition.values,
    )
    return [row["id"] for row in store.seen(rows)]


def compile_query(query: str, scope: Scope) -> tuple[Sql, str]:
    """Return the condition and the order of a query."""
    try:
        condition, order = _Compiler(scope).transform(_grammar().parse(query))
    except UnexpectedInput:
        raise BadRequest(f"Could not parse cql : {query}") from None
    except VisitError as error:
        raise error.orig_exc from None
    return condition, order or "c.id"


class _Compiler(Transformer[Token, Any]):
    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def start(self, parts: list[Any]) -> tuple[Sql, str]:
        return parts[0], parts[1] if len(parts) > 1 else ""

    def either(self, parts: list[Sql]) -> Sql:
        return Sql.join("OR", parts)

    def both(self, parts: list[Sql]) -> Sql:
        return Sql.join("AND", parts)

    def negated(self, parts: list[Sql]) -> Sql:
        return Sql(f"NOT coalesce({parts[0].text}, 0)", parts[0].values, parts[0].types)

    def compare(self, parts: list[Any]) -> Sql:
        field, operator, value = parts
        if operator in ("!=", "!~"):
            return self.negated([clause(self.scope, field, operator[1], [value])])
        return clause(self.scope, field, str(operator), [value])

    def among(self, parts: list[Any]) -> Sql:
        return clause(self.scope, parts[0], "=", parts[1])

    def not_among(self, parts: list[Any]) -> Sql:
        return self.negated([self.among(parts)])

    def values(self, parts: list[Any]) -> list[Any]:
        return parts

    def text(self, parts: list[Token]) -> str:
        return re.sub(r"\\(.)", r"\1", parts[0][1:-1])

    def word(self, parts: list[Token]) -> str:
        return str(parts[0])

    def call(self, parts: list[Any]) -> str | datetime:
        name, given = str(parts[0]), [str(one) for one in parts[1] or []]
        if name.lower() == "currentuser":
            return self.scope.me
        return call_date(name, given, self.scope.now)

    def order(self, parts: list[str]) -> str:
        return ", ".join([*parts, "c.id"])

    def key(self, parts: list[Token]) -> str:
        column = ORDERS.get(parts[0].lower())
        if column is None:
            raise unknown_field(str(parts[0]))
        return f"{column} {'DESC' if len(parts) > 1 and parts[1].lower() == 'desc' else 'ASC'}"
