"""What Confluence does to storage format when REST saves it (see the table in the class `_Pass`).

The result is a fixed point: a second save changes nothing, ids are minted once and then kept. Bytes that no rule
speaks of stay as they are, and CDATA sections are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from . import xhtml
from .xhtml import Tag

KNOWN_DATA = {
    "data-layout",
    "data-table-width",
    "data-table-display-mode",
    "data-highlight-colour",
    "data-card-appearance",
    "data-uuid",
    "data-width",
    "data-datasource",
    "data-local-id",
    "data-type",
    "data-emoji-id",
    "data-cell-id",
}
UNWRAPPED = {"mark", "caption"}
REMOVED = {"script"}
REFERENCES = {"ri:attachment", "ri:page"}
REWRITTEN = re.compile(rf"<!--|<\?|</?(?:{'|'.join(sorted(UNWRAPPED | REMOVED))})[\s/>]")
TEXT_ALIGN_START = re.compile(r"\s*text-align\s*:\s*start\s*;?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class World:
    """What a save has to know of the site: fresh ids, and the current version of a page or attachment referred to."""

    new_id: Callable[[], str]
    version_of: Callable[[str, Mapping[str, str]], int] = lambda _name, _attributes: 1


def normalize(storage: str, world: World) -> str:
    """Return the body as it is stored; raise `BadRequest` when it is not well-formed."""
    xhtml.check(storage)
    tokens = xhtml.tokens(storage)
    return _Pass(list(_kept(tokens) if REWRITTEN.search(storage) else tokens), world).run()


def _kept(tokens: Iterable[str]) -> Iterator[str]:
    """Yield the tokens without comments, scripts and the tags of elements that are unwrapped."""
    skipping = 0
    for token in tokens:
        tag = xhtml.start_tag(token)
        name = tag.name if tag else xhtml.end_name(token)
        if name in REMOVED:
            skipping += 0 if tag and tag.empty else 1 if tag else -1
        elif not skipping and not token.startswith(("<!--", "<?")) and name not in UNWRAPPED:
            yield token


@dataclass(slots=True)
class _Task:
    """One `ac:task` that is being read, and which of the two parts that Confluence adds it lacks."""

    has_id: bool = False
    has_uuid: bool = False


@dataclass(slots=True)
class _Pass:
    tokens: list[str]
    world: World
    out: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    tasks: list[_Task] = field(default_factory=list)
    last_task_id: int = 0

    def run(self) -> str:
        found = self._tasks() if any(token.startswith("<ac:task") for token in self.tokens) else []
        for token in self.tokens:
            if token[0] == "<" and token[1:-1].isalnum():  # no attribute and no rule, as most tags
                self.out.append(token)
                self.open.append(token[1:-1])
            elif tag := xhtml.start_tag(token):
                self._start(tag, found)
            elif name := xhtml.end_name(token):
                self._end(name)
            else:
                self.out.append(token if token.startswith("<![CDATA[") else xhtml.text_entities(token))
        return "".join(self.out)

    def _tasks(self) -> list[_Task]:
        """Look ahead for the ids that tasks already have, in order of their start tags."""
        found: list[_Task] = []
        stack: list[_Task | None] = []
        for index, token in enumerate(self.tokens):
            tag = xhtml.start_tag(token)
            if tag and tag.name == "ac:task-id" and stack and stack[-1]:
                stack[-1].has_id = True
                number = self.tokens[index + 1].strip() if index + 1 < len(self.tokens) else ""
                self.last_task_id = max(self.last_task_id, int(number) if number.isdecimal() else 0)
            if tag and tag.name == "ac:task-uuid" and stack and stack[-1]:
                stack[-1].has_uuid = True
            if tag and not tag.empty:
                stack.append(_Task() if tag.name == "ac:task" else None)
                if one := stack[-1]:
                    found.append(one)
            elif token.startswith("</") and stack:
                stack.pop()
        return found[::-1]

    def _start(self, tag: Tag, found: list[_Task]) -> None:
        self._attributes(tag)
        self.out.append(str(tag))
        if tag.empty:
            self._after(tag.name)
            return
        self.open.append(tag.name)
        if tag.name == "ac:task":
            self.tasks.append(found.pop())
            if not self.tasks[-1].has_id:
                self.last_task_id += 1
                self.out += ["<ac:task-id>", str(self.last_task_id), "</ac:task-id>"]
                self._task_uuid()

    def _end(self, name: str) -> None:
        self.open.pop()
        last = self.out[-1] if self.out else ""
        if last[:1] == "<" and last[1] not in "/!?" and not last.endswith("/>"):
            self.out[-1] = f"{last[:-1]} />"
        else:
            self.out.append(f"</{name}>")
        if name == "ac:task":
            self.tasks.pop()
        self._after(name)

    def _after(self, name: str) -> None:
        """Put the uuid of a task behind its id."""
        if name == "ac:task-id" and self.open and self.open[-1] == "ac:task":
            self._task_uuid()

    def _task_uuid(self) -> None:
        task = self.tasks[-1]
        if not task.has_uuid:
            task.has_uuid = True
            self.out += ["<ac:task-uuid>", self.world.new_id(), "</ac:task-uuid>"]

    def _attributes(self, tag: Tag) -> None:
        """Apply the rules on attributes.

        | element | rule |
        |---|---|
        | HTML | `id`, unknown `data-*` and event handlers go; `text-align: start` goes; the rest stays |
        | `ac:structured-macro` | gets `ac:schema-version` and `ac:macro-id` |
        | `ri:page`, `ri:attachment` | get `ri:version-at-save` |
        | `ac:task-list` | gets `ac:task-list-id` |
        """
        values = {name: xhtml.attribute_entities(value) for name, value in tag.attributes.items()}
        if ":" not in tag.name:
            values = {name: value for name, value in values.items() if not _stripped(name)}
            if "style" in values:
                values["style"] = TEXT_ALIGN_START.sub("", values["style"])
        elif tag.name == "ac:structured-macro":
            values = _macro(values, self.world)
        elif tag.name in REFERENCES and "ri:version-at-save" not in values:
            plain = {name: xhtml.unescape(value) for name, value in values.items()}
            values["ri:version-at-save"] = str(self.world.version_of(tag.name, plain))
        elif tag.name == "ac:task-list" and "ac:task-list-id" not in values:
            values["ac:task-list-id"] = self.world.new_id()
        tag.attributes = values


def _stripped(name: str) -> bool:
    return name == "id" or name.startswith("on") or (name.startswith("data-") and name not in KNOWN_DATA)


def _macro(values: dict[str, str], world: World) -> dict[str, str]:
    if "ac:schema-version" not in values:
        name = {key: value for key, value in values.items() if key == "ac:name"}
        values = {**name, "ac:schema-version": "1", **{key: values[key] for key in values if key not in name}}
    if not values.get("ac:macro-id"):
        values["ac:macro-id"] = world.new_id()
    return values
