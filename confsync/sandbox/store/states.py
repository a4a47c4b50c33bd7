"""Content states: how far a page has got, as a word with a colour.

Every space suggests three, and users make up more. A state belongs to a text: a change of it clears the state.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from confsync.sandbox.errors import BadRequest

from .db import Row, Store

NAME_LIMIT = 20
RECENT = 3
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class State(NamedTuple):
    """A state with its number, word and colour (`#rrggbb`)."""

    id: int
    name: str
    color: str


SUGGESTED = (State(0, "Rough draft", "#ffc400"), State(1, "In progress", "#2684ff"),
             State(2, "Ready for review", "#57d9a3"))  # fmt: skip


def find(store: Store, content_id: int, status: str) -> tuple[State, str] | None:
    """Return the state of a published text or of a draft and when it was set, or None."""
    row = store.one("SELECT * FROM content_state WHERE content_id = ? AND status = ?", content_id, status)
    return (_by_id(store, row["state_id"]), row["at"]) if row else None


def custom(store: Store, author: str, most: int = -1) -> list[State]:
    """Return the states that a user made up, those last set first."""
    rows = store.all("SELECT * FROM state WHERE author = ? ORDER BY at DESC, id DESC LIMIT ?", author, most)
    return [State(row["id"], row["name"], row["color"]) for row in rows]


def chosen(store: Store, sent: dict[str, Any], author: str) -> State:
    """Return the state that a body names by `id`, or by `name` and `color`, which makes one where there is none.

    Raise `BadRequest` for an id that is neither suggested nor the user's own, and for a bad name or colour.
    """
    number, name, color = sent.get("id"), sent.get("name"), sent.get("color")
    mine = custom(store, author)
    if number is not None:
        found = next((one for one in (*SUGGESTED, *mine) if one.id == number and not isinstance(number, bool)), None)
        if found is None:
            raise BadRequest(f"There is no content state with id {number} that may be set here")
        return found
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LIMIT:
        raise BadRequest(f"A content state needs an id, or a name of 1 to {NAME_LIMIT} characters and a color")
    if not isinstance(color, str) or not COLOR.fullmatch(color):
        raise BadRequest(f"The color of a content state must be six hexadecimal digits, as in #2684ff: {color}")
    known = next((one for one in mine if (one.name, one.color.lower()) == (name, color.lower())), None)
    if known is None:
        known = State(store.next_id(), name, color)
        store.insert("state", **known._asdict(), author=author, at=store.now())
    return known


def put(store: Store, content_id: int, status: str, state: State) -> None:
    """Set the state of a published text or of a draft."""
    now = store.now()
    clear(store, content_id, status)
    store.insert("content_state", content_id=content_id, status=status, state_id=state.id, at=now)
    store.run("UPDATE state SET at = ? WHERE id = ?", now, state.id)


def clear(store: Store, content_id: int, status: str = "current") -> None:
    """Take the state away, if there is one."""
    store.run("DELETE FROM content_state WHERE content_id = ? AND status = ?", content_id, status)


def content_in(store: Store, space_id: int, state_id: int) -> list[Row]:
    """Return the published content of a space in a state, in order of creation."""
    rows = store.all(
        "SELECT content.* FROM content_state JOIN content ON id = content_id "
        "WHERE content_state.status = 'current' AND content.status = 'current' AND state_id = ? AND space_id = ? "
        "ORDER BY id",
        state_id,
        space_id,
    )
    return store.seen(rows)


def _by_id(store: Store, state_id: int) -> State:
    row = store.one("SELECT * FROM state WHERE id = ?", state_id)
    return State(row["id"], row["name"], row["color"]) if row else SUGGESTED[state_id]
