"""The cyclic garbage collector, held still while a tree is built.

Building hundreds of thousands of small objects makes it look through all of them again and again, which doubles or
triples the time of a large conversion; and trees hold no cycles that it could free.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def undisturbed(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function without the cyclic collector, and leave it as it was found."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if not gc.isenabled():  # someone around has stopped it already
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return run
