"""Bad days by configuration: a TOML file for `confsync sandbox --faults`.

latency = 0.2                # seconds before each request
index_lag = 30               # seconds after which search finds what has changed
seed = 7                     # the same seed and the same requests meet the same fate
budget = { requests = 100, seconds = 60 }

[[rule]]                     # see `faults.Rule`
method = "PUT"
path = "/content/"
action = "drop_after"
chance = 0.05
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .faults import ACTIONS, Budget, Faults

KEYS = {"latency": (int, float), "index_lag": (int, float), "seed": (int,), "budget": (dict,), "rule": (list,)}
RULE = {
    "method": (str,), "path": (str,), "action": (str,), "times": (int,), "skip": (int,), "seconds": (int, float),
    "chance": (int, float),
}  # fmt: skip


def read_faults(file: Path) -> tuple[Faults, float]:
    """Read the faults and the lag of the index, in seconds. Raise ValueError with the place, OSError."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8: {error}") from error
    _check(given, KEYS, "")
    faults = Faults(latency=given.get("latency", 0), seed=given.get("seed", 0))
    if budget := given.get("budget"):
        _check(budget, {"requests": (int,), "seconds": (int, float)}, "budget.")
        if budget.get("requests", 0) < 1 or budget.get("seconds", 60) <= 0:
            raise ValueError("budget: needs at least one request in more than no time")
        faults.budget = Budget(budget["requests"], budget.get("seconds", 60.0))
    for number, rule in enumerate(given.get("rule", []), 1):
        where = f"rule {number}: "
        _check(rule, RULE, where)
        if rule.get("action") not in ACTIONS:
            raise ValueError(f"{where}action must be one of {', '.join(ACTIONS)}")
        faults.add(**{"method": "*", "path": "", **rule})
    return faults, float(given.get("index_lag", 0))


def _check(table: Any, keys: Mapping[str, tuple[type, ...]], where: str) -> None:
    if not isinstance(table, dict):
        raise ValueError(f"{where}is not a table")
    for key, value in table.items():
        if key not in keys:
            raise ValueError(f"{where}{key} is unknown; there are {', '.join(keys)}")
        if not isinstance(value, keys[key]) or isinstance(value, bool):
            raise ValueError(f"{where}{key} has the wrong type: {value!r}")
