"""What becomes of one page's text: the only module that calls the converters for it. Texts in, texts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from converters import Site


@dataclass(frozen=True, slots=True)
class Halves:
    """Storage and Markdown that say the same."""

    storage: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """agreed: the Markdown that says what the storage says, in the author's own hand. text: what the file becomes."""

    agreed: str
    text: str
    conflicts: int = 0


class Broken(Protocol):
    """Why a text must not be sent."""

    @property
    def law(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def line(self) -> int: ...


def reconcile(base: Halves | None, local: str | None, storage: str, site: Site) -> Outcome:
    """Bring a remote text and the local one together.

    base: what was last agreed, None when nobody knows. local: the file's body, None when there is no file yet. Without
    a base two texts that do not say the same clash wherever they differ. Raises ValueError for a text that cannot be
    read.
    """
    import converters

    if local is None:
        text = converters.to_markdown(storage, site)
        return Outcome(text, text)
    if base is None:
        if converters.consistent(storage, local, site):
            return Outcome(local, local)
        agreed = converters.to_markdown(storage, site)
        if local.strip():
            side_by_side = converters.merge_unrelated(local, agreed, names=("local", "remote"))
            return Outcome(agreed, side_by_side.text, side_by_side.conflicts)
        ground = ""
    else:
        agreed, ground = pulled(base, storage, site), base.markdown
    if local in (agreed, ground) and base is not None:
        return Outcome(agreed, agreed)
    if agreed == ground:
        return Outcome(agreed, local)
    merged = converters.merge(ground, local, agreed, names=("local", "remote"))
    return Outcome(agreed, merged.text, merged.conflicts)


def pulled(base: Halves, storage: str, site: Site) -> str:
    """Apply the remote edit since the base to the base's Markdown; an unedited block keeps the author's characters."""
    import converters

    if storage == base.storage:
        return base.markdown
    try:
        return converters.pull(base.markdown, base.storage, storage, site)
    except converters.BaseMismatchError:
        # The halves were written by other converters, or under other names: what the page says now is what counts.
        same = converters.consistent(storage, base.markdown, site)
        return base.markdown if same else converters.to_markdown(storage, site)


def outgoing(storage: str, agreed: str, local: str, site: Site) -> tuple[str, Broken | None]:
    """Apply the local edit since `agreed` to the storage; the second value is the law the result would break."""
    import converters

    try:
        pushed = converters.push(storage, agreed, local, site)
    except converters.BaseMismatchError:
        agreed = converters.to_markdown(storage, site)
        pushed = converters.push(storage, agreed, local, site)
    return pushed, converters.verify_push(storage, agreed, local, pushed, site)


def new_page(markdown: str, site: Site) -> str:
    """Give the storage of a page that is made from a file."""
    import converters

    return converters.to_storage(markdown, site)
