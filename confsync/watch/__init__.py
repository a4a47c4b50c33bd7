"""Live sync: hints from files, polls and webhooks go into one queue; what is done about them the engine decides."""

from .events import Event
from .hints import Batch, Hint, Hints
from .watch import Watch

__all__ = ["Batch", "Event", "Hint", "Hints", "Watch"]
