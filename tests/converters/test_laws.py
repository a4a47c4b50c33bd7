"""Each law as a function finds what breaks it, and says where: laws that cannot fail would hold nothing."""

from __future__ import annotations

from converters import push, to_markdown
from converters.laws import (
    get_put,
    locality,
    locality_of_pull,
    no_id_lost,
    no_silent_loss,
    put_get,
    style,
    two_cycle,
    verify_push,
)

PAGE = '<p local-id="a">one</p><ul><li local-id="b"><p>two</p></li><li><p>three</p></li></ul>'
MARKDOWN = to_markdown(PAGE)
EDITED = MARKDOWN.replace("three", "four")
PUSHED = push(PAGE, MARKDOWN, EDITED)


def test_a_page_that_is_well_breaks_none() -> None:
    """The laws hold where nothing is wrong."""
    assert get_put(PAGE) is None
    assert two_cycle(PAGE) is None
    assert no_silent_loss(PAGE, MARKDOWN) is None
    for law in (locality, no_id_lost, verify_push):
        assert law(PAGE, MARKDOWN, EDITED, PUSHED) is None


def test_another_text_breaks_style_and_put_get_at_its_line() -> None:
    """No surprise: the first difference is named with its line."""
    assert str(style(PAGE, MARKDOWN, EDITED)).startswith("Style: storage differs at character")
    broken = put_get(PAGE, "one\n\n* two\n* drei\n")
    assert broken is not None
    assert (broken.law, broken.line) == ("PutGet", 3)


def test_a_byte_outside_the_edit_breaks_locality_at_any_depth() -> None:
    """No churn: an item beside the edited one is not to be touched, nor the author's bullet on the other side."""
    broken = locality(PAGE, MARKDOWN, EDITED, PUSHED.replace("<p>two</p>", "<p >two</p>"))
    assert broken is not None
    assert (broken.law, broken.line) == ("Locality", 3)
    assert locality_of_pull(MARKDOWN, PAGE, PUSHED, EDITED) is None
    assert str(locality_of_pull(MARKDOWN, PAGE, PUSHED, EDITED.replace("- two", "* two"))).startswith("Locality")


def test_an_id_that_is_gone_breaks_no_silent_loss_unless_its_block_was_edited() -> None:
    """No loss: ids carry comments and links; an edited block may lose its own, no other."""
    broken = no_id_lost(PAGE, MARKDOWN, EDITED, PUSHED.replace(' local-id="b"', ""))
    assert broken is not None
    assert (broken.law, broken.line) == ("No silent loss", 3)
    assert "local-id=b" in broken.message
    without = MARKDOWN.replace("one\n\n", "")
    assert no_id_lost(PAGE, MARKDOWN, without, push(PAGE, MARKDOWN, without)) is None


def test_a_word_that_the_markdown_lacks_breaks_no_silent_loss() -> None:
    """No loss: every word that a page shows is in its Markdown."""
    assert str(no_silent_loss(PAGE, MARKDOWN.replace("two", "2"))) == "No silent loss: the Markdown lacks 'two'"


def test_a_push_is_judged_by_all_of_them() -> None:
    """What is not what was meant is not sent."""
    assert str(verify_push(PAGE, MARKDOWN, EDITED, PUSHED.replace("four", "five"))).startswith("PutGet")
    assert str(verify_push(PAGE, MARKDOWN, EDITED, PUSHED.replace(' local-id="a"', ""))).startswith("Locality")
    assert str(verify_push(PAGE, MARKDOWN, MARKDOWN, PAGE.replace("<p>", "<p >"))).startswith("Locality")
