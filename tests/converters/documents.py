"""Random pages in storage format: any nesting the notation allows, and text that is hostile to Markdown."""

from __future__ import annotations

from xml.sax.saxutils import escape

from hypothesis import strategies as st

from converters.storage.macro_writer import cdata
from converters.storage.resources import quote_value

_NASTY = [
    "*", "_", "`", "[", "]", "<", ">", "&", "#", "-", "+", "1.", "2)", "|", "\\", "!", "~", "~~", "**", "__", "$", "{", "}", ":", "---",
    "===", "&amp;", "<b>", "</b>", "<!-- x -->", "[!NOTE]", "[ ]", "[x]", "(", ")", "https://e.org/a_b", "http://x.y/z.", '"', "'",
    "\u00a0", "\u200b", "é", "漢字", "🚀", "한국어", "\u3000", "\u2003", "=", ">>", "```", "~~~", "a@b.c", "<ac-status>", "%20", "^", "  ",
]  # fmt: skip
words = st.one_of(st.sampled_from(["alpha", "beta", "gamma", "x", "9"]), st.sampled_from(_NASTY))
texts = st.lists(st.tuples(words, st.sampled_from([" ", "", "\n"])), min_size=1, max_size=6).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
plain = texts.filter(lambda text: bool(text.strip(" \t\r\n\f\u00a0\u3000\u2003\u200b")))
values = st.text(st.sampled_from("ab \"'<>&-=|`\\\n#漢"), min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)


def attribute(name: str, value: str) -> str:
    return f' {name}="{quote_value(value)}"'


def _mark(pair: tuple[str, str]) -> str:
    tag, inside = pair
    return f"<{tag}>{inside}</{tag.split()[0]}>"


def _macro(name: str, parameters: list[tuple[str, str]], body: str = "") -> str:
    given = "".join(
        f"<ac:parameter{attribute('ac:name', key)}>{escape(value)}</ac:parameter>" for key, value in parameters
    )
    return f'<ac:structured-macro ac:name="{name}" ac:schema-version="1" ac:macro-id="m">{given}{body}</ac:structured-macro>'


parameters = st.dictionaries(st.sampled_from(["title", "colour", "k", "maxLevel"]), values, max_size=2).map(
    lambda d: list(d.items())
)
atoms = st.one_of(
    st.just("<br />"),
    values.map(
        lambda alt: (
            f'<ac:image ac:width="9"{attribute("ac:alt", alt)}><ri:attachment ri:filename="x y.png" /></ac:image>'
        )
    ),
    values.map(lambda title: _macro("status", [("title", " ".join(title.split())), ("colour", "Red")])),
    st.just('<ac:link><ri:user ri:account-id="712020:a-b" /></ac:link>'),
    st.just('<time datetime="2026-01-31" />'),
    st.just('<ac:emoticon ac:name="smile" />'),
    st.just("<ri:odd />"),
)
_TAGS = [
    "strong",
    "em",
    "del",
    "code",
    "u",
    "sub",
    'span style="color: red;"',
    'a href="https://e.org/(x) y"',
    'a href="#p"',
]
inline_leaf = st.one_of(plain.map(escape), plain.map(escape), atoms)
inlines = st.recursive(
    inline_leaf,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(_TAGS), inner).map(_mark),
        st.tuples(plain, inner).map(
            lambda pair: (
                f"<ac:link><ri:page{attribute('ri:content-title', pair[0])} /><ac:link-body>{pair[1]}</ac:link-body></ac:link>"
            )
        ),
        inner.map(lambda text: f'<ac:inline-comment-marker ac:ref="r">{text}</ac:inline-comment-marker>'),
        st.lists(inner, min_size=1, max_size=3).map("".join),
    ),
    max_leaves=5,
)
leaves = st.one_of(
    inlines.map(lambda text: f'<p local-id="p">{text}</p>'),
    st.tuples(st.integers(1, 6), inlines).map(lambda pair: f"<h{pair[0]}>{pair[1]}</h{pair[0]}>"),
    st.just("<hr />"),
    st.just("<p />"),
    parameters.map(lambda given: _macro("toc", given)),
    st.tuples(parameters, texts).map(
        lambda pair: _macro("code", pair[0], f"<ac:plain-text-body>{cdata(pair[1])}</ac:plain-text-body>")
    ),
    st.just("<odd:thing><p>kept</p></odd:thing>"),
    st.tuples(values, inlines).map(
        lambda pair: (
            f'<ac:image ac:align="center"{attribute("ac:alt", pair[0])}><ri:attachment ri:filename="a.png" />'
            f"<ac:caption><p>{pair[1]}</p></ac:caption></ac:image>"
        )
    ),
    texts.map(lambda text: _macro("noformat", [], f"<ac:plain-text-body>{cdata(text)}</ac:plain-text-body>")),
    inlines,
)


def _table(rows: list[list[str]]) -> str:
    width = max(len(row) for row in rows)
    out = []
    for number, row in enumerate(rows):
        tag = "td" if number else "th"
        out.append("".join(f"<{tag}>{cell}</{tag}>" for cell in row + ["<p />"] * (width - len(row))))
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in out) + "</tbody></table>"


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, min_size=1, max_size=3).map("".join)
    paragraph = inlines.map(lambda text: f"<p>{text}</p>")
    return st.one_of(
        st.lists(some, min_size=1, max_size=3).map(
            lambda items: "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
        ),
        st.lists(some, min_size=1, max_size=3).map(
            lambda items: '<ol start="3">' + "".join(f"<li>{item}</li>" for item in items) + "</ol>"
        ),
        some.map(lambda text: f"<blockquote>{text}</blockquote>"),
        st.tuples(st.sampled_from(["info", "note", "expand", "panel", "odd-one"]), parameters, some).map(
            lambda t: _macro(t[0], t[1], f"<ac:rich-text-body>{t[2]}</ac:rich-text-body>")
        ),
        st.lists(st.lists(st.one_of(some, paragraph), min_size=1, max_size=2), min_size=1, max_size=3).map(_table),
        st.lists(st.lists(paragraph, min_size=2, max_size=2), min_size=1, max_size=3).map(_table),
        st.lists(st.tuples(st.booleans(), inlines), min_size=1, max_size=2).map(_tasks),
        st.lists(st.tuples(st.booleans(), st.tuples(inlines, inner).map("".join)), min_size=1, max_size=2).map(_tasks),
        some.map(
            lambda text: (
                '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
                f"<ac:adf-content>{text}</ac:adf-content></ac:adf-node><ac:adf-fallback>{text}</ac:adf-fallback>"
                "</ac:adf-extension>"
            )
        ),
        st.tuples(st.integers(2, 3), some, some).map(
            lambda t: (
                f'<table><colgroup><col /><col /></colgroup><tbody><tr><td colspan="{t[0]}">{t[1]}</td></tr>'
                f'<tr><td data-highlight-colour="#fff">{t[2]}</td><td /></tr></tbody></table>'
            )
        ),
    )


def _tasks(tasks: list[tuple[bool, str]]) -> str:
    return "<ac:task-list>" + "".join(
        f"<ac:task><ac:task-id>1</ac:task-id><ac:task-status>{'complete' if done else 'incomplete'}</ac:task-status>"
        f"<ac:task-body>{body}</ac:task-body></ac:task>" for done, body in tasks
    ) + "</ac:task-list>"  # fmt: skip


blocks = st.recursive(leaves, _containers, max_leaves=6)
flat = st.lists(st.tuples(blocks, st.sampled_from(["", "\n"])), max_size=5).map(
    lambda parts: "".join(one + gap for one, gap in parts)
)
sections = st.tuples(
    st.sampled_from(["single", "two_equal", "three_with_sidebars"]), st.lists(flat, min_size=1, max_size=3)
).map(
    lambda pair: (
        f'<ac:layout-section ac:type="{pair[0]}" ac:breakout-mode="wide">'
        + "".join(f"<ac:layout-cell>{cell}</ac:layout-cell>" for cell in pair[1])
        + "</ac:layout-section>"
    )
)
laid_out = st.lists(sections, min_size=1, max_size=2).map(lambda parts: f"<ac:layout>{''.join(parts)}</ac:layout>")
pages = st.one_of(flat, flat, flat, flat, laid_out)
