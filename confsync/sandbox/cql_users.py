"""The query language over users: who bears a name, who has an account id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cql import compile_query
from .cql_fields import Scope, Sql
from .errors import BadRequest
from .store import Row, Store


def search_users(store: Store, query: str, me: str) -> list[Row]:
    """Return the users that a query finds, in order of name; raise `BadRequest` in Confluence's words."""
    condition, _order = compile_query(query, Scope(me, store.clock(), "9999", FIELDS))
    return store.all(
        f"SELECT u.* FROM user u WHERE {condition.text} ORDER BY u.display_name, u.rowid", *condition.values
    )


def _account(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(field, operator, "=")
    return Sql("u.account_id = ?", (str(value),))


def _full_name(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    """Compare the name as a whole, or find each word at the beginning of one of its words."""
    _only(field, operator, "= ~")
    if operator == "=":
        return Sql("u.display_name = ? COLLATE NOCASE", (str(value),))
    words = str(value).replace("*", " ").split()
    if not words:
        return Sql("0")
    parts = [Sql("instr(' ' || lower(u.display_name), ?) > 0", (f" {word.lower()}",)) for word in words]
    return Sql.join("AND", parts)


def _type(_scope: Scope, field: str, operator: str, value: Any) -> Sql:
    _only(field, operator, "=")
    return Sql("1" if str(value).lower() == "user" else "0")


def _only(field: str, operator: str, allowed: str) -> None:
    if operator not in allowed.split():
        raise BadRequest(f"Unsupported operator '{operator}' for field '{field}', expected one of : {allowed}")


FIELDS: dict[str, Callable[[Scope, str, str, Any], Sql]] = {
    "user": _account,
    "user.accountid": _account,
    "user.userkey": _account,
    "user.fullname": _full_name,
    "type": _type,
}
