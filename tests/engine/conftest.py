"""What every scenario starts from, with each Confluence that the sandbox passes for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from confsync.sandbox.flavours import CLOUD, DATACENTER, FLAVOURS
from tests.engine import machines
from tests.engine.machines import Site

WANTED = os.environ.get("CONFSYNC_FLAVOURS", ",".join(FLAVOURS)).split(",")


@pytest.fixture(scope="module", params=WANTED, autouse=True)
def flavour(request: pytest.FixtureRequest) -> Iterator[str]:
    """The Confluence that sites pass for while a test runs."""
    with machines.passing_for(request.param):
        yield request.param


@pytest.fixture
def site(flavour: str) -> Iterator[Site]:
    """A site with one space and its home page."""
    one = Site()
    yield one
    one.app.sandbox.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of Data Center what is about things it does not have; `cloud` marks those tests."""

    def absent(item: pytest.Item) -> bool:
        spec = getattr(item, "callspec", None)
        return spec is not None and spec.params.get("flavour") == DATACENTER and "cloud" in item.keywords

    out = [item for item in items if absent(item) or _at_night(item)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


def _at_night(item: pytest.Item) -> bool:
    """A part of the long sweeps is enough for every other flavour, unless many days are asked for."""
    spec = getattr(item, "callspec", None)
    if spec is None or spec.params.get("flavour", CLOUD) == CLOUD or "CONFSYNC_MACHINES" in os.environ:
        return False
    part = {"test_machines.py": spec.params.get("number", 1), "test_crash.py": spec.params.get("part", 0)}
    return bool(part.get(item.path.name, 0))
