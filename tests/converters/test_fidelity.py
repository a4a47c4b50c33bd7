"""The measure of a page: what comes back, what is expressed, what is carried raw, and what is refused."""

from __future__ import annotations

from converters.fidelity import Fidelity, Island, measure, measure_markdown, total

UNKNOWN = '<ac:adf-extension><ac:adf-node type="decision-list"><p>Go</p></ac:adf-node></ac:adf-extension>'
PANEL = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
    "<ac:adf-content><p>two words</p></ac:adf-content></ac:adf-node>"
    "<ac:adf-fallback><p>two words</p></ac:adf-fallback></ac:adf-extension>"
)


def test_a_page_of_markdown_is_expressed_throughout() -> None:
    """Every element, every word, and the same bytes again."""
    page = measure("<h1>A title</h1><p>Some <strong>bold</strong>er text</p>")
    assert (page.pages, page.exact, page.stable) == (1, 1, 1)
    assert (page.elements, page.expressed) == (3, 3)
    assert (page.words, page.open_words) == (5, 5)
    assert page.perfect
    assert not page.islands


def test_all_that_stands_in_an_island_counts_as_not_expressed() -> None:
    """However deep; and the island is named by its construct and its place."""
    page = measure("<foo><p>in <em>it</em></p></foo><p>a <bar /> b</p>")
    assert (page.elements, page.expressed) == (5, 1)
    assert (page.words, page.open_words) == (4, 2)
    assert set(page.islands) == {Island("foo", inline=True), Island("bar", inline=True)}


def test_an_adf_extension_counts_only_where_it_is_a_panel() -> None:
    """What no editor of storage format can write is no loss; it is listed all the same."""
    page = measure(f"<p>x</p>{UNKNOWN}")
    assert (page.elements, page.expressed) == (1, 1)
    assert (page.words, page.open_words) == (1, 1)
    assert page.islands == (Island("ac:adf-extension decision-list", inline=False),)
    panel = measure(PANEL)
    assert panel.elements == panel.expressed == 7
    assert panel.words == panel.open_words == 2


def test_words_of_code_are_counted_apart() -> None:
    """A fence is where they belong."""
    code = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a = b]]></ac:plain-text-body></ac:structured-macro>'
    page = measure(f"<p>one</p>{code}")
    assert (page.words, page.open_words, page.code_words) == (1, 1, 2)


def test_a_title_is_a_visible_word_and_open_only_outside_comments() -> None:
    """An alert shows its title; the comment of another macro hides it on GitHub."""
    body = "<ac:rich-text-body><p>body</p></ac:rich-text-body></ac:structured-macro>"
    title = '<ac:parameter ac:name="title">Risks</ac:parameter>'
    info = measure(f'<ac:structured-macro ac:name="info">{title}{body}')
    panel = measure(f'<ac:structured-macro ac:name="panel">{title}{body}')
    assert (info.words, info.open_words) == (2, 2)
    assert (panel.words, panel.open_words) == (2, 1)


def test_a_page_that_is_not_well_formed_is_refused_with_its_place() -> None:
    """Row and column; it is carried whole, so none of it is expressed."""
    page = measure("<p>one two</p>\n<p>three")
    assert [(one.line, one.column) for one in page.refusals] == [(2, 1)]
    assert (page.exact, page.expressed, page.elements) == (0, 0, 2)
    assert (page.words, page.open_words) == (3, 0)
    assert not page.perfect


def test_figures_add_up() -> None:
    """Over pages, and the islands by construct, the most frequent first."""
    pages = [measure("<p>a <bar /> b</p>"), measure("<p>a <foo /><bar /> b</p>"), measure("<p>")]
    whole = total(pages)
    assert (whole.pages, whole.exact, len(whole.refusals)) == (3, 2, 1)
    assert whole.islands[0] == Island("bar", inline=True, count=2)
    assert whole.element_share == 2 / 6
    assert total([]) == Fidelity()
    assert Fidelity().element_share == Fidelity().word_share == 1.0


def test_markdown_is_measured_the_other_way_round() -> None:
    """To storage format and back: the same model, in any style; a notation that cannot be read is refused."""
    page = measure_markdown("Setext\n======\n\n* one\r\n* two\n\n<!-- ac:toc -->\n")
    assert page.perfect
    assert (page.words, page.open_words) == (3, 3)
    refused = measure_markdown("Text\n\n<!-- ac:panel -->\n\nopen\n")
    assert [(one.line, one.column) for one in refused.refusals] == [(3, 1)]
