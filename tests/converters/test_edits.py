"""What a push and a pull of one edit change, and what they must not."""

from __future__ import annotations

import pytest

from converters import BaseMismatchError, LawError, NotationError, consistent, pull, push, to_markdown, to_storage

PAGE = (
    '<h2 local-id="h">Setup</h2>'
    '<p local-id="a">The quick <ac:inline-comment-marker ac:ref="c1">brown fox</ac:inline-comment-marker> jumps.</p>'
    '<ul><li local-id="i1"><p local-id="p1">one</p></li><li local-id="i2"><p local-id="p2">two</p></li></ul>'
    '<table data-layout="wide"><colgroup><col style="width: 1px;" /></colgroup><tbody>'
    "<tr><th><p>Name</p></th><th><p>Value</p></th></tr>"
    '<tr><td data-highlight-colour="#fff"><p>a</p></td><td><p>b &ldquo;c&rdquo;</p></td></tr></tbody></table>'
    '<ac:structured-macro ac:name="info" ac:schema-version="1" ac:macro-id="m1"><ac:rich-text-body><p>Mind the gap.</p>'
    "</ac:rich-text-body></ac:structured-macro>"
)


def edit(old: str, new: str, page: str = PAGE) -> str:
    """Push the replacement of one stretch of the page's Markdown."""
    markdown = to_markdown(page)
    assert markdown.count(old) == 1, markdown
    return push(page, markdown, markdown.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("quick", "slow", "The quick <ac", "The slow <ac"),
        ("brown fox", "brown old fox", ">brown fox<", ">brown old fox<"),
        ("- two", "- two & three", ">two<", ">two &amp; three<"),
        ("| a |", "| alpha |", "<p>a</p>", "<p>alpha</p>"),
        ("“c”", "“d”", "&ldquo;c&rdquo;", "&ldquo;d&rdquo;"),
        ("Mind the gap", "Mind the big gap", "Mind the gap", "Mind the big gap"),
        ("## Setup", "### Setup", '<h2 local-id="h">Setup</h2>', '<h3 local-id="h">Setup</h3>'),
        ("jumps.", "**jumps**.", " jumps.", " <strong>jumps</strong>."),
        ("- one\n", "", '<li local-id="i1"><p local-id="p1">one</p></li>', ""),
        ("- two\n", "- two\n- three\n", "</li></ul>", "</li><li><p>three</p></li></ul>"),
    ],
)
def test_an_edit_changes_only_its_own_characters(old: str, new: str, before: str, after: str) -> None:
    """No churn: ids, widths, colours, comment markers and spelling around the edit stay."""
    assert PAGE.count(before) == 1
    assert edit(old, new) == PAGE.replace(before, after)


def test_a_new_row_leaves_the_other_rows_alone() -> None:
    """No churn: a row added to a table is the only thing added."""
    pushed = edit("| a | b “c” |\n", "| a | b “c” |\n| x | y |\n")
    assert pushed == PAGE.replace("</tr></tbody>", "</tr><tr><td><p>x</p></td><td><p>y</p></td></tr></tbody>")


def test_a_moved_block_keeps_its_bytes() -> None:
    """No loss: macro ids and comment markers travel with the block."""
    markdown = to_markdown(PAGE)
    first = markdown.split("\n\n")[1]
    moved = markdown.replace(first + "\n\n", "") + "\n" + first + "\n"
    pushed = push(PAGE, markdown, moved)
    block = '<p local-id="a">The quick <ac:inline-comment-marker ac:ref="c1">brown fox</ac:inline-comment-marker> jumps.</p>'
    assert pushed == PAGE.replace(block, "") + block


def test_a_copied_block_does_not_copy_ids() -> None:
    """A second macro with the same id would be a broken page."""
    markdown = to_markdown(PAGE)
    block = "> [!NOTE]\n> Mind the gap.\n"
    pushed = push(PAGE, markdown, markdown.replace(block, f"{block}\n<!-- -->\n\n{block}"))
    assert pushed.count("Mind the gap.") == 2
    assert pushed.count('ac:macro-id="m1"') == 1


def test_a_ticked_task_changes_its_status_only() -> None:
    """No churn: ids and uuids of tasks stay."""
    page = (
        "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-uuid>u</ac:task-uuid>"
        "<ac:task-status>incomplete</ac:task-status><ac:task-body>do</ac:task-body></ac:task></ac:task-list>"
    )
    assert edit("[ ] do", "[x] do", page) == page.replace("incomplete", "complete")


def test_a_changed_macro_parameter_leaves_the_rest_of_the_macro() -> None:
    """No churn: macro id, order of parameters and body stay."""
    page = (
        '<ac:structured-macro ac:name="panel" ac:schema-version="1" ac:macro-id="m"><ac:parameter ac:name="title">A</ac:parameter>'
        '<ac:parameter ac:name="bgColor">#fff</ac:parameter><ac:rich-text-body>\n<p>x</p>\n</ac:rich-text-body></ac:structured-macro>'
    )
    assert edit('title="A"', 'title="B"', page) == page.replace(">A<", ">B<")


def test_code_is_changed_inside_its_cdata() -> None:
    """No loss: `]]>` and brackets in code survive an edit of another line."""
    page = (
        '<ac:structured-macro ac:name="code" ac:macro-id="m"><ac:parameter ac:name="language">js</ac:parameter>'
        "<ac:plain-text-body><![CDATA[a[b[0]] > 3\nold]]></ac:plain-text-body></ac:structured-macro>"
    )
    assert edit("old", "new ]]> end", page) == page.replace("old", "new ]]]]><![CDATA[> end")


def test_an_image_keeps_what_markdown_does_not_say() -> None:
    """No churn: alignment and original size stay when the alternative text changes."""
    page = '<p><ac:image ac:align="center" ac:original-width="9" ac:alt="A"><ri:attachment ri:filename="x.png" ri:version-at-save="2" /></ac:image></p>'
    assert edit("![A]", "![B]", page) == page.replace('ac:alt="A"', 'ac:alt="B"')


def test_a_link_keeps_its_element_when_its_text_changes() -> None:
    """No churn: `ri:version-at-save` and card appearance stay."""
    page = '<p>see <ac:link ac:card-appearance="inline"><ri:page ri:content-title="X" ri:version-at-save="4" /><ac:link-body>old text</ac:link-body></ac:link>.</p>'
    assert edit("[old text]", "[new words]", page) == page.replace("old text", "new words")


def test_an_empty_page_takes_its_first_text() -> None:
    """A page without a body is a page that can be written to."""
    assert push("", "", "Hello.\n") == "<p>Hello.</p>"
    assert pull("", "", "<p>Hello.</p>") == "Hello.\n"


def test_a_page_can_be_emptied() -> None:
    """Deleting everything is an edit like any other."""
    assert not to_markdown(push(PAGE, to_markdown(PAGE), "")).strip()


def test_bases_that_differ_are_refused() -> None:
    """No surprise: an edit is only carried over between halves of one agreement."""
    with pytest.raises(BaseMismatchError, match="block 1"):
        push("<p>one</p>", "two\n", "three\n")


def test_markdown_that_cannot_be_read_names_its_line() -> None:
    """Bad input gets a clear error with its place."""
    with pytest.raises(NotationError) as caught:
        push("<p>x</p>", "x\n", "x\n\n<!-- ac:panel -->\n\ny\n")
    assert caught.value.line == 3
    assert "ac:panel" in str(caught.value)


def test_storage_that_is_not_well_formed_is_kept_whole() -> None:
    """No loss: such a page is one island, and an edit of it is refused rather than guessed."""
    page = "<p>one <b>two</p>"
    markdown = to_markdown(page)
    assert page in markdown
    assert push(page, markdown, markdown) == page
    with pytest.raises(LawError):
        push(page, markdown, markdown + "\nmore\n")


AUTHOR = """\
Setup
-----

The quick brown fox jumps over the lazy dog, and the author
has wrapped this paragraph at sixty columns because editors
do that.

* first item
* second item with a
  wrapped line

1) one
2) two

| Name | Value |
|------|-------|
| a    | b     |
"""


def remote(old: str, new: str, markdown: str = AUTHOR) -> str:
    """Pull the replacement of one stretch of the page's storage format."""
    storage = to_storage(markdown)
    assert storage.count(old) == 1, storage
    return pull(markdown, storage, storage.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("lazy dog", "sleepy dog", "lazy dog", "sleepy dog"),
        ("second item", "last item", "second item", "last item"),
        ("<p>b</p>", "<p>b | c</p>", "| b     |", "| b \\| c     |"),
        ("<p>two</p></li>", "<p>two</p></li><li><p>three</p></li>", "2) two\n", "2) two\n3) three\n"),
        ("<p>first item</p></li>", "<p>first item</p></li><li><p>new item</p></li>", "* first item\n", "* first item\n* new item\n"),
        ("<td><p>b</p></td></tr>", "<td><p>b</p></td></tr><tr><td><p>c</p></td><td /></tr>", "| a    | b     |\n", "| a    | b     |\n| c |  |\n"),
        ("because editors", "because <strong>all</strong> editors", "because editors", "because **all** editors"),
    ],
)  # fmt: skip
def test_a_remote_edit_keeps_the_authors_style(old: str, new: str, before: str, after: str) -> None:
    """No churn: line breaks, bullets, numbering and table padding of the author stay."""
    assert AUTHOR.count(before) == 1
    assert remote(old, new) == AUTHOR.replace(before, after)


def test_a_remote_paragraph_is_added_between_the_authors_own() -> None:
    """No churn: an inserted block is the only change."""
    pulled = remote("</p><ul>", "</p><p>Added remotely, with *stars*.</p><ul>")
    assert pulled == AUTHOR.replace("do that.\n", "do that.\n\nAdded remotely, with \\*stars\\*.\n")


def test_line_ends_are_kept_on_pull() -> None:
    """CRLF is the author's choice, also for new lines."""
    pulled = remote("</p><ul>", "</p><p>New.</p><ul>", AUTHOR.replace("\n", "\r\n"))
    assert pulled == AUTHOR.replace("do that.\n", "do that.\n\nNew.\n").replace("\n", "\r\n")


def test_what_was_pulled_says_what_was_written() -> None:
    """PutGet, mirrored."""
    storage = to_storage(AUTHOR)
    new = storage.replace("quick", "very <em>quick</em>").replace("<li><p>one</p></li>", "")
    assert consistent(new, pull(AUTHOR, storage, new))


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        (
            '<p>a <strong><ac:inline-comment-marker ac:ref="c1">bold</ac:inline-comment-marker></strong></p>',
            "**bold**",
            "bold",
            '<p>a <ac:inline-comment-marker ac:ref="c1">bold</ac:inline-comment-marker></p>',
        ),
        (
            '<p local-id="a">a <ac:inline-comment-marker ac:ref="c1">word</ac:inline-comment-marker></p>',
            "a word",
            "## a word",
            '<h2 local-id="a">a <ac:inline-comment-marker ac:ref="c1">word</ac:inline-comment-marker></h2>',
        ),
    ],
)
def test_a_comment_stays_on_its_words(page: str, old: str, new: str, expected: str) -> None:
    """No loss: a comment survives as long as its words do, also when their emphasis or their block's kind changes."""
    assert edit(old, new, page) == expected


LAYOUT = '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell><p local-id="a">L</p></ac:layout-cell><ac:layout-cell><p>R</p></ac:layout-cell></ac:layout-section></ac:layout>'


def test_text_beside_a_layout_is_not_put_into_it() -> None:
    """A layout holds sections only: what is written before or after it stands before or after it."""
    markdown = to_markdown(LAYOUT)
    assert push(LAYOUT, markdown, markdown + "\nnew\n") == LAYOUT + "<p>new</p>"
    assert push(LAYOUT, markdown, "new\n\n" + markdown) == "<p>new</p>" + LAYOUT


def test_blocks_keep_their_bytes_when_a_layout_goes() -> None:
    """No churn: ids stay on the blocks that are taken out of their columns."""
    assert push(LAYOUT, to_markdown(LAYOUT), "L\n\nR\n") == '<p local-id="a">L</p><p>R</p>'


@pytest.mark.parametrize(
    ("markdown", "old", "new"),
    [
        ("# T\ntext\n", "</h1>", "</h1><p>new</p>"),
        ("para\n# T\ntext\n", "<h1>T</h1>", ""),
        ("- a\n\npara\n\n- b\n", "<p>para</p>", ""),
        ("para\n\n    x\n    y\n\nmore\n", "[x\ny]", "[x\nz]"),
        ("> 3.\n> 4. alpha\n", "<li></li>", "<li></li><li><p>new</p></li>"),
        ("1. a\n2. b\n3. c\n", '<ol start="1"><li><p>a</p></li>', '<ol start="2">'),
        (
            "- see [x][d]\n\n  [d]: https://d.org\n\nlater [y][d]\n",
            '<ul><li><p>see <a href="https://d.org">x</a></p></li></ul>',
            "",
        ),
        ("  + a\n\n    para\n\n  + b\n", "<p>para</p>", "<p>para</p><p>more</p>"),
    ],
)
def test_a_remote_edit_arrives_however_the_author_writes(markdown: str, old: str, new: str) -> None:
    """No loss: blocks without blank lines, indented code and lists, shared link definitions: the edit comes through."""
    storage = to_storage(markdown)
    assert storage.count(old) == 1, storage
    edited = storage.replace(old, new)
    assert consistent(edited, pull(markdown, storage, edited))


def pulled(markdown: str, old: str, new: str) -> str:
    """Pull the replacement of one stretch of the page that the Markdown was pushed as."""
    storage = to_storage(markdown)
    assert storage.count(old) == 1, storage
    edited = storage.replace(old, new)
    out = pull(markdown, storage, edited)
    assert consistent(edited, out)
    return out


@pytest.mark.parametrize(
    ("markdown", "old", "new", "before", "after"),
    [
        ("- a\n    * x\n    * y\n- b\n", "<li><p>y", "<li><p>n</p></li><li><p>y", "    * y", "    * n\n    * y"),
        ("  * a\n  * b\n", "<li><p>b", "<li><p>n</p></li><li><p>b", "  * b", "  * n\n  * b"),
        ("-\ta\n\t-\tx\n-\tb\n", "<p>x</p>", "<p>x</p><p>n</p>", "\tx\n", "\tx\n\n\t\tn\n"),
        ("1. a\n    1. x\n2. b\n", "<p>x</p>", "<p>x</p><p>n</p>", "1. x\n", "1. x\n\n       n\n"),
        ("- [r] a\n- b\n\n[r]: http://x\n", "<p>b</p>", "", "- b\n", "- \n"),
    ],
)
def test_a_list_keeps_the_indent_that_its_author_gave_it(
    markdown: str, old: str, new: str, before: str, after: str
) -> None:
    """No churn: items come and go at the depth where their neighbours stand, and the rest of the list stays."""
    assert pulled(markdown, old, new) == markdown.replace(before, after)


@pytest.mark.parametrize(
    ("markdown", "after"),
    [
        ("- a:\n\n    ``` yaml\n    x:\n      code\n    ```\n\n- b\n", "      code\n    two\n"),
        ("    x\n      code\n\nend\n", "      code\n    two\n"),
        ("\tx\n\tcode\n\nend\n", "\tcode\n\ttwo\n"),
        ("-   a\n\n        code\n\n-   b\n", "        code\n        two\n"),
        (">     code\n\nend\n", ">     code\n>     two\n"),
    ],
)
def test_code_keeps_the_indent_that_its_author_gave_it(markdown: str, after: str) -> None:
    """No churn: a new line of code stands as its neighbours do, and the code stays the kind of code that it was."""
    line = next(line for line in markdown.split("\n") if line.endswith("code"))
    assert pulled(markdown, "code]]", "code\ntwo]]") == markdown.replace(line + "\n", after)


def test_a_moved_fence_takes_its_indent_with_it() -> None:
    """No churn: what the author wrote stays as it is when it goes to another place."""
    fence = "  ``` yaml\n    x:\n      y\n    ```"
    markdown = f"- __b__:\n\n  {fence}\n- c\n\n# End\n"
    storage = to_storage(markdown)
    code = storage[storage.index("<ac:structured") : storage.index("</li>")]
    edited = storage.replace(code, "") + code
    moved = pull(markdown, storage, edited)
    assert consistent(edited, moved)
    assert moved.endswith("# End\n\n``` yaml\nx:\n  y\n```\n")


@pytest.mark.parametrize(
    ("markdown", "old", "new", "expected"),
    [
        ("B\n\n    code\n", "<p>B</p>", "<ul><li><p>x</p></li></ul>", "- x\n\n<!-- -->\n\n    code\n"),
        ("    one\n\nB\n\n    two\n", "<p>B</p>", "", "    one\n\n<!-- -->\n\n    two\n"),
        (
            "A\n\n  [r]: http://x\n\nB\n\n    code\nC [r]\n# D\n",
            "<p>B</p>",
            "<ul><li><p>x</p></li></ul>",
            "A\n\n  [r]: http://x\n\n- x\n\n<!-- -->\n\n    code\nC [r]\n# D\n",
        ),
    ],
)
def test_code_that_is_told_by_its_indent_stays_apart(markdown: str, old: str, new: str, expected: str) -> None:
    """No loss: a page with indented code beside a list takes every edit, and only the edit changes it."""
    assert pulled(markdown, old, new) == expected


@pytest.mark.parametrize(("old", "new"), [("<th><p>H</p></th>", "<td><p>H</p></td>")])
def test_a_cell_becomes_a_header_in_place(old: str, new: str) -> None:
    """No churn: the other cells of a table with tags keep the author's layout."""
    markdown = "<table>\n<tr>\n<th>\n\nH\n\n</th>\n<td>\n\n* x\n\n</td>\n</tr>\n</table>\n"
    assert pulled(markdown, old, new) == markdown.replace("<th>", "<td>").replace("</th>", "</td>")


def test_what_cannot_be_written_takes_nothing_around_it_along() -> None:
    """Readable: one odd piece in a layout cell is raw; the section, the other cell and the rest of its own are text."""
    odd = '<p><a href="https://e.org"><ac:link><ri:user ri:account-id="712020:a-b" /></ac:link></a></p>'
    page = (
        '<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell><p>first</p></ac:layout-cell></ac:layout-section>'
        f'<ac:layout-section ac:type="single" ac:breakout-mode="wide"><ac:layout-cell><p>words</p>{odd}</ac:layout-cell>'
        "</ac:layout-section></ac:layout>"
    )
    markdown = to_markdown(page)
    assert f"\nwords\n\n```xml ac:xml\n{odd}\n```\n" in markdown
    assert edit("words", "other words", page) == page.replace("words", "other words")
    assert "<ac:layout>" in push("", "", markdown)


def test_a_titled_panel_that_becomes_important_keeps_its_title_as_text() -> None:
    """No loss: a panel of a kind without a title has it as its first line."""
    markdown = "> [!NOTE]\n> **<ac-title>Some *x*</ac-title>**\n>\n> Text\n"
    storage = to_storage(markdown)
    pushed = push(storage, markdown, markdown.replace("NOTE", "IMPORTANT"))
    assert "<p><strong>Some <em>x</em></strong></p><p>Text</p>" in pushed
    assert consistent(to_storage(markdown.replace("NOTE", "IMPORTANT")), markdown.replace("NOTE", "IMPORTANT"))


@pytest.mark.parametrize("old", ["&nbsp;", " more", "**so** "])
def test_a_block_macro_that_is_left_alone_in_its_paragraph_can_be_pushed(old: str) -> None:
    """No surprise: a table of contents with a paragraph to itself is the block that it is in Confluence."""
    markdown = f'<ac-toc maxLevel="2"></ac-toc>{old}\n\nb\n'
    pushed = push(to_storage(markdown), markdown, markdown.replace(old, ""))
    assert consistent(pushed, markdown.replace(old, ""))
    assert to_markdown(pushed) == '<!-- ac:toc maxLevel="2" -->\n\nb\n'


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (
            "<table>\n<tr><td>\n\nwords\n\n</td><td><b>x</b></td></tr>\n</table>\n",
            "<table><tbody><tr><td><p>words</p></td><td><p><strong>x</strong></p></td></tr></tbody></table>",
        ),
        (
            "<details>\n<summary>T</summary>\n<b>x</b>\n\nwords\n\n</details>\n",
            '<ac:structured-macro ac:name="expand" ac:schema-version="1"><ac:parameter ac:name="title">T</ac:parameter>'
            "<ac:rich-text-body><p><strong>x</strong></p><p>words</p></ac:rich-text-body></ac:structured-macro>",
        ),
    ],
)
def test_tags_of_a_line_may_stand_beside_those_of_a_table_or_an_expand(markdown: str, expected: str) -> None:
    """No surprise: what GitHub shows as a table or an expand is one, whatever tags its text has."""
    assert to_storage(markdown) == expected
    edited = markdown.replace("words", "other")
    assert push(expected, markdown, edited) == expected.replace("words", "other")
