"""What is agreed, what clashes and what is to be done, as values."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from .paths import files_dir
from .tree import AssetKey, Draft, Key, NodeKey, Page, PageId, Tree

_Value = TypeVar("_Value", bound=tuple[Any, ...])

FOLDER: Final = "folder"  # the body token of what has no body
TEXTS: Final = ("page", "blogpost")  # the kinds that have a text


class Side(StrEnum):
    """Where an effect happens."""

    LOCAL = "local"
    REMOTE = "remote"


class Direction(StrEnum):
    """Which sides a run may change."""

    PULL = "pull"
    PUSH = "push"
    SYNC = "sync"

    def allows(self, side: Side) -> bool:
        """Tell whether a run in this direction may change a side."""
        return self is Direction.SYNC or (self is Direction.PULL) == (side is Side.LOCAL)


class Policy(StrEnum):
    """What becomes of a page whose text clashes."""

    ASK = "ask"
    LOCAL = "local"
    REMOTE = "remote"
    BOTH = "both"


class Action(StrEnum):
    """What an effect does."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    MOVE = "move"
    ORDER = "order"
    DELETE = "delete"


class TitleFrom(StrEnum):
    """Where a file's title stands."""

    FRONT_MATTER = "front_matter"
    HEADING = "heading"
    NAME = "name"


class Pair(NamedTuple):
    """The two halves of a body that were last found to say the same.

    storage and markdown are digests of the halves; version is the page's version that held the storage half.
    """

    version: int
    storage: str
    markdown: str


class Row(NamedTuple):
    """One synced page: all facets as last agreed, its pair and its file."""

    id: PageId
    page: Page
    pair: Pair
    path: str
    title_from: TitleFrom = TitleFrom.FRONT_MATTER


class AssetRow(NamedTuple):
    """One synced attachment: `sha256` is its content as last agreed, `version` the attachment's version."""

    page: PageId
    name: str
    id: str
    version: int
    sha256: str


class Conflict(NamedTuple):
    """A facet that both sides changed, and what was decided."""

    key: NodeKey
    facet: str
    local: str
    remote: str
    decision: str

    def to_json(self) -> dict[str, object]:
        """Give the conflict as plain data."""
        return {
            "key": key_text(self.key),
            "facet": self.facet,
            "local": self.local,
            "remote": self.remote,
            "decision": self.decision,
        }


class Merged(NamedTuple):
    """What both sides shall become: the target, the decisions taken, and the pages whose text must be merged."""

    target: Tree
    conflicts: tuple[Conflict, ...] = ()
    clashes: frozenset[Key] = frozenset()


class Effect(NamedTuple):
    """One change of one side, with its reason.

    facets: which facets an update changes. path: the file as it is now ("" when there is none), new_path: as it will
    be; of an attachment they are its page's, and file is its own where that does not lie in its page's folder.
    title: the page's title as it will be, or the attachment's name.
    """

    side: Side
    action: Action
    key: NodeKey
    reason: str
    title: str
    path: str = ""
    new_path: str = ""
    facets: frozenset[str] = frozenset()
    file: str = ""

    @property
    def place(self) -> str:
        """The file that it is about, as it will be: an attachment's own; "" when there is none."""
        path = self.new_path or self.path
        if isinstance(self.key, AssetKey) and path:
            return self.file or f"{files_dir(path)}/{self.title}"
        return path

    def to_json(self) -> dict[str, object]:
        """Give the effect as plain data."""
        return {
            "side": str(self.side),
            "action": str(self.action),
            "key": key_text(self.key),
            "title": self.title,
            "path": self.file or self.path,
            "new_path": self.file or self.new_path,
            "facets": sorted(self.facets),
            "reason": self.reason,
        }

    def __str__(self) -> str:
        where = f"{self.path} → {self.new_path}" if self.action is Action.MOVE else self.place
        return f"{self.side}: {self.action} {where or self.title!r}: {self.reason}"


class Plan(NamedTuple):
    """Everything a run would do, in order."""

    effects: tuple[Effect, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    paths: Mapping[Key, str] = MappingProxyType({})

    def to_json(self) -> dict[str, object]:
        """Give the plan as plain data."""
        return {
            "effects": [effect.to_json() for effect in self.effects],
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
        }


def replace(value: _Value, **changes: Any) -> _Value:
    """Give a named tuple with some of its fields changed."""
    changed: _Value = value._replace(**changes)  # type: ignore[attr-defined]
    return changed


def key_text(key: NodeKey) -> str:
    """Name a key for people and logs."""
    if isinstance(key, str):
        return key
    if isinstance(key, Draft):
        return f"draft:{key.path}"
    return f"{key_text(key.page)}/{key.name}"
