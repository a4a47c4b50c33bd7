"""Comments as files: what colleagues write is beside the page, and what is written there reaches them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import GuardStop
from confsync.model import Effect
from tests.engine.machines import Killed, Machine, Site, cloned, machine

FILES = SyncConfig(comments_files=True)
FULL = Options(full=True)


def footer(site: Site, page: str, text: str, answers: str = "") -> str:
    """A comment at the foot of a page, or an answer to one."""
    given: dict[str, Any] = {"type": "comment", "container": {"id": page, "type": "page"}}
    given["body"] = {"storage": {"value": f"<p>{text}</p>", "representation": "storage"}}
    given |= {"ancestors": [{"id": answers}]} if answers else {}
    return str(site.api.session.send("POST", "/content", given)["id"])


def inline(site: Site, page: str, on: str, text: str) -> str:
    """A comment on a piece of text."""
    placed = {"textSelection": on, "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    body = {"representation": "storage", "value": f"<p>{text}</p>"}
    given = {"pageId": page, "body": body, "inlineCommentProperties": placed}
    return str(site.api.session.send("POST", "/api/v2/inline-comments", given)["id"])


def said(site: Site, page: str) -> list[tuple[str, str, bool | None]]:
    """The comments on the site: what they answer, their text, whether they are resolved."""
    return [(one.parent, one.body, one.resolved) for one in site.api.comments(page)]


@pytest.fixture
def page(site: Site) -> str:
    return site.create("Guide", "<p>The quick fox jumps.</p><p>The lazy dog sleeps.</p>")


def test_comments_are_beside_their_page_and_nobody_gets_them_unasked(site: Site, page: str, tmp_path: Path) -> None:
    """Open ones first, with the text they are on, author, date and answers; nothing for pages without comments."""
    first = inline(site, page, "quick fox", "Really <strong>quick</strong>?")
    footer(site, page, "Nice page.")
    given = {"parentCommentId": first, "body": {"representation": "storage", "value": "<p>Quick enough.</p>"}}
    site.api.session.send("POST", "/api/v2/inline-comments", given)
    one = cloned(site, tmp_path / "m", sync=FILES)
    text = one.read("guide.comments.md")
    order = ["## Open", "- [ ] **", ', on "quick fox"', "  Really **quick**?", "  - **", "    Quick enough.", "  Nice page."]
    places = [text.index(words) for words in order]
    assert places == sorted(places), text
    assert not (one.root / "index.comments.md").exists()
    assert one.engine.status().clean
    assert (one.engine.sync().done, one.writes()) == ((), [])
    two = cloned(site, tmp_path / "two")
    assert "guide.comments.md" not in two.files()


def test_an_answer_from_the_file_arrives_once(site: Site, page: str, tmp_path: Path) -> None:
    """As it was written, after a dry run that says so and sends nothing, and the file then has it as a comment."""
    thread, other = inline(site, page, "quick fox", "Quick?"), footer(site, page, "Nice.")
    one = cloned(site, tmp_path / "m", sync=FILES)
    one.replace("guide.comments.md", "  Quick?\n", "  Quick?\n\n  - Yes, *very*.\n\n    See below.\n")
    one.replace("guide.comments.md", "  Nice.\n", "  Nice.\n\n  - Thanks.\n")
    planned = one.engine.sync(Options(dry_run=True)).planned
    assert [effect.reason for effect in planned] == ["answer to a comment: Yes, *very*.", "answer to a comment: Thanks."]
    assert len(said(site, page)) == 2
    before = site.page(page).version
    assert one.engine.sync().exit_code == 0
    answers = [(parent, body) for parent, body, _ in said(site, page) if parent]
    assert answers == [(thread, "<p>Yes, <em>very</em>.</p><p>See below.</p>"), (other, "<p>Thanks.</p>")]
    assert one.read("guide.comments.md").count("<!-- comment ") == 4
    one.asked()
    assert (one.engine.sync(FULL).done, one.writes(), site.page(page).version) == ((), [], before)


def test_an_answer_is_sent_once_though_the_run_dies(site: Site, page: str, tmp_path: Path) -> None:
    """Whatever the moment: the next run looks at what is there before it sends anything."""
    thread = footer(site, page, "Nice.")
    cloned(site, tmp_path / "m", sync=FILES)
    for moment in ("before", "after"):

        def die(when: str, effect: Effect, moment: str = moment) -> None:
            if when == moment and effect.reason.startswith("answer"):
                raise Killed

        one = machine(site, tmp_path / "m", sync=FILES, hook=die)
        one.replace("guide.comments.md", "  Nice.\n", f"  Nice.\n\n  - Died {moment}.\n")
        with pytest.raises(Killed):
            one.engine.sync()
        one = machine(site, tmp_path / "m", sync=FILES)
        assert one.engine.sync().exit_code == 0
        assert [(parent, body) for parent, body, _ in said(site, page)].count((thread, f"<p>Died {moment}.</p>")) == 1


def test_a_plan_holds_the_answers_that_it_was_made_with(site: Site, page: str, tmp_path: Path) -> None:
    """It does what it says, and refuses when another answer was written since."""
    footer(site, page, "Nice.")
    one = cloned(site, tmp_path / "m", sync=FILES)
    one.replace("guide.comments.md", "  Nice.\n", "  Nice.\n\n  - Thanks.\n")
    plan = one.engine.plan()
    one.replace("guide.comments.md", "Thanks.", "No, thanks.")
    with pytest.raises(GuardStop):
        one.engine.sync(Options(expect=plan.fingerprint))
    assert one.engine.sync(Options(expect=one.engine.plan().fingerprint)).exit_code == 0
    assert said(site, page)[1][1] == "<p>No, thanks.</p>"


def test_a_ticked_box_resolves_and_opens_again(site: Site, page: str, tmp_path: Path) -> None:
    """Where the site has a call for it; on Data Center the run says that it has none, and the file keeps the rest."""
    inline(site, page, "quick fox", "Quick?")
    one = cloned(site, tmp_path / "m", sync=FILES)
    one.replace("guide.comments.md", "- [ ]", "- [x]")
    one.replace("guide.comments.md", "  Quick?\n", "  Quick?\n\n  - Done.\n")
    result = one.engine.sync()
    if not site.only_cloud_has:
        assert [problem.message for problem in result.problems] == ["Data Center has no call that resolves a comment"]
        assert "  - Done." in one.read("guide.comments.md")
        assert one.engine.sync().exit_code == 0
        assert said(site, page)[1][1] == "<p>Done.</p>"
        return
    assert [resolved for _, _, resolved in said(site, page)] == [True, None]
    assert "## Resolved" in one.read("guide.comments.md")
    one.replace("guide.comments.md", "- [x]", "- [ ]")
    one.engine.push()
    assert [resolved for _, _, resolved in said(site, page)] == [False, None]
    assert "## Resolved" not in one.read("guide.comments.md")


def test_what_else_was_edited_is_an_error_with_its_line_and_stays(site: Site, page: str, tmp_path: Path) -> None:
    """Nothing of the file is sent or overwritten, also when a new comment has come, until the edit is undone."""
    footer(site, page, "Nice.")
    one = cloned(site, tmp_path / "m", sync=FILES)
    good = one.read("guide.comments.md")
    for bad, line in ((good.replace("  Nice.", "  Ugly."), 7), (good.replace("  Nice.\n", ""), 7), (good + "New.\n", 8)):
        one.write("guide.comments.md", bad)
        footer(site, page, "Another.")
        site.clock.forward(days=9)
        result = one.engine.sync()
        assert [(problem.place, problem.line) for problem in result.problems] == [("guide.comments.md", line)]
        assert one.read("guide.comments.md") == bad
    assert [parent for parent, _, _ in said(site, page)] == [""] * 4
    one.write("guide.comments.md", good)
    assert one.engine.sync().exit_code == 0
    assert one.read("guide.comments.md").count("Another.") == 3


def test_an_inline_comment_survives_fifty_edits_around_it(site: Site, page: str, tmp_path: Path) -> None:
    """In the folder, before, after and in its words: it is still on the page, open, and in the file."""
    thread = inline(site, page, "quick fox", "Quick?")
    one, chance = cloned(site, tmp_path / "m", sync=FILES), Random(5)
    places = ("The ", " jumps", "quick", "lazy", "sleeps.")
    for number in range(50):
        at = chance.choice(places)
        one.replace("guide.md", at, f"{at[:-1]}{at[-1]}".replace(at, f"{at} w{number} " if at != "quick" else "quick"))
        if number % 7 == 0:
            text = one.read("guide.md")
            one.write("guide.md", f"{text}\nParagraph {number}.\n")
        assert one.engine.sync().exit_code == 0
    assert "ac:inline-comment-marker" in site.body(page)
    (found,) = site.api.session.get(f"/api/v2/pages/{page}/inline-comments")["results"]
    assert (found["id"], found["resolutionStatus"]) == (thread, "open")
    assert ', on "quick fox"' in one.read("guide.comments.md")


def test_a_file_follows_its_page_and_its_comments(site: Site, page: str, tmp_path: Path) -> None:
    """A new comment costs one question; a file goes with the last comment, and moves with its page."""
    first = footer(site, page, "Nice.")
    one: Machine = cloned(site, tmp_path / "m", sync=FILES)
    footer(site, page, "New.")
    one.engine.pull()
    assert "New." in one.read("guide.comments.md")
    (one.root / "guide.md").rename(one.root / "manual.md")
    one.engine.sync(FULL)
    assert "Nice." in one.read("manual.comments.md")
    assert "guide.comments.md" not in one.files()
    for comment in [first, *(one.id for one in site.api.comments(page) if one.id != first)]:
        site.api.session.send("DELETE", f"/content/{comment}")
    one.engine.pull(FULL)
    assert "manual.comments.md" not in one.files()
    footer(site, page, "Late.")
    one.engine.pull()
    assert "Late." in one.read("manual.comments.md")
    site.api.trash(page)
    one.engine.pull(FULL)
    assert not [path for path in one.files() if path.startswith("manual")]
    assert "Late." in one.trash()
