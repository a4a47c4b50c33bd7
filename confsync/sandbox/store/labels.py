"""Labels of content."""

from __future__ import annotations

from confsync.sandbox.errors import BadRequest, NotFound

from .db import Row, Store

FORBIDDEN = set(" :;,?&[]()#^*@!")


def listing(store: Store, content_id: int, prefix: str = "") -> list[Row]:
    """Return the labels of a content with their ids, in order of name."""
    return store.all(
        "SELECT label_id.* FROM label JOIN label_id USING (prefix, name) "
        "WHERE content_id = ? AND (? = '' OR prefix = ?) ORDER BY prefix, name",
        content_id,
        prefix,
        prefix,
    )


def in_space(store: Store, space_id: int) -> list[Row]:
    """Return the labels that some current content of a space bears, as far as it is to be seen, in order of name."""
    borne = store.all(
        "SELECT content.id AS id, label_id.id AS label FROM label JOIN label_id USING (prefix, name) "
        "JOIN content ON content.id = content_id WHERE space_id = ? AND status = 'current'",
        space_id,
    )
    wanted = {row["label"] for row in store.seen(borne)}
    return [row for row in store.all("SELECT * FROM label_id ORDER BY prefix, name") if row["id"] in wanted]


def clean(name: object, prefix: object = "global") -> tuple[str, str]:
    """Return prefix and name as Confluence keeps them: in lower case; raise `BadRequest` for what it refuses."""
    text = str(name or "").strip().lower()
    bad = sorted(FORBIDDEN & set(text))
    if not text or len(text) > 255 or bad:
        raise BadRequest(f"The label '{name}' is invalid: it is empty, too long or has a character of {''.join(bad)!r}")
    return str(prefix or "global"), text


def add(store: Store, content_id: int, wanted: list[tuple[str, str]]) -> None:
    """Add labels; those that are there stay."""
    for prefix, name in wanted:
        store.run("INSERT OR IGNORE INTO label VALUES (?, ?, ?)", content_id, prefix, name)
        store.run("INSERT OR IGNORE INTO label_id (prefix, name) VALUES (?, ?)", prefix, name)


def replace(store: Store, content_id: int, wanted: list[tuple[str, str]]) -> None:
    """Make the labels of a content exactly these."""
    store.run("DELETE FROM label WHERE content_id = ?", content_id)
    add(store, content_id, wanted)


def remove(store: Store, content_id: int, name: str) -> None:
    """Remove a label, given as `name` or `prefix:name`; raise `NotFound` when it is not there."""
    prefix, _, bare = name.rpartition(":")
    if not store.run(
        "DELETE FROM label WHERE content_id = ? AND name = ? AND (? = '' OR prefix = ?)",
        content_id,
        bare.strip().lower(),
        prefix,
        prefix,
    ):
        raise NotFound(f"Label '{name}' does not exist on content {content_id}")
