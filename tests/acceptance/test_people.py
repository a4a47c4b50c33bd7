"""Two people on one page, and a tree that both sides rearrange."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.site import Site, confsync, confsync_json, site, tree

AUTHOR = """\
The first paragraph is wrapped by its author at some sixty
columns, as some editors do it, and it stays that way.

* one bullet
* another bullet

The second paragraph speaks of a quick brown fox and of a
lazy dog.
"""


def _mirror(wiki: Site, tmp_path: Path, text: str = AUTHOR) -> tuple[Path, Path, str]:
    """A page written by an author with habits of their own: mirror, file and page id."""
    confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
    page = tmp_path / "m" / "page.md"
    page.write_text(f"---\ntitle: Page\n---\n\n{text}")
    confsync("push", "--yes", cwd=tmp_path / "m")
    return tmp_path / "m", page, wiki.pages()["Page"]["id"]


def _remote(wiki: Site, page_id: str, old: str, new: str) -> None:
    body = wiki.body(page_id)
    assert body.count(old) == 1, body
    wiki.edit(page_id, body.replace(old, new))


def _local(page: Path, old: str, new: str) -> None:
    text = page.read_text()
    assert text.count(old) == 1
    page.write_text(text.replace(old, new))


def test_a_remote_edit_changes_only_its_own_lines(tmp_path: Path) -> None:
    """No churn: the author's line breaks and bullets stay."""
    with site() as wiki:
        mirror, page, page_id = _mirror(wiki, tmp_path)
        before = page.read_text()
        _remote(wiki, page_id, "lazy dog", "sleepy dog")
        confsync("pull", cwd=mirror)
        assert page.read_text() == before.replace("lazy dog", "sleepy dog")


def test_different_paragraphs_and_different_words_are_merged_by_one_sync(tmp_path: Path) -> None:
    """No loss: both edits are on both sides."""
    with site() as wiki:
        mirror, page, page_id = _mirror(wiki, tmp_path)
        _local(page, "first paragraph", "opening paragraph")
        _remote(wiki, page_id, "another bullet", "a last bullet")
        confsync("sync", "--yes", cwd=mirror)
        _local(page, "quick brown", "slow brown")
        _remote(wiki, page_id, "lazy dog", "tired dog")
        confsync("sync", "--yes", cwd=mirror)
        for text in ("opening paragraph", "a last bullet", "slow brown", "tired dog"):
            assert text in wiki.body(page_id)
            assert text in page.read_text().replace("\n", " ")
        assert "confsync" in confsync("status", cwd=mirror) or confsync_json("status", cwd=mirror)


@pytest.mark.parametrize(
    ("accept", "winner"), [("local", "mine"), ("remote", "theirs"), ("merged", "ours together"), ("both", "theirs")]
)
def test_the_same_word_is_a_conflict_that_resolve_settles(tmp_path: Path, accept: str, winner: str) -> None:
    """No loss: markers and exit code 3; whoever loses is in the trash or beside the file."""
    with site() as wiki:
        mirror, page, page_id = _mirror(wiki, tmp_path)
        _local(page, "quick brown", "mine brown")
        _remote(wiki, page_id, "quick brown", "theirs brown")
        confsync("sync", "--yes", cwd=mirror, code=3)
        marked = page.read_text()
        assert "<<<<<<< " in marked
        assert "mine brown" in marked
        assert "theirs brown" in marked
        confsync("sync", "--yes", cwd=mirror, code=3)
        assert "theirs brown" in wiki.body(page_id)
        assert "page.md" in confsync("conflicts", cwd=mirror, code=None)
        if accept == "merged":
            head, _, rest = marked.partition("<<<<<<< ")
            tail = rest.rpartition(">>>>>>> ")[2].partition("\n")[2]
            page.write_text(f"{head}The second paragraph speaks of ours together.\n{tail}")
        confsync("resolve", "page.md", "--accept", accept, cwd=mirror)
        confsync("sync", "--yes", cwd=mirror)
        assert winner in wiki.body(page_id)
        assert winner in page.read_text()
        assert "<<<<<<<" not in page.read_text()
        everything = [path.read_bytes() for path in mirror.rglob("*") if path.is_file() and path.suffix != ".db"]
        history = [wiki.api("GET", f"/content/{page_id}?status=historical&version={n}&expand=body.storage")["body"]["storage"]["value"].encode()
                   for n in range(1, wiki.page(page_id)["version"]["number"])]  # fmt: skip
        for word in (b"mine brown", b"theirs brown"):
            assert any(word in text for text in [*everything, *history, wiki.body(page_id).encode()]), word
        if accept in ("remote", "both"):
            assert any(b"mine brown" in text for text in everything)


def test_a_page_deleted_here_and_edited_there_survives(tmp_path: Path) -> None:
    """No loss: edit beats delete, both ways, and it is said."""
    with site() as wiki:
        mirror, page, page_id = _mirror(wiki, tmp_path)
        page.unlink()
        _remote(wiki, page_id, "lazy dog", "edited dog")
        report = confsync_json("sync", "--yes", cwd=mirror, code=None)
        assert "edited dog" in page.read_text()
        assert "Page" in str(report) or "page.md" in str(report)
        _local(page, "edited dog", "kept dog")
        wiki.api("DELETE", f"/content/{page_id}")
        confsync("sync", "--yes", cwd=mirror, code=None)
        assert "kept dog" in page.read_text()
        assert "kept dog" in wiki.body(wiki.pages()["Page"]["id"])


def test_a_tree_rearranged_on_both_sides_becomes_equal(tmp_path: Path) -> None:
    """Five levels with attachments, renamed and moved here and there: equal afterwards, and no link is broken."""
    with site() as wiki:
        ids = _deep_tree(wiki)
        confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
        mirror = tmp_path / "m"
        files = {path.name: path for path in mirror.rglob("*.md")}
        # here: a file is renamed, a subtree is moved
        files["a-2.md"].rename(files["a-2.md"].with_name("second.md"))
        (files["a-2.md"].with_name("a-2.files")).rename(files["a-2.md"].with_name("second.files"))
        (files["a-2.md"].with_name("a-2")).rename(files["a-2.md"].with_name("second"))
        target = files["b-2.md"].with_name("b-2")
        target.mkdir(exist_ok=True)
        source = mirror / files["a-2.md"].parent.relative_to(mirror) / "second"
        for path in list(source.iterdir()):
            path.rename(target / path.name)
        # there: a page is renamed, another moves
        wiki.edit(ids["B 3"], title="B three")
        wiki.edit(ids["B 4"], parent=ids["A 1"])
        for _ in range(3):
            confsync("sync", "--yes", cwd=mirror, code=None)
        mark = wiki.mark
        confsync("sync", "--yes", cwd=mirror)
        assert wiki.writes(mark) == []
        confsync("check", cwd=mirror)
        confsync("clone", wiki.url, "CORPUS", "again", cwd=tmp_path)
        confsync("check", cwd=tmp_path / "again")
        here, there = tree(mirror), tree(tmp_path / "again")
        assert sum(name.endswith(".txt") for name in here) == sum(name.endswith(".txt") for name in there) == 10
        assert len([n for n in here if n.endswith(".md")]) == len([n for n in there if n.endswith(".md")])
        parents = {title: row["ancestors"][-1]["title"] for title, row in wiki.pages().items() if row["ancestors"]}
        assert parents["B 4"] == "A 1"
        assert parents["A 3"] == "B 2"
        assert "B three" in parents


def _deep_tree(wiki: Site) -> dict[str, str]:
    """Two branches of five levels; each page links to its counterpart and shows an attachment."""
    ids: dict[str, str] = {}
    for branch, other in (("A", "B"), ("B", "A")):
        parent = None
        for level in range(1, 6):
            title = f"{branch} {level}"
            body = (
                f'<p>{title} knows <ac:link><ri:page ri:content-title="{other} {level}" /><ac:link-body>{other}</ac:link-body></ac:link> and '
                '<ac:link><ri:attachment ri:filename="f.txt" /><ac:link-body>a file</ac:link-body></ac:link>.</p>'
            )
            ids[title] = parent = wiki.create(title, body, parent)
            wiki.api(
                "POST",
                f"/content/{parent}/child/attachment",
                files={"file": ("f.txt", title.encode(), "text/plain")},
                headers={"X-Atlassian-Token": "no-check"},
            )
    return ids
