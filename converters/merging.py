"""Three versions of one Markdown text as one: by structure where that can be done, else by lines and words.

What was changed on one side only is taken; what both changed alike is taken once; what clashes is kept twice, between
git's conflict markers. Front matter is merged key by key.
"""

from __future__ import annotations

from converters.blockmerge import merge_blocks
from converters.clashes import Names
from converters.conflicts import has_conflict_markers
from converters.errors import ConversionError
from converters.markdown import front_matter
from converters.public import Lines
from converters.textmerge import Merge, merge_text, side_by_side


def merge(base: str, local: str, remote: str, names: Names = ("local", "remote")) -> Merge:
    """Merge two edits of `base`; `names` label the two sides of a conflict.

    The result has the line ends and the BOM of `local`. Texts that hold conflict markers already keep them: they are no
    conflicts of this merge.
    """
    lines = Lines(local)
    three = [text.replace("\r\n", "\n").removeprefix(front_matter.BOM) for text in (base, local, remote)]
    bom = front_matter.BOM if local.startswith(front_matter.BOM) else ""
    merged = _merge_files(three, names)
    return Merge(lines.restore(bom + merged.text), merged.conflicts)


def merge_unrelated(local: str, remote: str, names: Names = ("local", "remote")) -> Merge:
    """Put two texts side by side of which nobody knows what they come from: every stretch that differs is a conflict.

    The result has the line ends of `local`.
    """
    lines = Lines(local)
    merged = side_by_side(lines.text, remote.replace("\r\n", "\n"), names)
    return Merge(lines.restore(merged.text), merged.conflicts)


def _merge_files(three: list[str], names: Names) -> Merge:
    """Merge heads and bodies apart, where all three texts have front matter that can be read."""
    try:
        parts = [front_matter.split(text) for text in three]
    except front_matter.FrontMatterError:  # a rule at the start of a body, or something that is no YAML
        return _merge_bodies(three, names)
    if not all(part.front for part in parts):
        return _merge_bodies(three, names)
    heads = [part.front for part in parts]
    head = _merge_heads(heads, names)
    body = _merge_bodies([text[len(one) :] for text, one in zip(three, heads, strict=True)], names)
    return Merge(head.text + body.text, head.conflicts + body.conflicts)


def _merge_bodies(three: list[str], names: Names) -> Merge:
    base, local, remote = three
    if local in (base, remote) or remote == base:
        return Merge(remote if local == base else local, 0)
    if any(has_conflict_markers(text) for text in three):
        return merge_text(base, local, remote, names)
    try:
        merged = merge_blocks(base, local, remote, names)
    except ConversionError:
        merged = None
    return merged or merge_text(base, local, remote, names)


def _merge_heads(heads: list[str], names: Names) -> Merge:
    """Merge front matter by lines, and where those clash key by key; the local comments and order stay."""
    merged = merge_text(heads[0], heads[1], heads[2], names)
    base, local, remote = (front_matter.split(head).fields for head in heads)
    changed = {key for key in {*base, *remote} if base.get(key) != remote.get(key)}
    clash = [key for key in changed if local.get(key) != base.get(key) and local.get(key) != remote.get(key)]
    if not merged.conflicts or clash or not all(_settable(remote.get(key)) for key in changed):
        return merged
    taken = {key: remote.get(key) for key in changed if local.get(key) != remote.get(key)}
    return Merge(front_matter.set_fields(heads[1], taken), 0)


def _settable(value: object) -> bool:
    return (
        value is None or isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
    )
