"""Lists of content by what it is and where it stands, in a given order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .content import HIDDEN, Rows
from .db import Store

FILTERS = {
    "id": "content.id",
    "type": "content.type",
    "status": "content.status",
    "space": "content.space_id",
    "title": "content.title_key",
    "parent": "content.parent_id",
    "container": "content.container_id",
    "holder_status": "(SELECT holder.status FROM content holder WHERE holder.id = content.container_id)",
    "name": "content.title",
    "media_type": "version.media_type",
    "location": "coalesce(json_extract(content.extra, '$.location'), 'footer')",
    "subtype": "coalesce(json_extract(content.extra, '$.subtype'), 'page')",
    "custom_type": "json_extract(content.extra, '$.type')",
}
SORTS = {
    "id": "content.id",
    "created-date": "content.created",
    "modified-date": "version.at",
    "title": "content.title_key",
    "child-position": "content.position IS NULL, content.position",
}
LABELLED = "content.id IN (SELECT content_id FROM label JOIN label_id USING (prefix, name) WHERE label_id.id = ?)"


def find(store: Store, wanted: Mapping[str, Sequence[Any] | None], sort: str = "id", label: int | None = None) -> Rows:
    """Return the content whose facts are among those wanted (None: any), which the viewer may see.

    `sort` is a name of `SORTS`, `-` before it for the other way round; equals follow by id. `label` is a label's id.
    """
    clauses: list[str] = ["content.status != ?"]
    values: list[Any] = [HIDDEN]
    for name, allowed in wanted.items():
        if allowed is not None:
            clauses.append(f"{FILTERS[name]} IN ({', '.join('?' * len(allowed))})")
            values += allowed
    if label is not None:
        clauses, values = [*clauses, LABELLED], [*values, label]
    way = " DESC" if sort.startswith("-") else ""
    order = f"{SORTS[sort.removeprefix('-') or 'id']}{way}, content.id{way}"
    rows = store.all(
        "SELECT content.id FROM content JOIN version ON content_id = content.id AND number = content.version "
        f"WHERE {' AND '.join(clauses)} ORDER BY {order}",
        *values,
    )
    return Rows(store, [row["id"] for row in store.seen(rows)])
