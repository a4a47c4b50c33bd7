"""Any call of the site's REST API, and search."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Wiki


def test_a_call_prints_the_sites_answer(cli: Cli, wiki: Wiki) -> None:
    """With the path as documents write it, with or without the site's own prefix; parameters go into the query."""
    for path in ("/rest/api/space", "/space", "/wiki/rest/api/space"):
        found = json.loads(cli("api", "GET", path, "-f", "limit=1", "--site", wiki.url))
        assert (found["limit"], found["results"][0]["key"]) == (1, "DOCS")


@pytest.mark.parametrize("path", ["/content?type=page", "/api/v2/pages", "/content/search?cql=type=page"])
def test_a_list_is_followed_to_its_end(cli: Cli, wiki: Wiki, path: str) -> None:
    """By offset, by cursor and by the cursor of search; what comes is one array."""
    for number in range(5):
        wiki.create(f"Page {number}")
    found = json.loads(cli("api", "GET", path, "-f", "limit=2", "--all", "--site", wiki.url))
    assert len({one["id"] for one in found}) == 8
    asked = [entry["path"] for entry in wiki.server.log if entry["method"] == "GET"]
    assert len([one for one in asked if "limit=2" in one]) >= 4


def test_an_expression_selects(cli: Cli, wiki: Wiki) -> None:
    """A text comes bare, one a line, ready for the next program; with --json it is JSON."""
    words = ("api", "GET", "/api/v2/pages", "--all", "--query", "[].title", "--site", wiki.url)
    assert set(cli(*words).splitlines()) == {"Documentation", "Guide", "Other"}
    assert set(cli.json(*words)) == {"Documentation", "Guide", "Other"}
    cli("api", "GET", "/space", "--query", "[", "--site", wiki.url, code=2)
    assert "JMESPath" in cli.err


def test_fields_and_files_are_bodies(cli: Cli, wiki: Wiki, tmp_path: Path) -> None:
    """JSON values are taken as such; a file or standard input is the whole body."""
    page = wiki.find("Guide")["id"]
    made = cli("api", "POST", f"/content/{page}/property", "-f", "key=team", "-f", 'value={"n": 1}', "--site", wiki.url)
    assert json.loads(made)["value"] == {"n": 1}
    (tmp_path / "label.json").write_text('[{"prefix": "global", "name": "howto"}]', encoding="utf-8")
    cli("api", "POST", f"/content/{page}/label", "--input", "label.json", "--site", wiki.url)
    assert [one["name"] for one in wiki.api("GET", f"/content/{page}/label")["results"]] == ["howto"]
    cli("api", "DELETE", f"/content/{page}/label/howto", "--site", wiki.url)
    assert wiki.api("GET", f"/content/{page}/label")["results"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("GET", "https://elsewhere.test/x"), "begin with a slash"),
        (("GET", "//elsewhere.test/x"), "begin with a slash"),
        (("GET", "/rest/../../elsewhere"), "leads elsewhere"),
        (("GET", "/rest/%2e%2e/elsewhere"), "leads elsewhere"),
        (("GET", "/space", "-f", "limit"), "KEY=VALUE"),
        (("POST", "/content", "--all"), "--all is for GET"),
        (("GET", "/space", "--input", "x.json"), "--input is for methods that write"),
        (("POST", "/content", "--input", "missing.json"), "missing.json"),
        (("GET", "/user/current", "--all"), "is no list"),
    ],
)
def test_what_makes_no_sense_is_said(cli: Cli, wiki: Wiki, words: tuple[str, ...], says: str) -> None:
    """Before anything is sent where that can be, and with what to write instead."""
    cli("api", *words, "--site", wiki.url, code=2)
    assert says in cli.err


def test_a_refusal_keeps_its_words_and_code(cli: Cli, wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the site says, with its number; a site that is only read is not written to."""
    cli("api", "GET", "/content/99999999", "--site", wiki.url, code=1)
    assert "HTTP 404" in cli.err
    monkeypatch.setenv("CONFSYNC_READ_ONLY", "1")
    cli("api", "DELETE", f"/content/{wiki.find('Other')['id']}", "--site", wiki.url, code=4)
    assert wiki.find("Other")["status"] == "current"
    Path(".confsync.toml").write_text(f'site = "{wiki.url}"\n[[mirror]]\nspace = "DOCS"\n', encoding="utf-8")
    cli("api", "DELETE", f"/content/{wiki.find('Other')['id']}", code=4)
    assert wiki.find("Other")["status"] == "current"


def test_search_shows_a_table(cli: Cli, wiki: Wiki) -> None:
    """Kind, space, title, day and id; as many as were asked for; with --json also the addresses."""
    lines = cli("search", "type = page AND title ~ Guide", "--site", wiki.url).splitlines()
    assert lines[0].split() == ["type", "space", "title", "changed", "id"]
    assert lines[1].split()[:3] == ["page", "DOCS", "Guide"]
    assert lines[-1] == "1 result"
    found = cli.json("search", "type = page ORDER BY title", "--limit", "2", "--site", wiki.url)["results"]
    assert [one["title"] for one in found] == ["Documentation", "Guide"]
    assert all(one["url"].startswith(f"{wiki.url}/spaces/DOCS") for one in found)
    assert cli("search", "title = 'No such page'", "--site", wiki.url).strip() == "nothing was found"


def test_a_query_that_cannot_be_read_is_shown(cli: Cli, wiki: Wiki) -> None:
    """With an example of one that can."""
    cli("search", "type = = page", "--site", wiki.url, code=2)
    assert "type = = page" in cli.err
    assert "for example" in cli.err
