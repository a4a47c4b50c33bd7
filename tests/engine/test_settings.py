"""What a run may do: read-only, the first write, chosen paths; and how the last run is taken back."""

from pathlib import Path

import pytest

from confsync.config import MirrorConfig
from confsync.engine import Options
from confsync.errors import GuardStop, MirrorBusy, ReadOnly, UsageError
from tests.engine.machines import Site, cloned, machine


def test_a_read_only_mirror_pulls_and_never_writes(site: Site, tmp_path: Path) -> None:
    """Push is refused in words; sync brings the remote side only."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig("DOCS", read_only=True))
    one.replace("guide.md", "Text.", "Local.")
    site.create("Other")
    with pytest.raises(ReadOnly, match="switched off"):
        one.engine.push()
    one.engine.sync()
    assert "other.md" in one.files()
    assert site.body(page) == "<p>Text.</p>"
    assert one.writes() == []


def test_the_first_write_to_a_site_is_confirmed_once(site: Site, tmp_path: Path) -> None:
    """The plan is shown; a no does nothing, a yes is remembered."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Local.")
    asked: list[int] = []
    answers = iter([False, True])

    def confirm(plan: object) -> bool:
        asked.append(1)
        return next(answers)

    one.engine.world.confirm = confirm
    with pytest.raises(GuardStop, match="not confirmed") as stopped:
        one.engine.sync()
    assert stopped.value.items
    assert site.body(page) == "<p>Text.</p>"
    one.engine.sync()
    one.replace("guide.md", "Local.", "Again.")
    one.engine.sync()
    assert len(asked) == 2
    assert "Again." in site.body(page)


def test_chosen_paths_only(site: Site, tmp_path: Path) -> None:
    """A run on some files leaves the others for later."""
    a, b = site.create("A"), site.create("B")
    one = cloned(site, tmp_path / "m")
    for name in "ab":
        one.replace(f"{name}.md", "Text.", "Local.")
    one.engine.push(Options(paths=("a.md",)))
    assert ("Local." in site.body(a), "Local." in site.body(b)) == (True, False)


def test_the_version_message_is_the_users_and_marked(site: Site, tmp_path: Path) -> None:
    """The message stands in the page's history, with the mark by which a lost answer is recognised."""
    page = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Local.")
    one.engine.push(Options(message="Fix the text"))
    now = site.page(page)
    assert now.message.startswith("Fix the text [confsync ")
    assert now.mark is not None
    assert (now.mark["version"], now.mark["path"]) == (2, "guide.md")


def test_undo_puts_back_what_the_last_run_overwrote(site: Site, tmp_path: Path) -> None:
    """Files changed, moved, made and deleted are as before; versions on the site are named."""
    edited, renamed, gone = (site.create(title, f"<p>{title} text.</p>") for title in ("Edited", "Renamed", "Gone"))
    mine = site.create("Mine")
    one = cloned(site, tmp_path / "m")
    one.replace("mine.md", "Text.", "Local.")
    before = one.files()
    site.edit(edited, "<p>Changed.</p>")
    site.edit(renamed, title="Other name")
    site.create("New")
    site.api.trash(gone)
    one.engine.sync(Options(full=True))
    assert one.files() != before
    result = one.engine.undo()
    assert one.files() == before
    assert [(offer.id, offer.version) for offer in result.offers] == [(mine, 1)]


def test_undo_and_resolve_say_when_there_is_nothing(site: Site, tmp_path: Path) -> None:
    """An error in words, not a traceback."""
    one = machine(site, tmp_path / "m")
    with pytest.raises(UsageError, match="nothing to undo"):
        one.engine.undo()
    with pytest.raises(UsageError, match="no conflict"):
        one.engine.resolve("guide.md", "local")
    with pytest.raises(UsageError, match="no way to settle"):
        one.engine.resolve("guide.md", "mine")


def test_two_runs_on_one_mirror_do_not_meet(site: Site, tmp_path: Path) -> None:
    """The second is told so, and who works; what a dead process has left behind is in nobody's way."""
    import os
    import subprocess
    import sys

    one = cloned(site, tmp_path / "m")
    folder = one.root / ".confsync"
    code = (
        "import sys, pathlib; from confsync.state import MirrorLock\n"
        "with MirrorLock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdin=-1, stdout=-1, text=True)
    assert other.stdout is not None
    assert other.stdin is not None
    with other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MirrorBusy, match=str(other.pid)):
            one.engine.sync()
        other.kill()
    assert one.engine.sync().exit_code == 0
    assert (folder / "lock").read_text() == str(os.getpid())


@pytest.mark.parametrize("name", ["README.md", "index.md"])
def test_an_existing_docs_tree_publishes_as_it_stands(site: Site, tmp_path: Path, name: str) -> None:
    """Index files are the pages of their directories; no path changes, new pages follow the layout in use."""
    one = machine(site, tmp_path / "m")
    for folder in ("guide", "reference"):
        one.write(f"{folder}/{name}", f"# The {folder}\n\nText.\n")
        one.write(f"{folder}/part.md", f"# Part of {folder}\n\n[up]({name})\n")
    one.engine.sync()
    titles = site.titles()
    assert site.page(titles["Part of guide"]).parent == titles["The guide"]
    assert f"guide/{name}" in one.files()
    site.create("Fresh", parent=titles["The guide"])
    one.engine.sync()
    assert f"guide/fresh/{name}" in one.files()
    assert one.engine.sync(Options(full=True)).done == ()


def test_differences_are_shown_as_text(site: Site, tmp_path: Path) -> None:
    """Markdown against what was agreed and against the site; storage format as it would be pushed."""
    page = site.create("Guide", "<p>One.</p><p>Two.</p>")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "One.", "Local one.")
    assert "+Local one." in one.engine.diff().files[0].text
    storage = one.engine.diff(storage=True).files[0].text
    assert "-<p>One.</p>" in storage
    assert "+<p>Local one.</p>" in storage
    site.replace(page, "Two.", "Remote two.")
    remote = one.engine.diff(remote=True).files[0].text
    assert "-Remote two." in remote
    assert "+Two." in remote


def test_status_starts_without_the_heavy_parts(site: Site, tmp_path: Path) -> None:
    """On an unchanged tree neither network nor converters are loaded."""
    import os
    import subprocess
    import sys
    import time

    site.create("Guide")
    one = cloned(site, tmp_path / "m")
    past = time.time() - 60
    for path in one.files():
        os.utime(one.root / path, (past, past))
    one.engine.status()
    one.engine.close()
    program = (
        "import sys, pathlib; from confsync.config import Config, Credentials, MirrorConfig; "
        "from confsync.engine import open_engine; m = MirrorConfig('DOCS'); "
        "c = Config('http://x/wiki', (m,), folder=pathlib.Path(sys.argv[1])); "
        "assert open_engine(c, m, Credentials()).status().clean; print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(one.root)], capture_output=True, text=True, check=True)
    heavy = {"requests", "bs4", "markdown_it", "git", "rich", "flask", "jinja2", "yaml", "urllib3", "converters"}
    assert not heavy & set(run.stdout.split())


def test_a_docs_tree_published_into_a_new_space_takes_its_home_page(site: Site, tmp_path: Path) -> None:
    """The blank home page gets the text and the title of index.md; nobody is asked, and no file's text changes."""
    one = machine(site, tmp_path / "m")
    one.write("index.md", "# Handbook\n\nWelcome, see [setup](setup.md).\n")
    one.write("setup.md", "# Setup\n\nText.\n")
    result = one.engine.push()
    assert (result.exit_code, result.conflicts) == (0, ())
    assert site.page(site.home).title == "Handbook"
    assert "Welcome" in site.body(site.home)
    assert one.read("index.md").endswith("# Handbook\n\nWelcome, see [setup](setup.md).\n")
    assert one.engine.sync(Options(full=True)).done == ()


def test_identity_in_the_property_is_known_to_an_empty_machine(site: Site, tmp_path: Path) -> None:
    """CI with no state and files without ids finds the pages that were published from the same paths."""
    mirror = MirrorConfig("DOCS", identity="property")
    one = machine(site, tmp_path / "one", mirror=mirror)
    one.write("index.md", "# Handbook\n\nWelcome.\n")
    one.write("guide/README.md", "# Guide\n\nText.\n")
    one.engine.push()
    files = one.files()
    assert not any(b"confluence_page_id" in data for data in files.values())
    two = machine(site, tmp_path / "two", mirror=mirror)
    for path, data in files.items():
        two.write(path, data.decode())
    assert two.engine.push().done == ()
    two.replace("guide/README.md", "Text.", "New text.")
    assert [str(effect.action) for effect in two.engine.push().done] == ["update"]
    assert len(site.titles()) == 2
