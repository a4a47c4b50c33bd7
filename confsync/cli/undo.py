"""`undo`: put back what the last run overwrote or deleted in the folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from .output import Output, headed, joined
from .session import mirrors, named, offline


def arguments(parser: ArgumentParser, name: str) -> None:
    """There are none."""


def run(args: Namespace, out: Output) -> int:
    """Put files back, and say where the former versions of pages are."""
    found = mirrors(args)
    documents, lines = [], []
    for mirror in found:
        with offline(mirror, out) as engine:
            result = engine.undo()
        documents.append(named(mirror, result.to_json()))
        shown = [_told(mirror.folder / path, path) for path in result.restored]
        shown = shown or ["no file was overwritten or deleted"]
        if result.offers:
            shown.append("in Confluence the former versions are in the pages' history:")
        for offer in result.offers:
            address = f"{mirror.config.site}/pages/viewpage.action?pageId={offer.id}"
            shown.append(f"  version {offer.version} of {offer.title!r}: {address}")
        lines += headed(len(found), mirror.name, shown)
    out.result(joined(documents), lines)
    return 0


def _told(file: Path, path: str) -> str:
    """A file that the run had made is taken away again; it lies in the trash."""
    return f"put back {path}" if file.exists() else f"took away {path}, which the run had made (now in .confsync/trash)"
