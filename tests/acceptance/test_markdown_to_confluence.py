"""markdown-to-confluence, as it is, publishes a folder over the second version of the API: every shape is checked by it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.acceptance.clients import environment, run
from tests.acceptance.site import AUTH, SPACE, Site, site

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FILES = {
    "index.md": "# Manual\n\nSee [install](guide/install.md).\n\n![a dot](dot.png)\n",
    "guide/index.md": '---\ntags: ["howto", "draft"]\n---\n\n# Guide\n\n* one\n* two\n\n> [!NOTE]\n> Careful.\n',
    "guide/install.md": (
        "# Install\n\n```python\nprint(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "Back to [the start](../index.md).\n\n- [x] done\n- [ ] open\n"
    ),
}


@pytest.fixture(scope="module")
def python() -> Path:
    return environment("markdown-to-confluence", "0.6.5")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "manual"
    for name, text in FILES.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text, encoding="utf-8")
    (found / "dot.png").write_bytes(DOT)
    return found


def _publish(python: Path, wiki: Site, root: str, folder: Path) -> None:
    host = f"{wiki.server.host}:{wiki.server.port}"
    where = ("--api-url", f"{wiki.url}/", "-d", host, "-p", "/wiki/", "-s", SPACE, "--root-page", root)
    run(python, "-m", "md2conf", *where, "-u", AUTH[0], "-a", AUTH[1], "--keep-hierarchy", str(folder), cwd=folder.parent)


def test_a_folder_is_published_once(python: Path, folder: Path) -> None:
    """Pages, tree, links, labels and the picture arrive; a second run writes nothing, a third only what was edited."""
    with site() as wiki:
        root = wiki.create("Root", "")
        _publish(python, wiki, root, folder)
        assert {entry["status"] for entry in wiki.server.log} == {200}
        pages = wiki.pages()
        above = {title: [one["title"] for one in pages[title]["ancestors"]] for title in ("Manual", "Guide", "Install")}
        assert above == {"Manual": ["Root"], "Guide": ["Root", "Manual"], "Install": ["Root", "Manual", "Guide"]}
        manual, guide, install = (pages[title]["id"] for title in above)
        assert f"/pages/{install}/" in wiki.body(manual)
        assert 'ri:filename="dot.png"' in wiki.body(manual)
        assert "<![CDATA[print(1)]]>" in wiki.body(install)
        assert wiki.body(install).count("<ac:task-status>complete</ac:task-status>") == 1
        labels = wiki.api("GET", f"/content/{guide}/label")["results"]
        assert sorted(row["name"] for row in labels) == ["draft", "howto"]
        (picture,) = wiki.api("GET", f"/content/{manual}/child/attachment")["results"]
        assert (picture["title"], picture["extensions"]["fileSize"]) == ("dot.png", len(DOT))

        mark = wiki.mark
        _publish(python, wiki, root, folder)
        assert wiki.mark > mark
        assert wiki.writes(mark) == []

        file = folder / "guide" / "index.md"
        file.write_text(file.read_text(encoding="utf-8").replace("two", "three"), encoding="utf-8")
        mark = wiki.mark
        _publish(python, wiki, root, folder)
        written = [entry["path"] for entry in wiki.writes(mark)]
        assert f"/wiki/api/v2/pages/{guide}" in written
        assert all(guide in path for path in written), written
        assert "three" in wiki.body(guide)
