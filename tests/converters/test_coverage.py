"""Edits inside the rarer constructs: the change arrives, and what the notation does not say keeps its bytes."""

from __future__ import annotations

import pytest

from converters import PageRef, Pages, Site, consistent, pull, push, to_markdown, to_storage
from converters.fidelity import measure, measure_markdown
from converters.markdown.front_matter import split
from tests.corpus import CORPUS, needs_corpus, read

MACRO = '<ac:structured-macro ac:name="{}" ac:macro-id="m1">{}</ac:structured-macro>'
HELD = "<ac:rich-text-body><dl>loose\n<dt>old</dt></dl></ac:rich-text-body>"  # an island of two lines
PANEL = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">custom</ac:adf-attribute>'
    '<ac:adf-attribute key="local-id">p1</ac:adf-attribute><ac:adf-content><p local-id="q">old text</p></ac:adf-content>'
    "</ac:adf-node></ac:adf-extension>"
)


@pytest.mark.parametrize(
    ("storage", "old", "new"),
    [
        ('<p><ac:link><ri:page ri:content-title="A" /><ac:plain-text-link-body><![CDATA[old text]]></ac:plain-text-link-body></ac:link> x</p>', "old", "new"),
        ('<p><ac:link ac:tooltip="t"><ac:plain-text-link-body><![CDATA[old]]></ac:plain-text-link-body></ac:link> x</p>', "old", "new"),
        (MACRO.format("x", '<ac:parameter ac:name="a b">old</ac:parameter><ac:parameter ac:name="c">2</ac:parameter>'), "old", "new"),
        (MACRO.format("x", '<ac:parameter ac:name="p"><ri:space ri:space-key="OLD" /><ri:space ri:space-key="B" /></ac:parameter>'), "OLD", "NEW"),
        (PANEL, "old", "new"),
        ('<dl class="x"><dt>old term</dt><dd id="d"><p class="y">meaning</p></dd></dl>', "old", "new"),
        ('<dl class="x"><dt>term</dt><dd id="d"><p class="y">old meaning</p></dd></dl>', "old", "new"),
        ('<table class="w"><caption>C</caption><colgroup><col /></colgroup><tbody><tr><td class="q">old</td></tr></tbody></table>', "old", "new"),
        ('<ul class="u"><li>old</li><ul class="v"><li>b</li></ul><li>c</li></ul>', "old", "new"),
        ('<ul class="u"><li>a</li><ul class="v"><li>old</li></ul><li>c</li></ul>', "old", "new"),
        ('<table data-layout="wide"><ac:adf-fragment-mark><ac:adf-fragment-mark-detail name="T" /></ac:adf-fragment-mark><tbody><tr><td>old</td></tr></tbody></table>', "old", "new"),
        (f"<h2>old {MACRO.format('expand', '<ac:rich-text-body><p>x</p></ac:rich-text-body>')} title</h2>", "old", "new"),
        ('<p><ac:image ac:href="https://example.org" ac:alt="old" ac:align="left"><ri:attachment ri:filename="a.png" /></ac:image></p>', "old", "new"),
        ('<ac:macro ac:name="info"><ac:rich-text-body><p>old</p></ac:rich-text-body></ac:macro>', "old", "new"),
        ("<table><tbody><tr><td>" + MACRO.format("info", HELD) + "</td></tr></tbody></table>", "old", "new"),
        ("<ul><li><p>x</p>" + MACRO.format("expand", HELD) + "</li></ul>", "old", "new"),
        ('<p><span style="color: red;">a <span style="color: blue;">old</span> b</span></p>', "old", "new"),
        ('<p><span style="color: red;">a <span style="background-color: blue;">old text</span> b</span></p>', "old", "new"),
        ('<p><font color="red">old</font> text</p>', "old", "new"),
    ],
)  # fmt: skip
def test_a_word_is_changed_and_nothing_else(storage: str, old: str, new: str) -> None:
    """Both ways: to the site, and back into the Markdown."""
    markdown = to_markdown(storage)
    edited = markdown.replace(old, new)
    assert edited != markdown
    pushed = push(storage, markdown, edited)
    assert pushed == storage.replace(old, new)
    assert pull(markdown, storage, pushed) == edited


@pytest.mark.parametrize(
    ("storage", "old", "new", "expected"),
    [
        (
            '<p><ac:link><ri:page ri:content-title="A" /><ac:plain-text-link-body><![CDATA[salt]]></ac:plain-text-link-body></ac:link></p>',
            "salt", "salt & *pepper*",
            "salt &amp; <em>pepper</em>",
        ),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "</dd>\n", "</dd>\n<dd>\n\nmore\n\n</dd>\n", "<dd>b</dd><dd><p>more</p></dd></dl>"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<dd>\n\nb\n\n</dd>\n", "", "<dl><dt>a</dt></dl>"),
        ("<table><caption>old</caption><tbody><tr><td>a</td></tr></tbody></table>", "old", "new & more", "<caption>new &amp; more</caption>"),
        ("<pre>old</pre>", "old", "a < b", "<pre>a &lt; b</pre>"),
        (PANEL, 'panel-type="custom"', 'panel-color="#fff" panel-type="custom"', '<ac:adf-attribute key="panel-color">#fff</ac:adf-attribute>'),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "  - b", "  - b\n  - c", "<li>b</li><li><p>c</p></li></ul></ul>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "  - b\n", "", "<ul><li>a</li></ul>"),
        ('<p><img src="https://e.org/a.png" /></p>', "a.png", "b.png", '<ri:url ri:value="https://e.org/b.png" />'),
        (
            MACRO.format("x", '<ac:parameter ac:name="p"><ri:space ri:space-key="A" /></ac:parameter>'),
            'p.space="A"', 'p.2.space="B" p.space="A"',
            '<ri:space ri:space-key="A" /><ri:space ri:space-key="B" />',
        ),
        ("<at:declarations><at:string at:name=\"a\" /></at:declarations>", 'a="string"', 'a="string" b="list x y"', '<at:option at:value="y" />'),
    ],
)  # fmt: skip
def test_a_larger_edit_arrives(storage: str, old: str, new: str, expected: str) -> None:
    """The result says what was written, and no raw XML is needed for it."""
    markdown = to_markdown(storage)
    assert old in markdown
    edited = markdown.replace(old, new)
    pushed = push(storage, markdown, edited)
    assert expected in pushed
    assert consistent(pushed, edited)
    assert not measure(pushed).islands


@pytest.mark.parametrize(
    "storage",
    [
        '<p><ac:link ac:anchor="x">somebody\'s words</ac:link></p>',
        "<pre>a <strong>b</strong></pre>",
        "<dl>loose<dt>a</dt></dl>",
        "<table><caption>a <em>b</em></caption><tbody><tr><td>c</td></tr></tbody></table>",
        MACRO.format("x", '<ac:parameter ac:name="p"><ri:page ri:content-title="A" /> and words</ac:parameter>'),
        MACRO.format("x", '<ac:parameter ac:name="p">1</ac:parameter><ac:parameter ac:name="p">2</ac:parameter>'),
    ],
)
def test_what_would_be_lost_is_carried_whole(storage: str) -> None:
    """Text in places that the notation has no word for is never dropped: it comes back without a base, too."""
    markdown = to_markdown(storage)
    assert measure(storage).islands
    assert to_storage(markdown) == storage


def test_a_macro_in_a_line_of_bare_text_stays_in_its_line() -> None:
    """Items, cells and tasks of older pages have text without a paragraph, and macros in it."""
    macro = MACRO.format("vendor", "")
    storage = f"<ul><li>one {macro} two</li><li>{macro}</li></ul>"
    markdown = to_markdown(storage)
    assert markdown == "- one <ac-vendor></ac-vendor> two\n\n- <!-- ac:vendor -->\n"
    task = "- [ ] do <ac-vendor></ac-vendor>\n- [ ] done\n\n  <!-- ac:vendor -->\n"
    assert consistent(to_storage(task), task)


def test_the_inner_of_two_colours_is_the_one_that_is_seen() -> None:
    """Nesting has an order, marks have none: the outer colour goes, and a background stays beside it."""
    two = '<p><span style="color: red;">a <span style="color: blue;">b</span></span></p>'
    assert to_markdown(two) == '<span style="color: red;">a</span> <span style="color: blue;">b</span>\n'
    both = '<p><span style="background-color: red;">a<span style="color: blue;">b</span></span></p>'
    assert to_markdown(both).endswith('<span style="color: blue; background-color: red;">b</span>\n')
    written = 'x <span style="color: red;">a <span style="color: blue;">b</span></span>\n'
    assert consistent(to_storage(written), written)


@pytest.mark.parametrize("written", ["[TOC]\n", "[[_TOC_]]\n"])
def test_the_contents_of_other_tools_are_read(written: str) -> None:
    """Read, not written; what merely looks like it on the site stays text."""
    assert '<ac:structured-macro ac:name="toc"' in to_storage(f"A\n\n{written}")
    text = f"<p>{written.strip()}</p>"
    assert to_storage(to_markdown(text)) == text


@pytest.mark.parametrize("language", ["csf", "confluence-storage", "cfx-storage"])
def test_raw_fences_of_other_tools_are_read(language: str) -> None:
    """Storage format, passed on as it is."""
    raw = '<ac:structured-macro ac:name="vendor" ac:macro-id="m" />'
    assert to_storage(f"A\n\n```{language}\n{raw}\n```\n") == f"<p>A</p>{raw}"


def test_a_figure_keeps_the_link_of_its_image() -> None:
    """With its caption, both ways and without a base."""
    image = '<ac:image ac:alt="x" ac:href="https://example.org"><ri:attachment ri:filename="a.png" />'
    storage = f"{image}<ac:caption><p>old</p></ac:caption></ac:image>"
    markdown = to_markdown(storage)
    assert "[![x](page.files/a.png)](https://example.org)" in markdown
    assert to_storage(markdown) == storage
    moved = push(storage, markdown, markdown.replace("example.org", "example.com"))
    assert moved == storage.replace("example.org", "example.com")


@pytest.mark.parametrize(
    "written",
    [
        '<!-- ac:include _.page="not-yet-there.md" -->\n',
        '<!-- ac:include _.page="./setup/../setup/install.md#ports" -->\n',
        '<!-- ac:x a.page="guide.files/x.png" b.page="#here" c.page="" d.user="" e.attachment="confluence:odd?x=1" -->\n',
        'In a line <ac-vendor a.b="1" data-x="2" who.user="jdoe"></ac-vendor> of text.\n',
        "```{ .sh .no-copy }\nls\n```\n",
        '```python a.page="install.md" 1st="x" _\nx\n```\n',
    ],
)
def test_parameters_that_people_write_are_read_as_they_will_come_back(written: str) -> None:
    """Another spelling of a path, a page that is not there yet, words that no other tool meant as parameters."""
    site = Site(space="DOCS", path="guide.md", pages=Pages([PageRef("setup/install.md", "DOCS", "Install", "2")]))
    storage = to_storage(written, site)
    assert consistent(storage, written, site)
    assert push(storage, written, written + "\nMore.\n", site) == storage + "<p>More.</p>"


@needs_corpus
def test_every_docs_tree_can_be_published() -> None:
    """Markdown that knows nothing of Confluence: what is made of it says the same, and so does what comes back."""
    pages = sorted((CORPUS / "markdown").rglob("*.md"))[::3]
    assert len(pages) > 80
    for page in pages:
        figures = measure_markdown(split(read(page)).body)
        assert figures.perfect, (page, figures.refusals)
