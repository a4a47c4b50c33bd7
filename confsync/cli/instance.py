"""Which sandbox a state was agreed with. In memory a sandbox is a new site each time it starts, at the same address.

Without this, pages that were agreed with the former one would look deleted, or worse, like other pages that happen to
have their ids.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from confsync.state import MirrorLock, open_state

from .access import sandbox_born
from .output import Output

if TYPE_CHECKING:
    from .session import Mirror

_KEY = "sandbox"
_FILES = ("state.db", "state.db-wal", "state.db-shm")


def remembered(folder: Path) -> str:
    """Give what is remembered of the sandbox of a mirror's folder, "" when nothing is."""
    if not (folder / ".confsync" / "state.db").exists():
        return ""
    state = open_state(folder / ".confsync")
    try:
        return state.meta(_KEY)
    finally:
        state.close()


def meet(mirror: Mirror, out: Output) -> None:
    """Look whether the sandbox is the one that the state knows; for a new one the state begins anew."""
    born = sandbox_born(mirror.config.site, mirror.settings.space)
    known = remembered(mirror.folder)
    if not born or born == known:
        return
    folder = mirror.folder / ".confsync"
    if known:
        with MirrorLock(folder):
            for name in _FILES:
                if (folder / name).exists():
                    (folder / name).replace(folder / f"{name}.former")
        out.note("this is another sandbox than the last one here: nothing is agreed with it yet")
    state = open_state(folder)
    try:
        state.set_meta(_KEY, born)
    finally:
        state.close()
