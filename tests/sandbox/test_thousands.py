"""Thousands of sites and of pages: cheap to build, cheap to list, and none knows of another."""

import time
from typing import Any

from werkzeug.test import Client

from confsync.sandbox import Faults, Sandbox, create_app

Rest = Any


def test_a_site_is_built_in_milliseconds() -> None:
    """A test that wants a fresh site for each example can have it (the real figure is about 1 ms)."""
    took = []
    for _ in range(10):
        start = time.perf_counter()
        app = create_app()
        app.sandbox.create_space("DOC", "Handbook")
        took.append(time.perf_counter() - start)
        app.sandbox.close()
    assert min(took) < 0.01


def test_sites_share_nothing_that_can_be_seen(rest: Rest, app: Any) -> None:
    """Spaces, log, faults and the cookies of the web page belong to one site alone, also when two are used in turn."""
    faults = Faults()
    other = create_app(faults=faults)
    other.sandbox.create_space("OPS", "Operations")
    here, there = Client(app), Client(other)
    for client, key, missing in ((here, "DOC", "OPS"), (there, "OPS", "DOC"), (here, "DOC", "OPS")):
        rest.client = client
        rest("GET", f"/space/{key}")
        rest("GET", f"/space/{missing}", 404)
    assert (len(app.sandbox.log), len(other.sandbox.log)) == (4, 2)
    faults.add("*", "/", "500", times=2)
    rest.client = here
    rest("GET", "/space/DOC")
    rest.client = there
    rest("GET", "/space/OPS", 500)
    here.get("/wiki/")
    cookie = here.get_cookie("sandbox")
    assert cookie is not None
    there.set_cookie("sandbox", cookie.value)
    faults.clear()
    assert there.get("/download/attachments/1/a.png").status_code == 403
    assert here.get("/download/attachments/1/a.png").status_code == 404
    other.sandbox.close()


def test_a_long_listing_asks_the_database_little(rest: Rest, sandbox: Sandbox) -> None:
    """What rows have in common is looked up once, and only the rows of the page that is wanted are read."""
    top = rest.page("Top")["id"]
    for number in range(120):
        rest.page(f"Page {number}", parent=top)
    statements: list[str] = []
    sandbox.store.connection.set_trace_callback(statements.append)
    expand = "version,ancestors,history,space,body.storage"
    rows = rest("GET", f"/content?spaceKey=DOC&limit=50&start=40&expand={expand}")["results"]
    sandbox.store.connection.set_trace_callback(None)
    assert [row["title"] for row in rows] == [f"Page {number}" for number in range(38, 88)]
    assert [one["title"] for one in rows[49]["ancestors"]] == ["Top"]
    assert {row["version"]["by"]["displayName"] for row in rows} == {"Admin"}
    assert len(statements) < 50 + 20


def test_a_long_list_is_sorted_whole_before_a_page_of_it_is_taken(rest: Rest, clock: Any) -> None:
    """The order asked for holds over all pages of the list."""
    for number in range(30):
        rest.page(f"Page {(number * 7) % 30:02d}")
    names = [f"Page {number:02d}" for number in range(30)]
    found = rest("GET", "/content?spaceKey=DOC&orderby=title desc&limit=10&start=1")["results"]
    assert [row["title"] for row in found] == [*names[::-1], "Handbook"][1:11]
    first = rest("GET", "/content?spaceKey=DOC&title=page 07")["results"][0]
    rest.save(first, 2, body="<p>late</p>")
    newest = rest("GET", "/content?spaceKey=DOC&orderby=modified desc&limit=1")["results"]
    assert [row["title"] for row in newest] == ["Page 07"]
