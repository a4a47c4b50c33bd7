"""The engine: observe, merge, guard, plan, apply, commit. The only package that knows all the others."""

from .engine import Engine, open_engine
from .world import Options

__all__ = ["Engine", "Options", "open_engine"]
