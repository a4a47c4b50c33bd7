"""The conventions that say which file is which page. Paths are relative to the mirror's folder, with `/`."""

from __future__ import annotations

import re
from typing import Final

INDEX_NAMES: Final = ("index.md", "README.md")
ROOT_FILE: Final = "index.md"
TOP_DIR: Final = "_top"
BLOG_DIR: Final = "blog"
POST: Final = re.compile(r"blog/\d{4}-\d{2}-\d{2}-([^/]+)\.md\Z")
OWN_FILES: Final = re.compile(r".*\.(conflict-\d+|comments)\.md\Z")  # written by confsync, never synced
OWN_COPIES: Final = re.compile(r".*\.conflict-\d+(\.[^.]*)?\Z")  # the same among attachments


def is_index(path: str) -> bool:
    """Tell whether a file is the page of its own directory."""
    return path.rpartition("/")[2] in INDEX_NAMES


def directory(path: str) -> str:
    """Give the directory of a path, "" for the mirror's folder."""
    return path.rpartition("/")[0]


def stem(path: str) -> str:
    """Give the name of a page file apart from `.md`: an index file has its directory's, a post's is without its day."""
    if is_index(path):
        return directory(path).rpartition("/")[2]
    if post := POST.match(path):
        return post[1]
    return path.rpartition("/")[2].removesuffix(".md")


def children_dir(path: str) -> str:
    """Give the directory that holds the children of a page file or of a folder (`x/`)."""
    if path.endswith("/"):
        return path.rstrip("/")
    return directory(path) if is_index(path) else path.removesuffix(".md")


def files_dir(path: str) -> str:
    """Give the directory that holds the attachments of a page file."""
    return path.rstrip("/").removesuffix(".md") + ".files"


def join(parent: str, name: str) -> str:
    """Join a directory, "" for the mirror's folder, and a name."""
    return f"{parent}/{name}" if parent else name
