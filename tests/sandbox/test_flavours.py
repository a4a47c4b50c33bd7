"""The site passes for Cloud as it was, with the whole of REST version 1, or as it is."""

from __future__ import annotations

import json
import re

from werkzeug.test import Client

from confsync.cli import sandbox as command
from confsync.sandbox import create_app
from confsync.sandbox.flavours import FLAVOURS, REMOVED
from tests.sandbox.conftest import Rest
from tests.sandbox.contract import DOCUMENTS, METHODS, needs_documents


def _site(flavour: str) -> Rest:
    app = create_app(flavour=flavour)
    app.sandbox.create_space("DOC", "Handbook")
    return Rest(Client(app))


def test_what_cloud_has_removed_is_gone_and_the_rest_is_there() -> None:
    """A client that still asks version 1 for pages is told so with 410; uploads and search are there for ever."""
    rest = _site("cloud-current")
    gone = rest("GET", "/space/DOC", 410)
    assert gone["message"].endswith("GoneException: This deprecated endpoint has been removed.")
    found = rest("GET", "/wiki/api/v2/spaces?keys=DOC")["results"]
    home = found[0]["homepageId"]
    rest("GET", f"/content/{home}", 410)
    rest("GET", f"/content/{home}/child/attachment", 410)
    rest("GET", "/content/search?cql=type = page")
    rest("GET", f"/content/{home}/restriction")


def test_what_will_be_removed_says_so_on_the_older_cloud() -> None:
    """The answer carries the date, as Confluence's does; what stays carries none."""
    rest = _site("cloud")
    assert "2025" in rest.send("GET", "/space/DOC").headers["warning"]
    assert "warning" not in rest.send("GET", "/content/search?cql=type = page").headers


@needs_documents
def test_the_removed_operations_are_those_of_the_published_documents() -> None:
    """What the document of 2023 has and that of 2026 has no longer."""
    there, now = (
        {
            (method.upper(), re.sub(r"\{[^}]*\}", "{}", path).removeprefix("/wiki/rest/api"))
            for path, one in json.loads((DOCUMENTS / f"{name}.swagger.json").read_text())["paths"].items()
            for method in one
            if method in METHODS and path.startswith("/wiki/rest/api")
        }
        for name in ("v1-2023-03", "v1-2026-02")
    )
    served_as_a_kind = {("GET", "/content/{}/child/comment")}
    listed = {(method, path) for path, methods in REMOVED.items() for method in methods.split()}
    assert listed == there - now - served_as_a_kind


def test_the_command_offers_the_flavours_that_there_are() -> None:
    """The command's list is written by hand, for it must not import the site to show its help."""
    assert command.FLAVOURS == FLAVOURS
