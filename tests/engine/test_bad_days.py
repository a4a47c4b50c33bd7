"""Bad input and bad titles, names and texts: row by row what the table of promises says the user gets.

Elsewhere: the way to the site (`test_bad_connections.py`), this machine (`test_bad_machine.py`), other hosts
(`test_other_hosts.py`), and pages that turn invisible or change meanwhile (`test_unseen.py`).
"""

from __future__ import annotations

import os
import sys
import unicodedata
from html import unescape
from pathlib import Path

import pytest

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import UsageError
from confsync.model import Policy
from tests.engine.machines import Notes, Site, cloned, machine, quiet

FULL = Options(full=True)


def stored(site: Site, page: str, body: str) -> None:
    """Put a body into the store as no API would take it."""
    store = site.app.sandbox.store
    with store.transaction():
        store.run("UPDATE version SET body = ? WHERE content_id = ?", body, int(page))


# -- storage that is not well-formed, or a construct that would break a law


@pytest.mark.parametrize(
    "body", ["<p>Half <b>open</p><p>and & more</p>", "<p>&nosuch;</p>", "<p>a", '<p a=b>x</p>', "</p>Text"]
)
def test_storage_not_well_formed_is_one_raw_block_and_named(site: Site, tmp_path: Path, body: str) -> None:
    """The page comes as it is, whole, with the place of the trouble; nothing is converted by halves, others go on."""
    bad, good = site.create("Bad"), site.create("Good")
    stored(site, bad, body)
    one = machine(site, tmp_path / "m")
    notes = one.engine.world.reporter = Notes()
    assert one.engine.clone().exit_code == 0
    text = one.read("bad.md").partition("---\n\n")[2]
    assert text == f"```xml ac:xml\n{body}\n```\n"
    assert [note for note in notes.said if note.startswith("bad.md: kept as it is")], notes.said
    assert "not well-formed at 1:" in " ".join(notes.said)
    one.replace("good.md", "Text.", "Edited.")
    assert one.engine.sync().exit_code == 0
    assert (site.body(good), site.body(bad)) == ("<p>Edited.</p>", body)
    quiet(one)


# -- Markdown that cannot be read


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("---\nconfluence_page_id: \"{id}\"\ntitle: Bad\n---\n\nText.\n\n<!-- ac:panel -->\n\nOpen.\n", 8, 1),
        ("---\nconfluence_page_id: \"{id}\"\ntitle: [Bad\n---\n\nText.\n", 4, 1),
        ("---\nconfluence_page_id: \"{id}\"\ntitle: Bad\n---\n\nOne.\n\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n", 8, 1),
    ],
    ids=["unclosed wrapper", "front matter", "conflict markers"],
)
@pytest.mark.parametrize("new", [False, True], ids=["a page", "a new file"])
def test_markdown_that_cannot_be_read_is_named_with_line_and_column(
    site: Site, tmp_path: Path, text: str, line: int, column: int, new: bool
) -> None:
    """That page is held back with file, line and column, also when it has no page yet; the others go on."""
    bad, good = site.create("Bad"), site.create("Good")
    one = cloned(site, tmp_path / "m")
    path = "new.md" if new else "bad.md"
    text = text.replace('confluence_page_id: "{id}"', "custom: 1").replace("Bad", "New") if new else text
    one.write(path, text.replace("{id}", bad))
    one.replace("good.md", "Text.", "Edited.")
    result = one.engine.sync()
    assert result.exit_code == 3
    assert [(found.place, found.line, found.column) for found in result.problems] == [(path, line, column)]
    assert result.problems[0].remedy
    assert (site.body(good), site.body(bad)) == ("<p>Edited.</p>", "<p>Text.</p>")
    assert "New" not in site.titles()
    assert one.engine.status().problems or "wrapper" in str(result.problems) or "closed" in str(result.problems)


def test_a_remote_edit_of_a_page_whose_file_cannot_be_read_is_not_lost(site: Site, tmp_path: Path) -> None:
    """The place is named, what its author wrote stays, nothing is pushed; once it is mended, both edits are there."""
    page = site.create("Bad", "<p>One.</p><p>Two.</p>")
    one = cloned(site, tmp_path / "m")
    one.replace("bad.md", "Two.\n", "Two.\n\n<!-- ac:panel -->\n\nOpen.\n")
    site.replace(page, "One.", "One, remotely.")
    result = one.engine.sync()
    assert [(found.place, found.line) for found in result.problems] == [("bad.md", 10)]
    assert one.read("bad.md").endswith("Two.\n\n<!-- ac:panel -->\n\nOpen.\n")
    assert "panel" not in site.body(page)
    one.write("bad.md", one.read("bad.md") + "\n<!-- /ac:panel -->\n")
    assert one.engine.sync().exit_code == 0
    for text in (one.read("bad.md"), site.body(page)):
        assert "One, remotely." in text
        assert "Open." in text


# -- CRLF, a BOM, a missing final newline, autocrlf


def test_autocrlf_is_never_taken_for_an_edit(site: Site, tmp_path: Path) -> None:
    """A checkout with other line ends, in either direction, sends nothing and asks nothing."""
    for title in ("A", "B"):
        site.create(title, "<p>One.</p><ul><li>x</li></ul>")
    one = cloned(site, tmp_path / "m")
    for old, new in (("\n", "\r\n"), ("\r\n", "\n")):
        for path in one.files():
            one.write(path, one.read(path).replace(old, new))
        assert one.engine.status().clean
        quiet(one)


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n", "\r\n"])
def test_the_end_of_a_file_stays_as_it_is(site: Site, tmp_path: Path, end: str) -> None:
    """With or without a final newline: no edit by itself, and kept when somebody edits the page."""
    page = site.create("Page", "<p>One.</p><p>Two.</p>")
    one = cloned(site, tmp_path / "m")
    text = "\ufeff" + one.read("page.md").rstrip("\n") + end
    one.write("page.md", text)
    quiet(one)
    site.replace(page, "One", "Uno")
    one.replace("page.md", "Two.", "Two, here.")
    assert one.engine.sync().exit_code == 0
    assert one.read("page.md") == text.replace("One", "Uno").replace("Two.", "Two, here.")
    assert site.body(page) == "<p>Uno.</p><p>Two, here.</p>"


# -- titles


def test_two_titles_that_differ_in_case_only_are_found_before_the_push(site: Site, tmp_path: Path) -> None:
    """Both files are named, and a title that is free; not one request writes."""
    site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.write("a.md", "# Setup\n\nOne.\n")
    one.write("b.md", "# SETUP\n\nTwo.\n")
    one.asked()
    problems = one.engine.plan().problems
    assert [(found.place, found.message) for found in problems] == [("b.md", "has the title of a.md: 'SETUP'")]
    assert "'SETUP (2)'" in problems[0].remedy
    assert one.writes() == []
    assert one.engine.sync().exit_code == 3
    assert "Setup" in site.titles()
    one.replace("b.md", "SETUP", "SETUP (2)")
    assert one.engine.sync().exit_code == 0


@pytest.mark.parametrize("rename", [False, True], ids=["new page", "rename"])
def test_a_title_of_an_archived_page_is_found_before_the_push(site: Site, tmp_path: Path, rename: bool) -> None:
    """The plan names the file, the archived page's address and a title that is free; the others are pushed."""
    site.create("Old (2)")
    archived, page, other = site.create("Old"), site.create("Page"), site.create("Other")
    site.api.archive(archived)
    one = cloned(site, tmp_path / "m")
    if rename:
        one.replace("page.md", "title: Page", "title: OLD")
    else:
        one.write("new.md", "# OLD\n\nText.\n")
    one.replace("other.md", "Text.", "Edited.")
    one.asked()
    (problem,) = one.engine.plan().problems
    assert one.writes() == []
    assert problem.place == ("page.md" if rename else "new.md")
    assert f"pageId={archived}" in problem.message
    assert "'OLD (3)'" in problem.remedy
    result = one.engine.sync()
    assert (result.exit_code, result.problems) == (3, (problem,))
    assert site.body(other) == "<p>Edited.</p>"
    assert site.page(page).title == "Page"


def test_a_title_of_a_hidden_page_is_said_in_words(site: Site, tmp_path: Path) -> None:
    """Nobody can see such a page before the site refuses: then the words say so, and name a title that is free."""
    hidden = site.create("Secret")
    site.app.sandbox.hide(hidden)
    one = cloned(site, tmp_path / "m")
    one.write("new.md", "# Secret\n\nMine.\n")
    (problem,) = one.engine.sync().problems
    assert problem.place == "new.md"
    assert "cannot see" in problem.message
    assert "'Secret (2)'" in problem.remedy
    assert one.read("new.md") == "# Secret\n\nMine.\n"
    one.replace("new.md", "Secret", "Secret (2)")
    assert one.engine.sync().exit_code == 0


@pytest.mark.parametrize(
    "title", ["Two  spaces", "No\u00a0break", "Line\u2028end", "Next\x85line", " Around ", "Tab\there", "\ufeffMark", "a: #b\\'\""]
)
def test_a_title_with_odd_white_space_is_no_rename(site: Site, tmp_path: Path, title: str) -> None:
    """A clone says the title as it is: not one write follows, also when it stands in a heading and is changed there."""
    page, other = site.create(title), site.create("Plain")
    one = cloned(site, tmp_path / "m")
    quiet(one)
    one.write("plain.md", one.read("plain.md").replace("title: Plain\n", "").replace("Text.", "# Plain\n\nText."))
    assert one.engine.sync().done == ()
    site.edit(other, title=f"As{title}well")
    one.engine.sync()
    quiet(one)
    assert (site.page(page).title, site.page(other).title) == (title, f"As{title}well")


# -- names


def test_names_from_the_site_never_leave_the_folder(site: Site, tmp_path: Path) -> None:
    """Titles and attachments called `..`, or with slashes, devices and dots: every file lies in the folder."""
    page = site.create("../../etc/passwd", "<p>p</p>")
    for title in ("..", ".", "/", "C:\\Windows", "CON", "nul.txt", "x" * 255, "a\u0301\u202e\u200b", "~root", "-rf"):
        site.create(title)
    names = ("..", "../up.txt", "..\\up.txt", "/etc/x", "CON", "con.txt", "dot.", "n" * 250 + ".txt", "\u202egnp.exe")
    for number, name in enumerate(names):
        site.attach(page, str(number), name.encode(), tmp_path)
    store = site.app.sandbox.store
    with store.transaction():  # names that a well-behaved site would refuse
        for number, name in enumerate(names):
            found = next(asset.id for asset in site.page(page).assets if asset.name == str(number))
            store.run("UPDATE content SET title = ?, title_key = ? WHERE id = ?", name, name, int(found[3:]))
            store.run("UPDATE version SET title = ? WHERE content_id = ?", name, int(found[3:]))
    (tmp_path / "in").mkdir()
    one = cloned(site, tmp_path / "in/m")
    assert [file.name for file in (tmp_path / "in").iterdir()] == ["m"]
    files = {data.decode() for path, data in one.files().items() if ".files/" in path}
    assert set(names) - files <= {"..", "/etc/x"}  # addresses with such a name lead elsewhere
    assert all(len(part.encode()) <= 255 for path in one.files() for part in path.split("/"))
    assert one.engine.sync(FULL).done == ()


def test_names_that_a_file_system_has_taken_apart_are_the_same_names(site: Site, tmp_path: Path) -> None:
    """After an unpacked archive or a copy from an old Mac (NFD): no rename, no upload, no link rewritten; edits arrive."""
    image = '<p>Text <ac:image><ri:attachment ri:filename="\u00e9.png" /></ac:image></p>'
    page, other = site.create("\u00c9t\u00e9", image), site.create("Other", '<p><ac:link><ri:page ri:content-title="\u00c9t\u00e9" /></ac:link></p>')
    site.attach(page, "\u00e9.png", b"x", tmp_path)
    one = cloned(site, tmp_path / "m")
    texts = {unicodedata.normalize("NFD", path): data for path, data in one.files().items()}
    for file in sorted(one.root.rglob("*"), reverse=True):
        if ".confsync" not in file.parts:
            file.rename(file.with_name(unicodedata.normalize("NFD", file.name)))
    quiet(one)
    assert one.files() == texts
    here, files = "e\u0301te\u0301.md", "e\u0301te\u0301.files"
    one.replace(here, "Text", "Edited")
    one.replace("other.md", "](", "](./")
    one.write(f"{files}/n\u0303.png", "new")
    one.write(here, one.read(here) + f"\n![]({files}/n\u0303.png) ![](\u00e9t\u00e9.files/\u00f1.png)\n")
    site.attach(page, "\u00e9.png", b"theirs", tmp_path)
    assert one.engine.sync(FULL).exit_code == 0
    assert unescape(site.body(page)).count('ri:filename="\u00f1.png"') == 2
    assert 'ri:content-title="\u00c9t\u00e9"' in unescape(site.body(other))
    assert site.bytes_of(page, "\u00f1.png") == b"new"
    assert one.read(f"{files}/e\u0301.png") == "theirs"
    quiet(one)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_no_write_goes_through_a_symbolic_link(site: Site, tmp_path: Path) -> None:
    """A link in the place of a page's folder, of its attachments or of the page: what it leads to stays as it is."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "guide.md").write_text("mine")
    guide = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    (one.root / "guide").symlink_to(outside)
    (one.root / "guide.files").symlink_to(outside)
    (one.root / "guide.md").unlink()
    (one.root / "guide.md").symlink_to(outside / "guide.md")
    site.create("Child", parent=guide)
    site.attach(guide, "x.txt", b"x", tmp_path)
    site.edit(guide, "<p>Remote.</p>")
    result = one.engine.sync(Options(full=True, on_conflict=Policy.REMOTE))
    assert result.exit_code == 3
    assert {file.name: file.read_text() for file in outside.iterdir()} == {"guide.md": "mine"}
    assert site.page(guide).status == "current"


# -- hostile content


def test_hostile_pages_are_bounded_and_kept(site: Site, tmp_path: Path) -> None:
    """An entity bomb, a huge attribute and deep nesting: raw blocks, bytes kept, and the run goes on."""
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '" + "&a;" * 100 + "'>]><p>&b;</p>"
    bodies = {
        "Bomb": bomb,
        "Huge": f'<p title="{"x" * 1_000_000}">Text.</p>',
        "Deep": "<div>" * 3000 + "x" + "</div>" * 3000,
        "Script": '<p>Text.</p><script>alert(1)</script><p><a href="javascript:alert(1)">x</a></p>',
    }
    pages = {title: site.create(title) for title in bodies}
    for title, page in pages.items():
        stored(site, page, bodies[title])
    one = cloned(site, tmp_path / "m")
    assert len(one.files()) == len(bodies) + 1
    assert max(map(len, one.files().values())) < 2_000_000
    quiet(one)
    assert {title: site.body(page) for title, page in pages.items()} == bodies


# -- what was asked for is not there


def test_a_status_of_what_is_not_there_is_an_error(site: Site, tmp_path: Path) -> None:
    """A misspelt path never looks clean; a file that is gone and a folder with changes are no such thing."""
    page = site.create("Page")
    site.create("Child", parent=page)
    site.attach(page, "x.txt", b"x", tmp_path)
    one = cloned(site, tmp_path / "m")
    for look in (one.engine.status, one.engine.diff):
        with pytest.raises(UsageError, match="is not there") as error:
            look(("pgae.md",))
        assert (error.value.place, error.value.exit_code) == ("pgae.md", 2)
    for run in (one.engine.sync, one.engine.push, one.engine.pull, one.engine.plan):
        with pytest.raises(UsageError, match="is not there"):
            run(Options(paths=("pgae.md",)))
    site.create("Coming")
    assert [effect.new_path for effect in one.engine.pull(Options(paths=("coming.md",))).done] == ["coming.md"]
    (one.root / "page.md").unlink()
    (one.root / "page.files/x.txt").unlink()
    assert [change.kind for change in one.engine.status(("page.md",)).local] == ["deleted"]
    for path in ("page", "page/", "page.files", "page.files/x.txt", ".", "page/child.md"):
        one.engine.status((path,))


def test_a_file_that_may_not_be_read_is_named(site: Site, tmp_path: Path) -> None:
    """Its page is unknown, not deleted, and the others go on."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("the administrator may read everything")
    page = site.create("Page")
    one = cloned(site, tmp_path / "m", sync=SyncConfig())
    (one.root / "page.md").chmod(0)
    (problem,) = one.engine.sync().problems
    assert problem.place == "page.md"
    assert site.page(page).status == "current"
