"""Spaces."""

from __future__ import annotations

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, space_id


def walk_spaces(walk: Walk) -> None:
    """A space is found by its id and by its key in any case; an unknown key finds nothing."""
    ident = space_id(walk)
    assert [one["id"] for one in walk.ok("GET", f"{V2}/spaces?keys=doc&ids={ident}")["results"]] == [ident]
    assert walk.ok("GET", f"{V2}/spaces?keys=NONE")["results"] == []
    assert walk.ok("GET", f"{V2}/spaces/{ident}?description-format=plain")["key"] == "DOC"
    walk.no("GET", f"{V2}/spaces/99", 404)
    walk.no("GET", f"{V2}/spaces?ids=DOC", 400)
