"""The facets of a page, in one table: how each is merged when both sides changed it, and how it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Join = Callable[[Any, Any, Any], Any]
Settings = tuple[tuple[str, str], ...]


def remote_wins(base: Any, local: Any, remote: Any) -> Any:
    """Take the remote value: it already satisfies the server's constraints."""
    return remote


def both_apply(base: frozenset[str] | None, local: frozenset[str], remote: frozenset[str]) -> frozenset[str]:
    """Apply the additions and removals of both sides."""
    if base is None:
        return local | remote
    return (base | local | remote) - (base - local) - (base - remote)


def both_texts(base: str | None, local: str, remote: str) -> str:
    """Name the text that is still to be merged: a token that equals neither side's."""
    return f"merge({local},{remote})"


def key_wise(base: Settings | None, local: Settings, remote: Settings) -> Settings:
    """Merge settings name by name; one that the file has only now begun to name is as the file says.

    Of who may read and update, the additions and removals of both sides apply, also where no base is known.
    """
    before, theirs = dict(base or ()), dict(remote)
    return tuple((name, _setting(name, before.get(name), mine, theirs.get(name, mine))) for name, mine in local)


def _setting(name: str, base: str | None, local: str, remote: str) -> str:
    if remote in (base, local):
        return local
    if local == base:
        return remote
    if not name.startswith("restrictions."):
        return local if base is None else remote
    import json  # a status of files that name nothing starts without it

    before = None if base is None else frozenset(json.loads(base) or ())
    return json.dumps(sorted(both_apply(before, *(frozenset(json.loads(one) or ()) for one in (local, remote)))))


def setting_clashes(base: Settings | None, local: Settings, remote: Settings) -> list[tuple[str, str, str]]:
    """Give the settings that both sides have changed otherwise, with both values; who may read is never one."""
    before, theirs = dict(base or ()), dict(remote)
    changed = [(name, mine, theirs.get(name, mine)) for name, mine in local if name in before]
    return [
        (name, mine, other)
        for name, mine, other in changed
        if len({before[name], mine, other}) == 3 and not name.startswith("restrictions.")
    ]


@dataclass(frozen=True, slots=True)
class Facet:
    """name: the field of `Page`. join: the value when both sides changed it. recorded: is that worth reporting?"""

    name: str
    join: Join
    recorded: bool
    reason: str


FACETS: Final = (
    Facet("parent", remote_wins, True, "moved"),
    Facet("title", remote_wins, True, "renamed"),
    Facet("rank", remote_wins, True, "reordered"),
    Facet("labels", both_apply, False, "labels changed"),
    Facet("body", both_texts, False, "text changed"),
    Facet("kind", remote_wins, False, "kind changed"),
    Facet("settings", key_wise, False, "settings changed"),
)


def merge3(facet: Facet, base: Any, local: Any, remote: Any, *, has_base: bool = True) -> tuple[Any, bool]:
    """Merge one facet; the second value tells whether both sides had changed it, differently."""
    if local == remote:
        return local, False
    if has_base and local == base:
        return remote, False
    if has_base and remote == base:
        return local, False
    return facet.join(base if has_base else None, local, remote), True
