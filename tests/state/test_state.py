"""The state file: what is remembered, what one transaction is, and what happens when the file is unusable."""

import sqlite3
from pathlib import Path

import pytest

from confsync.errors import StateError
from confsync.model import AssetRow, Page, Pair, Row, TitleFrom
from confsync.state import State, open_state
from confsync.state.journal import Backup, Intent, Waiting

ROW = Row("7", Page("1", "Title", 3, frozenset({"a", "ä"}), "s", "page"), Pair(2, "s", "m"), "a/b.md", TitleFrom.HEADING)


@pytest.fixture
def state(tmp_path: Path) -> State:
    return open_state(tmp_path / ".confsync")


def test_rows_come_back_as_they_were(state: State) -> None:
    """All facets, the pair and the place of the title."""
    state.set_row(ROW)
    state.set_asset(AssetRow("7", "x.png", "att1", 2, "sha"))
    assert state.row("7") == ROW == state.rows()["7"]
    assert state.assets() == {("7", "x.png"): AssetRow("7", "x.png", "att1", 2, "sha")}
    state.drop_row("7")
    assert (state.rows(), state.assets()) == ({}, {})


def test_a_transaction_is_all_or_nothing(state: State) -> None:
    """An error inside leaves no trace, nested ones included."""

    def work() -> None:
        with state.transaction():
            state.set_row(ROW)
            with state.transaction():
                state.set_meta("a", "b")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        work()
    assert (state.rows(), state.meta("a")) == ({}, "")


def test_texts_are_kept_once_and_until_nobody_needs_them(state: State) -> None:
    """By their digest; those that a row or a conflict names stay."""
    from confsync.model import replace

    storage, markdown, other = (state.keep_text(text) for text in ("<p>ü</p>", "ü\n", "x"))
    state.set_row(replace(ROW, page=replace(ROW.page, body=storage), pair=Pair(1, storage, markdown)))
    state.set_waiting(Waiting("9", "p.md", 1, markdown, markdown, state.keep_text("theirs"), "why"))
    state.begin(Intent("op", "run", {"kind": "write"}))
    state.forget_texts()
    assert state.text(other) == "x"
    state.end("op")
    state.forget_texts()
    assert [state.text(digest) for digest in (storage, markdown, other)] == ["<p>ü</p>", "ü\n", None]
    assert state.text(state.waiting()[0].remote) == "theirs"


def test_what_runs_did_is_remembered_across_openings(state: State, tmp_path: Path) -> None:
    """Intents, conflicts and backups survive the process."""
    state.begin(Intent("op1", "run1", {"kind": "update", "version": 3}))
    state.start_run("run1", "sync", 1.0)
    state.add_backup(Backup("run1", "file", "a.md", "run1/a.md"))
    state.close()
    again = open_state(tmp_path / ".confsync")
    assert again.intents() == [Intent("op1", "run1", {"kind": "update", "version": 3})]
    assert again.last_run() == "run1"
    assert again.backups("run1") == [Backup("run1", "file", "a.md", "run1/a.md")]
    assert not again.rebuilt


def test_the_folder_ignores_itself_in_git(state: State) -> None:
    """State never gets into a repository."""
    assert (state.folder / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough to be read as one" * 20, b""])
def test_an_unusable_file_is_made_anew(state: State, tmp_path: Path, damage: bytes) -> None:
    """What was in it can be found again; the damaged file is kept aside."""
    state.set_row(ROW)
    state.close()
    for file in (tmp_path / ".confsync").glob("state.db*"):
        file.unlink()
    (tmp_path / ".confsync/state.db").write_bytes(damage)
    again = open_state(tmp_path / ".confsync")
    assert again.rows() == {}


def test_a_file_of_a_newer_version_is_not_touched(state: State, tmp_path: Path) -> None:
    """It is refused with the remedy, not rebuilt."""
    state.close()
    with sqlite3.connect(tmp_path / ".confsync/state.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="newer confsync"):
        open_state(tmp_path / ".confsync")
