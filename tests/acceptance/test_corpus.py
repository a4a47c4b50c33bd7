"""The whole corpus as a space: it comes, nothing moves, and an edit moves only its block."""

from __future__ import annotations

import random
import re
from pathlib import Path

from converters.markdown.front_matter import split
from converters.markdown.reader import markdown_to_doc
from converters.storage.blocks import storage_to_doc
from tests.acceptance.site import Site, confsync, site, tree
from tests.corpus import CORPUS, needs_corpus

pytestmark = needs_corpus


def test_a_space_of_real_pages_comes_whole_and_stays_quiet(tmp_path: Path) -> None:
    """No churn: clone brings every page, status is clean, sync writes nothing anywhere, a second clone is the same."""
    with site(CORPUS / "storage") as wiki:
        confsync("clone", wiki.url, "CORPUS", "one", cwd=tmp_path)
        one = tmp_path / "one"
        files = tree(one)
        assert sum(name.endswith(".md") for name in files) == len(wiki.pages()) >= 597
        assert "clean" in confsync("status", cwd=one).lower()
        after = wiki.mark
        confsync("sync", "--yes", cwd=one)
        assert wiki.writes() == []
        assert tree(one) == files
        idle = [entry["path"] for entry in list(wiki.server.log)[after:]]
        assert len(idle) <= 2, idle
        confsync("clone", wiki.url, "CORPUS", "two", cwd=tmp_path)
        assert tree(tmp_path / "two") == files


def test_a_word_in_a_hundred_pages_moves_a_hundred_blocks(tmp_path: Path) -> None:
    """No churn: what is sent differs from what was fetched only inside the edited block; then pull changes no file."""
    with site(CORPUS / "storage") as wiki:
        confsync("clone", wiki.url, "CORPUS", "m", cwd=tmp_path)
        mirror = tmp_path / "m"
        edited = _edit_a_word(mirror, 100)
        before = {page_id: wiki.body(page_id) for page_id in edited}
        mark = wiki.mark
        confsync("push", "--yes", "--json", cwd=mirror)
        sent = _sent(wiki, mark)
        assert sent.keys() == edited.keys()
        for page_id, body in sent.items():
            _only_inside_one_block(before[page_id], body)
            assert "Zebra" in body
            _only_normalised(body, wiki.body(page_id))
        files = tree(mirror)
        confsync("pull", cwd=mirror)
        assert tree(mirror) == files
        assert len(_sent(wiki, mark)) == 100


def _edit_a_word(mirror: Path, count: int) -> dict[str, Path]:
    rnd = random.Random(7)
    files = sorted(mirror.rglob("*.md"))
    rnd.shuffle(files)
    edited: dict[str, Path] = {}
    for path in files:
        text = path.read_bytes().decode()
        found = re.search(r"^confluence_page_id: [\"']?(\d+)", text, re.MULTILINE)
        parts = split(text)
        body = parts.body
        paragraphs = [
            b for b in markdown_to_doc(body.replace("\r\n", "\n")).blocks if b.kind == "paragraph" and b.inline
        ]
        pieces = (
            [p for b in paragraphs for p in b.inline.pieces if p.exact and re.search(r"[a-z]{4}", p.text)]
            if "\r" not in body
            else []
        )
        if not pieces or found is None:
            continue
        piece = rnd.choice(pieces)
        word = re.search(r"[a-z]{4,}", piece.text)
        assert word is not None
        new = body[: piece.start + word.start()] + "Zebra" + body[piece.start + word.end() :]
        path.write_bytes((text[: len(text) - len(body)] + new).encode())
        edited[found.group(1)] = path
        if len(edited) == count:
            return edited
    raise AssertionError(f"only {len(edited)} pages have a paragraph to edit")


def _sent(wiki: Site, since: int) -> dict[str, str]:
    """The bodies that were put, by page."""
    out = {}
    for entry in wiki.writes(since):
        found = re.fullmatch(r"/wiki/rest/api/content/(\d+)(?:\?.*)?", entry["path"])
        if entry["method"] == "PUT" and found is not None and entry.get("storage") is not None:
            assert found.group(1) not in out, "a page was written twice"
            out[found.group(1)] = entry["storage"]
    return out


def _only_inside_one_block(old: str, new: str) -> None:
    low = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    high = 0
    while high < min(len(old), len(new)) - low and old[-1 - high] == new[-1 - high]:
        high += 1
    leaves = [block for block in storage_to_doc(old).walk() if block.inline is not None]
    assert any(block.start <= low and len(old) - high <= block.end for block in leaves), (
        old[low : low + 80],
        new[low : low + 80],
    )


def _only_normalised(sent: str, stored: str) -> None:
    """What is stored differs from what was sent only as a save rewrites it: ids, entities, spacing of empty tags."""
    assert _canonical(stored) == _canonical(sent)


def _canonical(storage: str) -> str:
    import html

    text = re.sub(r"<!--.*?-->", "", storage, flags=re.DOTALL)
    text = re.sub(
        r'\s(?:ac:macro-id|ac:schema-version|ri:version-at-save|ac:task-list-id|ac:local-id|local-id|id|data-[\w-]+)="[^"]*"',
        "",
        text,
    )
    text = re.sub(r"<ac:task-(?:uuid|id)>.*?</ac:task-(?:uuid|id)>", "", text)
    text = re.sub(r"<([\w:.-]+)((?:\s[^<>]*?)?)\s*/>", r"<\1\2></\1>", text)
    text = re.sub(r"</?(?:mark|script)[^>]*>", "", text)
    text = re.sub(r"\s*=\s*'([^'\"]*)'", r'="\1"', text)
    return re.sub(r"\s+", "", html.unescape(text))
