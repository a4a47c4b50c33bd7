"""Loading a folder of storage files as a space."""

import os
from pathlib import Path
from typing import Any

import pytest

from confsync.sandbox import Sandbox

Rest = Any
CORPUS = Path(os.environ.get("CONFSYNC_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "storage"


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_xml", ".xml").replace("_png", ".png").replace(
            "_files", ".files"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def by_title(rest: Rest, space: str) -> dict[str, Any]:
    path = f"/space/{space}/content/page?limit=50&expand=body.storage,ancestors,metadata.labels"
    return {row["title"]: row for row in rest("GET", path)["results"]}


def test_folders_become_parents_and_files_pages(rest: Rest, sandbox: Sandbox, tmp_path: Path) -> None:
    """A folder with a file of its name is that page's; without one it is an empty page."""
    write(tmp_path, guide_xml="<p>g</p>", guide__intro_xml="<p>i</p>", other__deep__leaf_xml="l")
    assert sandbox.load_storage(tmp_path, "NEW") == 5
    pages = by_title(rest, "NEW")
    above = {title: [one["title"] for one in page["ancestors"]] for title, page in pages.items()}
    assert above["intro"] == ["NEW", "guide"]
    assert above["leaf"] == ["NEW", "other", "deep"]
    assert pages["other"]["body"]["storage"]["value"] == ""


def test_bodies_are_kept_verbatim_also_malformed_ones(rest: Rest, sandbox: Sandbox, tmp_path: Path) -> None:
    """Loading is no save: nothing is rewritten and nothing refused."""
    write(tmp_path, bad_xml='<p>open "é"<br/>\r\n')
    (tmp_path / "bad.xml").write_bytes('<p>open "é"<br/>\r\n'.encode())
    sandbox.load_storage(tmp_path, "NEW")
    assert by_title(rest, "NEW")["bad"]["body"]["storage"]["value"] == '<p>open "é"<br/>\r\n'


def test_titles_are_made_unique_and_the_manifest_is_heard(rest: Rest, sandbox: Sandbox, tmp_path: Path) -> None:
    """Two files of one name in two folders get two titles; a manifest gives titles and labels."""
    write(tmp_path, a__same_xml="1", b__Same_xml="2", c_xml="3")
    (tmp_path / "manifest.json").write_text('{"c.xml": {"title": "The C", "labels": ["x"]}}', encoding="utf-8")
    sandbox.load_storage(tmp_path, "NEW")
    pages = by_title(rest, "NEW")
    assert {"same", "Same (2)", "The C"} <= set(pages)
    assert [one["name"] for one in pages["The C"]["metadata"]["labels"]["results"]] == ["x"]


def test_files_beside_a_page_are_attached(rest: Rest, sandbox: Sandbox, tmp_path: Path) -> None:
    """`guide.files/` holds the attachments of `guide`."""
    write(tmp_path, guide_xml="<p>g</p>", guide_files__a_png="pixels")
    assert sandbox.load_storage(tmp_path, "NEW") == 1
    page = by_title(rest, "NEW")["guide"]
    row = rest("GET", f"/content/{page['id']}/child/attachment")["results"][0]
    assert rest("GET", f"/wiki{row['_links']['download']}") == "pixels"


def test_the_whole_corpus_loads(rest: Rest, sandbox: Sandbox) -> None:
    """Hundreds of real files make one space, and each can be read back as it was."""
    files = sorted(CORPUS.rglob("*.xml"))
    if not files:
        if os.environ.get("CONFSYNC_REQUIRE_CORPUS") == "1":
            pytest.fail(f"no corpus at {CORPUS}")
        pytest.skip("no corpus")
    assert sandbox.load_storage(CORPUS, "CORPUS") >= len(files)
    bodies, path = set(), "/content?spaceKey=CORPUS&limit=50&expand=body.storage"
    while path:
        answer = rest("GET", path)
        bodies |= {row["body"]["storage"]["value"] for row in answer["results"]}
        path = f"/wiki{answer['_links']['next']}" if "next" in answer["_links"] else ""
    assert {file.read_bytes().decode() for file in files} <= bodies
