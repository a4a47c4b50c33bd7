"""`push --preview`: a branch is looked at on the site, and neither a published page nor a file knows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SPACE, Cli, Wiki, edit


def tree(folder: Path) -> dict[str, bytes]:
    """What a person has in a folder, byte for byte."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".confsync" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def pages(wiki: Wiki) -> dict[str, dict[str, object]]:
    """All pages of the space, by title."""
    found = wiki.api("GET", f"/content?spaceKey={SPACE}&limit=200&expand=version,ancestors,body.storage")
    return {
        one["title"]: {
            "id": one["id"],
            "version": one["version"]["number"],
            "parent": one["ancestors"][-1]["title"] if one["ancestors"] else "",
            "body": one["body"]["storage"]["value"],
        }
        for one in found["results"]
    }


def test_a_preview_leaves_the_published_pages_and_the_files_alone(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """The branch stands under one page with its links among its own pages; given again, nothing is written."""
    edit(mirror / "guide.md", "Second", "Better")
    edit(mirror / "other.md", "Text.", "See [the guide](guide.md).")
    (mirror / "box").mkdir()
    (mirror / "box" / "inner.md").write_text("# Inner\n\nNew.\n")
    files, published = tree(mirror), pages(wiki)
    document = cli.json("push", "--preview", "new-ports")
    found = pages(wiki)
    assert {title: found[title] for title in published} == published
    assert tree(mirror) == files
    new = {title: one["parent"] for title, one in found.items() if title not in published}
    assert new == {
        "Preview: new-ports": next(title for title, one in published.items() if not one["parent"]),
        "Guide (new-ports)": "Preview: new-ports",
        "Other (new-ports)": "Preview: new-ports",
        "box (new-ports)": "Preview: new-ports",
        "Inner (new-ports)": "box (new-ports)",
    }
    assert "Better paragraph" in str(found["Guide (new-ports)"]["body"])
    assert 'ri:content-title="Guide (new-ports)"' in str(found["Other (new-ports)"]["body"])
    assert document["page"] == found["Preview: new-ports"]["id"]
    writes = len(wiki.writes())
    cli("push", "--preview", "new-ports")
    assert len(wiki.writes()) == writes
    assert {one["path"] for one in cli.json("status")["local"]} == {"guide.md", "other.md", "box/inner.md", "box/"}


def test_a_preview_follows_its_branch(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """What is edited, moved and deleted there; a reviewer's own page under the preview stays."""
    (mirror / "box").mkdir()
    (mirror / "box.md").write_text("# Box\n\nA box.\n")
    (mirror / "loose.md").write_text("# Loose\n\nA page that moves.\n")
    (mirror / "gone.md").write_text("# Gone\n\nA page that goes.\n")
    cli("push", "--preview", "b")
    before = pages(wiki)
    note = {"type": "page", "title": "Note", "space": {"key": SPACE}, "ancestors": [{"id": before["Preview: b"]["id"]}],
            "body": {"storage": {"value": "<p>Hm.</p>", "representation": "storage"}}}  # fmt: skip
    wiki.api("POST", "/content", json=note)
    wiki.replace("Other (b)", "Text.", "Scribbled over.")
    edit(mirror / "guide.md", "Second", "Better")
    edit(mirror / "other.md", "Text.", "Text of the branch.")
    (mirror / "loose.md").rename(mirror / "box" / "loose.md")
    (mirror / "gone.md").unlink()
    cli("push", "--preview", "b")
    after = pages(wiki)
    assert set(after) == (set(before) | {"Note"}) - {"Gone (b)"}
    assert after["Loose (b)"]["id"] == before["Loose (b)"]["id"]
    assert after["Loose (b)"]["parent"] == "Box (b)"
    assert "Better" in str(after["Guide (b)"]["body"])
    assert "Text of the branch." in str(after["Other (b)"]["body"])


def test_a_preview_is_removed_with_all_of_it(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """And only that; twice is no error, since the last run of a pipeline may be repeated."""
    before = pages(wiki)
    cli("push", "--preview", "one")
    cli("push", "--preview", "two")
    assert "3 pages moved to the trash" in cli("push", "--preview", "one", "--remove")
    assert set(pages(wiki)) == {*before, "Preview: two", "Guide (two)", "Other (two)"}
    assert cli.json("push", "--preview", "two", "--remove")["removed"]
    assert pages(wiki) == before
    assert "nothing to remove" in cli("push", "--preview", "two", "--remove")


@pytest.mark.parametrize("words", [(), ("--remove",)])
def test_a_page_that_only_has_the_title_is_nobody_s_preview(
    cli: Cli, wiki: Wiki, mirror: Path, words: tuple[str, ...]
) -> None:
    """What a colleague has written under that name is neither overwritten nor thrown away."""
    wiki.create("Preview: mine", "<p>Hands off.</p>")
    before = pages(wiki)
    cli("push", "--preview", "mine", *words, code=2)
    assert "was not made by a preview" in cli.err
    cli("push", "--remove", code=2)
    cli("push", "--preview", " ", code=2)
    assert pages(wiki) == before


def test_a_preview_may_have_a_space_of_its_own(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """Then a mirror of the whole space has nothing to pull; where writing is switched off nothing is written."""
    wiki.api("POST", "/space", json={"key": "LOOK", "name": "Previews"})
    before = pages(wiki)
    cli("push", "--preview", "b", "--preview-space", "LOOK")
    assert pages(wiki) == before
    titles = {one["title"] for one in wiki.api("GET", "/content?spaceKey=LOOK&limit=200")["results"]}
    assert titles >= {"Preview: b", "Guide (b)", "Other (b)"}
    edit(mirror / ".confsync.toml", "site =", "read_only = true\nsite =")
    cli("push", "--preview", "c", "--preview-space", "LOOK", code=4)
    assert "Preview: c" not in {one["title"] for one in wiki.api("GET", "/content?spaceKey=LOOK&limit=200")["results"]}
