"""Names and places of files: safe everywhere, the same on every machine, kept once given."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confsync.core.names import attachment_name, file_names, fold, slug
from confsync.core.place import place, usual_layout
from confsync.model import Draft, Key, Page, Tree

RESERVED = {"con", "prn", "aux", "nul", "com1", "lpt9"}


@given(st.text())
def test_a_slug_is_a_safe_file_name(title: str) -> None:
    """Never empty, reserved, hidden, too long, or with a character that some file system refuses."""
    name = slug(title)
    assert name
    assert len(name.encode()) <= 128
    assert not set(name) & set('/\\:*?"<>|.\0 ')
    assert name.lower() not in RESERVED | {"index", "readme"}
    assert not name.startswith(("-", "_"))
    assert slug(name) == name or name.endswith("-page")
    assert name == unicodedata.normalize("NFC", name)


def test_slugs_read_well() -> None:
    """What a person would have chosen."""
    for title, name in {
        "Getting Started": "getting-started", "C++ / Rust": "c-rust", "v1.2": "v1-2", "Ünï": "ünï", "설치 가이드": "설치-가이드",
        "CON": "con-page", "🎉": "🎉", "...": "page", "index": "index-page",
    }.items():  # fmt: skip
        assert slug(title) == name


names = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60)


@given(st.lists(names, unique=True, max_size=6))
def test_attachment_names_come_back(given_names: list[str]) -> None:
    """Files of one page never share a name, and a name that fits comes back from its file."""
    files = file_names(given_names)
    assert len({fold(file) for file in files.values()}) == len(given_names)
    for name, file in files.items():
        assert not set(file) & set('/\\:*?"<>|\0')
        assert file not in ("", ".", "..")
        assert file[-1] not in " ."
        if "~" not in file:
            assert attachment_name(file) == name


def test_common_attachment_names_stay() -> None:
    """Only what cannot be held is changed."""
    for name in ("a b.png", "100%.png", "ä-é.pdf", "x+y (1).txt"):
        assert file_names([name]) == {name: name}
    assert file_names(["Read.TXT", "read.txt"]) == {"Read.TXT": "Read.TXT", "read.txt": "%72ead.txt"}


def test_long_attachment_names_are_cut_safely() -> None:
    """250 letters fit into what every file system holds, and two long names stay apart."""
    files = file_names(["x" * 250 + "1.png", "x" * 250 + "2.png"])
    assert all(len(file.encode()) <= 240 and file.endswith(".png") for file in files.values())
    assert len(set(files.values())) == 2


def tree(**pages: Page) -> Tree:
    return Tree({"1": Page(None, "Home"), **pages}, root="1")


def test_new_pages_lie_under_their_parents() -> None:
    """Index for the root, names of titles below, `_top` for what lies beside the root; the lower id has the name."""
    target = tree(**{
        "2": Page("1", "Guide"), "3": Page("2", "Part"), "4": Page(None, "Top"), "30": Page("1", "GUIDE!"),
        "5": Page("4", "Below"), "6": Page("1", "Box", kind="folder"), "7": Page("6", "In"),
    })  # fmt: skip
    assert place(target, Tree(), {}) == {
        "1": "index.md", "2": "guide.md", "3": "guide/part.md", "4": "_top/top.md", "30": "guide-30.md",
        "5": "_top/top/below.md", "6": "box/", "7": "box/in.md",
    }  # fmt: skip
    assert place(target, Tree(), {}, layout="readme")["3"] == "guide/part/README.md"
    assert place(target, Tree(), {}, occupied=["guide"])["2"] == "guide-2.md"


def test_a_path_once_given_is_kept() -> None:
    """A file with a name of its own keeps it through a rename; one named after its title follows it."""
    local = tree(**{"2": Page("1", "Guide"), "3": Page("2", "Part")})
    target = tree(**{"2": Page("1", "Handbook"), "3": Page("2", "Part")})
    paths: dict[Key, str] = {"1": "README.md", "2": "guide.md", "3": "guide/xyz.md"}
    assert place(target, local, paths) == {"1": "README.md", "2": "handbook.md", "3": "handbook/xyz.md"}
    paths["2"] = "manual.md"
    paths["3"] = "manual/xyz.md"
    assert place(target, local, paths) == paths


def test_a_moved_page_takes_its_name_and_its_children_along() -> None:
    """Only the directory changes."""
    local = tree(**{"2": Page("1", "A"), "3": Page("2", "B"), "4": Page("3", "C"), "5": Page("1", "D")})
    target = tree(**{"2": Page("1", "A"), "3": Page("5", "B"), "4": Page("3", "C"), "5": Page("1", "D")})
    paths: dict[Key, str] = {"1": "index.md", "2": "a.md", "3": "a/own/index.md", "4": "a/own/c.md", "5": "d.md"}
    assert place(target, local, paths) == {**paths, "3": "d/own/index.md", "4": "d/own/c.md"}


def test_drafts_keep_their_files() -> None:
    """A file that has no page yet stays where its author put it."""
    draft = Draft("notes/new.md")
    local = Tree({"1": Page(None, "Home"), draft: Page("1", "New")}, root="1")
    assert place(local, local, {"1": "index.md", draft: draft.path})[draft] == draft.path


@pytest.mark.parametrize(
    ("paths", "layout"),
    [
        ([], "sibling"), (["a.md", "a/b.md"], "sibling"), (["a/index.md", "b/index.md"], "index"),
        (["a/README.md", "a/x.md"], "readme"),
    ],
)  # fmt: skip
def test_the_layout_in_use_is_found_out(paths: list[str], layout: str) -> None:
    """New pages follow what the tree already does."""
    assert usual_layout(paths) == layout
