"""What a save does to storage format: exactly the recorded rewriting, once, and nothing else."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confsync.sandbox import xhtml
from confsync.sandbox.editor import editor_save
from confsync.sandbox.errors import BadRequest
from confsync.sandbox.normalize import World, normalize

CORPUS = Path(os.environ.get("CONFSYNC_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "storage"


def saved(storage: str) -> str:
    numbers = itertools.count(1)
    return normalize(storage, World(lambda: f"id-{next(numbers)}"))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ('<hr/><br/><col style="width: 200.0px;"/>', '<hr /><br /><col style="width: 200.0px;" />'),
        ("<p></p><p><br></br></p>", "<p /><p><br /></p>"),
        (
            '<ac:structured-macro ac:name="info"/>',
            '<ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="id-1" />',
        ),
        (
            '<ac:structured-macro ac:macro-id="mine" ac:name="toc" />',
            '<ac:structured-macro ac:name="toc" ac:schema-version="1" ac:macro-id="mine" />',
        ),
        ('<p>"“é”" \u00a0 → 한글 🎉 it\'s</p>', "<p>&quot;&ldquo;&eacute;&rdquo;&quot; &nbsp; &rarr; 한글 🎉 it's</p>"),
        ("<p>&#8217;&#x41;&apos;&#39;&#34;&amp;&lt;</p>", "<p>&rsquo;A''&quot;&amp;&lt;</p>"),
        ("<p>a > b</p>", "<p>a &gt; b</p>"),
        ("<p>a<!-- gone --> b</p>", "<p>a b</p>"),
        ("<p><!-- gone --></p>", "<p />"),
        ('<p style="text-align:start">a</p>', '<p style="">a</p>'),
        ('<p style="text-align: start; color: red">a</p>', '<p style=" color: red">a</p>'),
        ('<p style="text-align: center;">a</p>', '<p style="text-align: center;">a</p>'),
        ('<table data-layout="bogus" data-x="1"><caption>c</caption></table>', '<table data-layout="bogus">c</table>'),
        ('<p id="x" onclick="evil()">a <mark>b</mark></p>', "<p>a b</p>"),
        ("<p>a<script>alert('<b>')</script>b</p>".replace("<b>", "&lt;b>"), "<p>ab</p>"),
        ('<ri:attachment ri:filename="a.png"/>', '<ri:attachment ri:filename="a.png" ri:version-at-save="1" />'),
        (
            '<ri:page ri:content-title="é" ri:version-at-save="7" />',
            '<ri:page ri:content-title="&eacute;" ri:version-at-save="7" />',
        ),
        ("<a href='x\"y'>z</a>", '<a href="x&quot;y">z</a>'),
        (
            "<ac:task-list>\n<ac:task>\n<ac:task-id>4</ac:task-id>\n<ac:task-body>x</ac:task-body>\n</ac:task></ac:task-list>",
            '<ac:task-list ac:task-list-id="id-1">\n<ac:task>\n<ac:task-id>4</ac:task-id>'
            "<ac:task-uuid>id-2</ac:task-uuid>\n"
            "<ac:task-body>x</ac:task-body>\n</ac:task></ac:task-list>",
        ),
        (
            "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status></ac:task></ac:task-list>",
            '<ac:task-list ac:task-list-id="id-1"><ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>id-2</ac:task-uuid>'
            "<ac:task-status>complete</ac:task-status></ac:task></ac:task-list>",
        ),
    ],
)
def test_a_save_rewrites_as_recorded_and_a_second_save_changes_nothing(sent: str, stored: str) -> None:
    """Each rule of the real site has its row, and every result is a fixed point."""
    assert saved(sent) == stored
    assert saved(stored) == stored


def test_code_is_never_touched() -> None:
    """CDATA keeps every character, also what would be rewritten elsewhere, and a split end marker."""
    code = '<ac:plain-text-body><![CDATA[<br/> "é" a[b[0]]]]><![CDATA[> 3 <!-- kept -->]]></ac:plain-text-body>'
    assert saved(code) == code


def test_nothing_is_dropped_that_no_rule_names() -> None:
    """Attributes of macros, colours and layouts that the site does not judge stay byte for byte."""
    kept = (
        '<td data-highlight-colour="#ff00ff" align="center"><p local-id="a1">x</p></td>'
        '<ac:image ac:align="center" ac:custom-width="true"><ri:url ri:value="https://e.x/?a=1&amp;b=2" /></ac:image>'
    )
    assert saved(kept) == kept


def test_an_entity_declaration_in_a_body_is_refused() -> None:
    """No body can define entities of its own, so no bomb can grow."""
    with pytest.raises(BadRequest, match="Error parsing xhtml"):
        saved('<!DOCTYPE a [<!ENTITY b "c">]><p>&b;</p>')


def test_real_pages_of_cloud_are_left_as_they_are() -> None:
    """Storage that the real site wrote is a fixed point of our save, byte for byte."""
    pages = sorted((CORPUS / "querypie").rglob("*.xml"))
    if not pages:
        if os.environ.get("CONFSYNC_REQUIRE_CORPUS") == "1":
            pytest.fail(f"no corpus at {CORPUS}")
        pytest.skip("no corpus")
    for path in pages:
        storage = path.read_bytes().decode()
        assert saved(storage) == storage, path


def test_the_editor_adds_ids_columns_and_paragraphs() -> None:
    """The Cloud editor rebuilds a body: ids on blocks, widths, paragraphs in items, attributes in order of name."""
    numbers = itertools.count(1)
    result = editor_save(
        "<ul><li>one<ul><li><p>two</p></li></ul></li></ul><table><tr><th>a</th><td><p>b</p></td></tr></table>"
        '<ac:image ac:width="7" ac:alt="x" />',
        lambda: f"n{next(numbers)}",
    )
    assert '<li local-id="n2"><p local-id="n3">one</p><ul' in result
    assert '<li local-id="n5"><p local-id="n6">two</p></li>' in result
    assert 'data-table-width="760"' in result
    assert '<colgroup><col style="width: 380.0px;" /><col style="width: 380.0px;" /></colgroup>' in result
    assert '<ac:image ac:alt="x" ac:width="7" />' in result


def test_the_editor_keeps_the_ids_that_are_there() -> None:
    """Ids are minted once: a second save in the editor changes nothing."""
    numbers = itertools.count(1)
    once = editor_save("<p>a</p><ol><li>b</li></ol><table><tr><td>c</td></tr></table>", lambda: f"n{next(numbers)}")
    assert editor_save(once, lambda: "never") == once


FRAGMENTS = st.recursive(
    st.sampled_from(
        [
            "text", " ", "\n", '"', "é", "→ &rarr; &#8594;", "&amp;&lt;", "<br/>", "<hr></hr>", "<!-- c -->",
            "<![CDATA[<br/> é]]>", '<ri:page ri:content-title="é"/>', "<script>x</script>",
            "<ac:task-id>3</ac:task-id>",
            "<ac:task-uuid>u</ac:task-uuid>", "<ac:task-id/>", "한글",
        ]
    ),
    lambda inner: st.builds(
        lambda start, parts: f"<{start}>{''.join(parts)}</{start.split()[0]}>",
        st.sampled_from(
            [
                "p", "p id='x' style=\"text-align:start\"", "mark", "caption", "ac:task-list", "ac:task",
                "ac:task-body",
                'ac:structured-macro ac:name="x"', "ac:structured-macro ac:macro-id='m'", "li local-id='l'",
            ]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=4).map("".join))
def test_a_second_save_never_changes_anything(storage: str) -> None:
    """Whatever is saved, saving what came back is no change; no code is lost on the way."""
    once = saved(storage)
    assert saved(once) == once
    assert once.count("<![CDATA[<br/> é]]>") == storage.count("<![CDATA[")


@settings(deadline=None)
@given(st.text("<>&;!-[]\"'/ab =", max_size=60))
def test_tokens_joined_are_the_source(text: str) -> None:
    """Also of malformed text no character gets lost when links in it are rewritten."""
    assert "".join(xhtml.tokens(text)) == text
