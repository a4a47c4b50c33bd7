"""The mirror's folder: what it holds, and changes to it that never leave half a file behind."""

from .apply import Folder
from .document import Document, PageFile, canonical, digest, read_document
from .scan import Scan, scan
from .tree import Known, LocalTree, local_tree

__all__ = [
    "Document",
    "Folder",
    "Known",
    "LocalTree",
    "PageFile",
    "Scan",
    "canonical",
    "digest",
    "local_tree",
    "read_document",
    "scan",
]
