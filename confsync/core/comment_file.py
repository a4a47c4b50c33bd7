"""The file in which the comments of a page are read and answered, as text.

    - [ ] **Jane Doe**, 2026-01-31 10:22, on "quick fox" <!-- comment 123 -->

      Is it really quick?

      - **Bob**, 2026-01-31 11:05 <!-- comment 124 -->

        Quick enough.

Two edits are taken: a box that is ticked, or no more, and a new list item that is indented by two, which answers the
comment it stands under; its further lines are indented by four. Anything else is an error with its line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

_HEAD: Final = re.compile(r"- (?:\[(?P<box>[ xX])\] )?\S.* <!-- comment (?P<id>\w+) -->")
_REPLY: Final = re.compile(r"  - (?P<text>\S.*)")
_REMEDY: Final = "undo that edit: a box may be ticked, and an answer is a new item, indented by two: `  - text`"


class Note(NamedTuple):
    """One comment. parent: "" for the first of a thread. quote: the text it is on. resolved: None where it cannot be.

    when: as the site writes it; text: Markdown.
    """

    id: str
    parent: str
    author: str
    when: str
    text: str
    quote: str = ""
    resolved: bool | None = None


class Edit(NamedTuple):
    """What was written into the file about a thread: an answer, or with text "" that it is resolved or open again."""

    thread: str
    line: int
    text: str = ""
    resolved: bool = False


class CommentFileError(ValueError):
    """An edit that the file does not take; line counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line, self.remedy = message, line, _REMEDY


def render(name: str, notes: Sequence[Note], unsent: Iterable[Edit] = ()) -> str:
    """Write the comments of a page, open threads first; "" when there are none. unsent: answers that wait."""
    answers, waiting = defaultdict[str, list[Note]](list), defaultdict[str, list[str]](list)
    there = {note.id for note in notes}
    for note in notes:
        answers[note.parent if note.parent in there else ""].append(note)
    for edit in unsent:
        if edit.text:
            waiting[edit.thread].append(edit.text)
    how = "Tick a box to resolve a thread; answer with a new item under it: `  - text`."
    lines = [f"<!-- The comments of {name}. {how} -->"]
    for title, resolved in (("Open", False), ("Resolved", True)):
        threads = [note for note in answers[""] if bool(note.resolved) is resolved]
        lines += ["", f"## {title}"] if threads else []
        for thread in threads:
            lines += _thread(thread, answers, "")
            for text in waiting[thread.id]:
                first, *rest = text.split("\n")
                lines += ["", f"  - {first}", *_indented("\n".join(rest), "    ")]
    return "\n".join(lines) + "\n" if notes else ""


def _thread(note: Note, answers: Mapping[str, list[Note]], indent: str) -> Iterator[str]:
    box = "" if note.resolved is None or indent else f"[{'x' if note.resolved else ' '}] "
    on = f', on "{_plain(note.quote)}"' if note.quote and not indent else ""
    yield ""
    yield f"{indent}- {box}**{_plain(note.author)}**, {note.when[:16].replace('T', ' ')}{on} <!-- comment {note.id} -->"
    yield ""
    yield from _indented(note.text.strip("\n"), indent + "  ")
    for answer in answers.get(note.id, ()):
        yield from _thread(answer, answers, indent + "  ")


def _indented(text: str, indent: str) -> list[str]:
    return [indent + line if line.strip() else "" for line in text.split("\n")] if text else []


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<&])", r"\\\1", " ".join(text.split()))


def edits(base: str, text: str) -> list[Edit]:
    """Find what was written into a file since it was `base`. Raises CommentFileError for what is not taken."""
    was = [line.rstrip() for line in base.split("\n") if line.strip()]
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    found: list[Edit] = []
    thread, at, number = "", 0, 0
    while number < len(lines):
        line, number = lines[number], number + 1
        expected = was[at] if at < len(was) else ""
        if not line:
            continue
        if line == expected or _ticked(line, expected):
            head = _HEAD.fullmatch(line)
            thread = head["id"] if head else thread
            if head and line != expected:
                found.append(Edit(thread, number, resolved=head["box"] != " "))
            at += 1
        elif thread and (reply := _REPLY.fullmatch(line)) and not _HEAD.fullmatch(line.strip()):
            end = _end(lines, number, expected)
            more = [one.removeprefix("    ") for one in lines[number:end]]
            found.append(Edit(thread, number, "\n".join([reply["text"], *more]).rstrip("\n")))
            number = end
        else:
            raise CommentFileError("this line is neither an answer nor a ticked box", number)
    if at < len(was):
        raise CommentFileError(f"a line is missing: {was[at].strip()}", len(lines))
    return found


def _ticked(line: str, expected: str) -> bool:
    """Tell whether two lines are the first of one thread and differ in their boxes only."""
    head, before = _HEAD.fullmatch(line), _HEAD.fullmatch(expected)
    if not head or not before or not head["box"] or not before["box"]:
        return False
    return line[head.end("box") :] == expected[before.end("box") :]


def _end(lines: Sequence[str], start: int, expected: str) -> int:
    """Find the end of an answer: its further lines are indented by four, blank ones may stand between."""
    end = start
    for number in range(start, len(lines)):
        if lines[number] and (lines[number] == expected or not lines[number].startswith("    ")):
            break
        end = number + 1
    return end
