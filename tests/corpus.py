"""The corpus of real pages: where it is, and what to do where it is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("CONFSYNC_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
REQUIRED = os.environ.get("CONFSYNC_REQUIRE_CORPUS") == "1"

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir() and not REQUIRED, reason="no corpus: set CONFSYNC_CORPUS to a folder of real pages"
)


def read(path: Path) -> str:
    """A file's text with its line ends as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def storage_files() -> list[Path]:
    """All storage-format pages of the corpus; fails where the corpus is required and absent."""
    if not CORPUS.is_dir():
        if REQUIRED:
            raise RuntimeError(f"the corpus is required (CONFSYNC_REQUIRE_CORPUS=1) and absent: {CORPUS}")
        return []
    return sorted([*(CORPUS / "storage").rglob("*.xml"), *(CORPUS / "pairs").rglob("*.xhtml")])


def sample(every: int, offset: int = 0) -> list[Path]:
    """Each `every`-th page."""
    return storage_files()[offset::every]
