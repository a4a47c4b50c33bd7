"""File events as hints: watchdog tells that something was touched, the engine finds out what it means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from .hints import FILE, Hint

# Reading is no change, and a run reads: whoever listened to that would never rest.
IGNORED: Final = ("opened", "closed_no_write")


def relative(root: Path, path: str) -> str | None:
    """Give the path of a touched file in the mirror, None for what is not its business: hidden, git's, confsync's."""
    try:
        parts = Path(path).relative_to(root).parts
    except ValueError:
        return None
    if any(part.startswith(".") and part != ".confsyncignore" for part in parts):
        return None
    return "/".join(parts)


def observe(root: Path, put: Callable[[Hint], None]) -> Any:
    """Begin to listen to a folder; give the observer, to be stopped and joined. Raises OSError when that cannot be."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    class Handler(FileSystemEventHandler):
        """Hints for both ends of a move. A directory stands for all that is in it."""

        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.event_type in IGNORED or (event.is_directory and event.event_type == "modified"):
                return
            for path in (event.src_path, event.dest_path):
                text = path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else str(path or "")
                found = relative(root, text) if text else None
                if found is not None:
                    put(Hint(FILE, found))

    observer = Observer()
    observer.schedule(Handler(), str(root), recursive=True)
    observer.start()
    return observer
