"""The table of what each operation asks of apps and of tokens with scopes."""

from __future__ import annotations

import json
import re

import pytest

from confsync.sandbox import operations
from confsync.sandbox.oauth_words import words
from tests.sandbox.contract import DOCUMENTS, METHODS, needs_documents


@needs_documents
def test_the_table_of_operations_is_that_of_the_published_documents() -> None:
    """For each operation what apps and tokens need: as of 2023, and from 2026 on what 2023 does not say."""
    old, new = _published("v1-2023-03"), _published("v1-2026-02")
    wanted = dict(new)
    for key, (app, tokens) in old.items():
        wanted[key] = (app, tokens or new.get(key, ("", set()))[1])
    wanted |= _published("v2-2026", "/api/v2")
    listed = {(one.method, one.address): (one.app, set(one.tokens)) for one in operations.table()}
    others = {(method, address) for method, address, *_ in operations.OTHERS}
    assert {key: one for key, one in listed.items() if key not in others} == wanted
    assert len(wanted) > 380


def _published(name: str, prefix: str = "") -> dict[tuple[str, str], tuple[str, set[frozenset[str]]]]:
    found = {}
    paths = json.loads((DOCUMENTS / f"{name}.swagger.json").read_text(encoding="utf-8"))["paths"]
    for path, methods in paths.items():
        address = prefix + re.sub(r"\{[^}]*\}", "{}", path).removeprefix("/wiki")
        for method, one in methods.items():
            if method in METHODS and address.startswith(("/rest/", "/api/")):
                tokens = {frozenset(each["scopes"]) for each in one.get("x-atlassian-oauth2-scopes") or ()}
                found[method.upper(), address] = (one["x-atlassian-connect-scope"], tokens)
    return found


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/rest/api/content/search", "/rest/api/content/search"),
        ("/rest/api/content/12/child/page/", "/rest/api/content/{}/child/{}"),
        ("/rest/api/group/by-id", "/rest/api/group/by-id"),
        ("/rest/api/group/devs", "/rest/api/group/{}"),
        ("/api/v2/pages/1", "/api/v2/pages/{}"),
    ],
)
def test_an_address_that_is_spelled_out_comes_before_one_with_a_parameter(path: str, address: str) -> None:
    """The scopes asked for are those of the operation that is served."""
    found = operations.find("GET", path)
    assert found is not None
    assert found.address == address


def test_every_scope_has_words() -> None:
    """No scope is shown to a user as a riddle: it begins with what would be done."""
    assert {words(one).split()[0] for one in operations.scopes()} == {
        "See", "Create", "Delete", "Search", "Manage", "Download",
    }  # fmt: skip
