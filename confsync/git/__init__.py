"""The mirror's git repository, if it has one: whether a run may start in it, and what it says of the last commit."""

from .repository import Repository, find_repository, guard_repository, version_message

__all__ = ["Repository", "find_repository", "guard_repository", "version_message"]
