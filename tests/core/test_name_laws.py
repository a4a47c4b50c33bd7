"""Any title on any system: a path that is legal, unique and stable, and from which the same page is found again."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confsync.core.names import attachment_name, file_names
from confsync.core.place import place
from confsync.model import Key, Page, Tree
from tests.engine.machines import SPACE, Site, cloned

ODD = (
    "CON", "con", "Aux.md", "NUL", "COM1", "lpt9", ".", "..", "...", " . ", "a/b", "a\\b", "a:b", "<x>|?*\"", "index", "README",
    "Index", "_top", "blog", "x.files", "x.md", "e\u0301te\u0301", "\u00e9t\u00e9", "\u202eabc", "\u200b", "🎉", "👨‍👩‍👧", "ﬁ", "İ", "ß", "SS",
    "x.conflict-1", "x.comments", "-", "--", "#", "%2F", "a" * 255, "é" * 255, "𝒳" * 127, "漢" * 200, ".git", ".confsync", "~", "$HOME",
)  # fmt: skip
words = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=255).filter(lambda t: t.strip()),
    st.text("aA.-_ é", min_size=1, max_size=12).filter(lambda t: t.strip()),
)
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def trees(titles: list[str], rng: random.Random) -> Tree:
    """A tree of pages with these titles, as far as a space could hold them: no two alike but for case."""
    pages: dict[Key, Page] = {"1": Page(None, "Home")}
    taken = {"home"}
    for number, title in enumerate(titles, 2):
        if title.casefold() not in taken:
            taken.add(title.casefold())
            pages[str(number)] = Page(rng.choice(list(pages)), title)
    return Tree(pages, root="1")


def shuffled(tree: Tree, rng: random.Random) -> Tree:
    keys = list(tree.pages)
    rng.shuffle(keys)
    return Tree({key: tree.pages[key] for key in keys}, root="1")


def linux(path: str) -> Iterator[str]:
    for name in path.split("/"):
        if not name or name in (".", "..") or "\0" in name or len(name.encode()) > 255:
            yield f"{name!r} is no name on Linux"


def mac(path: str) -> Iterator[str]:
    for name in path.split("/"):
        if ":" in name or len(unicodedata.normalize("NFD", name).encode("utf-16-le")) // 2 > 255:
            yield f"{name!r} is no name on macOS"


def windows(path: str) -> Iterator[str]:
    for name in path.split("/"):
        stem = name.split(".")[0].rstrip(" ").casefold()
        if stem in RESERVED or name[-1:] in (".", " ") or any(sign in '<>:"\\|?*' or sign < " " for sign in name):
            yield f"{name!r} is no name on Windows"


def forms(path: str) -> Iterator[str]:
    """What two names must not share on any of the systems."""
    yield path.casefold()
    yield unicodedata.normalize("NFD", path).casefold()
    yield unicodedata.normalize("NFC", path).upper().lower()


def illegal(paths: list[str]) -> list[str]:
    wrong = [problem for path in paths for rule in (linux, mac, windows) for problem in rule(path)]
    for number in range(3):
        seen: dict[str, str] = {}
        for path in paths:
            form = list(forms(path))[number]
            if seen.setdefault(form, path) != path:
                wrong.append(f"{path!r} and {seen[form]!r} are one file somewhere")
    return wrong


@settings(max_examples=300, deadline=None)
@given(st.lists(words, min_size=1, max_size=12), st.integers(0, 2**16))
def test_any_titles_get_legal_and_different_paths_on_every_system(titles: list[str], seed: int) -> None:
    """Under the rules of Linux, macOS and Windows, whatever the order in which the pages are listed."""
    rng = random.Random(seed)
    tree = trees(titles, rng)
    paths = place(tree, Tree(), {})
    assert set(paths) == set(tree.pages)
    assert illegal(list(paths.values())) == []
    assert place(shuffled(tree, rng), Tree(), {}) == paths
    assert all(not name.startswith(".") for path in paths.values() for name in path.split("/"))


@settings(max_examples=200, deadline=None)
@given(st.lists(words, min_size=1, max_size=10), words, st.integers(0, 2**16))
def test_a_path_is_stable(titles: list[str], new: str, seed: int) -> None:
    """Placed again nothing moves; a page that is added or deleted moves no other one."""
    rng = random.Random(seed)
    tree = trees(titles, rng)
    paths = place(tree, Tree(), {})
    assert place(tree, tree, paths) == paths
    more = trees([*titles, new], random.Random(seed))
    grown = place(more, tree, paths)
    assert {key: path for key, path in grown.items() if key in paths} == paths
    assert illegal(list(grown.values())) == []
    leaf = next((key for key in tree.pages if all(page.parent != key for page in tree.pages.values())), "1")
    if leaf != "1":
        fewer = Tree({key: page for key, page in tree.pages.items() if key != leaf}, root="1")
        assert place(fewer, tree, paths) == {key: path for key, path in paths.items() if key != leaf}


def test_deep_trees_of_long_titles_stay_within_what_windows_counts() -> None:
    """Five levels of titles with 255 letters: the path leaves 40 of the 260 characters to the mirror's own folder."""
    pages: dict[Key, Page] = {"1": Page(None, "Home")}
    for number in range(2, 7):
        pages[str(number)] = Page(str(number - 1), f"{number} " + "long words " * 23)
    paths = place(Tree(pages, root="1"), Tree(), {})
    assert max(len(path) for path in paths.values()) < 260 - 40
    assert len(set(paths.values())) == 6


@settings(max_examples=300, deadline=None)
@given(st.lists(words, min_size=1, max_size=6, unique=True))
def test_any_attachment_names_get_legal_files_and_come_back(names: list[str]) -> None:
    """Each file is legal everywhere, no two are one; a name that was not cut is told by its file alone."""
    files = file_names(names)
    assert illegal([f"x.files/{file}" for file in files.values()]) == []
    assert file_names(list(reversed(names))) == files
    for name, file in files.items():
        assert attachment_name(file) == name or "~" in file


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(titles=st.lists(words, min_size=3, max_size=8), seed=st.integers(0, 2**16))
def test_a_clone_finds_every_page_again(tmp_path_factory: object, titles: list[str], seed: int) -> None:
    """Through real files: cloned, the state thrown away, every file is its page and keeps its title; nothing is sent."""
    folder: Path = tmp_path_factory.mktemp("names")  # type: ignore[attr-defined]
    rng, site = random.Random(seed), Site()
    ids = {site.home: "Documentation"}
    for title in dict.fromkeys(title.strip() for title in titles):
        if title and title.casefold() not in {one.casefold() for one in ids.values()}:
            ids[site.create(title, "<p>Text.</p>", rng.choice(list(ids)))] = title
    titles_there = {page.id: page.title for page, _ in site.api.pages(SPACE)}
    one = cloned(site, folder / "m")
    assert len(one.files()) == len(ids)
    files = one.files()
    (one.root / ".confsync").rename(folder / "lost")
    again = cloned(site, folder / "m")
    result = again.engine.sync()
    assert (result.done, result.problems, again.writes()) == ((), (), [])
    assert again.files() == files
    assert {page.id: page.title for page, _ in site.api.pages(SPACE)} == titles_there
    one.engine.close(), again.engine.close()
    site.app.sandbox.close()
