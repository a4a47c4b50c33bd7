"""mcp-atlassian, as it is, works on the site with the functions that its tools are made of."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.clients import environment, surroundings
from tests.acceptance.site import AUTH, SPACE, Site, site

CALLS = Path(__file__).with_name("mcp_calls.py")
ERRORS = "errors.txt"  # what the client says about itself


@dataclass
class Tools:
    """The client in a process of its own, and the site that it works on."""

    wiki: Site
    home: Path  # where it may read files
    process: subprocess.Popen[str]

    def ask(self, call: str, **given: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"call": call, "given": given}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, (self.home / ERRORS).read_text(encoding="utf-8")
        return json.loads(line)  # type: ignore[no-any-return]

    def __call__(self, call: str, **given: Any) -> Any:
        answer = self.ask(call, **given)
        assert "error" not in answer, answer
        return answer["result"]

    def page(self, title: str, content: str, parent: str | None = None) -> str:
        return str(self("create_page", space_key=SPACE, title=title, body=content, parent_id=parent)["id"])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    """One process for all tests, as it takes long to start; each test has pages of its own."""
    python, home = environment("mcp-atlassian", "0.23.1"), tmp_path_factory.mktemp("home")
    with site() as wiki:
        where = {"CONFLUENCE_URL": wiki.url, "CONFLUENCE_USERNAME": AUTH[0], "CONFLUENCE_API_TOKEN": AUTH[1]}
        with (
            (home / ERRORS).open("w", encoding="utf-8") as errors,
            subprocess.Popen(
                [str(python), str(CALLS)], cwd=home, env=surroundings(home, where), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            ) as process,
        ):  # fmt: skip
            yield Tools(wiki, home, process)


@pytest.fixture
def tools(client: Tools) -> Tools:
    return client


def test_a_page_is_written_read_and_found(tools: Tools) -> None:
    """Markdown goes in and comes out; versions, their difference, titles and full text find the page."""
    page = tools.page("Guide", "# Start\n\nBrew *strong* coffee & tea.\n")
    assert "<em>strong</em>" in tools.wiki.body(page)
    assert "Brew *strong* coffee & tea." in tools("get_page_content", page_id=page)["content"]["value"]
    assert tools("get_page_by_title", space_key=SPACE, title="Guide")["id"] == page
    found = tools("search", cql='text ~ "coffee"', spaces_filter=SPACE)
    assert [(row["id"], row["title"]) for row in found] == [(page, "Guide")]
    assert tools("search", cql='text ~ "chocolate"') == []

    tools("update_page", page_id=page, title="Guide", body="Brew **weak** coffee.", version_comment="less")
    assert tools.wiki.page(page)["version"]["message"] == "less"
    read = tools("get_page_content", page_id=page)
    assert (read["version"], read["content"]["value"]) == (2, "Brew **weak** coffee.")
    assert "*strong*" in tools("get_page_history", page_id=page, version=1)["content"]["value"]
    change = tools("get_page_version_diff", page_id=page, from_version=1, to_version=2)["diff"]
    assert "-Brew *strong* coffee & tea." in change
    assert "+Brew **weak** coffee." in change


def test_a_tree_is_walked_moved_copied_and_deleted(tools: Tools) -> None:
    """Children keep their order, a move takes effect, a copy is a page of its own, a deleted page is gone."""
    top = tools.page("Top", "top")
    first, second = tools.page("First", "one", top), tools.page("Second", "two", top)
    assert [row["id"] for row in tools("get_page_children", page_id=top)] == [first, second]
    assert [row["title"] for row in tools("get_page_ancestors", page_id=first)] == ["Top"]
    tools("move_page", page_id=second, target_parent_id=first)
    assert [row["id"] for row in tools("get_page_children", page_id=top)] == [first]
    assert [row["id"] for row in tools("get_page_children", page_id=first)] == [second]
    depths = {row["id"]: row["depth"] for row in tools("get_space_page_tree", space_key=SPACE)["pages"]}
    assert [depths[page] for page in (top, first, second)] == [0, 1, 2]

    copy = tools("copy_page", source_page_id=second, new_title="Third", destination_space_key=SPACE)["id"]
    assert tools.wiki.body(copy) == tools.wiki.body(second)
    assert tools("delete_page", page_id=second) is True
    assert "error" in tools.ask("get_page_content", page_id=second)
    assert tools("get_page_children", page_id=first) == []
    assert tools("get_page_content", page_id=copy)["title"] == "Third"


def test_comments_are_written_answered_and_read(tools: Tools) -> None:
    """A footer comment, a reply to it and a comment on a passage are told apart."""
    page = tools.page("Talk", "A passage to talk about.")
    first = tools("add_comment", page_id=page, content="Well *said*")
    tools("reply_to_comment", comment_id=first["id"], content="Thanks")
    tools("add_inline_comment", page_id=page, content="Really?", text_selection="passage")
    assert [row["body"] for row in tools("get_page_comments", page_id=page)][:2] == ["Well *said*", "Thanks"]
    assert [row["body"] for row in tools("get_inline_comments", page_id=page)] == ["Really?"]
    below = tools.wiki.api("GET", f"/content/{first['id']}/child/comment?expand=body.storage")["results"]
    assert [row["body"]["storage"]["value"] for row in below] == ["<p>Thanks</p>"]


def test_labels_files_and_restrictions_are_set(tools: Tools) -> None:
    """What hangs on a page: labels, attachments byte for byte, and who may read it."""
    page = tools.page("Things", "things")
    assert [row["name"] for row in tools("add_page_label", page_id=page, name="blue")] == ["blue"]
    assert [row["name"] for row in tools("get_page_labels", page_id=page)] == ["blue"]

    file = tools.home / "café & tea.bin"
    file.write_bytes(bytes(range(256)) * 40)
    sent = tools("upload_attachment", content_id=page, file_path=str(file), comment="first")
    assert sent["success"]
    assert tools("upload_attachment", content_id=page, file_path=str(file), comment="again")["id"] == sent["id"]
    (row,) = tools("get_content_attachments", content_id=page)["attachments"]
    assert (row["title"], row["extensions"]["comment"]) == (file.name, "again")
    assert tools.wiki.api("GET", f"/content/{sent['id']}?expand=version")["version"]["number"] == 2
    url = f"{tools.wiki.url}{row['_links']['download']}"
    assert tools("fetch_attachment_content", url=url) == file.read_bytes().decode("latin-1")
    assert tools("delete_attachment", attachment_id=sent["id"])["success"]
    assert tools("get_content_attachments", content_id=page)["attachments"] == []

    tools("set_page_restrictions", page_id=page, read_users=[AUTH[0]])
    me = tools("get_current_user_info")["accountId"]
    assert tools("get_page_restrictions", page_id=page)["read"]["users"] == [me]
