"""The words of the domain: pages, assets, trees, pairs, rows, effects. Values only; nothing here acts."""

from .tree import Asset, AssetKey, Draft, Key, NodeKey, Page, PageId, Problem, Tree, TreeError
from .values import (
    FOLDER,
    Action,
    AssetRow,
    Conflict,
    Direction,
    Effect,
    Merged,
    Pair,
    Plan,
    Policy,
    Row,
    Side,
    TitleFrom,
)

__all__ = [
    "FOLDER",
    "Action",
    "Asset",
    "AssetKey",
    "AssetRow",
    "Conflict",
    "Direction",
    "Draft",
    "Effect",
    "Key",
    "Merged",
    "NodeKey",
    "Page",
    "PageId",
    "Pair",
    "Plan",
    "Policy",
    "Problem",
    "Row",
    "Side",
    "TitleFrom",
    "Tree",
    "TreeError",
]
