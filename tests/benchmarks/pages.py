"""Pages in storage format of any size, made of what real pages are made of; the same for the same arguments."""

from __future__ import annotations

import random

_WORDS = [
    "the",
    "service",
    "reads",
    "its",
    "configuration",
    "from",
    "a",
    "file",
    "in",
    "the",
    "home",
    "folder",
    "and",
    "starts",
    "again",
    "when",
    "that",
    "file",
    "changes",
    "every",
    "request",
    "carries",
    "a",
    "token",
    "which",
    "expires",
    "after",
    "one",
    "hour",
    "so",
    "clients",
    "ask",
    "for",
    "another",
    "before",
    "that",
    "Übersicht",
    "über",
    "größere",
    "Änderungen",
    "naïve",
    "café",
    "—",
    "résumé",
    "漢字",
    "deployment",
    "rollback",
    "snake_case",
    "port",
    "8080",
    "v1.2.3",
]
_HEAD = 'ac:schema-version="1" ac:macro-id="0a1b2c3d-1111-2222-3333-444455556666"'
_CODE = 'for item in items[a[0]]:\n    if item.size > 3 & 1:\n        print("<b>", item)\n'


class _Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def words(self, count: int) -> str:
        return " ".join(self.random.choice(_WORDS) for _ in range(count))

    def inline(self) -> str:
        kinds = self.random.choices(range(7), weights=(10, 3, 2, 2, 1, 1, 1), k=self.random.randint(1, 4))
        return " ".join(_INLINE[kind](self) for kind in kinds)

    def paragraph(self) -> str:
        return f"<p>{self.inline()}</p>"

    def heading(self) -> str:
        level = self.random.randint(1, 4)
        return f"<h{level}>{self.words(4)}</h{level}>"

    def list(self, depth: int = 0) -> str:
        tag = self.random.choice(("ul", "ol"))
        items = []
        for _ in range(self.random.randint(2, 5)):
            inside = self.list(depth + 1) if depth < 3 and self.random.random() < 0.3 else ""
            items.append(f"<li><p>{self.inline()}</p>{inside}</li>")
        return f"<{tag}>{''.join(items)}</{tag}>"

    def table(self) -> str:
        width = self.random.randint(2, 5)
        rows = ["".join(f"<th><p>{self.words(2)}</p></th>" for _ in range(width))]
        rows += [
            "".join(f"<td><p>{self.inline()}</p></td>" for _ in range(width)) for _ in range(self.random.randint(2, 8))
        ]
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return (
            f'<table data-layout="default" ac:local-id="t1"><colgroup><col /></colgroup><tbody>{body}</tbody></table>'
        )

    def code(self) -> str:
        return (
            f'<ac:structured-macro ac:name="code" {_HEAD}><ac:parameter ac:name="language">py</ac:parameter>'
            f"<ac:plain-text-body><![CDATA[{_CODE * self.random.randint(1, 5)}]]></ac:plain-text-body>"
            "</ac:structured-macro>"
        )

    def panel(self) -> str:
        name = self.random.choice(("info", "note", "panel", "expand"))
        return (
            f'<ac:structured-macro ac:name="{name}" {_HEAD}><ac:parameter ac:name="title">{self.words(2)}'
            f"</ac:parameter><ac:rich-text-body>{self.paragraph()}{self.paragraph()}</ac:rich-text-body>"
            "</ac:structured-macro>"
        )


_INLINE = (
    lambda maker: maker.words(maker.random.randint(4, 20)),
    lambda maker: f"<strong>{maker.words(2)}</strong>",
    lambda maker: f"<em>{maker.words(2)}</em> R&amp;D&nbsp;&ndash; a &lt; b",
    lambda maker: f"<code>{maker.random.choice(_WORDS)}</code>",
    lambda maker: f'<a href="https://example.org/{maker.random.randint(1, 99)}">{maker.words(2)}</a>',
    lambda maker: (
        f'<ac:link><ri:page ri:content-title="{maker.words(2)}" /><ac:link-body>{maker.words(2)}</ac:link-body></ac:link>'
    ),
    lambda maker: (
        f'<ac:structured-macro ac:name="status" {_HEAD}><ac:parameter ac:name="title">DONE</ac:parameter>'
        '<ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro>'
    ),
)
_KINDS = (_Maker.paragraph, _Maker.heading, _Maker.list, _Maker.table, _Maker.code, _Maker.panel)


def page(size: int, seed: int = 1) -> str:
    """A page of about `size` bytes: prose, marks, links, entities, nested lists, tables, code and panels."""
    maker = _Maker(seed)
    parts: list[str] = []
    length = 0
    while length < size:
        part = _KINDS[maker.random.choices(range(6), weights=(12, 3, 2, 1, 2, 1))[0]](maker)
        parts.append(part)
        length += len(part.encode())
        # One block of the largest pages must not make a small page a multiple of what was asked for.
        if length > 2 * size and len(parts) > 1:
            length -= len(parts.pop().encode())
    return "".join(parts)


def macros(count: int, size: int) -> str:
    """A page of `count` macros, panels and code in turn, and about `size` bytes, as the largest real ones are."""
    maker = _Maker(2)
    each = size // count
    out = []
    for number in range(count):
        parts = [maker.code() if number % 2 else maker.panel()]
        while sum(map(len, parts)) < each:
            parts.append(maker.paragraph())
        out.extend(parts)
    return "".join(out)


# Pages that a pass of quadratic time would show itself on, by name; each takes a size in things.
SHAPES = {
    "blocks": lambda count: "".join(f"<p>paragraph {n} of many</p>" for n in range(count)),
    "items of one list": lambda count: "<ul>" + "".join(f"<li><p>item {n}</p></li>" for n in range(count)) + "</ul>",
    "rows of one table": lambda count: (
        "<table><tbody><tr><th>a</th><th>b</th></tr>"
        + "".join(f"<tr><td><p>row {n}</p></td><td><p>x</p></td></tr>" for n in range(count))
        + "</tbody></table>"
    ),
    "rows with a merged cell": lambda count: (
        "<table><tbody>"
        + "".join(f'<tr><td colspan="2"><p>row {n}</p></td><td><p>x</p></td></tr>' for n in range(count))
        + "</tbody></table>"
    ),
    "words of one paragraph": lambda count: "<p>" + "".join(f"word{n} größer " for n in range(count)) + "</p>",
    "links in one paragraph": lambda count: (
        "<p>" + "".join(f'<a href="https://e.org/{n}">link {n}</a>, ' for n in range(count)) + "</p>"
    ),
    "bare addresses in one paragraph": lambda count: "<p>" + "".join(f"https://e.org/{n} and " for n in range(count)) + "</p>",
    "marks in one paragraph": lambda count: "<p>" + "".join(f"<strong>b{n}</strong> <em>i</em> " for n in range(count)) + "</p>",
    "breaks in one paragraph": lambda count: "<p>" + "".join(f"line {n}<br />" for n in range(count)) + "</p>",
    "entities in one paragraph": lambda count: "<p>" + "a&nbsp;&ndash;&amp;" * count + "</p>",
    "empty comments": lambda count: "<!-- x -->" * count + "<p>end</p>",
    "macros": lambda count: macros(count, 400 * count),
    "inline macros": lambda count: "<p>" + "".join(_INLINE[6](_Maker(n)) for n in range(count)) + "</p>",
    "bracket characters": lambda count: "<p>" + "[ ` &lt; * _ ] " * count + "</p>",
    "lines of code": lambda count: f"<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[{_CODE * (count // 3)}]]></ac:plain-text-body></ac:structured-macro>",
}  # fmt: skip

# Markdown that its author did not finish: each takes a size in things.
RUBBLE = {
    "open brackets": lambda count: "[" * count,
    "open brackets, words": lambda count: "[a " * count,
    "image brackets": lambda count: "![a " * count,
    "backticks": lambda count: "".join("`" * (1 + n % 50) + " " for n in range(count // 10)),
    "less-than signs": lambda count: "<" * count,
    "less-than signs, names": lambda count: "<a " * count,
    "open tags": lambda count: "x " + "<u>" * count,
    "open comments": lambda count: "x " + "<!-- " * count,
    "open comment blocks": lambda count: "<!-- ac:x\n\n" * (count // 10),
    "stars": lambda count: "*a " * count,
    "stars and underscores": lambda count: "*a_b " * count,
    "ampersands": lambda count: "&" * count + "&#" * count,
    "digits after an ampersand": lambda count: "&" + "a" * count,
    "dashes": lambda count: "-" * count + "x",
    "pipes": lambda count: "| a | b |\n| - | - |\n" + "|" * count,
    "alert titles": lambda count: "> [!NOTE]\n> " + "**<ac-title>x" * count,
    "closing tags": lambda count: "x " + "</u>" * count,
    "tags in tags": lambda count: "x " + "<u>" * (count // 2) + "y" + "</u>" * (count // 2),
    "addresses and escapes": lambda count: "https://e.org/a \\* " * (count // 4),
    "lines of one paragraph": lambda count: "a\n" * count,
    "open summaries": lambda count: "<details>\n" + "<summary>x\n" * (count // 2) + "</details>",
    "html blocks": lambda count: "<div>\n" * (count // 10),
    "paragraphs and forms of html": lambda count: "<p><form>x\n" * (count // 10),
}
