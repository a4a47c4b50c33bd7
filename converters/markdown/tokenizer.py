"""markdown-it-py's two loops over its rules, which also write down where each rule began and ended.

The rules are markdown-it's own. Each begins with certain characters only, so those that cannot match are not tried,
and each token that a rule makes is told its place: `meta["place"]` is the (start, end) of a block's first and last line
in the source, container prefixes already behind it; `meta["span"]` is the (start, end) of what stands in a line, in
offsets of the leaf's content. Text that no rule takes has no span: it stands where the text before it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# The characters that each rule begins with; a rule that is not named may begin with any.
_BLOCKS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_INLINES = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
# Rules of what begins as a paragraph does, but is indented or has a line after its first.
_LONGER = frozenset({"code", "table", "lheading"})
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})


def _tables(ruler: Any, begins: dict[str, str]) -> tuple[dict[str, list[tuple[Any, str]]], list[tuple[Any, str]]]:
    """For each character the rules that may begin with it, in order; also those for any other character."""
    rules = [(rule.fn, rule.name) for rule in ruler.__rules__ if rule.enabled]
    chars = {char for chars in begins.values() for char in chars}
    return (
        {char: [rule for rule in rules if char in begins.get(rule[1], char)] for char in chars},
        [rule for rule in rules if rule[1] not in begins],
    )


def _append_by_setting(state: StateInline, text: str) -> None:
    state.pending += text


# Later versions keep pending text in pieces, so that it is not copied each time.
_append: Callable[[StateInline, str], None] = getattr(StateInline, "append_pending", _append_by_setting)


class PlacedBlocks(ParserBlock):
    """The block loop."""

    def __init__(self, plain: ParserBlock) -> None:
        self.ruler = plain.ruler
        self.rules, self.others = _tables(self.ruler, _BLOCKS)
        self.alone = [rule for rule in self.others if rule[1] not in _LONGER]

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - markdown-it's names
        line, blank_before = startLine, False
        tokens, limit = state.tokens, state.md.options["maxNesting"]
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= limit:
                state.line = endLine
                break
            place, count = state.bMarks[line] + state.tShift[line], len(tokens)
            rules = self.rules.get(state.src[place : place + 1], self.others)
            if rules is self.others and _stands_alone(state, line, endLine):
                rules = self.alone
            for rule, _ in rules:
                if rule(state, line, endLine, False):
                    break
            else:
                raise AssertionError("the paragraph rule takes any line")
            if len(tokens) > count:  # a link's definition makes none
                tokens[count].meta["place"] = (place, state.eMarks[max(state.line - 1, line)])
                if tokens[count].type in _LISTS:
                    _place_items(state, count)
            state.tight = not blank_before
            line = state.line
            # A paragraph in a nested list may have taken the empty line after it.
            if line - 1 < endLine and state.isEmpty(line - 1):
                blank_before = True
            if line < endLine and state.isEmpty(line):
                blank_before = True
                line += 1
                state.line = line


def _stands_alone(state: StateBlock, line: int, end: int) -> bool:
    """Is a line, which is not indented, all of its block? Most paragraphs are one line."""
    return state.sCount[line] - state.blkIndent < 4 and (line + 1 >= end or state.isEmpty(line + 1))


def _place_items(state: StateBlock, first: int) -> None:
    level = state.tokens[first].level + 1
    for token in state.tokens[first:]:
        if token.level == level and token.type == "list_item_open" and token.map:
            line = token.map[0]
            token.meta["place"] = (state.bMarks[line] + state.tShift[line], state.eMarks[line])


class PlacedInlines(ParserInline):
    """The inline loop."""

    def __init__(self, plain: ParserInline) -> None:
        super().__init__()
        self.ruler, self.ruler2 = plain.ruler, plain.ruler2
        self.rules, self.others = _tables(self.ruler, _INLINES)
        self.others = [rule for rule in self.others if rule[1] != "text"]
        if self.others:
            raise AssertionError("an inline rule whose first characters are not known")
        self.rules = {char: [rule for rule in rules if rule[1] != "text"] for char, rules in self.rules.items()}
        self.stop = re.compile("[" + re.escape("".join(self.rules)) + "]").search
        self.skip = re.compile("[" + re.escape("".join(self.rules)) + r"\]]").search

    def tokenize(self, state: StateInline) -> None:
        src, end, tokens = state.src, state.posMax, state.tokens
        limit, table, stop = state.md.options["maxNesting"], self.rules, self.stop
        while (pos := state.pos) < end:
            rules = table.get(src[pos])
            if rules is None:
                found = stop(src, pos, end)
                state.pos = found.start() if found is not None else end
                _append(state, src[pos : state.pos])
                continue
            if state.level < limit:
                count = len(tokens)
                for rule, name in rules:
                    if rule(state, False):
                        if len(tokens) > count:
                            _place_tokens(state, count, pos, name in ("emphasis", "strikethrough"))
                        break
                else:
                    _append(state, src[pos])
                    state.pos = pos + 1
            else:
                _append(state, src[pos])
                state.pos = pos + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - markdown-it's name
        pos, cache = state.pos, state.cache
        if pos in cache:
            state.pos = cache[pos]
            return
        char = state.src[pos]
        rules = self.rules.get(char)
        done = False
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif rules is not None:
            for rule, _ in rules:
                state.level += 1
                done = rule(state, True)
                state.level -= 1
                if done:
                    break
        elif char != "]":
            found = self.skip(state.src, pos, state.posMax)
            state.pos = found.start() if found is not None else state.posMax
            done = True
        if not done:
            state.pos += 1
        cache[pos] = state.pos


def _place_tokens(state: StateInline, first: int, start: int, delimiters: bool) -> None:
    """Tell new tokens their span. Text that was pending stands before them, and has none of its own."""
    end = place = state.pos
    if not delimiters:
        for token in state.tokens[first:]:
            if token.type != "text":
                token.meta.setdefault("span", (start, end))
        return
    for token in reversed(state.tokens[first:]):
        place -= len(token.content)
        if place < start:
            break
        token.meta["span"] = (place, place + len(token.content))


def placed(md: MarkdownIt) -> MarkdownIt:
    """Let a parser, whose rules are settled, write down places."""
    md.block = PlacedBlocks(md.block)
    md.inline = PlacedInlines(md.inline)
    return md
