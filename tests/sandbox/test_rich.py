"""The rich editor without a browser: what comes back of a page that was opened in it, edited in it, or attacked."""

from __future__ import annotations

import base64
import html
import os
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.sandbox.editor import editor_save
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.normalize import World, normalize
from confsync.sandbox.web.rich import Sheet, sheet
from confsync.sandbox.web.rich_read import read
from tests.corpus import CORPUS, needs_corpus

Rest = Browser = Any
EXAMPLES = int(os.environ.get("CONFSYNC_EXAMPLES", "200"))
WORLD = World(lambda: "id")
CDATA = re.compile(r"(?<!plain-text-body>)<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
LINK = '<ac:link><ri:page ri:content-title="Other" /></ac:link>'
MARKER = '<ac:inline-comment-marker ac:ref="r">{}</ac:inline-comment-marker>'


def opened(storage: str) -> Sheet:
    return sheet(storage, lambda _part: "<b>shown</b>")


def touched(page: Sheet) -> str:
    """Return the HTML of a page of which every block was touched, and nothing was changed."""
    return re.sub(r"(<pre[^>]*>)\n", r"\1", page.html.replace(" data-b=", ' data-x="" data-b='))


text = st.text("ab <&\"'é\u00a0\n", min_size=1, max_size=8).map(lambda one: html.escape(one, quote=False))
lines = st.recursive(
    st.one_of(text, st.sampled_from([LINK, "<br />", '<time datetime="2026-01-01" />', "<span />"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(st.sampled_from(["strong", "em", "code", "del"]), inner).map(
            lambda one: f"<{one[0]}>{one[1]}</{one[0]}>"
        ),
        inner.map(MARKER.format),
    ),
    max_leaves=5,
)
blocks = st.recursive(
    st.one_of(
        st.tuples(st.sampled_from(["p", "h2", "h6", "pre"]), lines).map(lambda one: f'<{one[0]} class="c">{one[1]}</{one[0]}>'),
        st.sampled_from(["<hr />", "<p />", LINK, "<ac:image><ri:url ri:value=\"https://a.b/c\" /></ac:image>", "text", "\n"]),
        text.map(lambda one: f'<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[{html.unescape(one)}]]></ac:plain-text-body></ac:structured-macro>'),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        inner.map(lambda one: f"<ul><li>{one}</li></ul>"),
        inner.map(lambda one: f'<table><colgroup><col style="width: 9px;" /></colgroup><tbody><tr><td colspan="2">{one}</td></tr></tbody></table>'),
        inner.map(lambda one: f"<blockquote>{one}</blockquote>"),
        inner.map(lambda one: f"<dl><dt>{one}</dt></dl>"),
        inner.map(lambda one: f'<ac:structured-macro ac:name="info"><ac:rich-text-body>{one}</ac:rich-text-body></ac:structured-macro>'),
        inner.map(lambda one: f"<ac:layout><ac:layout-section><ac:layout-cell>{one}</ac:layout-cell></ac:layout-section></ac:layout>"),
        inner.map(lambda one: f"<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>{one}</ac:task-body></ac:task></ac:task-list>"),
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(blocks)
def test_opening_and_saving_keeps_every_byte(storage: str) -> None:
    """A page that nobody edits comes back as it was, and a save adds to it only what the Cloud editor adds."""
    page = opened(storage)
    assert "".join(block.source + block.tail for block in page.blocks) in (storage, "")
    kept = "".join(f'<div data-keep="{number}"></div>' for number in range(len(page.blocks)))
    back = storage if page.blocks else ""
    assert read(page.html, page) == back
    assert read(kept, page) == back
    assert editor_save(read(kept, page), lambda: "id") == editor_save(back, lambda: "id")


@settings(max_examples=EXAMPLES, deadline=None)
@given(blocks)
def test_a_block_that_is_read_again_says_the_same(storage: str) -> None:
    """Where a block was touched, what was not changed in it is stored as it was: marks, links, macros, ids."""
    stored = normalize(storage, WORLD)
    page = opened(stored)
    assert _plain(read(touched(page), page)).strip() == _plain(stored if page.blocks else "").strip()


def _plain(storage: str) -> str:
    """Return storage format as the site keeps it, with CDATA outside of macros as text."""
    return normalize(CDATA.sub(lambda found: html.escape(found[1], quote=False), storage), WORLD)


@needs_corpus
def test_real_pages_come_back() -> None:
    """The same for the pages of real sites that are storage format at all."""
    seen = 0
    for path in [*sorted(CORPUS.rglob("*.xhtml")), *sorted((CORPUS / "storage").rglob("*.xml"))]:
        try:
            stored = normalize(path.read_text(encoding="utf-8", errors="replace"), WORLD)
        except BadRequest:
            continue
        page = opened(stored)
        assert read(page.html, page) == (stored if page.blocks else ""), path
        assert _plain(read(touched(page), page)).strip() == _plain(stored if page.blocks else "").strip(), path
        seen += 1
    assert seen > 500


@pytest.mark.parametrize(
    ("storage", "edit", "wanted"),
    [
        ("<p>one</p>", ("one", "one two"), "<p>one two</p>"),
        ("<p>one</p>", ("one", "<b>one</b> <i>two</i>"), "<p><strong>one</strong> <em>two</em></p>"),
        ('<p class="x">one</p>', ("one", "one&nbsp;two"), '<p class="x">one two</p>'),
        ("<p>a&nbsp;b</p>", (">a", ">c"), "<p>c\xa0b</p>"),
        (f"<p>see {LINK} now</p>", ("now", "then"), f"<p>see {LINK} then</p>"),
        ("<p>a " + MARKER.format("b") + " c</p>", (" c", " d"), "<p>a " + MARKER.format("b") + " d</p>"),
        ("<p>a</p><p>b</p>", ('<p data-b="0" data-s="0">a</p>', ""), "<p>b</p>"),
        ("<p>a</p>\n<p>b</p>", (">a<", ">c<"), "<p>c</p>\n<p>b</p>"),
        ('<p local-id="1">ab</p>', ("ab", 'a</p><p data-b="0" data-s="0">b'), '<p local-id="1">a</p><p>b</p>'),
        ("<ul><li>a</li></ul>", ("</li>", '</li><li>b<ul><li>c</li></ul></li>'), "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<ul><li>a</li></ul>", ("</li>", "</li><ul><li>c</li></ul>"), "<ul><li>a<ul><li>c</li></ul></li></ul>"),
        ("<p>a</p>", ("</p>", '</p><div data-panel="info"><p>x</p></div>'),
         '<p>a</p><ac:structured-macro ac:name="info"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>'),
        ("<p>a</p>", ("</p>", '</p><ul data-tasks="yes"><li data-done="yes">x</li></ul>'),
         "<p>a</p><ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>x</ac:task-body></ac:task></ac:task-list>"),
        ("<p>a</p>", ("</p>", "</p><pre>x ]]> y<br>z</pre>"),
         '<p>a</p><ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[x ]]]]><![CDATA[> y\nz]]></ac:plain-text-body></ac:structured-macro>'),
        ("<p>a</p>", ("</p>", '</p><table><tbody><tr><td colspan="2" onclick="x">b<br></td></tr></tbody></table>'),
         '<p>a</p><table><tbody><tr><td colspan="2">b</td></tr></tbody></table>'),
        ("<p>a</p>", (">a<", '>a <a href="https://x.y/?a=1&amp;b=2">l</a><'), '<p>a <a href="https://x.y/?a=1&amp;b=2">l</a></p>'),
        ("<p>a</p>", (">a<", ">a<ul><li>b</li></ul>c<"), "<p>a</p><ul><li>b</li></ul><p>c</p>"),
        ("<p>a</p>", ("</p>", "</p>bare <b>words</b><div>a line</div>"), "<p>a</p><p>bare <strong>words</strong></p><p>a line</p>"),
    ],
)  # fmt: skip
def test_edits_become_storage_format(storage: str, edit: tuple[str, str], wanted: str) -> None:
    """What a person does in the browser is stored as the editor of Confluence would store it."""
    page = opened(storage)
    assert edit[0] in page.html
    assert read(page.html.replace(*edit, 1), page) == wanted


@pytest.mark.parametrize(
    "sent",
    [
        "<script>alert(1)</script>", '<p onclick="alert(1)">x</p>', '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://evil.example"></iframe>', '<img src=x onerror=alert(1)>', "<style>p {}</style>",
        '<p data-s="999" data-atom="-1" data-keep="1e9">x</p>', "<ac:structured-macro ac:name=\"html\">x</ac:structured-macro>",
        "<svg><script>alert(1)</script></svg>", "<!-- <p> --><p>x\x00\x08</p>", "<p><table><p></table>", "]]><p>",
    ],
)  # fmt: skip
def test_hostile_html_is_stored_as_text_at_most(rest: Rest, browser: Browser, sent: str) -> None:
    """Whatever is sent in the place of edited HTML, the page stays well-formed and harmless."""
    page = rest.page("Guide", "<p>one</p>")
    form = browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}")
    browser.submit(form, path='id="rich"', html=f"<p>before</p>{sent}")
    stored = rest.storage(page["id"])
    assert re.search(r"<p[^>]*>before</p>", stored)
    for danger in ("script", "onclick", "onerror", "javascript", "iframe", "svg", "style", "ac:", "data-"):
        assert danger not in re.sub(">[^<]*<", "><", stored)


def test_a_save_in_the_rich_editor_is_one_of_the_cloud_editor(rest: Rest, browser: Browser) -> None:
    """The blocks that were not edited get local ids and nothing else; the edited one says what was typed."""
    page = rest.page("Guide", f"<p>one</p><ul><li>two {LINK}</li></ul>")
    form = browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}")
    shown = browser.submit(
        form, path='id="rich"', how="rich", html='<p data-b="0" data-s="0">edited</p><div data-keep="1"></div>'
    )
    assert "version 2" in shown
    body = re.sub(r' (?:ac:)?local-id="[^"]+"', "", rest.storage(page["id"]))
    link = '<ac:link><ri:page ri:content-title="Other" ri:version-at-save="1" /></ac:link>'
    assert body == f"<p>edited</p><ul><li><p>two {link}</p></li></ul>"


def test_a_form_without_its_script_changes_nothing(rest: Rest, browser: Browser) -> None:
    """A browser that did not run the editor sends no text, which is refused instead of emptying the page."""
    page = rest.page("Guide", "<p>one</p>")
    form = re.sub(' name="(html|body)"', "", browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}"))
    browser.submit(form, 400, path='id="rich"')
    browser.submit(
        browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}"), 400, path='id="rich"', html="x", base="%%"
    )
    assert rest.storage(page["id"]) == "<p>one</p>"


def test_a_draft_of_the_rich_editor_is_resumed(rest: Rest, browser: Browser) -> None:
    """What was kept and not published is there the next time, in either editor, and goes with the publication."""
    page = rest.page("Guide", "<p>one</p>")
    form = browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}")
    browser.submit(form, path='id="rich"', how="draft", html="<p>half done</p>")
    assert rest.storage(page["id"]) == "<p>one</p>"
    form = browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{page['id']}")
    assert ">half done</p>" in form
    began = re.findall('name="base" value="([^"]*)"', form)[0]
    assert base64.b64decode(began) == b"<p>half done</p>"
    browser.submit(form, path='id="rich"', how="rich", html='<div data-keep="0"></div>')
    assert "half done" in rest.storage(page["id"])
    assert "draft" not in browser.get(f"/wiki/spaces/DOC/pages/{page['id']}")


def test_what_is_no_storage_format_is_edited_as_text(browser: Browser, sandbox: Any, tmp_path: Any) -> None:
    """A malformed body that came in from a folder leads to the plain editor."""
    (tmp_path / "bad.xml").write_text("<p>oops")
    sandbox.load_storage(tmp_path, "DOC")
    listed = re.findall(r'href="(/wiki/spaces/DOC/pages/(\d+)/bad)"', browser.get("/wiki/spaces/DOC"))
    assert "&lt;p&gt;oops</textarea>" in browser.get(f"/wiki/spaces/DOC/pages/edit-v2/{listed[0][1]}")
