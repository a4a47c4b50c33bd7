"""How storage looks to a reader, and that nothing in it is ever run."""

from typing import Any

import pytest

Rest = Any


def view(rest: Rest, body: str) -> str:
    page = rest.page("My page", body)
    found: str = rest("GET", f"/content/{page['id']}?expand=body.view")["body"]["view"]["value"]
    return found


def code_macro(text: str) -> str:
    body = f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"
    language = '<ac:parameter ac:name="language">python</ac:parameter>'
    return f'<ac:structured-macro ac:name="code">{language}{body}</ac:structured-macro>'


def rich(name: str, text: str, **parameters: str) -> str:
    given = "".join(f'<ac:parameter ac:name="{key}">{value}</ac:parameter>' for key, value in parameters.items())
    body = f"<ac:rich-text-body>{text}</ac:rich-text-body>"
    return f'<ac:structured-macro ac:name="{name}">{given}{body}</ac:structured-macro>'


@pytest.mark.parametrize(
    ("storage", "shown"),
    [
        ("<h2>First step</h2>", '<h2 id="Mypage-Firststep">First step</h2>'),
        ("<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>", 'class="confluenceTable"'),
        ('<p style="text-align: center; position: fixed">x</p>', '<p style="text-align: center">x</p>'),
        (code_macro("a < b && c"), 'theme: Confluence" data-theme="Confluence">a &lt; b &amp;&amp; c</pre>'),
        (code_macro("x"), 'data-syntaxhighlighter-params="brush: python; gutter: false'),
        (rich("info", "<p>hi</p>"), "confluence-information-macro-information"),
        (rich("expand", "<p>hi</p>", title="More"), '<span class="expand-control-text">More</span></summary>'),
        (rich("expand", "<p>hi</p>"), '<div class="expand-content"><p>hi</p></div></details>'),
        (rich("panel", "<p>hi</p>", title="Box"), '<p class="title">Box</p>'),
        (rich("gadget", "<p>kept</p>"), '<span class="unknown-label">gadget</span><p>kept</p>'),
        (
            '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">Done</ac:parameter>'
            '<ac:parameter ac:name="colour">Green</ac:parameter></ac:structured-macro>',
            'aui-lozenge-success conf-macro output-inline" data-hasbody="false" data-macro-id="00000000-0000-4000-8000-',
        ),
        (
            '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">Done</ac:parameter>'
            "</ac:structured-macro>",
            ">DONE</span>",
        ),
        (
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
            "<ac:task-body>tea</ac:task-body></ac:task></ac:task-list>",
            '<li class="checked" data-inline-task-id="1"><input type="checkbox" disabled checked /> <span>tea</span>',
        ),
        ('<ac:link><ri:user ri:account-id="a:1" /></ac:link>', 'user-mention" data-account-id="a:1">@someone</a>'),
        ('<ac:emoticon ac:name="tick" />', '<img class="emoticon emoticon-tick"'),
        ('<p><ac:emoticon ac:name="blue-star" ac:emoji-id="2705" ac:emoji-fallback="✅" /></p>', "<p>✅</p>"),
        (
            '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell><p>x</p></ac:layout-cell>'
            "</ac:layout-section></ac:layout>",
            '<div class="columnLayout two-equal" data-layout="two-equal"><div class="cell normal" data-type="normal">',
        ),
        ('<ac:link><ri:page ri:content-title="Handbook" /></ac:link>', '/wiki/spaces/DOC/overview">Handbook</a>'),
        (
            '<ac:link><ri:page ri:content-title="Nowhere" /><ac:link-body>x</ac:link-body></ac:link>',
            '<span class="createlink">x</span>',
        ),
        ('<ac:image ac:width="40" ac:alt="A"><ri:attachment ri:filename="a b.png" /></ac:image>', '/a%20b.png"'),
        (
            '<p>a <ac:inline-comment-marker ac:ref="r">b</ac:inline-comment-marker></p>',
            '<p>a <span class="inline-comment-marker" data-ref="r">b</span></p>',
        ),
        ('<h1>One</h1><ac:structured-macro ac:name="toc" />', 'class="toc-macro client-side-toc-macro  conf-macro'),
        (
            '<ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment '
            'ri:filename="a.json" /></ac:parameter></ac:structured-macro>',
            'data-linked-resource-default-alias="a.json"',
        ),
    ],
)
def test_storage_is_shown_as_readers_expect_it(rest: Rest, storage: str, shown: str) -> None:
    """Each construct has its look, and what is unknown is a box with its text."""
    assert shown in view(rest, storage)


@pytest.mark.parametrize(
    "storage",
    [
        '<p><a href="javascript:alert(1)">x</a></p>',
        '<p><a href=" JaVaScRiPt:alert(1)">x</a></p>',
        '<p><a href="data:text/html,&lt;script>alert(1)&lt;/script>">x</a></p>',
        '<ac:image><ri:url ri:value="javascript:alert(1)" /></ac:image>',
        '<img src="x" onerror="alert(1)" />',
        '<iframe src="https://evil.example" />',
        '<svg onload="alert(1)"><circle /></svg>',
        '<p style="background-image: url(javascript:alert(1))">x</p>',
        '<form action="https://evil.example"><input name="a" /></form>',
        code_macro("</pre><script>alert(1)</script>"),
        '<ac:structured-macro ac:name="&lt;script&gt;alert(1)&lt;/script&gt;" />',
        '<ac:image ac:alt="&quot; onerror=&quot;alert(1)"><ri:attachment ri:filename="&quot;&gt;&lt;script&gt;.png" />'
        "</ac:image>",
        '<td data-highlight-colour="&quot;&gt;&lt;script&gt;">x</td>',
        '<ac:link><ri:page ri:content-title="&lt;script&gt;" /></ac:link>',
    ],
)
def test_no_script_of_a_page_reaches_the_reader(rest: Rest, storage: str) -> None:
    """Whatever storage holds, the view has no script, no handler and no dangerous address."""
    shown = view(rest, storage).lower()
    for danger in (
        "<script",
        "javascript:",
        ' onerror="alert',
        " onload=",
        "<iframe",
        "<form",
        "<svg",
        "data:text",
        "url(",
    ):
        assert danger not in shown


def test_a_bomb_of_nested_elements_is_shown_as_source(rest: Rest) -> None:
    """Depth is bounded; the page stays readable as its source."""
    assert view(rest, "<div>" * 5000 + "</div>" * 5000).startswith('<div class="error"><pre>&lt;div&gt;')
