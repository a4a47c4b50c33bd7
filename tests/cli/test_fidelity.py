"""`fidelity`: what a person runs before adopting the tool."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import SPACE, Cli, Wiki

GOOD = "<p>All of it is <em>text</em>.</p>"
RAW = "<p>One word and <foo>raw</foo></p>"
BAD = "<p>fine</p>\n<p>open"


def test_files_are_measured_and_the_worst_come_first(cli: Cli, tmp_path: Path) -> None:
    """A refused page with its place, then the least expressed; the summary has both shares; exit code 3."""
    for name, text in {"good.xml": GOOD, "raw.xhtml": RAW, "bad.html": BAD}.items():
        (tmp_path / name).write_text(text)
    lines = cli("fidelity", ".", code=3).splitlines()
    rows = [line.split()[-1] if "refused" not in line else "bad" for line in lines[1:3]]
    assert rows == ["bad", "raw.xhtml"]
    assert "  bad.html:2:1: <p> is not closed" in lines
    assert "       1  foo (in a line)" in lines
    assert "3 pages: 2 exact, 1 refused" in lines
    assert "50.0 % of 6 elements are expressed in the notation" in lines
    assert "72.7 % of 11 visible words stand outside fences and tags" in lines
    assert "measuring (3)" in cli.err


def test_all_is_well_when_every_byte_comes_back(cli: Cli, tmp_path: Path) -> None:
    """Exit code 0, also with islands; --all lists pages that are Markdown throughout."""
    (tmp_path / "good.xml").write_text(GOOD)
    (tmp_path / "raw.xml").write_text(RAW)
    assert "good.xml" not in cli("fidelity", "good.xml", "raw.xml")
    assert "good.xml" in cli("fidelity", "--all", "good.xml", "raw.xml")


def test_the_report_is_one_document_with_json(cli: Cli, tmp_path: Path) -> None:
    """Totals, and every page with its figures."""
    (tmp_path / "raw.xml").write_text(RAW)
    (tmp_path / "bad.xml").write_text(BAD)
    found = cli.json("fidelity", "raw.xml", "bad.xml", code=3)
    assert (found["pages"], found["exact"], found["elements"], found["expressed"]) == (2, 1, 4, 1)
    assert found["expressed_percent"] == 25.0
    bad, raw = found["by_page"]
    assert bad["refused"] == [{"line": 2, "column": 1, "message": "<p> is not closed"}]
    assert raw["islands"] == [{"construct": "foo", "inline": True, "count": 1}]


def test_markdown_is_measured_the_other_way_round(cli: Cli, tmp_path: Path) -> None:
    """A docs tree, before it is published: front matter is no part of it, and lines count from the file's start."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("---\ntitle: A\n---\n\n* some *text*\n* [b](b.md)\n")
    assert "1 page: 1 exact, 0 refused" in cli("fidelity", "docs")
    (tmp_path / "docs" / "b.md").write_text("---\ntitle: B\n---\n\nText\n\n<!-- ac:panel -->\n")
    assert f"{Path('docs/b.md')}:7:1: " in cli("fidelity", "docs", code=3)
    (tmp_path / "docs" / "c.md").write_bytes(b"\xff")
    assert "c.md:1:1: is not UTF-8" in cli("fidelity", "docs", code=3)


def test_a_space_is_measured_before_it_is_cloned(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """Site and space, or an address from the browser; nothing is written, neither here nor there."""
    page = wiki.create("Odd", RAW)
    before = wiki.writes()
    found = cli.json("fidelity", wiki.url, SPACE)
    assert {one["page"] for one in found["by_page"]} >= {f"{SPACE}/Odd", f"{SPACE}/Guide"}
    found = cli.json("fidelity", f"{wiki.url}/spaces/{SPACE}/pages/{page}/Odd")
    assert [one["page"] for one in found["by_page"]] == [f"{SPACE}/Odd"]
    assert wiki.writes() == before
    assert not list(tmp_path.iterdir())


def test_a_mirror_needs_no_words(cli: Cli, mirror: Path) -> None:
    """All mirrors of the settings, or one of the site's spaces by its key."""
    assert "3 pages: 3 exact, 0 refused" in cli("fidelity")
    assert "3 pages: 3 exact, 0 refused" in cli("fidelity", SPACE)


def test_what_cannot_be_meant_is_said(cli: Cli, tmp_path: Path) -> None:
    """Nothing there, nothing in it, one word too many."""
    cli("fidelity", "gone.xml", code=2)
    assert "gone.xml: is not there" in cli.err
    cli("fidelity", "SPACE", code=2)
    assert ".confsync.toml" in cli.err
    (tmp_path / "empty").mkdir()
    cli("fidelity", "empty", code=2)
    assert "holds no pages" in cli.err
    cli("fidelity", "https://acme.example/wiki", "DOCS", "more", code=2)
    assert "one word too many" in cli.err
