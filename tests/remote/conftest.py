"""What every scenario starts from."""

from collections.abc import Iterator

import pytest

from tests.engine.machines import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with one space and its home page."""
    one = Site()
    yield one
    one.app.sandbox.close()
