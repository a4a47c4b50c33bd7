"""The web page in a real browser: it shows what was written, and runs nothing that was written into a page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from confsync.sandbox import Server, create_app

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=3000",
]  # fmt: skip
PAGE = (
    "<h1>Harbour</h1><p>The <strong>first</strong> ship.</p><table><tbody><tr><th>Quay</th></tr><tr><td>North</td></tr></tbody></table>"
    '<p><a href="javascript:document.title=\'hacked\'">a link</a></p><p><img src="x" onerror="document.title=\'hacked\'" /></p>'
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")


def _dom(url: str, profile: Path) -> str:
    command = [str(BROWSER), *QUIET, f"--user-data-dir={profile}", "--dump-dom", url]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_a_page_is_shown_in_its_tree_and_runs_no_script(tmp_path: Path) -> None:
    """A person finds the page in the tree and reads it; hostile content is text at most."""
    (tmp_path / "space").mkdir()
    (tmp_path / "space" / "harbour.xml").write_text(PAGE)
    app = create_app()
    app.sandbox.load_storage(tmp_path / "space", "DOCS")
    with Server(app) as server:
        tree = _dom(f"{server.url}/spaces/DOCS", tmp_path / "profile")
        link = next(part for part in tree.split('href="') if "/harbour" in part.split('"')[0]).split('"')[0]
        shown = _dom(f"http://{server.host}:{server.port}{link}", tmp_path / "profile")
    app.sandbox.close()
    assert "<strong>first</strong> ship" in shown
    assert "North" in shown
    assert "<title>hacked" not in shown
    assert "onerror" not in shown
    assert "javascript:" not in shown
