"""A site that changes under a machine that knows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from confsync.engine import Options
from confsync.errors import Gone
from confsync.sandbox.flavours import CLOUD, CURRENT
from tests.engine.machines import Site, cloned, machine, passing_for, quiet


def test_the_day_on_which_version_1_goes_costs_one_run(tmp_path: Path) -> None:
    """The run in which it is noticed changes nothing and says what to do; the next one speaks version 2."""
    with passing_for(CLOUD):
        site = Site()
    page = site.create("Page")
    one = cloned(site, tmp_path / "m")
    one.replace("page.md", "Text.", "Edited.")
    before = one.files()
    site.app.flavour = CURRENT
    with pytest.raises(Gone, match="removed") as caught:
        one.engine.sync(Options(full=True))
    assert "run it again" in caught.value.remedy
    assert (one.files(), site.body(page)) == (before, "<p>Text.</p>")
    one.engine.close()
    again = machine(site, one.root)
    assert again.engine.sync(Options(full=True)).exit_code == 0
    assert site.body(page) == "<p>Edited.</p>"
    quiet(again)
    site.app.sandbox.close()


def test_a_site_is_asked_once_what_it_speaks(site: Site, tmp_path: Path) -> None:
    """Each later run begins with its work."""
    one = cloned(site, tmp_path / "m")
    one.engine.close()
    again = machine(site, one.root)
    again.engine.sync(Options(full=True))
    assert not [path for _, path in again.asked() if "tenant_info" in path or path.endswith("/space?limit=1")]
