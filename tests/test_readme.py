"""Every command in the README is run, every sample is read, and nothing is promised that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from confsync.cli.main import main
from confsync.config import parse
from confsync.sandbox import Server, create_app
from tests.acceptance.site import confsync, start

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.split("\n") for block in re.findall(r"```console\n(.*?)\n```", README, re.DOTALL)]
SETUP = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
ADDRESS = "http://127.0.0.1:8090/wiki"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder with `confsync` on the path, and a sandbox with the sample space at an address of its own."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "confsync"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m confsync "$@"\n')
    program.chmod(0o755)
    (tmp_path / "work").mkdir()
    process = start("sandbox", "--port", "0", cwd=tmp_path)
    assert process.stdout is not None
    url = next(found.group() for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/wiki", line)))
    yield tmp_path / "work", url
    process.terminate()
    process.communicate(timeout=20)


def run(commands: list[str], folder: Path, url: str, code: int = 0) -> str:
    """Run the commands of one block as one shell session would; each must succeed but the last, which ends with `code`."""
    script = "\n".join(line.removeprefix("$ ").replace(ADDRESS, url) for line in commands)
    programs = next(parent / "bin" for parent in folder.parents if (parent / "bin" / "confsync").exists())
    path = f"{programs}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_two_setup_lines_are_one_line_each() -> None:
    """The first ends with the demonstration, the second with the tests; `.ci/run` takes the second from here."""
    assert len(SETUP) == 2
    assert SETUP[0].endswith(".venv/bin/confsync demo")
    assert re.search(r"\.venv/bin/python -m pytest -q -n auto$", SETUP[1])
    pattern = re.search(r"sed -n '(.*)' README.md", (ROOT / ".ci" / "run").read_text())
    assert pattern is not None
    found = subprocess.run(
        ["sed", "-n", pattern.group(1), "README.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == SETUP[1]


def test_the_demonstration_runs_to_its_end(tmp_path: Path) -> None:
    """The first command's second half; its first half, the installation, is what this suite runs in."""
    assert "$ confsync sync" in confsync("demo", cwd=tmp_path)


def test_the_working_day(shell: tuple[Path, str]) -> None:
    """The commands of the first two blocks, with a colleague in between."""
    folder, url = shell
    out = run(BLOCKS[0], folder, url)
    assert "One more thing." in out
    mirror = folder / "handbook"
    page = mirror / "index.md"
    page.write_text(page.read_text() + "\nA last word.\n")
    run(["$ confsync sync --yes"], mirror, url)
    _colleague(url, "A last word", "A first word")
    page.write_text(page.read_text().replace("A last word", "A kind word"))
    run(["$ confsync sync --yes"], mirror, url, code=3)
    text = page.read_text()
    assert "<<<<<<<" in text
    run(BLOCKS[1][:1], mirror, url, code=3)
    page.write_text(re.sub(r"<<<<<<< .*?>>>>>>> [^\n]*\n", "A settled word.\n", text, flags=re.DOTALL))
    run(BLOCKS[1][1:], mirror, url)
    run(["$ confsync sync --yes"], mirror, url)
    assert "A settled word." in page.read_text()


def _colleague(url: str, old: str, new: str) -> None:
    import requests

    site = requests.Session()
    site.auth = ("admin", "admin")
    home = site.get(f"{url}/rest/api/space/HANDBOOK?expand=homepage", timeout=10).json()["homepage"]["id"]
    page = site.get(f"{url}/rest/api/content/{home}?expand=body.storage,version", timeout=10).json()
    body = page["body"]["storage"]["value"]
    assert old in body
    change = {"type": "page", "title": page["title"], "version": {"number": page["version"]["number"] + 1},
              "body": {"storage": {"value": body.replace(old, new), "representation": "storage"}}}  # fmt: skip
    assert site.put(f"{url}/rest/api/content/{home}", json=change, timeout=10).ok


def test_the_lens_as_a_filter(shell: tuple[Path, str]) -> None:
    """The third block: an edit goes there and comes back."""
    folder, url = shell
    page = '<p local-id="a">The quick <ac:inline-comment-marker ac:ref="c">fox</ac:inline-comment-marker>.</p>'
    (folder / "page.xml").write_text(page)
    out = run(BLOCKS[2], folder, url)
    assert (folder / "edited.xml").read_text() == page.replace("quick", "slow")
    assert out.endswith("The slow fox.\n")


@pytest.fixture
def acme() -> Iterator[Server]:
    """A site with the space and the user of the examples."""
    app = create_app(flavour="cloud-current")
    app.sandbox.create_space("DOCS", "Documentation")
    app.sandbox.create_user("jane@acme.example", token="secret")
    with Server(app) as server:
        yield server
    app.sandbox.close()


def session(block: list[str], acme: Server, folder: Path, typed: str = "", **env: str) -> str:
    """Run a block in a shell, with a keyring of its own."""
    script = "\n".join(line.removeprefix("$ ") for line in block).replace("https://acme.atlassian.net/wiki", acme.url)
    script = re.sub(r"^confsync ", f"{sys.executable} -m confsync ", script, flags=re.MULTILINE)
    (folder / "work").mkdir(exist_ok=True)
    mine = {
        "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": "tests.kept.FileKeyring", "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"), "TEST_KEYRING": str(folder / "keyring"), "PATH": "/usr/bin:/bin",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-ec", script], cwd=folder / "work", env={**mine, **env}, input=typed, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_token_is_kept_and_used(acme: Server, tmp_path: Path) -> None:
    """The fifth and sixth blocks: the token is typed once, and lies in the keyring alone."""
    session(BLOCKS[4], acme, tmp_path, "secret\n")
    assert (tmp_path / "work/docs/index.md").exists()
    assert "jane@acme.example" in {entry["user"] for entry in acme.log}
    assert b"secret" not in files(tmp_path / "work") + files(tmp_path / "config")
    folder = tmp_path / "work"
    (folder / ".confsync.toml").write_bytes((folder / "docs/.confsync.toml").read_bytes())
    assert session(BLOCKS[5], acme, tmp_path).splitlines() == ["nothing was found", "DOCS"]


def test_credentials_come_from_the_environment(acme: Server, tmp_path: Path) -> None:
    """The variables of the table, as in CI: no keyring is asked, and nothing is written down."""
    names = re.findall(r"`(CONFLUENCE_\w+)`", README)
    assert names[:2] == ["CONFLUENCE_USERNAME", "CONFLUENCE_API_TOKEN"]
    env = {**dict(zip(names, ["jane@acme.example", "secret"], strict=False)), "PYTHON_KEYRING_BACKEND": "none.at.all"}
    session([f"confsync clone {acme.url} DOCS docs"], acme, tmp_path, **env)
    assert "jane@acme.example" in {entry["user"] for entry in acme.log}
    assert b"secret" not in files(tmp_path)


def test_every_block_is_run_above() -> None:
    """A block that is added here needs a test there."""
    assert len(BLOCKS) == 6
    assert BLOCKS[3] == ["$ confsync watch --yes"]  # as `tests/watch/test_live.py` runs it


def test_the_python_sample_runs() -> None:
    """The package is as useful without the rest as the README says."""
    (sample,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(sample, "README.md", "exec"), {})  # noqa: S102 - our own sample


def test_the_configuration_sample_is_valid() -> None:
    """Every key that is shown is known."""
    import tomllib

    (sample,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    config = parse(tomllib.loads(sample), {})
    assert config.mirrors[0].space == "DOCS"


def test_every_command_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    """What is there is mentioned, and what is mentioned is there."""
    assert main(["--help"]) == 0
    listed = set(re.findall(r"^    (\w+)  ", capsys.readouterr().out, re.MULTILINE))
    table = README[README.index("| command | what it does |") : README.index("Each has `--help`")]
    shown = {name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert shown == listed
