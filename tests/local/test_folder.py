"""The folder: what a scan finds, which file is which page, and changes that never leave half a file."""

import os
import time
from itertools import count
from pathlib import Path

import pytest

from confsync.errors import LocalError, OutsideMirror
from confsync.local import Folder, Known, LocalTree, local_tree, read_document, scan
from confsync.local.document import canonical, restore
from confsync.model import Draft, Page, Pair, Row, TitleFrom


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        write_at(root, name.replace("__", "/") + ".md", text)


def write_at(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def row(page: str, path: str, parent: str | None = "1", markdown: str = "") -> Row:
    return Row(page, Page(parent, f"Page {page}"), Pair(1, "s", markdown), path, TitleFrom.NAME)


def seen(root: Path, *rows: Row) -> LocalTree:
    return local_tree(scan(root, {}), Known({one.id: one for one in rows}, "1", "Home"))


def with_id(page: str, title: str = "") -> str:
    return f'---\nconfluence_page_id: "{page}"\n' + (f"title: {title}\n" if title else "") + "---\n\nText.\n"


def test_files_become_a_tree(tmp_path: Path) -> None:
    """Siblings, index files, the root, `_top`, and what is none of ours."""
    write(tmp_path, index=with_id("1"), guide=with_id("2"), guide__part=with_id("3"), _top__x=with_id("4"))
    write(tmp_path, docs__README=with_id("5"), docs__deep__index=with_id("6"), guide__new="# New\n")
    for other in ("guide.conflict-3.md", "guide.comments.md", ".hidden/a.md", "guide.files/note.md", "image.png"):
        write_at(tmp_path, other, "x")
    tree = seen(tmp_path).tree
    parents = {key: page.parent for key, page in tree.pages.items()}
    assert parents == {
        "1": None, "2": "1", "3": "2", "4": None, "5": "1", "6": "5", Draft("guide/new.md"): "2",
    }  # fmt: skip
    assert [(key.page, key.name) for key in tree.assets] == [("2", "note.md")]


def test_titles_come_from_front_matter_heading_or_name(tmp_path: Path) -> None:
    """And the root's from the page, when its file has none."""
    write(tmp_path, index=with_id("1"), a=with_id("2", "Front"), b="# Head\n\nx", c="x", d__README="x")
    assert sorted(page.title for page in seen(tmp_path).tree.pages.values()) == ["Front", "Head", "Home", "c", "d"]


def test_two_files_for_one_page_are_an_error_on_both(tmp_path: Path) -> None:
    """Nobody guesses which one is meant."""
    write(tmp_path, a=with_id("2"), a__index=with_id("3"))
    tree = seen(tmp_path).tree
    assert set(tree.unknown) == {"2", "3"}
    assert "a/index.md" in tree.unknown["2"].message


def test_a_copy_becomes_a_draft(tmp_path: Path) -> None:
    """The file at the agreed place keeps the id."""
    write(tmp_path, a=with_id("2", "A"), z=with_id("2", "Z"))
    assert seen(tmp_path, row("2", "z.md")).paths == {Draft("a.md"): "a.md", "2": "z.md"}


def test_an_unreadable_file_is_not_a_missing_page(tmp_path: Path) -> None:
    """While a file without a readable id is there, no page counts as deleted."""
    write(tmp_path, moved="---\ntitle: [\n---\n")
    tree = seen(tmp_path, row("2", "old.md")).tree
    assert set(tree.unknown) == {Draft("moved.md"), "2"}


def test_problems_have_their_place(tmp_path: Path) -> None:
    """Conflict markers, bad front matter, foreign encodings and equal titles, each with file and line."""
    write(tmp_path, a="# A\n\n<<<<<<< local\nx\n=======\ny\n>>>>>>> remote\n", b="---\nx: [\n---\n", d="# Same\n", e="# same\n")
    (tmp_path / "c.md").write_bytes(b"\xff\xfe")
    problems = {problem.place: problem for problem in seen(tmp_path).tree.unknown.values()}
    assert set(problems) == {"a.md", "b.md", "c.md", "e.md"}
    assert problems["a.md"].line == 3
    assert problems["b.md"].line > 1
    assert "d.md" in problems["e.md"].message


def test_ignored_files_are_left_out(tmp_path: Path) -> None:
    """`.confsyncignore` has the syntax of `.gitignore`."""
    write(tmp_path, a="x", drafts__b="x", keep="x")
    write_at(tmp_path, ".confsyncignore", "drafts/\na.*\n")
    assert list(scan(tmp_path, {}).pages) == ["keep.md"]


def test_only_changed_files_are_read_again(tmp_path: Path) -> None:
    """The stat cache is trusted for files that were old when they were seen."""
    write(tmp_path, old="x", young="x")
    past = time.time() - 60
    os.utime(tmp_path / "old.md", (past, past))
    first = scan(tmp_path, {})
    second = scan(tmp_path, first.seen)
    assert set(second.seen) == {"young.md"}
    assert second.pages == first.pages
    write(tmp_path, old="y")
    os.utime(tmp_path / "old.md", (past + 1, past + 1))
    (tmp_path / "young.md").unlink()
    third = scan(tmp_path, first.seen)
    assert third.pages["old.md"].body != first.pages["old.md"].body
    assert third.gone == {"young.md"}


def test_line_ends_are_restored_line_by_line() -> None:
    """A mixed file keeps each line's own end; new lines take the usual one."""
    original = "a\r\nb\nc\r\n"
    assert canonical(original) == "a\nb\nc\n"
    assert restore(original, "a\nb\nc\n") == original
    assert restore(original, "a\nb\nnew\nc\n") == "a\r\nb\nnew\r\nc\r\n"
    assert restore("a\nb", "a\nc\n") == "a\nc"


def test_the_body_is_apart_from_what_is_before_it() -> None:
    """A key of the author's own, a BOM and line ends are no edit of the page."""
    one, _ = read_document("a.md", "---\ntitle: A\n---\n\nText.\n")
    other, document = read_document("a.md", "\ufeff---\r\ntitle: A\r\nmine: 1\r\n---\r\n\r\n\r\nText.")
    assert one.body == other.body
    assert document.with_body("New.\n").endswith("\r\nNew.")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    numbers = count()
    (tmp_path / "m").mkdir()
    return Folder(tmp_path / "m", tmp_path / "m/.confsync", lambda: str(next(numbers)))


@pytest.mark.parametrize("path", ["../x.md", "a/../../x.md", "/etc/x", "a\\..\\x", "link/x.md"])
def test_no_path_leaves_the_folder(folder: Folder, path: str, tmp_path: Path) -> None:
    """Neither by its name nor by a symbolic link."""
    (folder.root / "link").symlink_to(tmp_path)
    with pytest.raises(OutsideMirror):
        folder.write_new(path, "x")
    with pytest.raises(OutsideMirror):
        folder.trash(path, "run")


def test_a_write_is_whole_or_not_at_all(folder: Folder) -> None:
    """An error in the middle leaves the old file and no rubbish."""

    def broken() -> object:
        yield b"half"
        raise OSError(28, "No space left on device")

    folder.write_new("a/b.md", "old")
    with pytest.raises(LocalError, match="No space"):
        folder.write_from("a/b.md", broken(), folder.digest("a/b.md"))  # type: ignore[arg-type]
    assert folder.read("a/b.md") == "old"
    assert [file.name for file in (folder.root / "a").iterdir()] == ["b.md"]


def test_moves_never_overwrite_and_prune_behind_them(folder: Folder) -> None:
    """A file in the way is an error; a directory that becomes empty goes."""
    folder.write_new("a/b/c.md", "1")
    folder.write_new("d.md", "2")
    with pytest.raises(LocalError, match="already"):
        folder.move("a/b/c.md", "d.md")
    folder.move("a/b/c.md", "e/C.md")
    assert not folder.exists("a")
    folder.move("e/C.md", "e/c.md")
    assert [file.name for file in (folder.root / "e").iterdir()] == ["c.md"]


def test_the_trash_keeps_every_copy(folder: Folder) -> None:
    """Two files of one name and one run do not overwrite each other."""
    kept = []
    for text in "12":
        folder.write_from("a/b.md", [text.encode()], folder.digest("a/b.md"))
        kept.append(folder.trash("a/b.md", "run"))
    assert kept == ["run/a/b.md", "run/a/b.md.2"]
    folder.put_back(kept[0], "a/b.md")
    assert folder.read("a/b.md") == "1"
