"""From what a transaction changed to what happened: pure functions over the rows that were written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from .store.webhooks import Change

Json = dict[str, Any]
WORDS: Final = {"page": "page", "blogpost": "blog", "comment": "comment", "attachment": "attachment"}
# What a content was -> what it is -> what happened to it; '' is not there at all, or only a draft.
HAPPENED: Final = {
    ("", "current"): "created",
    ("", "archived"): "created",
    ("current", ""): "removed",
    ("archived", ""): "removed",
    ("trashed", ""): "removed",
    ("current", "trashed"): "trashed",
    ("archived", "trashed"): "trashed",
    ("trashed", "current"): "restored",
    ("current", "archived"): "archived",
    ("archived", "current"): "unarchived",
}
PERMITTED: Final = "content_permissions_updated"
GENERAL: Final = ("created", "updated", "trashed", "restored", "removed")  # that are told of `content_…` too
NAMES: Final = frozenset(
    {
        *(f"{word}_{end}" for word in WORDS.values() for end in (*HAPPENED.values(), "updated", "moved")),
        *(f"content_{end}" for end in GENERAL),
        PERMITTED,
        *(f"space_{end}" for end in ("created", "updated", "removed")),
        "page_children_reordered",
        "label_added",
        "label_removed",
    }
)


class Event(NamedTuple):
    """Something that happened to an item: a content, a space, or a content with a label.

    item: the row as it is, or as it was before it was removed. old: the row as it was, empty where it was not there.
    """

    name: str
    item: Json
    old: Json
    label: Json | None = None


Pair = tuple[Json | None, Json | None]
Key = tuple[str, int, str]


def events(changes: Sequence[Change]) -> list[Event]:
    """Return what happened, in the order in which it began; what is as it was before did not happen."""
    whole: dict[Key, Pair] = {}
    for one in changes:
        before = whole[_key(one)][0] if _key(one) in whole else one.before
        whole[_key(one)] = (before, one.after)
    content = {number: pair for (kind, number, _), pair in whole.items() if kind == "content"}
    found: list[Event] = []
    for key, pair in whole.items():
        if pair[0] != pair[1]:
            found += _of(key, pair, content)
    # several restrictions of one content are one event
    found = [one for index, one in enumerate(found) if one.name != PERMITTED or one not in found[:index]]
    return [*found, *_reordered(content)]


def _key(one: Change) -> Key:
    """Return what a change is of: a content or a space by its number, a label or a restriction by what it says."""
    part = one.after or one.before or {}
    return one.kind, one.item_id, "" if one.kind in ("content", "space") else str(part)


def _of(key: Key, pair: Pair, content: dict[int, Pair]) -> Iterator[Event]:
    kind, number, _ = key
    if kind == "space":
        yield from _space(*pair)
    elif kind == "content":
        yield from _content(*pair, content)
    elif kind == "label":
        yield from _label(number, *pair, content)
    elif number not in content:  # one that is made or purged has them from the beginning, or loses them
        yield Event(PERMITTED, {"id": number}, {})


def _space(before: Json | None, after: Json | None) -> Iterator[Event]:
    end = "created" if before is None else "removed" if after is None else "updated"
    if before or after:
        yield Event(f"space_{end}", after or before or {}, before or {})


def _standing(row: Json | None) -> str:
    return "" if row is None or row["status"] == "draft" else str(row["status"])


def _content(before: Json | None, after: Json | None, all_: dict[int, Pair]) -> Iterator[Event]:
    item = after or before or {}
    word = WORDS.get(item.get("type", ""))
    if word is None:
        return
    old, new = _standing(before), _standing(after)
    ends = [HAPPENED.get((old, new), "")]
    if old == new == "current" and before and after:
        ends = [
            "moved" if _moved(before, after, all_) else "",
            "updated" if after["version"] > before["version"] else "",
        ]
    for end in filter(None, ends):
        yield Event(f"{word}_{end}", item, before or {})
        if end in GENERAL:
            yield Event(f"content_{end}", item, before or {})


def _moved(before: Json, after: Json, all_: dict[int, Pair]) -> bool:
    """Return whether a content went elsewhere by itself, not with its page nor because its page was deleted."""
    if before["parent_id"] == after["parent_id"]:
        return bool(before["space_id"] != after["space_id"] and not after["parent_id"] and not after["container_id"])
    above = all_.get(before["parent_id"])
    return above is None or _standing(above[1]) == "current"


def _label(number: int, before: Json | None, after: Json | None, content: dict[int, Pair]) -> Iterator[Event]:
    if content.get(number, (None, {}))[1] is not None:  # what is purged loses its labels silently
        yield Event("label_added" if after else "label_removed", {"id": number}, {}, after or before)


def _reordered(content: dict[int, Pair]) -> Iterator[Event]:
    """Say of which pages the children have another order; where one came from elsewhere, that has been said."""
    both = [(before, after) for before, after in content.values() if before and after]
    came = {after["parent_id"] for before, after in both if before["parent_id"] != after["parent_id"]}
    places = (after["parent_id"] for before, after in both if before["position"] != after["position"])
    for parent in dict.fromkeys(places):
        if parent is not None and parent not in came:
            yield Event("page_children_reordered", {"id": parent}, {})
