"""confluence-markdown-exporter, as it is, exports a space: it reads rendered pages, searches and downloads."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from tests.acceptance.clients import environment, run
from tests.acceptance.site import AUTH, SPACE, Site, site

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MANUAL = (
    '<h2>Start</h2><p>A <strong>bold</strong> word, see <ac:link><ri:page ri:content-title="Install" /></ac:link>.</p>'
    '<p><ac:image><ri:attachment ri:filename="dot.png" /></ac:image></p>'
    '<ac:structured-macro ac:name="tip"><ac:rich-text-body><p>Careful.</p></ac:rich-text-body></ac:structured-macro>'
)
INSTALL = (
    '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">python</ac:parameter>'
    "<ac:plain-text-body><![CDATA[print(1 < 2)]]></ac:plain-text-body></ac:structured-macro>"
    "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>"
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
    "<ac:task-body>done</ac:task-body></ac:task><ac:task><ac:task-id>2</ac:task-id>"
    "<ac:task-status>incomplete</ac:task-status><ac:task-body>open</ac:task-body></ac:task></ac:task-list>"
    '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">More</ac:parameter>'
    "<ac:rich-text-body><p>inside</p></ac:rich-text-body></ac:structured-macro>"
    '<p><ac:link><ri:attachment ri:filename="notes.txt" /></ac:link></p>'
    '<p>Kept by <ac:link><ri:user ri:account-id="{me}" /></ac:link>.</p>'
)
WRITTEN = {
    "Manual.md": ("## Start", "A **bold** word, see [Install](Manual/Install.md).", "![dot.png](", "> [!TIP]\n> Careful."),
    "Manual/Install.md": (
        "[Manual](../Manual.md)", "```python\nprint(1 < 2)\n```", "|   1 |   2 |", "- [x] done", "- [ ] open",
        "<summary>More</summary>\n\ninside", "[notes.txt](", "Kept by Admin.", "tags:\n  - howto\n",
    ),
    "Manual/Install.comments.md": ("Well said",),
}  # fmt: skip
FILES = {f"part {number:02}.bin": bytes(range(number)) for number in range(1, 61)}  # more than one answer holds


@pytest.fixture(scope="module")
def python() -> Path:
    return environment("confluence-markdown-exporter", "5.5.0")


def _fill(wiki: Site) -> None:
    home = wiki.api("GET", f"/space/{SPACE}?expand=homepage")["homepage"]["id"]
    manual = wiki.create("Manual", MANUAL, home)
    me = wiki.api("GET", "/user/current")["accountId"]
    install = wiki.create("Install", INSTALL.format(me=me), manual)
    parts = [(install, name, data) for name, data in FILES.items()]
    for page, name, data in ((manual, "dot.png", DOT), (install, "notes.txt", b"some notes"), *parts):
        sent = {"files": {"file": (name, data)}, "headers": {"X-Atlassian-Token": "no-check"}}
        wiki.api("POST", f"/content/{page}/child/attachment", **sent)
    wiki.api("POST", f"/content/{install}/label", json=[{"prefix": "global", "name": "howto"}])
    body = {"storage": {"value": "<p>Well said</p>", "representation": "storage"}}
    comment = {"type": "comment", "container": {"id": install, "type": "page"}, "body": body}
    wiki.api("POST", "/content", json=comment)


def _export(python: Path, wiki: Site, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    settings = {
        "auth": {"confluence": {wiki.url.removesuffix("/wiki"): {"username": AUTH[0], "api_token": AUTH[1]}}},
        "export": {
            "output_path": str(folder / "out"),
            "attachments_export": "all",
            "comments_export": "footer",
            "attachment_path": "files/{attachment_title}{attachment_extension}",
            "enable_jira_enrichment": False,
        },
        "connection_config": {"max_workers": 2},
    }
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    program = ("-m", "confluence_markdown_exporter.main", "spaces", f"{wiki.url}/spaces/{SPACE}")
    run(python, *program, cwd=folder, env={"CME_CONFIG_PATH": str(folder / "settings.json"), "CI": "1"})
    return folder / "out"


def test_a_space_is_exported_with_its_attachments(python: Path, tmp_path: Path) -> None:
    """Text, links, boxes, code, tasks, labels, comments and files come out; nothing is written to the site."""
    with site() as wiki:
        _fill(wiki)
        mark = wiki.mark
        out = _export(python, wiki, tmp_path / "export")
        assert wiki.writes(mark) == []
        assert {entry["status"] for entry in list(wiki.server.log)[mark:]} == {200}
        home = next(out.rglob("Manual.md")).parent
        for name, expected in WRITTEN.items():
            text = (home / name).read_text(encoding="utf-8")
            assert [one for one in expected if one not in text] == [], text
        files = {path.name: path.read_bytes() for path in (out / "files").iterdir()}
        assert files == {"dot.png": DOT, "notes.txt": b"some notes", **FILES}


def test_only_what_changed_is_exported_again(python: Path, tmp_path: Path) -> None:
    """An edited page is rewritten and no other is read; a deleted one loses its file."""
    with site() as wiki:
        _fill(wiki)
        out = _export(python, wiki, tmp_path / "export")
        ids = {title: row["id"] for title, row in wiki.pages().items()}
        wiki.edit(ids["Manual"], "<p>Rewritten.</p>")
        mark = wiki.mark
        _export(python, wiki, tmp_path / "export")
        assert "Rewritten." in next(out.rglob("Manual.md")).read_text(encoding="utf-8")
        assert not [one["path"] for one in list(wiki.server.log)[mark:] if f"content/{ids['Install']}?" in one["path"]]
        assert list(out.rglob("Install.md"))

        wiki.api("DELETE", f"/content/{ids['Install']}")
        _export(python, wiki, tmp_path / "export")
        assert list(out.rglob("Install.md")) == []
        assert list(out.rglob("Manual.md"))
