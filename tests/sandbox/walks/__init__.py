"""Walks through the groups of operations: each does with its group what people do with it, and what is refused."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any


def walks(version: str) -> list[Callable[[Any], None]]:
    """Give the functions called `walk_…` of the modules of one version (`v1_…`, `v2_…`), in order of their names."""
    modules = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return [
        value
        for module in modules
        if module.__name__.rpartition(".")[2].startswith(f"{version}_")
        for name, value in vars(module).items()
        if name.startswith("walk_")
    ]
