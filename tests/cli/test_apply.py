"""`apply`: what a plan says, exactly, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Wiki, edit


def test_a_plan_is_applied_as_it_stands(cli: Cli, wiki: Wiki, mirror: Path) -> None:
    """What was shown is what is done; the deletion in it counts as confirmed."""
    edit(mirror / "guide.md", "First", "Very first")
    wiki.replace("Other", "Text", "Remote text")
    (mirror / "new.md").write_text("# New\n\nPage.\n")
    cli("plan", "-o", "plan.json")
    assert cli.json("apply", "plan.json")["problems"] == []
    assert "Very first" in wiki.body("Guide")
    assert "Remote text" in (mirror / "other.md").read_text()
    assert "Page." in wiki.body("New")
    cli("apply", "plan.json", code=5)  # it is done: doing it again is not what it says


@pytest.mark.parametrize("side", ["site", "folder", "more"])
def test_a_plan_that_is_not_true_any_more_is_refused(cli: Cli, wiki: Wiki, mirror: Path, side: str) -> None:
    """Another word in a page of the plan, here or there, or one page more: nothing is written."""
    edit(mirror / "guide.md", "First", "Very first")
    cli("plan", "-o", "plan.json")
    if side == "site":
        wiki.replace("Guide", "Second", "Another")
    elif side == "folder":
        edit(mirror / "guide.md", "Second", "Another")
    else:
        edit(mirror / "other.md", "Text", "More text")
    before = len(wiki.writes())
    cli("apply", "plan.json", code=5)
    assert "has changed since the plan was made" in cli.err
    assert "guide.md" in cli.err
    assert len(wiki.writes()) == before


def test_what_is_no_plan_is_said(cli: Cli, mirror: Path) -> None:
    """A file that is none, or one for another folder, is a usage error with the remedy."""
    (mirror / "no.json").write_text("{}")
    cli("apply", "no.json", code=2)
    assert "confsync plan -o FILE writes one" in cli.err
    cli("plan", "-o", "plan.json")
    text = (mirror / "plan.json").read_text()
    (mirror / "other.json").write_text(text.replace(str(mirror), "/elsewhere"))
    cli("apply", "other.json", code=2)
    assert "which is no mirror here" in cli.err


@pytest.mark.parametrize(
    "change",
    [{"effects": 5}, {"effects": [1]}, {"paths": None}, {"fingerprint": ""}, {"fingerprint": None}, {"space": ["x"]}],
    ids=lambda change: str(change),
)
def test_a_plan_that_was_tampered_with_is_none(cli: Cli, wiki: Wiki, mirror: Path, change: dict[str, object]) -> None:
    """No traceback, and above all nothing is done without its fingerprint."""
    edit(mirror / "guide.md", "First", "Very first")
    cli("plan", "-o", "plan.json")
    plan = {**json.loads((mirror / "plan.json").read_text()), **change}
    (mirror / "plan.json").write_text(json.dumps(plan))
    before = len(wiki.writes())
    cli("apply", "plan.json", code=2)
    assert len(wiki.writes()) == before


def test_a_read_only_mirror_applies_its_own_plan(
    cli: Cli, wiki: Wiki, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its plan is what it would do: bring the remote side, and nothing else."""
    monkeypatch.setenv("CONFSYNC_READ_ONLY", "1")
    edit(mirror / "guide.md", "First", "Very first")
    wiki.replace("Other", "Text", "Remote text")
    cli("plan", "-o", "plan.json")
    assert "guide.md" not in cli.out
    cli("apply", "plan.json")
    assert "Remote text" in (mirror / "other.md").read_text()
