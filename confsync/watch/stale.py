"""Files that are open in an editor while the site's changes come into them.

An editor that does not look at the disk writes its old text back, with what was typed: compared with what was agreed
a moment ago, that looks as if the author had undone the colleague's change. It is known, though, what the file held
before the change came: if all of it is back, the text was typed onto the older one, and that is the base to merge on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, NamedTuple

from confsync.local import read_document
from confsync.model import Action, Effect, PageId, Pair, Side, replace

if TYPE_CHECKING:
    from confsync.engine.world import World


_WRITES: Final = (Action.UPDATE, Action.MERGE)
_MARKERS: Final = re.compile(r"^<<<<<<< ", re.MULTILINE)  # a text that waits for a decision is nobody's base
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")


class Former(NamedTuple):
    """What a file held before the site's change came into it, and what was agreed then, with both texts.

    typed: the text that was merged on this base the last time.
    """

    before: str
    after: str
    pair: Pair
    storage: str
    markdown: str
    typed: str = ""


class Stale:
    """Remembers what files held before a run wrote them, until their editors have written the new text or the old."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.formers: dict[PageId, Former] = {}
        self.merging: dict[PageId, Former] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear what a run writes."""
        hook, before = self.world.hook, dict[PageId, str]()

        def heard(moment: str, effect: Effect) -> None:
            if effect.side is Side.LOCAL and effect.action in _WRITES and isinstance(effect.key, str):
                if moment == "before":
                    before[effect.key] = self._text(effect.path)
                else:
                    self._wrote(effect.key, before.get(effect.key, ""), self._text(effect.path))
            hook(moment, effect)

        self.world.hook = heard
        try:
            yield
        finally:
            self.world.hook = hook
            self.merging.clear()

    def _wrote(self, key: PageId, before: str, after: str) -> None:
        """Remember the base of the text that an editor may still hold. What is agreed is not committed yet."""
        row = self.world.state.row(key)
        if before == after or row is None or _MARKERS.search(after):
            return
        base = self.merging.get(key)
        if base is not None:
            self.formers[key] = base._replace(before=before, after=after)
            return
        storage, markdown = self.world.state.text(row.pair.storage), self.world.state.text(row.pair.markdown)
        if storage is not None and markdown is not None:
            self.formers[key] = Former(before, after, row.pair, storage, markdown)

    def look_at_files(self) -> list[str]:
        """Find files that an editor has written its old text into, let them be merged on that, and give their paths.

        Whoever then takes out what came, or writes the very same text again, means it.
        """
        found = []
        for key, former in list(self.formers.items()):
            row = self.world.state.row(key)
            now = self._text(row.path) if row else ""
            if row is None or now == former.after:
                continue
            del self.formers[key]
            if now != former.typed and typed_onto(former.before, former.after, now):
                state = self.world.state
                with state.transaction():
                    pair = former.pair._replace(
                        storage=state.keep_text(former.storage), markdown=state.keep_text(former.markdown)
                    )
                    state.set_row(replace(row, pair=pair, page=replace(row.page, body=pair.storage)))
                self.merging[key] = former._replace(typed=now)
                found.append(row.path)
        return found

    def _text(self, path: str) -> str:
        folder = self.world.folder
        return read_document(path, folder.read(path))[1].text if folder.exists(path) else ""


def typed_onto(before: str, after: str, now: str) -> bool:
    """Tell whether a text was made from `before`, though the file held `after`: nothing that came is in it.

    Judged word by word, for each stretch that the change from `before` to `after` touched: it has come if its new words
    are there, and it is back if its old ones are, or where it was only put in, if its neighbours are neighbours again.
    """
    if now in (before, after):
        return now == before
    old, new, mine = _apart(before, after, now)
    changes = [code[1:] for code in _matcher(old, new).get_opcodes() if code[0] != "equal"]
    in_old, in_new = _found(old, mine), _found(new, mine)
    verdicts = [_verdict(old, new, change, in_old, in_new) for change in changes]
    return "back" in verdicts and "came" not in verdicts


def _apart(*texts: str) -> tuple[list[str], ...]:
    """Split texts into words and what is between them, without the lines that all have at both ends."""
    lines = [text.splitlines(keepends=True) for text in texts]
    least = min(map(len, lines))
    head = next((at for at in range(least) if len({one[at] for one in lines}) > 1), least)
    left = least - head
    tail = next((at for at in range(left) if len({one[-1 - at] for one in lines}) > 1), left)
    return tuple(_WORD.findall("".join(one[head : len(one) - tail])) for one in lines)


def _matcher(one: list[str], other: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, one, other, autojunk=False)


def _found(one: list[str], mine: list[str]) -> dict[int, int]:
    """Give where the words of one text stand in mine."""
    found: dict[int, int] = {}
    for block in _matcher(one, mine).get_matching_blocks():
        found.update((block.a + step, block.b + step) for step in range(block.size))
    return found


def _verdict(
    old: list[str], new: list[str], change: tuple[int, int, int, int], in_old: dict[int, int], in_new: dict[int, int]
) -> str:
    """Tell of one stretch whether it "came", is "back", or "" when its place was written over."""
    start, end, first, last = change
    came = [at in in_new for at in range(first, last) if not new[at].isspace()]
    there = [at in in_old for at in range(start, end) if not old[at].isspace()]
    if came and sum(came) * 2 > len(came):
        return "came"
    if there:
        return "back" if sum(there) * 2 > len(there) else "" if came else "came"
    left, right = in_old.get(start - 1, -1), in_old.get(end, -1)
    return "back" if start in (0, len(old)) or left + 1 == right else ""
