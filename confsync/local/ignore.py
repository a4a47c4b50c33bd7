"""`.confsyncignore`: which files are none of the mirror's business."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

FILE_NAME: Final = ".confsyncignore"


def ignored(root: Path) -> Callable[[str], bool]:
    """Give a test for relative paths (directories end in `/`), in the syntax of `.gitignore`."""
    file = root / FILE_NAME
    if not file.is_file():
        return lambda path: False
    import pathspec

    lines = file.read_text(encoding="utf-8").splitlines()
    return pathspec.GitIgnoreSpec.from_lines(lines).match_file
