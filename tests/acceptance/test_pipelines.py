"""The example pipelines, run as a runner runs them: a broken link is annotated, a merge publishes what has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from confsync.sandbox import Server, create_app
from tests.cli.conftest import SPACE, Wiki

CI = Path(__file__).resolve().parents[2] / "examples" / "ci"
ROOT = CI.parents[1]
SETTINGS = 'site = "{url}"\n[[mirror]]\nspace = "DOCS"\npath = "docs"\n{identity}'


@pytest.fixture
def wiki() -> Iterator[Wiki]:
    app = create_app(flavour="cloud-current")
    app.sandbox.create_space(SPACE, "Documentation")
    with Server(app) as server:
        yield Wiki(server)
    app.sandbox.close()


class Project:
    """A repository with a server of its own, and what its pipelines do in fresh clones."""

    def __init__(self, folder: Path, url: str, identity: str = "") -> None:
        self.folder, self.work, self.origin = folder, folder / "work", folder / "origin.git"
        (folder / "bin").mkdir(parents=True)
        program = folder / "bin" / "confsync"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m confsync "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.origin)], check=True)
        subprocess.run(["git", "clone", "-q", str(self.origin), str(self.work)], check=True, capture_output=True)
        self.write(".confsync.toml", SETTINGS.format(url=url, identity=identity))
        for name in ("index", "guide", "other"):
            link = "See [the guide](guide.md)." if name == "other" else "Text."
            self.write(f"docs/{name}.md", f"# {name.title()}\n\n{link}\n")

    def write(self, path: str, text: str) -> None:
        file = self.work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def git(self, *words: str, cwd: Path | None = None) -> None:
        named = ("git", "-c", "user.name=Jo", "-c", "user.email=jo@example.com")
        subprocess.run([*named, *words], cwd=cwd or self.work, check=True, capture_output=True)

    def commit(self, message: str, branch: str = "main") -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        self.git("push", "-q", "origin", f"HEAD:{branch}")

    def run(self, steps: list[str], branch: str) -> tuple[int, str, Path]:
        """Do the steps of a job in a clone as fresh as a runner's: exit code, what it said, and where."""
        clone = self.folder / f"run-{len(list(self.folder.iterdir()))}"
        self.git("clone", "-q", "-b", branch, str(self.origin), str(clone), cwd=self.folder)
        env = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "HOME": str(self.folder), "PYTHONPATH": str(ROOT),
            "CONFLUENCE_USERNAME": "admin", "CONFLUENCE_API_TOKEN": "admin",
        }  # fmt: skip
        said = ""
        for step in steps:
            if step.startswith("pip install"):
                continue  # what is tested is installed already
            done = subprocess.run(["bash", "-ec", step], cwd=clone, env=env, capture_output=True, text=True, timeout=120)
            said += done.stdout
            if done.returncode:
                return done.returncode, said, clone
        return 0, said, clone


def github(job: str) -> list[str]:
    found = yaml.safe_load((CI / "github.yml").read_text(encoding="utf-8"))["jobs"][job]["steps"]
    return [step["run"] for step in found if "run" in step]


def gitlab(job: str) -> list[str]:
    found: dict[str, Any] = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))
    return [*found["default"]["before_script"], *found[job]["script"]]


def shell(job: str) -> list[str]:
    return [f"{CI / 'pipeline.sh'} {job}"]


@pytest.fixture(params=[github, gitlab, shell], ids=["github", "gitlab", "shell"])
def pipeline(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_broken_link_fails_with_its_line(wiki: Wiki, tmp_path: Path, pipeline: Any) -> None:
    """In the words of each server; a pull request without one passes."""
    project = Project(tmp_path / "p", wiki.url)
    project.commit("First")
    project.git("switch", "-qc", "broken")
    project.write("docs/other.md", "# Other\n\nFirst line.\n\nSee [the guide](gone.md).\n")
    project.commit("Break a link", "broken")
    code, said, clone = project.run(pipeline("check"), "broken")
    assert code == 1
    if pipeline is github:
        assert "::error file=docs/other.md,line=5," in said
    elif pipeline is gitlab:
        (found,) = json.loads((clone / "quality.json").read_text(encoding="utf-8"))
        assert found["location"] == {"path": "docs/other.md", "lines": {"begin": 5}}
    else:
        assert "docs/other.md:5:" in said
    assert project.run(pipeline("check"), "main")[0] == 0
    assert wiki.writes() == []


@pytest.mark.parametrize("identity", ['identity = "property"\n', ""], ids=["property", "front-matter"])
def test_a_merge_publishes_exactly_what_has_changed(wiki: Wiki, tmp_path: Path, pipeline: Any, identity: str) -> None:
    """With nothing kept between two runs: the site itself says what was published last."""
    project = Project(tmp_path / "p", wiki.url, identity)
    project.commit("First")
    code, said, clone = project.run(pipeline("publish"), "main")
    assert code == 0, said
    if not identity:  # the ids that were given are committed, as a person or a bot does
        for file in (clone / "docs").glob("*.md"):
            project.write(f"docs/{file.name}", file.read_text(encoding="utf-8"))
        project.commit("Keep the ids")
    else:
        assert not subprocess.run(["git", "status", "--porcelain"], cwd=clone, check=True, capture_output=True).stdout
    wiki.server.log.clear()
    assert project.run(pipeline("publish"), "main")[0] == 0
    assert wiki.writes() == []
    file = project.work / "docs/guide.md"
    file.write_text(file.read_text(encoding="utf-8").replace("Text.", "Other text."), encoding="utf-8")
    project.commit("Reword the guide")
    code, said, _ = project.run(pipeline("publish"), "main")
    assert code == 0, said
    pages = wiki_pages(wiki)
    assert {pages["Guide"]["version"]["number"], pages["Other"]["version"]["number"]} == {1, 2}
    assert pages["Guide"]["version"]["message"].startswith("Reword the guide")
    assert all(pages["Guide"]["id"] in path for path in wiki.writes())


def test_a_preview_comes_and_goes_with_its_branch(wiki: Wiki, tmp_path: Path) -> None:
    """The published pages and the checkout are as they were, whoever keeps the ids."""
    project = Project(tmp_path / "p", wiki.url, 'identity = "property"\n')
    project.commit("First")
    assert project.run(shell("publish"), "main")[0] == 0
    before = wiki_pages(wiki)
    project.git("switch", "-qc", "reword")
    project.write("docs/guide.md", "# Guide\n\nOther text.\n")
    project.commit("Reword", "reword")
    for _ in range(2):  # the second run knows nothing of the first
        code, said, clone = project.run(shell("preview reword"), "reword")
        assert code == 0, said
        assert not subprocess.run(["git", "status", "--porcelain"], cwd=clone, check=True, capture_output=True).stdout
        found = wiki_pages(wiki)
        assert found.keys() - before.keys() == {"Preview: reword", "Guide (reword)", "Other (reword)"}
        assert {title: found[title] for title in before} == before
        assert {found[title]["version"]["number"] for title in ("Guide (reword)", "Other (reword)")} == {1}
    assert project.run(shell("unpreview reword"), "main")[0] == 0
    assert wiki_pages(wiki) == before


def wiki_pages(wiki: Wiki) -> dict[str, Any]:
    import requests

    found = requests.get(f"{wiki.url}/api/v2/pages?limit=250", auth=("admin", "admin"), timeout=30).json()["results"]
    return {one["title"]: one for one in found}


def test_annotations_are_escaped() -> None:
    """A message or a name with the characters of a command ends no command."""
    from confsync.cli.annotations import lines
    from confsync.cli.judge import Finding

    finding = Finding("a,b:c.md", 3, 7, "error", "50% of\nit::error::x", "link")
    (line,) = lines([finding], "github")
    assert line == "::error file=a%2Cb%3Ac.md,line=3,col=7,title=confsync link::50%25 of%0Ait::error::x"
    moved = finding.__class__("a,b:c.md", 9, 1, "error", "50% of\nit::error::x", "link")
    prints = [json.loads("".join(lines([one], "gitlab")))[0]["fingerprint"] for one in (finding, moved)]
    assert prints[0] == prints[1]
    assert os.linesep not in prints[0]
