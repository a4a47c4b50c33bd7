"""What this machine remembers of one mirror: one SQLite file, disposable."""

from .db import State, open_state
from .lock import MirrorLock

__all__ = ["MirrorLock", "State", "open_state"]
