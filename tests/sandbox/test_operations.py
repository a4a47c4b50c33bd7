"""Every operation of the published documents: exercised with a success and a refusal, and of the published shape."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import Client

from confsync.sandbox import create_app
from tests.sandbox.conftest import Clock, Rest
from tests.sandbox.contract import Tally, Walk, document, needs_documents
from tests.sandbox.walks import walks

pytestmark = needs_documents
ALL = [(version, walk) for version in ("v1", "v2") for walk in walks(version)]

RELATED = "GET /wiki/rest/api/relation/{relationName}"
REFUSED_THERE_TOO = {  # Confluence answers them with 501, whatever is asked
    f"{RELATED}/from/{{sourceType}}/{{sourceKey}}/to/{{targetType}}",
    f"{RELATED}/to/{{targetType}}/{{targetKey}}/from/{{sourceType}}",
}


@contextmanager
def walking(version: str, tally: Tally) -> Iterator[Walk]:
    """Make a fresh site with a space `DOC`, and a client that counts what it asks."""
    numbers = itertools.count(2)
    app = create_app(clock=Clock(), ids=lambda: f"00000000-0000-4000-8000-{next(numbers):012d}")
    app.sandbox.create_space("DOC", "Handbook")
    yield Walk(app.sandbox, Rest(Client(app)), document(version), tally)
    app.sandbox.close()


@pytest.mark.parametrize(("version", "walk"), ALL, ids=[walk.__name__ for _, walk in ALL])
def test_a_group_does_what_it_says_in_the_published_shape(version: str, walk: Callable[[Any], None]) -> None:
    """Each walk holds, and none of its answers differs from the document."""
    tally = Tally()
    with walking(version, tally) as one:
        walk(one)
    assert {name: faults for name, faults in tally.invalid.items() if faults} == {}
    assert sum(tally.good.values()), "a walk does something"
    assert sum(tally.bad.values()), "a walk sees what is refused"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_whatever_the_site_serves_is_walked_through(version: str) -> None:
    """No route of a published operation goes without a success and a refusal; prints what was seen of each."""
    tally = Tally()
    for of, walk in ALL:
        if of == version:
            with walking(version, tally) as one:
                walk(one)
    routes = create_app().url_map.bind("localhost")
    operations = document(version).operations
    served = [one for one in operations if routes.test(sample(one.path), one.method)]
    print(f"\n{tally.table(operations)}\n{len(served)} of {len(operations)} operations are served")  # noqa: T201
    assert set(tally.missing(served)) <= REFUSED_THERE_TOO


def sample(path: str) -> str:
    """Give an address of an operation, with numbers in place of its parameters."""
    bare = path.removeprefix("/wiki")
    return re.sub(r"\{[^}]*\}", "1", f"/rest{bare}" if "atlassian-connect" in bare else bare)
