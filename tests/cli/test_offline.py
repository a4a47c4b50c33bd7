"""What works without a site: convert, check, help; and how fast it starts."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from confsync.cli.main import COMMANDS
from tests.cli.conftest import Cli, edit

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "examples" / "handbook"
STORAGE = '<p local-id="a">The quick <ac:inline-comment-marker ac:ref="c">fox</ac:inline-comment-marker>.</p><p>End</p>'


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(cli: Cli, command: str) -> None:
    """And its global options, also behind the command."""
    out = cli(command, "--help")
    assert "example" in out
    assert f"confsync {command}" in out
    assert "--json" in out


def test_help_names_every_command_and_the_exit_codes(cli: Cli) -> None:
    """One line each."""
    out = cli("--help")
    assert all(f"\n    {command} " in out for command in COMMANDS)
    assert "exit codes" in out


def test_convert_goes_both_ways(cli: Cli, tmp_path: Path) -> None:
    """The page as Markdown; an edit back, with every byte around it; the edit forward again."""
    (tmp_path / "page.xml").write_text(STORAGE)
    markdown = cli("convert", "page.xml")
    assert markdown == "The quick fox.\n\nEnd\n"
    (tmp_path / "edited.md").write_text(markdown.replace("quick", "slow"))
    assert cli("convert", "edited.md", "--base", "page.xml") == STORAGE.replace("quick", "slow")
    (tmp_path / "new.xml").write_text(STORAGE.replace("End", "The end"))
    (tmp_path / "mine.md").write_bytes(b"---\ntitle: Mine\n---\n\nThe quick\r\nfox.\r\n\r\nEnd\r\n")
    cli("convert", "new.xml", "--onto", "mine.md", "--base", "page.xml", "-o", "out.md")
    assert (tmp_path / "out.md").read_bytes() == b"---\ntitle: Mine\n---\n\nThe quick\r\nfox.\r\n\r\nThe end\r\n"
    assert cli.json("convert", "edited.md")["text"].startswith("<p>The slow fox.</p>")


def test_convert_is_a_filter_of_bytes() -> None:
    """Standard input to standard output; the look tells which is which, and --from what it does not."""

    def convert(text: bytes, *words: str) -> bytes:
        command = [sys.executable, "-m", "confsync", "convert", *words]
        return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, check=True).stdout

    assert convert("<p>Grüße — 🙂</p>".encode()) == "Grüße — 🙂\n".encode()
    assert convert(b"a *b*\n") == b"<p>a <em>b</em></p>"
    assert convert(b"plain", "--from", "storage", "--to", "markdown") == b"plain\n"


def test_convert_names_the_place_of_what_it_cannot_read(cli: Cli, tmp_path: Path) -> None:
    """File, line and column."""
    (tmp_path / "bad.md").write_text("Text\n\n<!-- ac:panel -->\n\nopen\n")
    cli("convert", "bad.md", code=1)
    assert "bad.md:3:1: " in cli.err
    (tmp_path / "page.xml").write_text(STORAGE)
    (tmp_path / "stranger.md").write_text("x\n")
    cli("convert", "stranger.md", "--base", "page.xml", "--base-markdown", "stranger.md", code=1)
    assert "Traceback" not in cli.err


def test_check_finds_what_stands_in_the_way(cli: Cli, tmp_path: Path) -> None:
    """One folder with one of each, without any settings."""
    pages = {
        "a.md": "---\ntitle: Same\n---\n\n[no](gone.md) ![no](a.files/gone.png)\n\n<!-- ac:panel -->\n",
        "b.md": "---\ntitle: same\n---\n\n[yes](a.md) [plain](.notes.txt)\n",
        "two.md": "One.\n",
        "two/index.md": "---\ntitle: Second file\n---\nTwo.\n",
        "con.md": "A device.\n",
        "marked.md": "<<<<<<< local\nx\n=======\ny\n>>>>>>> remote\n",
        "front.md": "---\ntitle: [x\n---\n",
        "id1.md": "---\nconfluence_page_id: '7'\n---\n",
        "id2.md": "---\nconfluence_page_id: '7'\n---\n",
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".notes.txt").write_text("x")
    out = cli("check", code=1)
    found = {(line.split(":")[0], line.rpartition("[")[2].rstrip("]")) for line in out.splitlines()}
    assert found == {
        ("a.md", "broken-link"), ("a.md", "notation"), ("b.md", "title-clash"), ("b.md", "not-published"),
        ("two.md", "two-files"), ("con.md", "name"), ("marked.md", "conflict"), ("front.md", "front-matter"),
        ("id2.md", "id-clash"),
    }  # fmt: skip
    assert "a.md:5:6: error: " in out
    assert "a.md:7:1: error: " in out
    document = cli.json("check", "b.md", code=1)
    assert (document["files"], document["errors"], document["warnings"]) == (1, 1, 1)
    assert "'same (2)'" in document["findings"][0]["message"]


def test_a_clone_passes_check(cli: Cli, mirror: Path) -> None:
    """What confsync writes it finds nothing wrong with; a broken link it does, in its place."""
    assert cli("check") == ""
    edit(mirror / "guide.md", "First paragraph", "First [paragraph](nowhere.md)")
    assert cli("check", "guide.md", code=1).startswith("guide.md:6:19: error: ")


def test_the_handbook_passes_check_and_converts(cli: Cli) -> None:
    """The example shows the notation, so it must be right."""
    files = sorted(HANDBOOK.rglob("*.md"))
    assert len(files) > 8
    assert cli("check", "--strict", str(HANDBOOK)) == ""
    for file in files:
        storage = cli("convert", str(file))
        assert storage.startswith("<")
        assert "ac:xml" not in storage


def test_the_checkout_maps_the_handbook_to_the_sandbox(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sandbox` and `push` work in the checkout as they stand."""
    from argparse import Namespace

    from confsync.cli.sandbox import mapped_spaces

    monkeypatch.chdir(ROOT)
    assert mapped_spaces(Namespace(config=None, port=8090)) == ["HANDBOOK"]
    assert mapped_spaces(Namespace(config=None, port=1)) == []


def test_progress_is_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A stage is a line on standard error; quiet says nothing."""
    from confsync.cli.progress import progress

    for quiet, said in ((False, "writing files (3)\n"), (True, "")):
        shown = progress(quiet=quiet, bars=False)
        shown.stage("writing files", 3)
        shown.step("a.md")
        shown.end()
        out, err = capsys.readouterr()
        assert (out, err) == ("", said)


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it leaves nothing behind on the screen."""
    from confsync.cli.progress import progress

    monkeypatch.setattr(sys, "stderr", io.StringIO())
    shown = progress(quiet=False, bars=True)
    shown.stage("writing files", 2)
    shown.step()
    shown.note("a note")
    shown.end()
    assert "a note" in sys.stderr.getvalue()  # type: ignore[attr-defined]
