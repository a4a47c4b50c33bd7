"""Pages recorded on a real Cloud site, loaded into this one: the answers have the same keys and types."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.corpus import CORPUS, needs_corpus, read
from tests.sandbox.conftest import Rest

pytestmark = needs_corpus
PAIRS = sorted(one.parent for one in (CORPUS / "pairs").rglob("page.v1.yaml"))
ASKED = "ancestors,body.storage,body.view"


def shape(value: Any) -> Any:
    """Give the keys and types of a value; of a list those of its first row."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def recorded(folder: Path, name: str) -> Any:
    return yaml.load((folder / name).read_text(encoding="utf-8"), yaml.CSafeLoader)


@pytest.fixture(params=PAIRS, ids=lambda folder: folder.name)
def pair(request: pytest.FixtureRequest, rest: Rest) -> tuple[Path, str]:
    """A recorded page, and the id of the same page here, with its title, body, and a place among others."""
    folder: Path = request.param
    page = recorded(folder, "page.v1.yaml")
    top = rest("GET", "/space/DOC?expand=homepage")["homepage"]["id"]
    above = rest.page("Above", parent=top)["id"]
    other = rest.page("Beside", parent=above)["id"]
    made = rest.page(page["title"], read(folder / "page.xhtml"), parent=above)["id"]
    rest("PUT", f"/content/{made}/move/before/{other}")
    for row in (above, top):
        rest(
            "PUT", f"/content/{row}/move/before/{rest.page(f'Beside {row}', parent=top if row == above else '')['id']}"
        )
    return folder, made


def test_a_page_looks_as_it_was_recorded(pair: tuple[Path, str], rest: Rest) -> None:
    """Version 1, with ancestors and two bodies expanded."""
    folder, page = pair
    assert shape(rest("GET", f"/content/{page}?expand={ASKED}")) == shape(recorded(folder, "page.v1.yaml"))


def test_an_attachment_looks_as_it_was_recorded(pair: tuple[Path, str], rest: Rest) -> None:
    """Version 1, the list of a page's attachments."""
    folder, page = pair
    wanted = recorded(folder, "attachments.v1.yaml")
    if wanted["results"]:
        form = {"file": (io.BytesIO(b"bytes"), wanted["results"][0]["title"])}
        place = f"/content/{page}/child/attachment"
        rest("POST", place, data=form, headers={"X-Atlassian-Token": "no-check"})
    assert shape(rest("GET", f"/content/{page}/child/attachment?limit=50")) == shape(wanted)


def test_version_2_of_a_page_looks_as_it_was_recorded(pair: tuple[Path, str], rest: Rest) -> None:
    """Version 2; the body is asked for as storage format, which has the same shape."""
    folder, page = pair
    wanted = recorded(folder, "page.v2.yaml")
    wanted["body"] = {"storage": wanted["body"]["atlas_doc_format"]}
    assert shape(rest("GET", f"/wiki/api/v2/pages/{page}?body-format=storage")) == shape(wanted)


def test_children_over_version_2_look_as_they_were_recorded(pair: tuple[Path, str], rest: Rest) -> None:
    """Version 2, the list of children."""
    folder, page = pair
    wanted = recorded(folder, "children.v2.yaml")
    if wanted["results"]:
        one, two = (rest.page(title, parent=page)["id"] for title in ("One", "Two"))
        rest("PUT", f"/content/{two}/move/before/{one}")
    assert shape(rest("GET", f"/wiki/api/v2/pages/{page}/children?limit=250")) == shape(wanted)


# People's addresses were made up anew in each recorded file, so that they cannot agree.
ADDRESS = re.compile(r"[\w.]+@[\w.]+")


def visible(html: str) -> list[str]:
    """The words that a reader sees of a rendered body."""
    soup = BeautifulSoup(html, "html.parser")
    for hidden in soup.select("script, style, input"):
        hidden.decompose()
    return ADDRESS.sub("somebody", soup.get_text(" ")).split()


def test_a_rendered_page_says_what_was_recorded(pair: tuple[Path, str], rest: Rest) -> None:
    """Word for word, what a reader of the real page saw; what scripts of Confluence add later is in neither."""
    folder, page = pair
    wanted = visible(recorded(folder, "page.v1.yaml")["body"]["view"]["value"])
    found = visible(rest("GET", f"/content/{page}?expand=body.view")["body"]["view"]["value"])
    assert len(wanted) > 3
    assert found == wanted
