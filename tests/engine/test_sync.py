"""Two people, one page: what merges, what clashes, and that nothing anybody typed is lost."""

import re
from pathlib import Path

import pytest

from confsync.engine import Options
from confsync.errors import UsageError
from confsync.model import Policy
from tests.engine.machines import SAVE, Machine, Site, at, cloned, machine

BODY = "<p>First paragraph of the page.</p><p>Second paragraph of the page.</p>"


def page_and_clone(site: Site, tmp_path: Path) -> tuple[str, Machine]:
    page = site.create("Guide", BODY)
    return page, cloned(site, tmp_path / "m")


def test_a_local_edit_changes_only_its_block(site: Site, tmp_path: Path) -> None:
    """What is sent differs from what was fetched in the edited paragraph only; the next pull changes no file."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "Second paragraph", "Second, edited paragraph")
    result = one.engine.push()
    assert site.body(page) == BODY.replace("Second paragraph", "Second, edited paragraph")
    assert [receipt.path for receipt in result.receipts] == ["guide.md"]
    before = one.files()
    one.engine.pull(Options(full=True))
    assert one.files() == before


def test_a_remote_edit_changes_only_its_lines(site: Site, tmp_path: Path) -> None:
    """An author who wraps lines and uses asterisks keeps both where nothing was edited."""
    page = site.create("Guide", BODY + "<ul><li>one</li><li>two</li></ul>")
    one = cloned(site, tmp_path / "m")
    head = one.read("guide.md").partition("First")[0]
    one.write("guide.md", head + "First paragraph\nof the page.\n\nSecond paragraph\nof the page.\n\n* one\n* two\n")
    assert not one.engine.push().done
    site.replace(page, "Second paragraph", "Second, changed paragraph")
    one.engine.sync()
    text = one.read("guide.md")
    assert text.startswith(head + "First paragraph\nof the page.\n\nSecond, changed paragraph")
    assert text.endswith("\n\n* one\n* two\n")


def test_different_paragraphs_merge(site: Site, tmp_path: Path) -> None:
    """One sync brings both edits to both sides."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First", "First, local")
    site.replace(page, "Second", "Second, remote")
    result = one.engine.sync()
    assert result.exit_code == 0
    for text in (one.read("guide.md"), site.body(page)):
        assert "First, local" in text
        assert "Second, remote" in text


def test_different_words_of_one_paragraph_merge(site: Site, tmp_path: Path) -> None:
    """Two people in one sentence do not get in each other's way."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First paragraph", "Opening paragraph")
    site.replace(page, "First paragraph of the page", "First paragraph of the book")
    assert one.engine.sync().exit_code == 0
    for text in (one.read("guide.md"), site.body(page)):
        assert "Opening paragraph of the book." in text


def clash(site: Site, tmp_path: Path) -> tuple[str, Machine]:
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First", "Local")
    site.replace(page, "First", "Remote")
    return page, one


def test_the_same_word_becomes_a_conflict_that_waits(site: Site, tmp_path: Path) -> None:
    """Markers in the file, exit code 3, and the page is held back from pushing until it is settled."""
    page, one = clash(site, tmp_path)
    result = one.engine.sync()
    assert result.exit_code == 3
    assert [conflict.path for conflict in result.conflicts] == ["guide.md"]
    assert "<<<<<<<" in one.read("guide.md")
    again = one.engine.sync()
    assert (again.exit_code, again.done) == (3, ())
    assert [conflict.path for conflict in one.engine.conflicts()] == ["guide.md"]
    assert "Remote paragraph" in site.body(page)


@pytest.mark.parametrize(
    ("accept", "winner", "kept"),
    [("local", "Local", "Remote"), ("remote", "Remote", "Local"), ("both", "Remote", "Local"), ("merged", "Both", "")],
)
def test_a_conflict_is_settled_four_ways(site: Site, tmp_path: Path, accept: str, winner: str, kept: str) -> None:
    """The winner is on both sides; the loser is in the trash or beside the file."""
    page, one = clash(site, tmp_path)
    one.engine.sync()
    if accept == "merged":
        head = one.read("guide.md").partition("<<<<<<<")[0]
        one.write("guide.md", head + "Both paragraph of the page.\n\nSecond paragraph of the page.\n")
    result = one.engine.resolve("guide.md", accept)
    assert one.engine.sync().exit_code == 0
    assert f"{winner} paragraph" in site.body(page)
    assert f"{winner} paragraph" in one.read("guide.md")
    assert one.engine.conflicts() == ()
    texts = [(one.root / path).read_text() for path in result.kept]
    assert not kept or any(f"{kept} paragraph" in text for text in texts)


def test_a_push_of_text_and_labels_is_one_effect(site: Site, tmp_path: Path) -> None:
    """One version, one receipt, one line; a label that a colleague has added meanwhile stays."""
    one = machine(site, tmp_path / "m")
    one.write("index.md", "---\nlabels: [a, b]\n---\n\n# Welcome\n\nText.\n")
    first = one.engine.push()
    one.replace("index.md", "Text", "New text")
    one.replace("index.md", "[a, b]", "[a, c]")
    site.api.add_labels(site.home, ["theirs"])
    second = one.engine.push()
    for result in (first, second):
        assert [effect.path for effect in result.done if effect.side == "remote"] == ["index.md"]
        assert len(result.receipts) == 1
    assert site.page(site.home).version == 3
    assert set(site.page(site.home).labels) == {"a", "c", "theirs"}


def test_a_mended_file_is_settled_whoever_looks_first(site: Site, tmp_path: Path) -> None:
    """`resolve --accept merged` says yes also when a status has seen before it that the markers are gone."""
    page, one = clash(site, tmp_path)
    one.engine.sync()
    with pytest.raises(UsageError):
        one.engine.resolve("guide.md", "merged")
    head = one.read("guide.md").partition("<<<<<<<")[0]
    one.write("guide.md", head + "Both paragraph of the page.\n\nSecond paragraph of the page.\n")
    assert one.engine.status().conflicts == ()
    assert one.engine.resolve("guide.md", "merged").kept == ()
    with pytest.raises(UsageError):
        one.engine.resolve("guide.md", "local")
    with pytest.raises(UsageError):
        one.engine.resolve("nowhere.md", "merged")
    assert one.engine.sync().exit_code == 0
    assert "Both paragraph" in site.body(page)


@pytest.mark.parametrize(
    ("policy", "winner", "beside"),
    [(Policy.LOCAL, "Local", 0), (Policy.REMOTE, "Remote", 0), (Policy.BOTH, "Remote", 1)],
)
def test_a_policy_decides_without_asking(
    site: Site, tmp_path: Path, policy: Policy, winner: str, beside: int
) -> None:
    """Both sides are equal after one sync, and the loser's text can be found."""
    page, one = clash(site, tmp_path)
    assert one.engine.sync(Options(on_conflict=policy)).exit_code == 0
    assert f"{winner} paragraph" in site.body(page)
    assert f"{winner} paragraph" in one.read("guide.md")
    assert len([path for path in one.files() if ".conflict-" in path]) == beside
    if policy is not Policy.LOCAL:  # the loser of "local" is a version of the page
        assert "Local paragraph" in one.trash()
    assert not one.engine.sync().done


def test_a_push_does_not_run_over_a_remote_edit(site: Site, tmp_path: Path) -> None:
    """A page changed on both sides is held back and named; the others are pushed."""
    page, one = clash(site, tmp_path)
    one.write("new.md", "# New\n\nDraft.\n")
    result = one.engine.push()
    assert result.exit_code == 3
    assert [problem.place for problem in result.problems] == ["guide.md"]
    assert "Remote" in site.body(page)
    assert "New" in site.titles()


def test_a_remote_rename_does_not_hold_back_a_push_of_the_text(site: Site, tmp_path: Path) -> None:
    """A new version with the same text is no edit of the text."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First", "First, local")
    site.edit(page, title="Handbook")
    assert one.engine.push().exit_code == 0
    assert "First, local" in site.body(page)
    assert site.page(page).title == "Handbook"


def test_a_comment_that_changes_the_body_without_a_version_is_kept(site: Site, tmp_path: Path) -> None:
    """A marker set around a word since the last run is still there after a push of another word."""
    page, one = page_and_clone(site, tmp_path)
    marker = '<ac:inline-comment-marker ac:ref="b2f9e7f4-0000-4000-8000-000000000001">Second</ac:inline-comment-marker>'
    store = site.app.sandbox.store
    with store.transaction():
        store.run("UPDATE version SET body = ? WHERE content_id = ?", BODY.replace("Second", marker), int(page))
    one.replace("guide.md", "First", "First, local")
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == BODY.replace("Second", marker).replace("First", "First, local")


def test_a_pull_keeps_the_local_edit_for_the_push_after_it(site: Site, tmp_path: Path) -> None:
    """Pull merges into the file and writes nothing to the site."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First", "First, local")
    site.replace(page, "Second", "Second, remote")
    one.engine.pull()
    assert "First, local" in one.read("guide.md")
    assert "Second, remote" in one.read("guide.md")
    assert one.writes() == []
    one.engine.push()
    assert "First, local" in site.body(page)


def test_a_save_in_between_is_seen_and_merged(site: Site, tmp_path: Path) -> None:
    """A version that appears between fetch and write is a 409: observe again, merge again, lose nothing."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "First", "First, local")
    busy = {"left": 2}

    def before(method: str, path: str) -> None:
        if method == "PUT" and re.search(at(page), path) and busy["left"]:
            busy["left"] -= 1
            site.replace(page, "Second", f"Second {busy['left']}")

    one.wire.before = before
    assert one.engine.sync().exit_code == 0
    for text in (one.read("guide.md"), site.body(page)):
        assert "First, local" in text
        assert "Second 0 1" in text


def test_line_ends_a_bom_and_a_missing_newline_are_no_edit(site: Site, tmp_path: Path) -> None:
    """They are kept as they are, also when the page is changed remotely."""
    page, one = page_and_clone(site, tmp_path)
    text = "\ufeff" + one.read("guide.md").rstrip("\n").replace("\n", "\r\n")
    one.write("guide.md", text)
    assert not one.engine.sync().done
    site.replace(page, "First", "Changed")
    one.engine.sync()
    assert one.read("guide.md") == text.replace("First", "Changed")


def test_broken_files_are_held_back_and_the_others_go_on(site: Site, tmp_path: Path) -> None:
    """Bad front matter names file, line and column; the page behind it stays as it is."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "title: Guide", "title: [Guide")
    one.write("new.md", "# New\n\nDraft.\n")
    result = one.engine.sync()
    assert result.exit_code == 3
    assert [(problem.place, problem.line > 0) for problem in result.problems] == [("guide.md", True)]
    assert site.body(page) == BODY
    assert "New" in site.titles()


def test_two_machines_pass_edits_to_each_other(site: Site, tmp_path: Path) -> None:
    """Each has its own state; the site orders the writes."""
    page, one = page_and_clone(site, tmp_path)
    two = cloned(site, tmp_path / "two")
    one.replace("guide.md", "First", "First from one")
    two.replace("guide.md", "Second", "Second from two")
    for each in (one, two, one):
        assert each.engine.sync().exit_code == 0
    assert one.files() == two.files()
    assert "First from one" in site.body(page)
    assert "Second from two" in site.body(page)


def test_what_another_machine_pushed_and_git_brought_is_agreement(site: Site, tmp_path: Path) -> None:
    """The same text on both sides moves the row only; nothing is written anywhere."""
    _, one = page_and_clone(site, tmp_path)
    two = cloned(site, tmp_path / "two")
    one.replace("guide.md", "First", "First from one")
    one.engine.sync()
    two.write("guide.md", one.read("guide.md"))
    before = two.files()
    assert two.engine.sync().exit_code == 0
    assert two.writes() == []
    assert two.files() == before


@pytest.mark.parametrize("head", ["labels: [new]\ntitle: Guide", "title: Handbook"])
@pytest.mark.parametrize("cut_off", [False, True])
def test_a_change_of_the_head_does_not_hide_what_a_colleague_has_written(
    site: Site, tmp_path: Path, head: str, cut_off: bool
) -> None:
    """A new label or title here and a new text there: the text comes into the file, also after a lost answer."""
    page, one = page_and_clone(site, tmp_path)
    one.replace("guide.md", "title: Guide", head)
    site.replace(page, "Second", "Second, remote")
    if cut_off:
        site.faults.add("PUT", SAVE, "drop_after")
    one.engine.sync()
    one.engine.sync()
    path = next(path for path in one.files() if path != "index.md")
    assert "Second, remote" in one.read(path)
    assert head.partition(" ")[2].partition("\n")[0].strip("[]") in [site.page(page).title, *site.page(page).labels]
    assert any(b"Second, remote" in text for text in cloned(site, tmp_path / "other").files().values())
