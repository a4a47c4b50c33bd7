"""Where links lead, and what becomes of them when paths change."""

from __future__ import annotations

import pytest

from converters import PageRef, Pages, Site, check, consistent, links, push, relink, to_markdown, to_storage

HOME = PageRef("index.md", "DOCS", "Home", "1")
GUIDE = PageRef("guide.md", "DOCS", "Guide", "2")
INSTALL = PageRef("guide/install here.md", "DOCS", "Install", "3")
SITE = Site("https://acme.atlassian.net/wiki", "DOCS", "guide.md", Pages([HOME, GUIDE, INSTALL]))


@pytest.mark.parametrize(
    ("destination", "kind", "path"),
    [
        ("guide/install%20here.md", "page", "guide/install here.md"),
        ("./index.md#top", "page", "index.md"),
        ("https://acme.atlassian.net/wiki/spaces/DOCS/pages/3/Install", "page", "guide/install here.md"),
        ("guide.files/a%20b.png", "attachment", "guide.files/a b.png"),
        ("other.pdf", "file", "other.pdf"),
        ("https://example.org", "url", ""),
        ("#part", "anchor", ""),
        ("confluence:page?title=Elsewhere", "confluence", ""),
    ],
)
def test_a_destination_is_resolved(destination: str, kind: str, path: str) -> None:
    """A page, an attachment, a file: found out from the site alone."""
    (use,) = links(f"# T\n\nsee [x]({destination})\n", SITE)
    assert (use.kind, use.path, use.line) == (kind, path, 3)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("[![in](img/6.png)](img/7.png)", ["img/6.png", "img/7.png"]),
        ("<img src=img/4.png>", ["img/4.png"]),
        ("see <img src=img/4.png> here", ["img/4.png"]),
        ("<a href='img/5.png'>x</a>", ["img/5.png"]),
        ('[x](a.png "](b.png)")', ["a.png"]),
        ("[![i](a(1(2)).png '](no.png)')](b.png)", ["a(1(2)).png", "b.png"]),
        ("<img data-src=no.png>", []),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_a_text_shows_is_found_however_it_is_written(text: str, paths: list[str]) -> None:
    """A picture that is a link, HTML with any quotes or none, titles that look like links; each file once."""
    assert [use.path for use in links(text + "\n") if use.kind == "file"] == paths


def test_a_page_link_is_one_link_however_it_is_spelled() -> None:
    """A pasted address of a page is a link to the page: no edit when only the spelling differs."""
    storage = '<p>see <ac:link><ri:page ri:content-title="Install" ri:version-at-save="9" /><ac:link-body>it</ac:link-body></ac:link></p>'
    base = to_markdown(storage, SITE)
    assert base == "see [it](guide/install%20here.md)\n"
    for other in (
        "./guide/install%20here.md",
        "<guide/install here.md>",
        "https://acme.atlassian.net/wiki/spaces/DOCS/pages/3/x",
    ):
        assert push(storage, base, f"see [it]({other})\n", SITE) == storage


def test_a_former_title_still_leads_to_the_page() -> None:
    """A base that names a page by its old title agrees with Markdown that names its file."""
    renamed = PageRef("guide/install here.md", "DOCS", "Set up", "3", former_titles=("Install",))
    site = Site(SITE.base_url, "DOCS", "guide.md", Pages([HOME, GUIDE, renamed]))
    storage = '<p><ac:link><ri:page ri:content-title="Install" /><ac:link-body>it</ac:link-body></ac:link></p>'
    assert consistent(storage, "[it](guide/install%20here.md)\n", site)


MOVED = Site(
    SITE.base_url,
    "DOCS",
    "guide.md",
    Pages([HOME, GUIDE, PageRef("setup/install.md", "DOCS", "Install", "3", former_paths=("guide/install here.md",))]),
)


def test_only_destinations_change_when_a_page_moves() -> None:
    """No churn: the text around a rewritten destination keeps every byte."""
    text = "A [link](guide/install%20here.md#a 'T'),\n![i](guide.files/x.png) [ref][r] and `[no](guide/install%20here.md)`.\n\n[r]: <guide/install here.md>\n"
    expected = "A [link](setup/install.md#a 'T'),\n![i](guide.files/x.png) [ref][r] and `[no](guide/install%20here.md)`.\n\n[r]: <setup/install.md>\n"
    assert relink(text, SITE, MOVED) == expected
    assert relink(expected, MOVED, MOVED) == expected


def test_a_moved_page_takes_its_own_links_along() -> None:
    """Links that were relative to the old place lead to the same pages and attachments from the new one."""
    deeper = PageRef("deep/down/guide.md", "DOCS", "Guide", "2", former_paths=("guide.md",))
    new = Site(SITE.base_url, "DOCS", deeper.path, Pages([HOME, deeper, INSTALL]))
    text = '[h](index.md) ![i](guide.files/x.png)\n\n<!-- ac:include _.page="index.md" -->\n'
    moved = relink(text, SITE, new)
    assert moved == '[h](../../index.md) ![i](guide.files/x.png)\n\n<!-- ac:include _.page="../../index.md" -->\n'
    assert to_storage(text, SITE) == to_storage(moved, new)


def test_line_ends_are_kept() -> None:
    """CRLF is the author's choice."""
    assert relink("[a](guide/install%20here.md)\r\nb\r\n", SITE, MOVED) == "[a](setup/install.md)\r\nb\r\n"


@pytest.mark.parametrize(
    ("markdown", "rule", "line"),
    [
        ("x\n\n<!-- ac:panel -->\n\ny\n", "notation", 3),
        ("x\n\n<!-- /ac:panel -->\n", "notation", 3),
        ("a <ac-status>open\n", "notation", 1),
        ("<table>\n<tr>\n\ntext\n\n</tr>\n</table>\n", "table", 4),
        ("text\n\n</td></tr>\n", "stray-tag", 3),
        ("x\n\n<<<<<<< a\nb\n=======\nc\n>>>>>>> d\n", "conflict", 3),
        ("x\n\n<script>alert(1)</script>\n", "html", 3),
        ("```xml ac:xml\n<p>\n```\n", "island", 2),
        ("text\n\n| a |\n| --- |\n| x<p>y</p> |\n", "block-tag", 5),
        ("text\nand a note[^1]\n", "footnote", 2),
        ("text\n\n!!! note\n", "admonition", 3),
        ("see [[Other Page]]\n", "wikilink", 1),
        ("`code` and *more*[^1]\nand [x](y)[^2]\n", "footnote", 2),
        ('text\n\n=== "Tab"\n', "tab", 3),
    ],
)
def test_a_finding_names_its_place(markdown: str, rule: str, line: int) -> None:
    """Bad input gets a clear error with file, line and column."""
    found = check(markdown)
    assert (rule, line) in [(finding.rule, finding.line) for finding in found]


def test_clean_text_has_no_findings() -> None:
    """`check` is quiet where nothing is wrong."""
    assert (
        check("`[^1]` and <!-- [^2] --> https://e.org/[[y]] if [[ -f x ]]; pid $$ of [^a-z]+ ???what\n") == []
    )
    assert (
        check("# T\n\n<!-- ac:toc -->\n\n<details>\n<summary>x</summary>\n\ny\n\n</details>\n\n<!-- mine -->\n") == []
    )


@pytest.mark.parametrize(
    ("markdown", "message"),
    [
        ("a <ac-tide s='x'>shown</ac-tide>\n", "'shown' would be lost"),
        ("<ac-jira key='A-1'>A-2</ac-jira>\n", "shows its key 'A-1'"),
        ('<time datetime="2026-01-31">2026-02-01</time>\n', "make both the same"),
    ],
)
def test_text_that_would_be_lost_is_refused(markdown: str, message: str) -> None:
    """No loss: an element's text that Confluence has no place for is an error with its line, not dropped."""
    (finding,) = check(markdown)
    assert message in finding.message


def test_a_date_shown_in_words_stays_as_words() -> None:
    """No loss: what a reader sees is what is published."""
    assert to_storage('on <time datetime="2026-01-31">the last day</time>\n') == "<p>on the last day</p>"


@pytest.mark.parametrize(
    "text", ["see https://acme.atlassian.net/wiki/spaces/DOCS/pages/1/Home\n", '[x](index.md "T")\n']
)
def test_links_to_pages_come_back_however_they_are_typed(text: str) -> None:
    """A pasted address of a page, and a link with a title, can be published."""
    assert consistent(to_storage(text, SITE), text, SITE)
    assert push("<p>see</p>", "see\n", text, SITE)
